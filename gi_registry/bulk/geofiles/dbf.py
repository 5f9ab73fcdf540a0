"""The attribute table of a Shapefile (dBase III/IV), in whatever encoding an office wrote it."""

from __future__ import annotations

import codecs
import struct
from collections import Counter
from dataclasses import dataclass
from typing import Any

from gi_registry.bulk.geofiles.words import Refused

NAMES = {
    **dict.fromkeys(("utf-8", "utf8", "65001"), "utf-8"),
    **dict.fromkeys(("gbk", "gb2312", "936", "cp936", "gb_2312-80"), "gbk"),
    **dict.fromkeys(("gb18030", "54936"), "gb18030"),
    **dict.fromkeys(("big5", "big-5", "950", "cp950"), "cp950"),
}
_DRIVERS = {0x4D: "gbk", 0x7A: "gbk", 0x4F: "cp950", 0x78: "cp950"}
_MOST_FIELDS = 255


@dataclass(frozen=True)
class _Field:
    raw: bytes
    kind: str
    start: int
    width: int


class Table:
    """The rows of a .dbf; ``encoding`` is the one wished for, else that of the .cpg, of the header, or the one the bytes fit."""

    def __init__(self, content: bytes, *, wish: str, cpg: str) -> None:
        if len(content) < 33:
            raise Refused("broken-dbf")
        self.count, head, self._width = struct.unpack_from("<IHH", content, 4)
        self._rows = content[head:]
        if head < 33 or self._width < 1 or self.count * self._width > len(self._rows) + self._width:
            raise Refused("lying", ".dbf")
        self._fields = _fields(content[32:head], self._width)
        self.encoding, self.guessed = self._encoding(wish, cpg, content[29])
        self.names = _distinct([self._text(field.raw, 0) for field in self._fields])

    def row(self, index: int) -> dict[str, Any] | None:
        """Return a row by column, None for one that is deleted."""
        raw = self._rows[index * self._width : (index + 1) * self._width]
        if len(raw) < self._width - 1:
            raise Refused("lying", ".dbf")
        if raw[:1] == b"*":
            return None
        return {
            name: self._value(field, raw[field.start : field.start + field.width], index)
            for name, field in zip(self.names, self._fields, strict=True)
        }

    def _value(self, field: _Field, raw: bytes, index: int) -> Any:
        if field.kind in "NF":
            return _number(raw)
        if field.kind == "L":
            return {b"T": True, b"Y": True, b"F": False, b"N": False}.get(raw.strip().upper())
        text = self._text(raw, index + 1)
        if field.kind == "D" and len(text) == 8 and text.isdigit():
            return f"{text[:4]}-{text[4:6]}-{text[6:]}" if text != "00000000" else None
        return text or None

    def _text(self, raw: bytes, row: int) -> str:
        raw = raw.split(b"\x00")[0].rstrip()
        try:
            return raw.decode(self.encoding)
        except UnicodeDecodeError:
            pass
        try:  # a value that was cut off in the middle of a character
            return codecs.getincrementaldecoder(self.encoding)().decode(raw).strip()
        except UnicodeDecodeError:
            raise Refused("table-encoding", f"{row}|{self.encoding}") from None

    def _encoding(self, wish: str, cpg: str, driver: int) -> tuple[str, bool]:
        if wish:
            if wish.strip().lower() not in NAMES:
                raise Refused("unknown-encoding", wish)
            return NAMES[wish.strip().lower()], False
        stated = cpg.strip().lower().removeprefix("ansi ").removeprefix("oem ").removeprefix("windows-")
        if stated in NAMES:
            return NAMES[stated], False
        texts = b"\n".join([field.raw.split(b"\x00")[0] for field in self._fields] + self._samples())
        if driver in _DRIVERS and _fits(texts, _DRIVERS[driver]):
            return _DRIVERS[driver], False
        return guess(texts)

    def _samples(self) -> list[bytes]:
        fields = [field for field in self._fields if field.kind in "CM"]
        samples: list[bytes] = []
        for index in range(min(self.count, 2_000)):
            raw = self._rows[index * self._width : (index + 1) * self._width]
            samples += [raw[field.start : field.start + field.width].split(b"\x00")[0].rstrip() for field in fields]
        return samples


def guess(texts: bytes) -> tuple[str, bool]:
    """Return the encoding that lines of text fit, and whether that was a guess; raise Refused where two fit as well.

    UTF-8 hardly ever fits by chance. Of GBK and Big5 the one counts in whose table the common characters are.
    """
    if texts.isascii():
        return "utf-8", False
    if _fits(texts, "utf-8"):
        return "utf-8", True
    fitting = {name: _common(texts, name) for name in ("gb18030", "cp950") if _fits(texts, name)}
    if not fitting:
        raise Refused("table-encoding-unknown")
    ranked = Counter(fitting).most_common()
    if len(ranked) == 2 and ranked[0][1] - ranked[1][1] < 0.1:
        raise Refused("table-encoding-unclear")
    return ranked[0][0], True


def _fits(texts: bytes, encoding: str) -> bool:
    wrong = 0
    for line in texts.split(b"\n"):
        if line.isascii():
            continue
        try:
            codecs.getincrementaldecoder(encoding)().decode(line)
        except UnicodeDecodeError:
            wrong += 1
    return not wrong


def _common(texts: bytes, encoding: str) -> float:
    """Return the share of double-byte characters that are everyday ones in the encoding (its first level)."""
    characters = [char.encode(encoding) for char in texts.decode(encoding, "ignore") if ord(char) > 127]
    if not characters:
        return 0.0
    if encoding == "cp950":
        everyday = sum(len(raw) == 2 and 0xA4 <= raw[0] <= 0xC6 for raw in characters)
    else:
        everyday = sum(len(raw) == 2 and 0xB0 <= raw[0] <= 0xD7 and raw[1] >= 0xA1 for raw in characters)
    return everyday / len(characters)


def _fields(head: bytes, width: int) -> list[_Field]:
    fields: list[_Field] = []
    start = 1
    for place in range(0, len(head) - 31, 32):
        raw = head[place : place + 32]
        if raw[0] == 0x0D or len(fields) > _MOST_FIELDS:
            break
        fields.append(_Field(raw[:11], chr(raw[11]).upper(), start, raw[16]))
        start += raw[16]
    if start > width:
        raise Refused("lying", ".dbf")
    return fields


def _distinct(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise Refused("duplicate-column", next(name for name in names if names.count(name) > 1))
    return names


def _number(raw: bytes) -> int | float | str | None:
    text = raw.split(b"\x00")[0].decode("ascii", "replace").strip()
    if not text or not text.strip("*"):
        return None
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        return text
