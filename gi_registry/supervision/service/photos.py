"""Keep a photo from a stranger: only what a limited child process drew anew from its pixels."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

from gi_registry.kernel.errors import Unavailable, invalid
from gi_registry.kernel.words import say
from gi_registry.supervision.redraw import SECONDS, TOO_LARGE
from gi_registry.supervision.rules.photos import check_photo

_COMMAND = (sys.executable, "-m", "gi_registry.supervision.redraw")


@dataclass(frozen=True)
class Photo:
    """A photo that was drawn anew: a JPEG without metadata."""

    content: bytes


def redrawn(content: bytes) -> Photo:
    """Return the photo drawn anew; raise Invalid (field ``photo``) for what is none. Needs no transaction: call it before one."""
    check_photo(content)
    try:
        child = subprocess.run(_COMMAND, input=content, capture_output=True, timeout=2 * SECONDS, check=False)  # noqa: S603  # our own
    except subprocess.TimeoutExpired:
        raise _no_photo() from None
    except OSError as problem:
        raise Unavailable(say("照片暂时无法处理。"), remedy=say("请稍候再试，或不附照片提交。")) from problem
    if child.returncode == TOO_LARGE:
        raise invalid("photo", say("照片的像素过多。"), say("请改用普通清晰度拍摄，或截屏后上传截图。"))
    if child.returncode != 0 or not child.stdout.startswith(b"\xff\xd8\xff"):
        raise _no_photo()
    return Photo(child.stdout)


def _no_photo() -> Exception:
    return invalid("photo", say("照片无法读取，文件可能不完整。"), say("请重新拍摄或选择照片；也可以不附照片。"))
