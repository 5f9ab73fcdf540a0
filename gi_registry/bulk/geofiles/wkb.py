"""Well-known binary: polygons as GeoJSON, anything else by its name."""

from __future__ import annotations

import struct
from array import array
from typing import Any

from gi_registry.bulk.geofiles.words import Points, Read, Refused

_NAMES = {
    1: "Point",
    2: "LineString",
    4: "MultiPoint",
    5: "MultiLineString",
    7: "GeometryCollection",
    8: "CircularString",
    9: "CompoundCurve",
    10: "CurvePolygon",
    11: "MultiCurve",
    12: "MultiSurface",
    15: "PolyhedralSurface",
    16: "TIN",
    17: "Triangle",
}
_POLYGON, _MULTI = 3, 6


def geometry_of(raw: bytes, points: Points, found: Read) -> dict[str, Any]:
    """Return a geometry as GeoJSON; heights and measures are left out with a note. Raises struct.error for what is cut short."""
    kind, _place, _step, _order = _head(raw, 0, found)
    if kind == _POLYGON:
        rings, _end = _polygon(raw, 0, points, found)
        return {"type": "Polygon", "coordinates": rings}
    if kind == _MULTI:
        _kind, place, _step, order = _head(raw, 0, found)
        (count,) = struct.unpack_from(f"{order}I", raw, place)
        place += 4
        parts = []
        for _part in range(count):
            rings, place = _polygon(raw, place, points, found)
            parts.append(rings)
        return {"type": "MultiPolygon", "coordinates": parts}
    return {"type": _NAMES.get(kind, f"WKB{kind}"), "coordinates": []}


def _head(raw: bytes, place: int, found: Read) -> tuple[int, int, int, str]:
    """Return the kind, where the content begins, how many numbers a corner has, and the byte order."""
    order = "<" if raw[place] else ">"
    (code,) = struct.unpack_from(f"{order}I", raw, place + 1)
    more = code // 1000 % 10 if code < 10_000 else 0
    extra = {0: 0, 1: 1, 2: 1, 3: 2}.get(more, 0) + bool(code & 0x80000000) + bool(code & 0x40000000)
    after = place + 5 + (4 if code & 0x20000000 else 0)
    if extra:
        found.note("height")
    return (code & 0x0FFFFFFF) % 1000, after, 2 + extra, order


def _polygon(raw: bytes, place: int, points: Points, found: Read) -> tuple[list[list[list[Any]]], int]:
    kind, place, step, order = _head(raw, place, found)
    if kind != _POLYGON:
        raise Refused("broken-geometry")
    (count,) = struct.unpack_from(f"{order}I", raw, place)
    place += 4
    rings = []
    for _ring in range(count):
        (corners,) = struct.unpack_from(f"{order}I", raw, place)
        place += 4
        points.take(corners)
        end = place + 8 * step * corners
        if end > len(raw):
            raise Refused("broken-geometry")
        numbers = array("d", raw[place:end])
        if order == ">":
            numbers.byteswap()
        place = end
        rings.append([[_finite(x), _finite(y)] for x, y in zip(numbers[::step], numbers[1::step], strict=True)])
    return rings, place


def _finite(value: float) -> float | str:
    return value if abs(value) < 1e12 else str(value)
