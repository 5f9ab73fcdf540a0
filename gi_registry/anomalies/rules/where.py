"""Where copied codes were looked up: a list by province, and a small drawing of spots at the seats of the provinces.

The drawing has no outline of any area: it shows where spots lie to each other, and is no map (a map of the country needs a review number).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, MARGIN = 400, 300, 24
LARGEST, SMALLEST = 22, 4
NAMED = 8
NAME_WIDTH, NAME_HEIGHT = 64, 14
"""The room that a name with its figure takes: of two closer than that only the busier one is named; the list names all."""
_WEST, _EAST, _SOUTH, _NORTH = 85.0, 128.0, 19.0, 47.0

SEATS: Mapping[str, tuple[float, float]] = {
    "11": (116.4, 39.9), "12": (117.2, 39.1), "13": (114.5, 38.0), "14": (112.5, 37.9), "15": (111.7, 40.8), "21": (123.4, 41.8),
    "22": (125.3, 43.9), "23": (126.6, 45.7), "31": (121.5, 31.2), "32": (118.8, 32.1), "33": (120.2, 30.3), "34": (117.3, 31.9),
    "35": (119.3, 26.1), "36": (115.9, 28.7), "37": (117.0, 36.7), "41": (113.6, 34.8), "42": (114.3, 30.6), "43": (113.0, 28.2),
    "44": (113.3, 23.1), "45": (108.3, 22.8), "46": (110.3, 20.0), "50": (106.5, 29.6), "51": (104.1, 30.7), "52": (106.7, 26.6),
    "53": (102.7, 25.0), "54": (91.1, 29.7), "61": (108.9, 34.3), "62": (103.8, 36.1), "63": (101.8, 36.6), "64": (106.3, 38.5),
    "65": (87.6, 43.8), "71": (121.5, 25.0), "81": (114.2, 22.3), "82": (113.5, 22.2),
}  # fmt: skip
"""Longitude and latitude of the seat of each province's government, by the two digits of GB/T 2260, to a tenth of a degree."""


@dataclass(frozen=True)
class Spot:
    """A province on the drawing, in its units; ``name`` is short, ``named`` where there is room for it."""

    code: str
    name: str
    checks: int
    x: int
    y: int
    radius: int
    named: bool


@dataclass(frozen=True)
class Where:
    """``rows``: (name, checks), most checked first, an empty name is an unknown place; ``spots`` of those known; ``dots``: all seats."""

    rows: tuple[tuple[str, int], ...]
    spots: tuple[Spot, ...]
    dots: tuple[tuple[int, int], ...]
    width: int = WIDTH
    height: int = HEIGHT


def draw_where(places: Iterable[tuple[str, int]], names: Mapping[str, str]) -> Where | None:
    """Return list and drawing of (province's two digits or "", checks), added up; None where nothing is known of any place.

    A place that is on file and no province (a demonstration's) stands in the list only.
    """
    checks: Counter[str] = Counter()
    for code, count in places:
        checks[code if code in SEATS or code in names else ""] += count
    ordered = sorted(checks.items(), key=lambda item: (-item[1], item[0]))
    if not any(code for code, _ in ordered):
        return None
    known = [(code, count) for code, count in ordered if code in SEATS]
    most = known[0][1] if known else 0
    spots: list[Spot] = []
    for code, count in known:
        spots.append(_spot(code, _short(code, names.get(code, code)), count, most=most, beside=spots))
    rows = tuple((names.get(code, code) if code else "", count) for code, count in ordered)
    return Where(rows, tuple(spots), tuple(_at(seat) for seat in SEATS.values()))


def _spot(code: str, name: str, checks: int, *, most: int, beside: Sequence[Spot]) -> Spot:
    x, y = _at(SEATS[code])
    named = [spot for spot in beside if spot.named]
    clear = all(abs(spot.x - x) >= NAME_WIDTH or abs(spot.y - y) >= NAME_HEIGHT for spot in named)
    return Spot(code, name, checks, x, y, max(SMALLEST, round(LARGEST * (checks / most) ** 0.5)), clear and len(named) < NAMED)


def _short(code: str, name: str) -> str:
    """Return what people say for short: 内蒙古 (15) and 黑龙江 (23), the others by two characters."""
    return name[: 3 if code in ("15", "23") else 2]


def _at(seat: tuple[float, float]) -> tuple[int, int]:
    longitude, latitude = seat
    x = MARGIN + (longitude - _WEST) / (_EAST - _WEST) * (WIDTH - 2 * MARGIN)
    y = MARGIN + (_NORTH - latitude) / (_NORTH - _SOUTH) * (HEIGHT - 2 * MARGIN)
    return round(x), round(y)
