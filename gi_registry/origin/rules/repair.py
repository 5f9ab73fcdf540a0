"""What could be made of an outline that is not a valid surface, and how much ground that would move. Only a person says yes to it.

Each defect is put right in the one way that keeps what was drawn: a ring that crosses itself becomes the surfaces it encloses, a hole
outside its shell goes, parts that overlap are joined, corners a centimetre apart become one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gi_registry.kernel.errors import FieldError, Invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.measure import ELLIPSOID
from gi_registry.origin.rules.rings import LARGE_RING, defect, scribble
from gi_registry.origin.rules.tangle import tangled

NEAR_DEGREES = 1e-7  # about a centimetre: no device tells such corners apart
SLIVER_M2 = 0.5

Ring = NDArray[numpy.float64]


@dataclass(frozen=True)
class Repair:
    """A valid surface in the place of what was drawn, what was changed, and how many square metres of ground that moved.

    ``moved_m2`` adds up, part by part, what its area is now against what the rings as drawn come to (shell less holes, the two
    halves of a bow-tie cancelling out), the ground that overlapping parts counted twice, and the slivers.
    """

    geometry: MultiPolygon
    changes: tuple[Words, ...]
    moved_m2: int


class Mendable(Invalid):
    """An outline that is refused, but could be repaired: ``refusal.repair()`` says how; only a person accepts it.

    ``drawn`` is in CGCS2000; ``datum`` is "gcj02" or "bd09" where its corners were converted from there.
    """

    def __init__(self, *fields: FieldError, drawn: MultiPolygon, notes: tuple[Words, ...] = (), datum: str = "") -> None:
        super().__init__(*fields)
        self.drawn, self.notes, self.datum = drawn, notes, datum

    def repair(self) -> Repair:
        """Return what could be made of it, the notes of reading first; raise Invalid where nothing can."""
        found = repair(self.drawn)
        return Repair(found.geometry, (*self.notes, *found.changes), found.moved_m2)


def repair(geometry: BaseGeometry) -> Repair:
    """Return a valid surface made of a Polygon or MultiPolygon in lon/lat degrees, valid or not, and what that changes.

    Raises Invalid where nothing is left of it, and where it crosses itself so often that nobody could check the result.
    """
    drawn = [part for part in shapely.get_parts(geometry) if not part.is_empty]
    _refuse_scribble(drawn)
    tally: Counter[str] = Counter()
    pieces = [_mended(part, tally) for part in drawn]
    joined = _joined([piece for each in pieces for piece in each], tally)
    whole = _without_slivers(joined, tally)
    if not whole:
        raise defect(say("修补之后没有剩下面积。"), say("请重新测量或勾绘地块的边界。"))
    result = MultiPolygon([shapely.orient_polygons(polygon) for polygon in whole])
    changes = _told(tally)
    moved = sum(abs(_ground_m2(after) - _drawn_m2(before)) for before, after in zip(drawn, pieces, strict=True))
    twice = _ground_m2([piece for each in pieces for piece in each]) - _ground_m2(joined)
    return Repair(result, changes, round(moved + twice + _ground_m2(joined) - _ground_m2(whole)) if changes else 0)


def _mended(part: Polygon, tally: Counter[str]) -> list[Polygon]:
    """Return the valid polygons of one part: its shell put right, less its holes."""
    shell = _tidied(numpy.asarray(part.exterior.coords)[:, :2], tally)
    if shell is None:
        return []
    holes = _distinct([ring for hole in part.interiors if (ring := _tidied(numpy.asarray(hole.coords)[:, :2], tally)) is not None], tally)
    plain = Polygon(shell, holes)
    if plain.is_valid:
        return [plain] if plain.area else []
    ground = _valid(Polygon(shell), tally)
    cut = [_valid(Polygon(hole), tally) for hole in holes]
    inside = [hole for hole in cut if not ground.disjoint(hole)]
    tally["hole-outside"] += len(cut) - len(inside)
    tally["hole-crossing"] += sum(not ground.covers(hole) for hole in inside)
    union = shapely.union_all(inside)
    tally["holes-overlap"] += bool(inside) and sum(hole.area for hole in inside) > union.area * (1 + 1e-9)
    return _polygons(ground.difference(union))


def _tidied(ring: Ring, tally: Counter[str]) -> Ring | None:
    """Return a closed ring without repeated corners; None for one that encloses nothing."""
    if not numpy.array_equal(ring[0], ring[-1]):
        ring = numpy.vstack([ring, ring[:1]])
    tidy: Ring = ring[_apart(ring, tally)]
    if len(numpy.unique(tidy, axis=0)) < 3:
        tally["degenerate"] += 1
        return None
    return tidy


def _apart(ring: Ring, tally: Counter[str]) -> list[int]:
    """Return the corners that stay: each is farther than a centimetre from the one kept before it, so that a dense ring keeps its shape."""
    steps = numpy.abs(numpy.diff(ring, axis=0)).max(axis=1)
    if (steps > NEAR_DEGREES).all():
        return list(range(len(ring)))
    corners, kept = ring.tolist(), [0]
    for place in range(1, len(corners)):
        (x, y), (kept_x, kept_y) = corners[place], corners[kept[-1]]
        if max(abs(x - kept_x), abs(y - kept_y)) > NEAR_DEGREES:
            kept.append(place)
        else:
            tally["repeated" if steps[place - 1] == 0 else "near"] += 1
    if kept[-1] != len(corners) - 1:  # the last corner is the first: it stays, and what was kept too close before it goes
        kept = [*(kept[:-1] if len(kept) > 1 else kept), len(corners) - 1]
    return kept


def _distinct(rings: list[Ring], tally: Counter[str]) -> list[Ring]:
    seen: dict[bytes, Ring] = {}
    for ring in rings:
        seen.setdefault(shapely.to_wkb(shapely.normalize(Polygon(ring))), ring)
    tally["duplicate-ring"] += len(rings) - len(seen)
    return list(seen.values())


def _valid(polygon: Polygon, tally: Counter[str]) -> BaseGeometry:
    if polygon.is_valid:
        return polygon
    touches = shapely.is_valid_reason(polygon).startswith("Ring Self-intersection")
    tally["touching" if touches else "crossing"] += 1
    return shapely.union_all(_polygons(shapely.make_valid(polygon, method="structure", keep_collapsed=False)))


def _polygons(geometry: BaseGeometry) -> list[Polygon]:
    return [part for part in shapely.get_parts(geometry) if isinstance(part, Polygon) and part.area]


def _joined(polygons: list[Polygon], tally: Counter[str]) -> list[Polygon]:
    """Return parts that do not overlap: the same part twice stands once, overlapping ones are united."""
    seen = {shapely.to_wkb(shapely.normalize(polygon)): polygon for polygon in polygons}
    tally["duplicate-part"] += len(polygons) - len(seen)
    distinct = list(seen.values())
    if MultiPolygon(distinct).is_valid:
        return distinct
    tally["overlapping"] += 1
    return _polygons(shapely.union_all(distinct))


def _without_slivers(polygons: list[Polygon], tally: Counter[str]) -> list[Polygon]:
    """Drop parts and holes under half a square metre, such as crossings leave behind; one alone stays."""
    kept = [polygon for polygon in polygons if _drawn_m2(polygon) >= SLIVER_M2] or polygons
    tally["sliver"] += len(polygons) - len(kept)
    return [_without_pinholes(polygon, tally) for polygon in kept]


def _without_pinholes(polygon: Polygon, tally: Counter[str]) -> Polygon:
    holes = [hole for hole in polygon.interiors if _ring_m2(numpy.asarray(hole.coords)) >= SLIVER_M2]
    if len(holes) == len(polygon.interiors):
        return polygon
    tally["sliver"] += len(polygon.interiors) - len(holes)
    return Polygon(polygon.exterior, holes)


def _refuse_scribble(parts: Iterable[Polygon]) -> None:
    """Raise Invalid where a ring crosses itself very often; a small one that is valid for all its spikes is none."""
    for part in parts:
        for ring in (part.exterior, *part.interiors):
            corners = numpy.asarray(ring.coords)[:, :2]
            if tangled(corners) and (len(corners) > LARGE_RING or not Polygon(corners).is_valid):
                raise scribble()


def _drawn_m2(part: Polygon) -> float:
    """Return what the rings of a part come to as drawn, valid or not: shell less holes."""
    return _ring_m2(numpy.asarray(part.exterior.coords)) - sum(_ring_m2(numpy.asarray(hole.coords)) for hole in part.interiors)


def _ring_m2(ring: Ring) -> float:
    area, _perimeter = ELLIPSOID.polygon_area_perimeter(ring[:, 0], ring[:, 1])
    return abs(float(area))


def _ground_m2(polygons: Iterable[Polygon]) -> float:
    """Return the geodesic area of valid polygons in square metres, not rounded."""
    return sum(_drawn_m2(polygon) for polygon in polygons)


def _told(tally: Counter[str]) -> tuple[Words, ...]:
    return tuple(Words(template.template, {"count": tally[kind]}) for kind, template in _CHANGES.items() if tally[kind])


_CHANGES: dict[str, Words] = {
    "repeated": say("合并重复的点 %(count)s 个。"),
    "near": say("合并相距不到 1 厘米的点 %(count)s 个。"),
    "degenerate": say("去掉围不成面的环 %(count)s 个。"),
    "crossing": say("自己相交的环 %(count)s 个，改为它们围起来的面。"),
    "touching": say("与自己相接的环 %(count)s 个，在相接处分开。"),
    "duplicate-ring": say("去掉重复的内环 %(count)s 个。"),
    "hole-outside": say("去掉在地块外面的内环 %(count)s 个。"),
    "hole-crossing": say("与外边界相交的内环 %(count)s 个，只挖去地块之内的部分。"),
    "holes-overlap": say("互相重叠的内环合并。"),
    "duplicate-part": say("去掉重复的面 %(count)s 块。"),
    "overlapping": say("互相重叠的几块面合并。"),
    "sliver": say("去掉不到半平方米的碎片 %(count)s 处。"),
}
