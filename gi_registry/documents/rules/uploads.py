"""What may be uploaded: told from the bytes, because names and browsers lie."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from enum import StrEnum

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

LARGEST_BYTES = 10 * 1024 * 1024
LONGEST_NAME = 120
ENCODINGS = ("utf-8-sig", "gb18030")
GEOJSON_TYPES = frozenset(
    {
        "FeatureCollection",
        "Feature",
        "Point",
        "MultiPoint",
        "LineString",
        "MultiLineString",
        "Polygon",
        "MultiPolygon",
        "GeometryCollection",
    }
)


class MediaType(StrEnum):
    """The accepted kinds of file; HTML only for papers that the registry writes itself, never for an upload."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    GEOJSON = "application/geo+json"
    CSV = "text/csv"
    HTML = "text/html"


SCANS = frozenset({MediaType.PDF, MediaType.JPEG, MediaType.PNG})
"""What a scan or a photo of a paper may be."""

SIGNATURES = (
    (b"%PDF-", MediaType.PDF),
    (b"\xff\xd8\xff", MediaType.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaType.PNG),
)


def media_type_of(content: bytes, *, field: str = "file") -> MediaType:
    """Return the media type that the bytes show; raise Invalid naming ``field`` when it is none of the accepted ones."""
    if not content:
        raise invalid(field, say("文件是空的。"), say("请重新选择文件后上传。"))
    if len(content) > LARGEST_BYTES:
        raise invalid(field, say("文件超过 10 MB。"), say("请压缩图片或分成几个文件后上传。"), value=len(content))
    for signature, media_type in SIGNATURES:
        if content.startswith(signature):
            return media_type
    text = _text_of(content)
    if text is not None and _is_geojson(text):
        return MediaType.GEOJSON
    if text is not None and _is_csv(text):
        return MediaType.CSV
    raise invalid(field, say("不能识别这个文件的类型。"), say("请上传 PDF、JPEG、PNG、GeoJSON 或 CSV 文件。"))


def sha256_of(content: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of the bytes: the address of the content."""
    return hashlib.sha256(content).hexdigest()


def clean_name(name: str) -> str:
    """Return the last part of a file name without control characters and separators, at most 120 characters; never empty."""
    last = name.replace("\\", "/").rsplit("/", maxsplit=1)[-1]
    kept = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip(" .")
    if len(kept) > LONGEST_NAME:
        stem, dot, ending = kept.rpartition(".")
        kept = f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 10 else kept[:LONGEST_NAME]
    return kept or "document"


def _text_of(content: bytes) -> str | None:
    if b"\x00" in content:
        return None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _is_geojson(text: str) -> bool:
    if not text.lstrip().startswith("{"):
        return False
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(parsed, dict) and parsed.get("type") in GEOJSON_TYPES


def _is_csv(text: str) -> bool:
    """Say whether the text looks like rows of columns: a comma, tab or semicolon in its first line, no markup, no control characters."""
    lines = text.strip().splitlines()
    if not lines or text.lstrip()[:1] in {"{", "<", "["}:
        return False
    plain = all(letter in "\t\r\n" or unicodedata.category(letter) != "Cc" for letter in text[:100_000])
    return plain and any(mark in lines[0] for mark in ",\t;")
