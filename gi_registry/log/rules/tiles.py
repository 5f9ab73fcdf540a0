"""Tiles: 256 neighbouring hashes of one level as one static resource (https://c2sp.org/tlog-tiles)."""

from __future__ import annotations

import re

HEIGHT = 8
FULL = 1 << HEIGHT

_PATH = re.compile(r"(\d{1,2})/((?:x\d{3}/){0,5}\d{3})(?:\.p/(\d{1,3}))?", re.ASCII)


def width_of(size: int, level: int, n: int) -> int:
    """Return how many hashes tile ``n`` of ``level`` holds in a log of ``size`` leaves: 256 when full, 0 when it does not exist."""
    if level < 0 or n < 0:
        return 0
    return max(0, min(FULL, (size >> (HEIGHT * level)) - n * FULL))


def hashes_at(level: int, n: int, width: int) -> list[tuple[int, int]]:
    """Return the (tree level, index) of the hashes of a tile, in order."""
    return [(level * HEIGHT, n * FULL + offset) for offset in range(width)]


def read_path(path: str) -> tuple[int, int, int] | None:
    """Return (level, number, width) of a tile path such as ``0/x001/234.p/17``; None when it is not one in canonical form."""
    match = _PATH.fullmatch(path)
    if match is None:
        return None
    level, number = int(match[1]), int(match[2].replace("x", "").replace("/", ""))
    width = int(match[3]) if match[3] else FULL
    if level > 63 or not 1 <= width <= FULL or (match[3] and width == FULL) or write_path(level, number, width=width) != path:
        return None
    return level, number, width


def write_path(level: int, n: int, *, width: int = FULL) -> str:
    """Return the path of a tile: the number in groups of three digits, all but the last marked with ``x``."""
    groups = [f"{n % 1000:03d}"]
    while n >= 1000:
        n //= 1000
        groups.insert(0, f"x{n % 1000:03d}")
    return f"{level}/{'/'.join(groups)}" + ("" if width == FULL else f".p/{width}")
