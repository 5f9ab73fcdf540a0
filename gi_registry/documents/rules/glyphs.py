"""Which characters a font has, read from its own table, and a visible mark for those that none has.

A paper must never lose a character silently: an unknown one is printed as a geta mark and named by its code at the end of the paper.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Collection, Iterator

GETA = "〓"  # printers' mark for a character that is not in the case
KEPT_CONTROLS = frozenset("\n\t")


def characters_of(font: bytes) -> frozenset[int]:
    """Return the code points that a TrueType or OpenType font maps (tables of format 4 and 12); raise ValueError for no such font."""
    if font[:4] not in {b"\x00\x01\x00\x00", b"OTTO", b"true"}:
        raise ValueError("not a TrueType or OpenType font")
    start = _table(font, b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", font, start + 2)[0]):
        at = start + struct.unpack_from(">I", font, start + 4 + 8 * number + 4)[0]
        kind = struct.unpack_from(">H", font, at)[0]
        if kind == 12:
            found.update(_of_format_12(font, at))
        elif kind == 4:
            found.update(_of_format_4(font, at))
    return frozenset(found)


def _table(font: bytes, tag: bytes) -> int:
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        name, _checksum, offset, _length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        if name == tag:
            return int(offset)
    raise ValueError(f"the font has no table {tag.decode()}")


def _of_format_12(font: bytes, at: int) -> Iterator[int]:
    for number in range(struct.unpack_from(">I", font, at + 12)[0]):
        first, last, _glyph = struct.unpack_from(">III", font, at + 16 + 12 * number)
        yield from range(first, last + 1)


def _of_format_4(font: bytes, at: int) -> Iterator[int]:
    """Segments whose characters may still map to glyph 0; those of these fonts do not."""
    segments = struct.unpack_from(">H", font, at + 6)[0] // 2
    lasts = struct.unpack_from(f">{segments}H", font, at + 14)
    firsts = struct.unpack_from(f">{segments}H", font, at + 16 + 2 * segments)
    for first, last in zip(firsts, lasts, strict=True):
        if first != 0xFFFF:
            yield from range(first, last + 1)


def printable(value: object, known: Collection[int], missing: dict[str, None]) -> object:
    """Return data with what no font has replaced by the geta mark; ``missing`` collects those characters in the order met.

    Control characters are dropped, and texts are put into their composed form.
    """
    if isinstance(value, str):
        return "".join(_letter(letter, known, missing) for letter in unicodedata.normalize("NFC", value))
    if isinstance(value, list):
        return [printable(item, known, missing) for item in value]
    if isinstance(value, dict):
        return {name: printable(item, known, missing) for name, item in value.items()}
    return value


def _letter(letter: str, known: Collection[int], missing: dict[str, None]) -> str:
    if ord(letter) in known or letter in KEPT_CONTROLS:
        return letter
    if unicodedata.category(letter) in {"Cc", "Cf", "Cs"} or 0xFE00 <= ord(letter) <= 0xFE0F:  # controls, and selectors of a variant
        return ""
    if unicodedata.category(letter) == "Zs":
        return " "
    missing[letter] = None
    return GETA
