"""An outline as it was drawn, whatever is wrong with its rings: what a repair starts from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy
from shapely import MultiPolygon, Polygon

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.rings import MOST_POSITIONS, MOST_RINGS, Position, Settle, as_they_are, check_range, read_position

_UNCLOSED = say("边界没有闭合，已用起点收尾。")


def drawn(parts: object, settle: Settle = as_they_are) -> tuple[MultiPolygon, tuple[Words, ...]] | None:
    """Return GeoJSON MultiPolygon coordinates as a surface that need not be valid, with notes; None where that cannot be done.

    It cannot where brackets, numbers or places are wrong, where a ring jumps across the 180th meridian, and where there are too many
    corners.
    """
    notes: dict[str, Words] = {}
    try:
        polygons = [_polygon(part, notes, settle) for part in _lists(parts)]
    except (Invalid, TypeError, ValueError):
        return None
    found = [polygon for polygon in polygons if polygon is not None]
    return (MultiPolygon(found), tuple(notes.values())) if found else None


def _lists(value: object) -> Iterator[object]:
    if not isinstance(value, list) or len(value) > MOST_RINGS:
        raise ValueError
    yield from value


def _polygon(value: object, notes: dict[str, Words], settle: Settle) -> Polygon | None:
    rings = [_ring(ring, notes, settle) for ring in _lists(value)]
    if sum(map(len, rings)) > MOST_POSITIONS:
        raise ValueError
    if not rings or len(set(rings[0])) < 3:
        return None
    return Polygon(numpy.array(rings[0]), [numpy.array(ring) for ring in rings[1:] if len(set(ring)) >= 3])


def _ring(value: object, notes: dict[str, Words], settle: Settle) -> list[Position]:
    if not isinstance(value, list) or len(value) > MOST_POSITIONS:
        raise ValueError
    positions = settle([read_position(position, notes) for position in value])
    check_range(positions)
    if any(abs(one[0] - other[0]) > 180 for one, other in pairwise(positions)):
        raise ValueError
    if positions and positions[0] != positions[-1]:
        notes["unclosed"] = _UNCLOSED
        positions = [*positions, positions[0]]
    return positions
