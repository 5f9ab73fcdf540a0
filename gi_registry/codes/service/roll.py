"""The labels of a page as drawing operators, by the thousand: one record of fixed length for each label, filled column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gi_registry.codes.rules.alphabet import LENGTH
from gi_registry.codes.rules.format import GROUP
from gi_registry.codes.rules.patterns import CHUNK, Patterns, draw

LINE = LENGTH + 1
_GROUPS = LENGTH // GROUP
_TEXT = b"?" * (LENGTH + _GROUPS - 1)

Octets = NDArray[np.uint8]


@dataclass(frozen=True)
class Place:
    """How a label is set, in points: the symbol's lower left corner and side, the code's start, size and font, within the label."""

    left: float
    bottom: float
    side: float
    text_x: float
    text_y: float
    text_size: float
    font: str


@cache
def _hexadecimal() -> NDArray[np.uint16]:
    """Return the two figures of each octet as one word."""
    return np.frombuffer(b"".join(b"%02X" % octet for octet in range(256)), dtype=np.uint16)


class Labels:
    """Fills pages: ``cells`` are the lower left corners of the labels of a page, in points, in the order in which they are filled."""

    def __init__(self, patterns: Patterns, place: Place, cells: Sequence[tuple[float, float]]) -> None:
        self._patterns, self._cells = patterns, len(cells)
        pixels = b"?" * (2 * patterns.stride * patterns.size)
        records = [_record(patterns.size, place, cell, pixels=pixels) for cell in cells]
        self._template = np.frombuffer(b"".join(records), dtype=np.uint8).reshape(len(cells), -1)
        self._pixels = slice(records[0].index(pixels), records[0].index(pixels) + len(pixels))
        self._text = records[0].index(b"(" + _TEXT + b")") + 1

    def pages(self, blocks: Iterable[bytes], *, free: Sequence[int] = ()) -> Iterator[bytes]:
        """Yield the operators of each page; ``blocks`` are codes, a line each. The last page may have empty cells.

        ``free`` are the cells of the first page that may be filled, from 0; all of them where none is named.
        """
        page = self._cells * LINE
        most = max(CHUNK // self._cells, 1) * page
        first = len(free) * LINE
        rest = b""
        for block in blocks:
            rest += block
            if first and len(rest) >= first:
                yield from self._filled(rest[:first], list(free))
                rest, first = rest[first:], 0
            whole = 0 if first else len(rest) - len(rest) % page
            for start in range(0, whole, most):
                yield from self._filled(rest[start : min(start + most, whole)])
            rest = rest[whole:]
        if rest:
            yield from self._filled(rest, list(free) if first else None)

    def _filled(self, lines: bytes, cells: list[int] | None = None) -> Iterator[bytes]:
        codes = np.frombuffer(lines, dtype=np.uint8).reshape(-1, LINE)
        template = self._template if cells is None else self._template[cells]
        records = np.tile(template, (-(-len(codes) // len(template)), 1))[: len(codes)]
        octets = draw(self._patterns, codes).view(np.uint8)[:, : self._patterns.stride * self._patterns.size]
        records[:, self._pixels] = _hexadecimal()[octets].view(np.uint8)
        for group in range(_GROUPS):
            at = self._text + group * (GROUP + 1)
            records[:, at : at + GROUP] = codes[:, group * GROUP : (group + 1) * GROUP]
            if group:
                records[:, at - 1] = ord(" ")
        for first in range(0, len(codes), self._cells):
            yield records[first : first + self._cells].tobytes()


def _record(size: int, place: Place, cell: tuple[float, float], *, pixels: bytes) -> bytes:
    """Return what one label draws: the shared face, the symbol as a 1-bit mask (dark is 1), the code in groups."""
    return b"".join(
        (
            b"q 1 0 0 1 %07.3f %07.3f cm/FormXob.face Do\n" % cell,
            b"q %.4f 0 0 %.4f %.4f %.4f cm BI/W %d/H %d/IM true/D[1 0]/F/AHx ID "
            % (place.side, place.side, place.left, place.bottom, size, size),
            pixels + b">\nEI Q\n",
            b"BT%s %.2f Tf %.3f %.3f Td(" % (place.font.encode(), place.text_size, place.text_x, place.text_y),
            _TEXT + b")Tj ET Q\n",
        )
    )
