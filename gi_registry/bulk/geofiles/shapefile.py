"""A Shapefile from its members: .shp, .shx, .dbf and, where they are there, .prj and .cpg (ESRI technical description, 1998)."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from gi_registry.bulk.geofiles.dbf import Table
from gi_registry.bulk.geofiles.nesting import polygons_of
from gi_registry.bulk.geofiles.words import MOST_FEATURES, Geometry, Layer, Points, Read, Refused

_HEAD = 100
_POLYGONS, _LINES, _POINTS, _MANY = (5, 15, 25), (3, 13, 23), (1, 11, 21), (8, 18, 28)
_OTHERS = {**dict.fromkeys(_LINES, "LineString"), **dict.fromkeys(_POINTS, "Point"), **dict.fromkeys(_MANY, "MultiPoint"), 31: "MultiPatch"}
_WITH_HEIGHT = (15, 25, 13, 23, 11, 21, 18, 28)


def layer_of(name: str, members: Mapping[str, bytes]) -> Layer:
    """Return the layer that the members with one stem make, by their endings; raise Refused where one is missing or lies."""
    for ending in ("shp", "shx", "dbf"):
        if ending not in members:
            raise Refused(f"missing-{ending}", name)
    shp, shx = members["shp"], members["shx"]
    for content, ending in ((shp, ".shp"), (shx, ".shx")):
        if len(content) < _HEAD or struct.unpack_from(">i", content)[0] != 9994:
            raise Refused("broken-member", name + ending)
        if struct.unpack_from(">i", content, 24)[0] * 2 != len(content):
            raise Refused("lying", name + ending)
    count, rest = divmod(len(shx) - _HEAD, 8)
    if rest:
        raise Refused("lying", name + ".shx")
    if count > MOST_FEATURES:
        raise Refused("too-many-features", str(MOST_FEATURES))
    return Layer(name, count, "shapefile", lambda wish: _read(name, members, count, wish=wish))


def _read(name: str, members: Mapping[str, bytes], count: int, *, wish: str) -> Read:
    table = Table(members["dbf"], wish=wish, cpg=members.get("cpg", b"")[:40].decode("latin-1"))
    if table.count != count:
        raise Refused("counts-differ", f"{count}|{table.count}")
    found = Read(crs=members.get("prj", b"")[:8_000].decode("utf-8", "replace").strip("\ufeff \r\n\x00"), encoding=table.encoding)
    if table.guessed:
        found.note("guessed-encoding", table.encoding)
    points = Points()
    for index, record in enumerate(_records(name, members["shp"], members["shx"], count)):
        row = table.row(index)
        if row is None:
            found.note("deleted-rows")
            continue
        found.features.append({"properties": row, "geometry": _geometry(record, points, found)})
    return found


def _records(name: str, shp: bytes, shx: bytes, count: int) -> Iterator[bytes]:
    """Yield the content of each record where the index says it stands; both must agree on its length."""
    for index in range(count):
        offset, length = (2 * value for value in struct.unpack_from(">ii", shx, _HEAD + 8 * index))
        if offset < _HEAD or offset + 8 + length > len(shp) or struct.unpack_from(">i", shp, offset + 4)[0] * 2 != length:
            raise Refused("lying", name + ".shx")
        yield shp[offset + 8 : offset + 8 + length]


def _geometry(record: bytes, points: Points, found: Read) -> Geometry | None:
    kind = struct.unpack_from("<i", record)[0] if len(record) >= 4 else 0
    if kind == 0:
        return None
    if kind not in _POLYGONS:
        corner = [_finite(value) for value in struct.unpack_from("<2d", record, 4)] if kind in _POINTS and len(record) >= 20 else []
        return {"type": _OTHERS.get(kind, f"Shape{kind}"), "coordinates": corner}
    if kind in _WITH_HEIGHT:
        found.note("height")
    rings = _rings(record, points)
    parts, turned = polygons_of(rings)
    if turned:
        found.note("turned")
    return {"type": "Polygon", "coordinates": parts[0]} if len(parts) == 1 else {"type": "MultiPolygon", "coordinates": parts}


def _rings(record: bytes, points: Points) -> list[list[list[Any]]]:
    if len(record) < 44:
        raise Refused("lying", ".shp")
    rings, total = struct.unpack_from("<ii", record, 36)
    place = 44 + 4 * rings
    if rings < 0 or total < 0 or place + 16 * total > len(record):
        raise Refused("lying", ".shp")
    points.take(total)
    starts = [*struct.unpack_from(f"<{rings}i", record, 44), total]
    if any(one > other for one, other in pairwise(starts)) or (rings and starts[0] != 0):
        raise Refused("lying", ".shp")
    numbers = array("d")
    numbers.frombytes(record[place : place + 16 * total])
    corners = [[_finite(x), _finite(y)] for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
    return [corners[one:other] for one, other in pairwise(starts) if other > one]


def _finite(value: float) -> float | str:
    return value if abs(value) < 1e12 else str(value)
