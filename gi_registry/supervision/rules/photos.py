"""What a photo may be: told from its first bytes; drawn anew, so that nothing but pixels is kept."""

from __future__ import annotations

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

LARGEST_BYTES = 10 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 2000
QUALITY = 82
JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_HEIC = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1")


def check_photo(content: bytes) -> None:
    """Raise Invalid (field ``photo``) for what is empty, over 10 MB or begins like neither JPEG nor PNG."""
    if not content:
        raise invalid("photo", say("照片是空的。"), say("请重新拍摄或选择照片；也可以不附照片。"))
    if len(content) > LARGEST_BYTES:
        raise invalid("photo", say("照片超过 10 MB。"), say("请改用较小的照片；也可以不附照片。"), value=len(content))
    if content[4:12] in _HEIC:
        raise invalid("photo", say("这是 HEIC 格式的照片。"), say("请在相机设置中选择“兼容性最佳”后重拍，或截屏后上传截图。"))
    if not content.startswith((JPEG, PNG)):
        raise invalid("photo", say("文件不是 JPEG 或 PNG 照片。"), say("请选择照片或截图；也可以不附照片。"))
