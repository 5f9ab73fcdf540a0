"""What could be made of an invalid outline: what changed is said, and how much ground that moves."""

from __future__ import annotations

import json
from pathlib import Path

import numpy
import pytest
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry import shape

from gi_registry.kernel.errors import Invalid
from gi_registry.origin.rules import geojson
from gi_registry.origin.rules.measure import area_m2
from gi_registry.origin.rules.repair import Mendable, repair

DATA = Path(__file__).resolve().parents[4] / "shared/data/geo"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the shared data are not at {DATA}")


def ring(x: float, y: float, size: float = 0.01) -> list[tuple[float, float]]:
    return [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]


def said(geometry) -> str:
    return " ".join(str(change) for change in repair(geometry).changes)


BOWTIE = Polygon([(120, 31), (120.01, 31.01), (120.01, 31), (120, 31.01)])
BROKEN = {
    "bow-tie": (BOWTIE, "自己相交的环 1 个", 529_399),
    "figure of eight": (
        Polygon([(120, 31), (120.01, 31.01), (120, 31.02), (120.02, 31.02), (120.01, 31.01), (120.02, 31)]),
        "与自己相接的环 1 个",
        0,
    ),
    "hole outside": (Polygon(ring(120, 31), [ring(121, 31, 0.001)]), "在地块外面的内环 1 个", 10_588),
    "hole across the edge": (Polygon(ring(120, 31), [ring(120.009, 31.002, 0.002)]), "与外边界相交的内环 1 个", 21_176),
    "the same hole twice": (Polygon(ring(120, 31), [ring(120.001, 31.001, 0.002)] * 2), "重复的内环 1 个", 42_353),
    "holes that overlap": (Polygon(ring(120, 31), [ring(120.001, 31.001, 0.002), ring(120.002, 31.002, 0.002)]), "内环合并", 10_588),
    "parts that overlap": (MultiPolygon([Polygon(ring(120, 31)), Polygon(ring(120.005, 31))]), "几块面合并", 529_398),
    "the same part twice": (MultiPolygon([Polygon(ring(120, 31))] * 2), "重复的面 1 块", 1_058_796),
    "spike": (Polygon([(120, 31), (120.01, 31), (120.02, 31), (120.01, 31), (120.01, 31.01), (120, 31.01)]), "自己相交", 0),
    "corners a centimetre apart": (
        Polygon([(120, 31), (120.01, 31), (120.01, 31.01), (120.01, 31.01 + 5e-8), (120, 31.01)]),
        "不到 1 厘米的点 1 个",
        3,
    ),
    "repeated corners": (Polygon([(120, 31), (120.01, 31), (120.01, 31), (120.01, 31.01), (120, 31.01)]), "重复的点 1 个", 0),
    "a sliver beside": (MultiPolygon([Polygon(ring(120, 31)), Polygon(ring(121, 31, 5e-6))]), "碎片 1 处", 0),
    "a pinhole": (Polygon(ring(120, 31), [ring(120.005, 31.005, 5e-6)]), "碎片 1 处", 0),
    "a ring of two corners": (
        MultiPolygon([Polygon(ring(120, 31)), Polygon([(121, 31), (121.1, 31), (121.1, 31), (121, 31)])]),
        "围不成面",
        0,
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_what_changes_is_said_with_the_ground_it_moves(what: str) -> None:
    geometry, words, moved_m2 = BROKEN[what]
    found = repair(geometry)
    assert found.geometry.is_valid
    assert found.geometry.geom_type == "MultiPolygon"
    assert words in " ".join(map(str, found.changes))
    assert len(found.changes) == (2 if what == "a ring of two corners" else 1)
    assert found.moved_m2 == pytest.approx(moved_m2, abs=2)


def test_a_valid_surface_stays_as_it_is() -> None:
    valid = Polygon(ring(120, 31), [ring(120.001, 31.001, 0.002)])
    found = repair(valid)
    assert found.geometry.equals_exact(MultiPolygon([valid]).normalize().normalize(), 0) or found.geometry.equals(valid)
    assert (found.changes, found.moved_m2) == ((), 0)


def test_a_bow_tie_becomes_its_two_halves() -> None:
    found = repair(BOWTIE)
    assert len(found.geometry.geoms) == 2
    assert area_m2(found.geometry) == pytest.approx(found.moved_m2, abs=2)  # a planimeter would have measured nothing


@needs_data
def test_the_bow_tie_on_file_is_refused_and_offers_its_repair() -> None:
    with pytest.raises(Mendable) as refusal:
        geojson.read_one((DATA / "bowtie_wuchang.geojson").read_bytes())
    assert "相交" in str(refusal.value.fields[0].reason)
    found = refusal.value.repair()
    assert found.geometry.is_valid
    assert found.moved_m2 == pytest.approx(area_m2(found.geometry), abs=2)


@needs_data
@pytest.mark.parametrize("name", ["hole_outside", "invalid_unclosed", "problematic_self_intersection_large"])
def test_every_defective_surface_on_file_can_be_repaired(name: str) -> None:
    with pytest.raises(Mendable) as refusal:
        geojson.read_one(next(DATA.rglob(f"{name}.geojson")).read_bytes())
    found = refusal.value.repair()
    assert found.geometry.is_valid
    assert found.changes


def test_closing_a_ring_is_one_of_the_changes() -> None:
    with pytest.raises(Mendable) as refusal:
        geojson.read_one(json.dumps({"type": "Polygon", "coordinates": [ring(120, 31)[:-1]]}))
    assert "已用起点收尾" in str(refusal.value.repair().changes[0])


@pytest.mark.parametrize(
    "coordinates",
    [
        [[[120, 31], [120.1, 31], ["x", 31.1], [120, 31]]],
        [[[31, 120], [31, 120.1], [31.1, 120.1], [31, 120]]],
        [[[179, 10], [-179, 10], [-179, 11], [179, 10]]],
        [[[120, 31], [120.1, 31], [120, 31]]],
    ],
    ids=["text", "swapped axes", "antimeridian", "two corners"],
)
def test_what_cannot_be_repaired_is_only_refused(coordinates) -> None:
    with pytest.raises(Invalid) as refusal:
        geojson.read_one(json.dumps({"type": "Polygon", "coordinates": coordinates}))
    assert not isinstance(refusal.value, Mendable)


@pytest.mark.parametrize("corners", [250, 2_000, 200_000])
def test_a_scribble_is_refused_at_once(corners: int) -> None:
    chance = numpy.random.default_rng(corners)
    with pytest.raises(Invalid, match="太多次"):
        repair(Polygon(numpy.array([120, 31]) + chance.random((corners, 2))))


def test_a_large_outline_with_one_fault_is_repaired() -> None:
    turn = numpy.linspace(0, 2 * numpy.pi, 20_000, endpoint=False)
    radius = 0.1 + 0.01 * numpy.sin(37 * turn)
    corners = numpy.column_stack([120 + radius * numpy.cos(turn), 31 + radius * numpy.sin(turn)])
    corners[[100, 110]] = corners[[110, 100]]
    found = repair(Polygon(corners))
    assert found.geometry.is_valid
    assert found.moved_m2 < 10_000


def test_nothing_left_is_said() -> None:
    with pytest.raises(Invalid, match="没有剩下面积"):
        repair(Polygon([(120, 31), (120.1, 31), (120.2, 31), (120, 31)]))


@needs_data
def test_real_areas_need_no_repair() -> None:
    features = json.loads((DATA.parent / "ava/ava_current_simplified_50m.geojson").read_text(encoding="utf-8"))["features"]
    for feature in features[:60]:
        found = repair(shape(feature["geometry"]))
        assert found.geometry.is_valid
        assert found.moved_m2 < 1_000


def test_a_dense_ring_keeps_its_shape() -> None:
    """Corners every half centimetre along a circle of a metre: each is near the one before it, none is the same place."""
    circle = Point(120, 31).buffer(1e-5, quad_segs=400)
    assert len(circle.exterior.coords) > 1_500
    found = repair(MultiPolygon([circle]))
    assert found.geometry.area == pytest.approx(circle.area, rel=0.02)
    assert len(found.geometry.geoms[0].exterior.coords) > 100
    assert "1 厘米" in str(found.changes[0])
