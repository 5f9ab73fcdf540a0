"""Checks of files and of the machine."""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import make_url

from gi_registry.codes.service import drawing
from gi_registry.codes.service.sheet import FONT_FILE
from gi_registry.config import Settings
from gi_registry.doctor.report import Problem
from gi_registry.documents.rules.glyphs import characters_of
from gi_registry.documents.service import typesetting
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say
from gi_registry.scans.rules.place import read_place_table
from gi_registry.verify.rules.style import MARK_BYTES

PAGE_MARKS = frozenset({".svg", ".png"})
LABEL_FONT = FONT_FILE
FULL, TIGHT = 200 * 1024**2, 2 * 1024**3
UNREADABLE = (OSError, ValueError, IndexError, struct.error)
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "fuse.sshfs", "fuse.glusterfs"})
MOUNTS = Path("/proc/mounts")


def place_table(settings: Settings) -> Iterator[Problem]:
    """A table of places that cannot be read."""
    if not settings.place_table:
        return
    try:
        with Path(settings.place_table).open(encoding="utf-8-sig") as lines:
            read_place_table(lines)
    except (OSError, ValueError) as problem:
        yield Problem(
            "place-table",
            say("GI_PLACE_TABLE（%(file)s）无法读取：%(why)s", file=settings.place_table, why=str(problem)),
            say("请改为可读的 UTF-8 CSV 文件，每行为“起始地址,结束地址,区划代码”，或取消该变量。"),
        )


def mark_file(settings: Settings) -> Iterator[Problem]:
    """A drawing of the mark that labels or pages cannot show."""
    if not settings.mark_file:
        return
    path = Path(settings.mark_file)
    try:
        drawing.draw_mark(Canvas(BytesIO()), drawing.check(path), drawing.Box(0, 0, 100, 100))
    except (Unavailable, OSError, ValueError) as problem:
        remedy = say("请把 GI_MARK_FILE 指向官方下发图样的文件，或留空以显示样框。")
        yield Problem("mark-file", say("GI_MARK_FILE 不能用于标签：%(why)s", why=str(problem)), getattr(problem, "remedy", None) or remedy)
        return
    if path.suffix.lower() not in PAGE_MARKS or path.stat().st_size > MARK_BYTES:
        yield Problem(
            "mark-file",
            say("GI_MARK_FILE（%(file)s）可以印到标签上，但溯源页仍显示样框。", file=path.name),
            say("溯源页只接受不超过 %(most)s 字节的 SVG 或 PNG 文件。", most=MARK_BYTES),
        )


def font_files() -> list[Path]:
    """Return the font of labels and those of papers."""
    return sorted({LABEL_FONT, *typesetting.FONTS.glob("*.[ot]tf")})


def fonts(_settings: Settings) -> Iterator[Problem]:
    """A font of labels or papers that is missing or cannot be read."""
    for path in font_files():
        try:
            characters_of(path.read_bytes())
        except UNREADABLE as problem:
            yield Problem(
                "fonts",
                say("字体文件 %(file)s 无法读取：%(why)s", file=path.name, why=str(problem)),
                say("标签和文书都用它排印。请重新安装本程序，或从安装包恢复该文件。"),
            )


def disk(settings: Settings) -> Iterator[Problem]:
    """A disk of the database or of uploads under way that is nearly full."""
    url = make_url(settings.database_url)
    folders = [Path(tempfile.gettempdir())]
    if url.get_backend_name() == "sqlite" and url.database:
        folders.append(Path(url.database).absolute().parent)
    for folder in folders:
        free = shutil.disk_usage(folder).free if folder.is_dir() else TIGHT
        if free < TIGHT:
            yield Problem(
                "disk",
                say("%(folder)s 所在磁盘只剩 %(free)s MB。", folder=str(folder), free=free // 1024**2),
                say("请清理或扩容；磁盘写满后一切申报都会被拒绝。"),
                warning=free >= FULL,
            )


def filesystem_of(path: Path, mounts: str) -> str:
    """Return the kind of file system that holds ``path``, by the lines of /proc/mounts; empty when they do not say."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) >= 3 and path.is_relative_to(place := fields[1].replace("\\040", " ")) and len(place) >= best:
            best, kind = len(place), fields[2]
    return kind


def network_disk(settings: Settings) -> Iterator[Problem]:
    """An embedded database on a file system whose locks cannot be trusted."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database or not MOUNTS.is_file():
        return
    kind = filesystem_of(Path(url.database).absolute(), MOUNTS.read_text(encoding="utf-8", errors="replace"))
    if kind in NETWORK:
        yield Problem(
            "network-disk",
            say("数据库文件位于网络文件系统（%(kind)s），文件锁不可靠，可能损坏。", kind=kind),
            say("请把数据库放到本机磁盘，或改用 PostgreSQL。"),
        )


def time_zone(_settings: Settings) -> Iterator[Problem]:
    """Time zone data that are missing or wrong."""
    try:
        offset = utc_now().astimezone(ZoneInfo.no_cache("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        offset = None
    if offset != timedelta(hours=8):
        yield Problem(
            "time-zone",
            say("系统缺少时区数据 Asia/Shanghai，或数据有误。"),
            say("请安装时区数据：apt-get install tzdata"),
        )
