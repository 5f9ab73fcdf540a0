"""What a file's name says it is and what its first bytes say: a reader goes by the bytes and tells where the name says otherwise."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import Words, say

_SHOWN = 2_000
_BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"SQLite format 3\x00", "gpkg"),
    (b"\x00\x00\x27\x0a", "shp"),
)
_TITLES: dict[str, Words] = {
    "zip": say("压缩包（zip）"),
    "gpkg": say("数据库（GeoPackage）"),
    "shp": say("Shapefile 的 .shp"),
    "kml": say("KML"),
    "json": say("GeoJSON"),
}
_ENDINGS = {"zip": ("zip", "kmz"), "gpkg": ("gpkg",), "shp": ("shp",), "kml": ("kml",), "json": ("geojson", "json")}
_CLAIMING = frozenset({"csv", "txt", "xls", "xlsx", "ods"}).union(*_ENDINGS.values())


def beginning(content: bytes) -> str:
    """Return what bytes begin as: zip, gpkg, shp, kml, json, or "" for anything else."""
    known = next((kind for mark, kind in _BEGINNINGS if content.startswith(mark)), "")
    start = content[:_SHOWN].lstrip(_BLANK).replace(b"\x00", b"")
    if known or not start:
        return known
    if start.startswith(b"<"):
        return "kml" if b"<kml" in start or b":kml" in start else ""
    return "json" if start.startswith((b"{", b"[")) else ""


def disagreement(name: str, content: bytes) -> Words | None:
    """Return what to tell where a name ends as one format and the content begins as another; None where they agree or say nothing."""
    kind, ending = beginning(content), PurePosixPath(name.replace("\\", "/")).suffix.lower().lstrip(".")
    if not kind or ending not in _CLAIMING or ending in _ENDINGS[kind]:
        return None
    return say("文件名以 .%(ending)s 结尾，内容却像“%(format)s”，按内容来读。", ending=ending, format=_TITLES[kind])


def telling(refusal: Invalid, name: str, content: bytes) -> Invalid:
    """Return the refusal of a file, which also says so where its name and its content disagree."""
    told = disagreement(name, content)
    if told is None or any(problem.field != "file" for problem in refusal.fields):
        return refusal
    both = "%(told)s %(reason)s"
    return Invalid(*(replace(each, reason=Words(both, {"told": told, "reason": each.reason})) for each in refusal.fields))
