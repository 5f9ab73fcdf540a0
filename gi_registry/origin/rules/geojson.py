"""GeoJSON (RFC 7946), read strictly: what is not a closed, simple surface in lon/lat is refused with its reason and remedy.

Coordinates are CGCS2000 or WGS-84 longitude and latitude (equal for this use), or in the system that the file names; it is never guessed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.crs import LON_LAT, Crs, crs_of, is_lon_lat, settle_for
from gi_registry.origin.rules.drawn import drawn
from gi_registry.origin.rules.repair import Mendable
from gi_registry.origin.rules.rings import (
    Position,
    Reading,
    brief,
    defect,
    read_polygon,
    read_position,
    together,
)
from gi_registry.origin.rules.shift import read_as, shift_of, unshifted_from

TYPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
MOST_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Feature:
    """One feature as it stands in the file: ``position`` counts from 1; ``geometry`` is not read yet."""

    position: int
    properties: dict[str, object]
    geometry: object


def parse(content: bytes | str) -> object:
    """Return the JSON in a file; raise Invalid where it is none, too large, or not UTF-8."""
    if len(content) > MOST_BYTES:
        raise defect(say("文件超过 20 MB。"), say("请分成几个文件，或先简化边界。"))
    if isinstance(content, bytes):
        try:
            content = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise defect(say("文件不是 UTF-8 编码的 GeoJSON。"), say("请用 UTF-8 重新导出。")) from None
    if not content.strip():
        raise defect(say("文件是空的。"), say("请选择有内容的 GeoJSON 文件，或改用填写坐标。"))
    try:
        return json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise defect(say("文件内容不是 JSON。"), say("请导出 GeoJSON 格式（扩展名 .geojson 或 .json）。")) from None


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def read_features(content: bytes | str) -> list[Feature]:
    """Return the features of a file: a FeatureCollection, one Feature, or a bare geometry; raise Invalid naming the defect."""
    return features_in(parse(content))


def features_in(data: object, *, declared: str = "") -> list[Feature]:
    """Return the features in parsed GeoJSON, each geometry with the system its numbers are in where that is not longitude and latitude.

    ``declared`` is what a person said the numbers refer to; it holds against what the file says. Raises Invalid naming the defect.
    """
    if not isinstance(data, dict):
        raise defect(say("GeoJSON 的最外层应是对象。"), say("请导出 FeatureCollection。"))
    crs = declared or stated_crs(data)
    if crs:
        crs_of(crs)
    kind = data.get("type")
    if kind == "FeatureCollection":
        members = data.get("features")
        if not isinstance(members, list):
            raise defect(say("FeatureCollection 没有 features 列表。"), say("请重新导出；features 应是列表。"))
        return [_feature(member, position, crs) for position, member in enumerate(members, start=1)]
    if kind == "Feature":
        return [_feature(data, 1, crs)]
    if kind in TYPES:
        return [Feature(1, {}, placed(data, crs))]
    raise defect(
        say("类型“%(kind)s”不是 GeoJSON 的类型。", kind=brief(kind)),
        say("type 应写作 FeatureCollection、Feature、Polygon 或 MultiPolygon，区分大小写。"),
        kind,
    )


def stated_crs(data: dict[str, object]) -> str:
    """Return the name of the system that GeoJSON names (RFC 7946 dropped the member, software writes it still), or ""."""
    if (crs := data.get("crs")) is None:
        return ""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else str(crs)


def placed(geometry: object, crs: str) -> object:
    """Return a geometry that names the system its numbers are in; longitude and latitude need no name."""
    if not isinstance(geometry, dict) or not crs or is_lon_lat(crs):
        return geometry
    return geometry | {"crs": {"type": "name", "properties": {"name": crs}}}


def _feature(value: object, position: int, crs: str) -> Feature:
    if not isinstance(value, dict) or value.get("type") != "Feature":
        raise defect(say("第 %(position)s 个要素不是 Feature。", position=position), say("请删去空的要素后重新导出。"))
    if "geometry" not in value:
        raise defect(say("第 %(position)s 个要素没有 geometry。", position=position), say("每个要素都要有名为 geometry 的图形。"))
    if isinstance(value.get("id"), dict | list | bool):
        raise defect(say("第 %(position)s 个要素的 id 不是文字或数字。", position=position), say("请改成文字或数字，或删去 id。"))
    properties = value.get("properties", "")
    if not isinstance(properties, dict | None):
        raise defect(
            say("第 %(position)s 个要素没有 properties 或其格式不对。", position=position), say("properties 应是对象，可以写 {}。")
        )
    return Feature(position, properties or {}, placed(_boxed(value), crs))


def _boxed(feature: dict[str, object]) -> object:
    """Return the geometry of a feature with the box that the feature states, so that it is judged wherever it stands."""
    geometry, box = feature["geometry"], feature.get("bbox")
    return geometry | {"bbox": box} if isinstance(geometry, dict) and box is not None and "bbox" not in geometry else geometry


def read_geometry(value: object) -> Reading:
    """Return the surface of one GeoJSON geometry as a MultiPolygon in lon/lat with notes on what was put right.

    A geometry that names another system (``crs``) is brought to CGCS2000 from it. What is refused but could be repaired is refused as
    ``Mendable``.

    Raises Invalid (field ``geometry``) for: null, a wrong type, wrong nesting, an unclosed or crossing ring, a hole outside its shell,
    swapped axes, positions off the globe, fewer than three points, a bad bbox, overlapping parts.
    """
    if value is None:
        raise defect(say("要素没有图形（geometry 为 null）。"), say("请补上地块的边界。"))
    if not isinstance(value, dict):
        raise defect(say("图形“%(value)s”不是 GeoJSON 对象。", value=brief(value)), say("请重新导出；图形应含 type 和 coordinates。"))
    kind = value.get("type")
    if kind not in TYPES:
        raise defect(say("图形类型“%(kind)s”不是 GeoJSON 的类型。", kind=brief(kind)), say("请改用 Polygon 或 MultiPolygon。"), kind)
    if kind not in ("Polygon", "MultiPolygon"):
        raise defect(say("图形是 %(kind)s，不是面。", kind=kind), say("地块和产地范围要用面（Polygon 或 MultiPolygon）。"), kind)
    notes: dict[str, Words] = {}
    _check_bbox(value, notes)
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        raise defect(say("图形没有坐标。"), say("请填写 coordinates。"))
    name = stated_crs(value)
    crs = crs_of(name) if name else LON_LAT
    return _read_parts([coordinates] if kind == "Polygon" else coordinates, crs, notes)


def _read_parts(parts: list[object], crs: Crs, notes: dict[str, Words]) -> Reading:
    settle = settle_for(crs)
    try:
        surface = together([read_polygon(part, notes, settle) for part in parts])
    except Invalid as refusal:
        found = drawn(parts, settle)
        if found is None:
            raise
        raise Mendable(*refusal.fields, drawn=unshifted_from(found[0], crs.datum), notes=found[1], datum=shift_of(crs.datum)) from None
    if crs.projected:
        notes["crs"] = say("坐标由 %(crs)s 换算为经纬度（CGCS2000）。", crs=crs.name)
    return read_as(Reading(surface, tuple(notes.values())), crs.datum)


def _check_bbox(value: dict[str, object], notes: dict[str, Words]) -> None:
    if (box := value.get("bbox")) is None:
        return
    numbers = isinstance(box, list) and len(box) in (4, 6) and all(isinstance(item, int | float) for item in box)
    if not numbers:
        raise defect(say("外框 bbox 不是 4 个或 6 个数字。"), say("请删去 bbox，或写成 [西, 南, 东, 北]。"), brief(box))
    notes["bbox"] = say("文件里的外框 bbox 不采用，按边界重新计算。")


def read_one(content: bytes | str, *, declared: str = "") -> Reading:
    """Return the one surface of a file that describes one plot; raise Invalid where it holds none or several."""
    return read_geometry(only(features_in(parse(content), declared=declared)).geometry)


def only(features: Sequence[Feature]) -> Feature:
    """Return the one feature of a file that describes one plot; raise Invalid where it holds none or several."""
    if len(features) != 1:
        raise defect(
            say("文件里有 %(count)s 个要素，这里一次只登记一块地。", count=len(features)),
            say("请只保留一个要素；多块地请用批量导入。"),
        )
    return features[0]


def as_geojson(reading: Reading) -> dict[str, object]:
    """Return a reading as a GeoJSON geometry, for export."""
    return dict(reading.geometry.__geo_interface__)


__all__ = [
    "Feature",
    "Position",
    "as_geojson",
    "features_in",
    "parse",
    "placed",
    "read_features",
    "read_geometry",
    "read_one",
    "read_position",
]
