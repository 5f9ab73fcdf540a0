"""Running a reader of strangers' files as a process of its own, and only so many at a time: a burst of uploads must not eat the machine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from threading import BoundedSemaphore

from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say

AT_ONCE = max(2, os.cpu_count() or 1)
PATIENCE_S = 20.0
_places = BoundedSemaphore(AT_ONCE)


def read_apart(command: Sequence[str], content: bytes, *, within_s: float) -> bytes | None:
    """Run a reader on bytes; return what it wrote, None where it failed or took longer than ``within_s`` seconds.

    Waits ``PATIENCE_S`` seconds for one of ``AT_ONCE`` places of this server process, then raises Unavailable: nothing was read or stored.
    """
    if not _places.acquire(timeout=PATIENCE_S):
        raise Unavailable(say("同时上传的文件太多，这个文件没有读取，也没有保存。"), remedy=say("请过一分钟再上传。"))
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=within_s, env={"LC_ALL": "C.UTF-8"}, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        return None
    finally:
        _places.release()
    return done.stdout if done.returncode == 0 else None
