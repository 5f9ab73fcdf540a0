"""Many plots at once are judged as one by one: verdict, reason and share equal, distance within a metre."""

from __future__ import annotations

from datetime import date

import numpy
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, box

from gi_registry.origin.rules.measure import ELLIPSOID, earth_centred, flattened, project
from gi_registry.origin.rules.slices import deciding
from gi_registry.origin.rules.verdict import judge_plot
from gi_registry.origin.rules.verdicts import judge_many
from gi_registry.origin.rules.versions import Version
from tests.builders.origin import square

DAY = date(2025, 9, 25)
LAKE = Version(7, date(2020, 1, 1), None, square(10_000).difference(square(900, east_m=1_500)), uncertainty_m=60)


def _same(plots, versions, *, on=DAY, accuracies=None):
    accuracies = accuracies or [None] * len(plots)
    found = judge_many(numpy.array(plots, dtype=object), versions, on=on, accuracies_m=accuracies)
    for plot, accuracy, verdict in zip(plots, accuracies, found, strict=True):
        wanted = judge_plot(plot, versions, on=on, accuracy_m=accuracy)
        assert (verdict.verdict, verdict.reason, verdict.share_inside) == (wanted.verdict, wanted.reason, wanted.share_inside)
        assert (verdict.tolerance_m, verdict.area_version_id) == (wanted.tolerance_m, wanted.area_version_id)
        if wanted.distance_m is not None:
            assert abs(verdict.distance_m - wanted.distance_m) <= 1
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(-7_000, 7_000), st.integers(-7_000, 7_000), st.integers(5, 1_500), st.integers(0, 200)),
        min_size=1,
        max_size=12,
    )
)
def test_plots_of_a_lake(stated):
    _same([square(side, east_m=east, north_m=north) for east, north, side, _ in stated], [LAKE], accuracies=[each[3] for each in stated])


def test_every_metre_around_the_tolerance():
    found = _same([square(100, east_m=4_860 + step) for step in range(220)], [LAKE])
    assert {verdict.reason for verdict in found} == {"inside", "near-boundary", "partly-outside", "outside"}


@pytest.mark.parametrize("geometry", [box(100, 30, 103, 32), Point(110, 35).buffer(0.4, quad_segs=90)])
def test_large_areas_and_long_edges(geometry):
    random = numpy.random.default_rng(5)
    west, south, east, north = geometry.bounds
    middles = zip(random.uniform(west - 0.2, east + 0.2, 60), random.uniform(south - 0.2, north + 0.2, 60), strict=True)
    plots = [MultiPolygon([Point(middle).buffer(0.001, quad_segs=2)]) for middle in middles]
    _same(plots, [Version(1, None, None, MultiPolygon([geometry]))])


def test_plots_far_away_and_swapped():
    plots = [square(100), MultiPolygon([box(31.42, 60.0, 31.43, 60.01)]), MultiPolygon([box(90, 31.4, 90.1, 31.5)])]
    _same(plots, [LAKE])


def test_without_a_version_or_an_outline():
    words = Version(9, date(2010, 1, 1), date(2020, 1, 1), None)
    plots, accuracies = [square(100), square(50), square(70)], [None, 120, None]
    assert {verdict.reason for verdict in _same(plots, [words, LAKE], on=date(2015, 1, 1), accuracies=accuracies)} == {"no-outline"}
    assert {verdict.reason for verdict in _same(plots, [words, LAKE], on=date(2005, 1, 1), accuracies=accuracies)} == {"no-version"}
    assert _same([], [LAKE]) == []


def test_a_plane_is_that_of_the_projection():
    random = numpy.random.default_rng(1)
    for lat in (0.0, 31.4, 53.5, -45.0):
        bearing, metres = random.uniform(0, 360, 500), random.uniform(0, 100_000, 500)
        lon, at, _ = ELLIPSOID.fwd(numpy.full(500, 120.7), numpy.full(500, lat), bearing, metres)
        corners = numpy.vstack([numpy.column_stack([lon, at]), [[120.7, lat]]])
        apart = flattened(earth_centred(corners), (120.7, lat)) - project(corners, (120.7, lat))
        assert numpy.abs(apart).max() < 0.02


def test_an_outline_that_meets_itself_in_the_plane_is_judged_all_the_same():
    pinched = shapely.MultiPolygon([box(120.70, 31.40, 120.75, 31.45), box(120.75 + 1e-15, 31.45, 120.80, 31.50)])
    _same([square(300, east_m=east) for east in range(-3_000, 3_000, 500)], [Version(3, None, None, pinched)])


def test_a_zone_without_versions_of_its_own_is_decided_by_the_whole():
    whole, own, newer = Version(1, None, None, None), Version(2, None, DAY, None), Version(3, DAY, None, None)
    versions = {"": (whole,), "甲": (own, newer)}
    assert deciding(versions, "甲") == (own, newer)
    assert deciding(versions, "乙") == (whole,)
    assert deciding(versions, "甲", without=("甲", DAY)) == (own,)
    assert deciding({"": (whole,), "甲": (newer,)}, "甲", without=("甲", DAY)) == (whole,)
    assert deciding({}, "甲") == ()


def test_a_share_of_half_a_thousandth_is_rounded_as_one_by_one():
    _same([square(400, east_m=1_250 + step, north_m=250 + step) for step in range(-3, 4)], [LAKE], accuracies=[0] * 7)
