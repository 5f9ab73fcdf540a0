"""Coordinates to polygons: every defect of a ring is named with what to do about it.

Rules: RFC 7946 §3.1.6 (closed, four positions or more), OGC Simple Features (no self-intersection, holes inside their shell).
The winding order is put right silently-with-a-note, because RFC 7946 asks readers not to refuse it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry import LinearRing

from gi_registry.kernel.errors import Invalid, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.tangle import tangled
from gi_registry.origin.rules.zones import likely

FIELD = "geometry"
MOST_POSITIONS = 200_000
MOST_RINGS = 2_000
LARGE_RING = 20_000
FARTHEST = 1e12  # JSON knows numbers without end; a coordinate beyond this is none in any system
MOST_DEGREES = 10_000  # beyond, numbers off the globe are metres
Position = tuple[float, float]
Settle = Callable[[list[Position]], list[Position]]


@dataclass(frozen=True)
class Reading:
    """A geometry that may be stored, what was put right on the way in, and the shifted coordinates it was converted from, if any."""

    geometry: MultiPolygon
    warnings: tuple[Words, ...] = ()
    converted_from: str = ""


def brief(value: object) -> str:
    """Return the beginning of what stands in a file, for a message."""
    try:
        return str(value)[:40]
    except (RecursionError, ValueError):  # nested a thousand deep, or a number of five thousand digits
        return "…"


def defect(reason: Words, remedy: Words, value: object = "") -> Invalid:
    """Return the error for one defect of a geometry."""
    return invalid(FIELD, reason, remedy, value=brief(value))


def read_position(value: object, notes: dict[str, Words]) -> Position:
    """Return (lon, lat) from one GeoJSON position; note dropped heights; raise Invalid for anything else."""
    if type(value) is list and len(value) == 2:  # nearly every one of 200,000 corners is two floats: no more is asked of those
        lon, lat = value
        if type(lon) is float and type(lat) is float and -FARTHEST < lon < FARTHEST and -FARTHEST < lat < FARTHEST:
            return lon, lat
    if not isinstance(value, list) or len(value) < 2:
        raise defect(
            say("坐标点“%(value)s”不是 [经度, 纬度]。", value=brief(value)),
            say("每个点写成 [经度, 纬度]，例如 [120.75, 31.42]。"),
            value,
        )
    if not all(map(_is_number, value)):
        raise defect(
            say("坐标点“%(value)s”里有不是数字的内容。", value=brief(value)), say("坐标用十进制度的数字填写，不加引号和单位。"), value
        )
    if len(value) > 2:
        notes["height"] = say("坐标点带有高程等附加数值，已舍去。")
    return (float(value[0]), float(value[1]))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -FARTHEST < value < FARTHEST


def in_china(lon: float, lat: float) -> bool:
    """Say whether a position lies in a box around China (73–136 °E, 3–54 °N)."""
    return 73 <= lon <= 136 and 3 <= lat <= 54


def check_range(positions: list[Position]) -> None:
    """Raise Invalid where positions lie off the globe or where longitude and latitude were evidently swapped."""
    for lon, lat in positions:
        if in_china(lon, lat):
            continue
        swapped = (abs(lat) > 90 and abs(lat) <= 180 and abs(lon) <= 90) or (in_china(lat, lon) and lat > 73)
        if swapped:
            raise defect(
                say("坐标点 [%(lon)s, %(lat)s] 的经度和纬度写反了。", lon=lon, lat=lat),
                say("请把每个点改成先经度、后纬度：[%(lat)s, %(lon)s]。", lon=lon, lat=lat),
                [lon, lat],
            )
        if abs(lon) > 180 or abs(lat) > 90:
            raise defect(
                say("坐标点 [%(lon)s, %(lat)s] 超出经纬度的范围。", lon=lon, lat=lat),
                say("经度应在 −180 至 180、纬度应在 −90 至 90 之间。") if abs(lon) < MOST_DEGREES else likely(lon, lat),
                [lon, lat],
            )


def check_ring(positions: list[Position]) -> None:
    """Raise Invalid where a ring is too short, not closed, or jumps across the 180th meridian."""
    if len(set(positions)) < 3:
        raise defect(
            say("边界只有 %(count)s 个不同的点，围不成面。", count=len(set(positions))), say("至少需要 3 个不同的点，并以起点收尾。")
        )
    if positions[0] != positions[-1]:
        raise defect(
            say("边界没有闭合：起点 %(first)s，终点 %(last)s。", first=list(positions[0]), last=list(positions[-1])),
            say("请在最后重复写一遍起点。"),
        )
    if any(abs(one[0] - other[0]) > 180 for one, other in pairwise(positions)):
        raise defect(say("边界跨过了 180 度经线。"), say("请沿 180 度经线把面切成两块（MultiPolygon）。"))


def _tidy(positions: list[Position], notes: dict[str, Words]) -> list[Position]:
    kept = [here for here, before in zip(positions[1:], positions, strict=False) if here != before]
    if len(kept) < len(positions) - 1:
        notes["repeated"] = say("边界上有连续重复的点，已合并。")
    return [positions[0], *kept]


def as_they_are(positions: list[Position]) -> list[Position]:
    """Return positions unchanged: they are longitude and latitude already."""
    return positions


def read_ring(value: object, notes: dict[str, Words], settle: Settle = as_they_are) -> list[Position]:
    """Return the positions of one GeoJSON ring in lon/lat; ``settle`` brings them there from another system."""
    if not isinstance(value, list) or not value:
        raise defect(say("边界是空的或不是坐标列表。"), say("面（Polygon）的坐标有三层方括号：面、边界、点。"), brief(value))
    if isinstance(value[0], list) and value[0] and isinstance(value[0][0], list):
        raise defect(say("坐标的方括号层数太多。"), say("多块地用 MultiPolygon（四层），一块地用 Polygon（三层）。"))
    if isinstance(value[0], int | float | str):
        raise defect(say("坐标的方括号层数不够。"), say("面（Polygon）的坐标有三层方括号：面、边界、点；多块地用 MultiPolygon（四层）。"))
    positions = settle([read_position(position, notes) for position in value])
    check_range(positions)
    check_ring(positions)
    return _tidy(positions, notes)


def read_polygon(value: object, notes: dict[str, Words], settle: Settle = as_they_are) -> Polygon:
    """Return the polygon of GeoJSON Polygon coordinates: shell first, then holes; raise Invalid for each defect."""
    if not isinstance(value, list) or not value:
        raise defect(say("面没有坐标。"), say("请填写边界的坐标，至少 3 个不同的点。"))
    if len(value) > MOST_RINGS:
        raise defect(say("一块面有 %(count)s 个环，超过 %(most)s 个。", count=len(value), most=MOST_RINGS), say("请删去细碎的内环。"))
    rings = [numpy.array(read_ring(ring, notes, settle)) for ring in value]  # as lists they would cost shapely seconds
    if sum(map(len, rings)) > MOST_POSITIONS:
        raise defect(say("边界的点超过 %(most)s 个。", most=MOST_POSITIONS), say("请先简化边界（保留 1 米以内的精度即可）。"))
    for number, ring in enumerate(rings):
        if len(ring) > LARGE_RING and tangled(ring):
            raise scribble()
        if not LinearRing(ring).is_simple:
            _refuse_crossing(Polygon(ring), "hole" if number else "shell")
    shell = Polygon(rings[0])
    shapely.prepare(shell)
    for ring in rings[1:]:
        _check_hole(shell, Polygon(ring))
    polygon = Polygon(rings[0], rings[1:])
    if not polygon.is_valid:
        _refuse_crossing(polygon, "polygon")
    if not polygon.area:
        raise defect(say("边界的点都在一条直线上，围不成面。"), say("请核对各点坐标。"))
    _note_winding(rings, notes)
    return shapely.orient_polygons(polygon)


def scribble() -> Invalid:
    """Return the refusal of a ring that crosses itself so often that asking for its validity would take long."""
    return defect(say("边界自己相交太多次，看不出要围的是哪块地。"), say("请核对各点的先后次序，重新导出边界。"))


def _refuse_crossing(polygon: Polygon, _part: str) -> None:
    where = shapely.is_valid_reason(polygon).partition("[")[2].rstrip("]") or "?"
    raise defect(
        say("边界自己相交（在 %(where)s 附近），像蝴蝶结一样。", where=where),
        say("请核对各点的先后次序，沿地块边缘顺一个方向依次填写。"),
    )


def _check_hole(shell: Polygon, hole: Polygon) -> None:
    if shell.disjoint(hole):
        raise defect(say("挖去的部分（内环）在地块外面。"), say("请删去这个内环，或把它改成单独的一块地。"))
    if not shell.covers(hole):
        raise defect(say("挖去的部分（内环）与外边界相交。"), say("内环须整个位于外边界之内，最多与它相接于一点。"))


def _note_winding(rings: list[NDArray[numpy.float64]], notes: dict[str, Words]) -> None:
    wrong = any(LinearRing(ring).is_ccw == bool(number) for number, ring in enumerate(rings))
    if wrong:
        notes["winding"] = say("边界的绕行方向与 RFC 7946 相反，已改正，不影响位置和面积。")


def together(polygons: list[Polygon]) -> MultiPolygon:
    """Return one MultiPolygon; raise Invalid where its parts overlap."""
    whole = MultiPolygon(polygons)
    if not whole.is_valid:
        raise defect(say("几块面互相重叠。"), say("请合并重叠的部分，或改正边界。"))
    return whole
