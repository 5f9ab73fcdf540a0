"""An outline beside the one before: what is added and removed, and what becomes of the units."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from gi_registry.origin.rules.beside import draw_beside, draw_public
from gi_registry.origin.rules.compare import Stays, compare, compare_lists
from tests.builders.origin import rectangle, square

AVA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "ava" / "raw_sample" / "russian_river_valley.geojson"


def test_ground_that_moves_is_added_on_one_side_and_removed_on_the_other():
    found = compare(square(10_000), rectangle(-4_000, -5_000, 8_000, 5_000))
    assert (found.added_m2, found.removed_m2) == (pytest.approx(30e6, rel=1e-3), pytest.approx(10e6, rel=1e-3))
    assert (found.added_permille, found.removed_permille) == (300, 100)
    assert found.old_m2 + found.added_m2 - found.removed_m2 == pytest.approx(found.new_m2, rel=1e-9)


def test_the_same_outline_adds_and_removes_nothing():
    found = compare(square(10_000), square(10_000))
    assert (found.added_m2, found.removed_m2) == (0, 0)


def test_a_hole_is_removed_ground():
    whole, hole = square(10_000), square(1_000)
    found = compare(whole, MultiPolygon([whole.geoms[0].difference(hole.geoms[0])]))
    assert found.removed_m2 == pytest.approx(1e6, rel=1e-3) and found.added_m2 == 0


@pytest.mark.parametrize(("old", "new"), [(None, square(100)), (square(100), None), (None, None)])
def test_what_has_words_only_is_not_compared(old, new):
    found = compare(old, new)
    assert not found.told
    assert (found.added_m2, found.removed_m2, found.added_permille) == (None, None, None)
    assert (draw_beside(found) is None) == (old is None and new is None)


def test_a_public_drawing_is_no_finer_than_a_hundred_metres():
    ragged = square(20_000).geoms[0].segmentize(0.0005)
    shifted = [(x + 0.0003 * (n % 2), y) for n, (x, y) in enumerate(ragged.exterior.coords)]
    drawn = draw_public(MultiPolygon([Polygon(shifted)]))
    assert drawn.new_path.count("L") < 10 < len(shifted)


def test_units_are_the_same_under_another_name_of_the_same_place():
    old = {"太谷县": "140703", "老镇": "老镇"}
    new = {"太谷区": "140703", "新镇": "新镇"}
    assert compare_lists(old, new) == {"太谷区": Stays.KEPT, "新镇": Stays.ADDED, "老镇": Stays.REMOVED}
    assert compare_lists({}, {}) == {}


@pytest.mark.skipif(not AVA.exists(), reason=f"the shared data are not at {AVA}")
def test_five_real_versions_add_up():
    versions = sorted(json.loads(AVA.read_text())["features"], key=lambda feature: feature["properties"]["valid_start"])
    outlines = [shape(feature["geometry"]) for feature in versions]
    found = [compare(old, new) for old, new in pairwise(outlines)]
    assert [each.old_m2 + each.added_m2 - each.removed_m2 for each in found] == pytest.approx([each.new_m2 for each in found], abs=5)
    assert found[0].added_m2 == found[0].removed_m2 == 0, "the second version changed words only"
    assert found[2].added_m2 > 100e6
    assert found[2].removed_permille == 0
