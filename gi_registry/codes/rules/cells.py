"""Which cells of a sheet that was partly used are still free: where to start, and which to leave out."""

from __future__ import annotations

import re

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

_PARTS = re.compile(r"[,，、;；\s]+")
_PART = re.compile(r"(\d{1,3})(?:[-–—~～](\d{1,3}))?")


def free_cells(start: str, skip: str, *, cells: int) -> tuple[int, ...]:
    """Return the free cells of the first sheet, from 0, row by row from the top left.

    ``start`` is the first free cell, counted from 1 (empty: the first); ``skip`` names taken or damaged cells after it: ``5, 9-12``.
    Raises Invalid, naming ``start`` or ``skip``, for what is no cell of a sheet of ``cells``, or where none is left.
    """
    first = _cell(start.strip() or "1", "start", cells)
    taken: set[int] = set()
    for part in filter(None, _PARTS.split(skip.strip())):
        found = _PART.fullmatch(part)
        if found is None:
            raise invalid("skip", say("看不懂“%(part)s”。", part=part[:20]), say("请填写格号，例如 5, 9-12。"), value=skip[:100])
        low = _cell(found[1], "skip", cells)
        high = _cell(found[2], "skip", cells) if found[2] else low
        taken |= set(range(min(low, high), max(low, high) + 1))
    free = tuple(cell - 1 for cell in range(first, cells + 1) if cell not in taken)
    if not free:
        raise invalid("skip", say("首张印张没有空格了。"), say("请换一张新印张，从第 1 格开始。"), value=skip[:100])
    return free


def _cell(text: str, field: str, cells: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:6]) <= cells:
        reason = say("印张没有第 %(cell)s 格。", cell=text[:20])
        raise invalid(field, reason, say("每张 %(cells)s 格，左上角是第 1 格，自左至右、自上而下数。", cells=cells), value=text[:20])
    return int(text)
