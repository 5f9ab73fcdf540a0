"""The generalised outline of an area, small enough for a phone: no point is told finer than 100 m (domain notes, maps).

Drawn only beside a stored map review number (审图号); without one the list of places is all there is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

FINEST_M = 100.0
WIDEST = 160
LONGEST = 1_500
_METRES_PER_DEGREE = 111_320.0


@dataclass(frozen=True)
class Outline:
    """A drawing in whole units of at least 100 m: its size, and the path of its edge (SVG)."""

    width: int
    height: int
    path: str


def outline_of(raw: bytes | str | None) -> Outline | None:
    """Return the outline of a stored geometry (WKB, longitude and latitude in degrees); None for what has no extent or cannot be read."""
    if not raw:
        return None
    try:
        geometry = shapely.from_wkb(raw)
    except (shapely.errors.GEOSException, ValueError, TypeError):
        return None
    if geometry.is_empty:
        return None
    flat = _in_metres(geometry)
    left, low, right, high = flat.bounds
    unit = max((right - left) / WIDEST, (high - low) / WIDEST, FINEST_M)
    tolerance = unit
    while True:
        drawn = _path(flat.simplify(tolerance), left=left, top=high, unit=unit)
        if len(drawn) <= LONGEST:
            break
        tolerance *= 2
    return Outline(math.ceil((right - left) / unit) + 2, math.ceil((high - low) / unit) + 2, drawn) if drawn else None


def _in_metres(geometry: BaseGeometry) -> BaseGeometry:
    middle = math.radians((geometry.bounds[1] + geometry.bounds[3]) / 2)
    across = math.cos(middle) * _METRES_PER_DEGREE
    return shapely.transform(geometry, lambda points: points * [across, _METRES_PER_DEGREE])


def _path(geometry: BaseGeometry, *, left: float, top: float, unit: float) -> str:
    parts = geometry.geoms if isinstance(geometry, MultiPolygon) else [geometry]
    drawn = []
    for part in parts:
        if not isinstance(part, Polygon) or part.area < unit * unit:
            continue
        for ring in (part.exterior, *part.interiors):
            points = [(round((x - left) / unit) + 1, round((top - y) / unit) + 1) for x, y in ring.coords[:-1]]
            kept = [point for at, point in enumerate(points) if at == 0 or point != points[at - 1]]
            if len(kept) > 2:
                drawn.append("M" + "L".join(f"{x} {y}" for x, y in kept) + "z")
    return "".join(drawn)
