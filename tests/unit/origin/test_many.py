"""Points in areas, many at once: the pairs are shapely's own, one by one, on corners and edges too."""

from __future__ import annotations

import numpy
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point, Polygon, box

from gi_registry.origin.rules.many import INSIDE, OUTSIDE, cell_states, grid_over, holding
from gi_registry.origin.rules.shares import equal_area_grid, shares_inside

LATTICE = st.tuples(st.integers(0, 12), st.integers(0, 12))
ANYWHERE = st.tuples(st.floats(-2, 14, allow_nan=False), st.floats(-2, 14, allow_nan=False))


@st.composite
def areas(draw):
    """Return areas of several parts, with holes, on a coarse lattice, so that corners and edges of different areas meet."""
    found = []
    for _ in range(draw(st.integers(1, 4))):
        land = shapely.union_all([_blot(draw(st.lists(LATTICE, min_size=3, max_size=7))) for _ in range(draw(st.integers(1, 3)))])
        water = shapely.union_all([_blot(draw(st.lists(LATTICE, min_size=3, max_size=5))) for _ in range(draw(st.integers(0, 2)))])
        kept = [part for part in shapely.get_parts(land.difference(water.buffer(-0.01))) if isinstance(part, Polygon)]
        found.append(MultiPolygon(kept))
    return found


def _blot(corners):
    made = shapely.make_valid(Polygon(corners))
    return shapely.union_all([part for part in shapely.get_parts(made) if isinstance(part, Polygon)])


def _pairs(found):
    return sorted(zip(found[0].tolist(), found[1].tolist(), strict=True))


def _by_shapely(shapes, x, y):
    return sorted(
        (int(point), number) for number, shape in enumerate(shapes) for point in numpy.flatnonzero(shapely.intersects_xy(shape, x, y))
    )


def _interesting(shapes):
    """Corners, middles of edges, and points a hair's breadth beside them."""
    corners = shapely.get_coordinates(shapes)
    if not len(corners):
        return corners
    on = numpy.concatenate([corners, (corners[1:] + corners[:-1]) / 2])
    return numpy.concatenate([on, on + 1e-12, numpy.nextafter(on, 99)])


@settings(max_examples=150, deadline=None)
@given(areas(), st.lists(ANYWHERE, max_size=60))
def test_the_pairs_are_those_of_shapely(shapes, points):
    lattice = numpy.stack(numpy.meshgrid(numpy.arange(0, 12.5, 0.5), numpy.arange(0, 12.5, 0.5)), axis=-1).reshape(-1, 2)
    at = numpy.concatenate([lattice, _interesting(shapes), numpy.array(points, dtype=float).reshape(-1, 2)])
    assert _pairs(holding(grid_over(shapes), at[:, 0], at[:, 1])) == _by_shapely(shapes, at[:, 0], at[:, 1])


@settings(max_examples=60, deadline=None)
@given(areas(), st.floats(0.9, 1.1), st.floats(-170, 170), st.floats(-80, 70))
def test_it_does_not_matter_where_on_earth_and_how_large(shapes, stretch, lon, lat):
    moved = [shapely.transform(shape, lambda at: at * stretch * 1e-3 + [lon, lat]) for shape in shapes]
    moved = [shape for shape in moved if shape.is_valid and not shape.is_empty]
    at = _interesting(moved).reshape(-1, 2)
    assert _pairs(holding(grid_over(moved), at[:, 0], at[:, 1])) == _by_shapely(moved, at[:, 0], at[:, 1])


def test_a_curved_outline_with_many_corners_and_a_hole():
    ring = Point(120.7, 31.4).buffer(0.3, quad_segs=2_000).difference(Point(120.7, 31.4).buffer(0.1, quad_segs=700))
    random = numpy.random.default_rng(4)
    x, y = random.uniform(120.3, 121.1, 40_000), random.uniform(31.0, 31.8, 40_000)
    assert _pairs(holding(grid_over([ring]), x, y)) == _by_shapely([ring], x, y)


def test_a_point_on_an_edge_belongs_to_both_neighbours():
    west, east = box(0, 0, 1, 1), box(1, 0, 2, 1)
    found = holding(grid_over([west, east]), numpy.array([1.0, 1.0, 0.5]), numpy.array([0.5, 1.0, 0.5]))
    assert _pairs(found) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)]


def test_a_point_without_numbers_or_far_away_lies_nowhere():
    x = numpy.array([numpy.nan, numpy.inf, -numpy.inf, 1e300, 0.5, -180.0])
    assert _pairs(holding(grid_over([box(0, 0, 1, 1)]), x, x)) == [(4, 0)]


@pytest.mark.parametrize("shapes", [[], [MultiPolygon()]])
def test_without_areas_there_are_no_pairs(shapes):
    assert _pairs(holding(grid_over(shapes), numpy.zeros(3), numpy.zeros(3))) == []
    assert _pairs(holding(grid_over([box(0, 0, 1, 1)]), numpy.empty(0), numpy.empty(0))) == []


def test_a_long_thin_area_and_a_small_one_share_a_grid():
    sliver, dot = box(0, 0, 60, 1e-7), box(30, 10, 30 + 1e-6, 10 + 1e-6)
    at = _interesting([sliver, dot])
    assert _pairs(holding(grid_over([sliver, dot]), at[:, 0], at[:, 1])) == _by_shapely([sliver, dot], at[:, 0], at[:, 1])


def test_cells_are_inside_outside_or_touched():
    grid = grid_over([box(0, 0, 10, 10)])
    column = ((numpy.array([5.0, -5.0, 0.0, 99.0]) - grid.frame.x) / grid.frame.step).astype(numpy.int64)
    row = numpy.full(4, int((5.0 - grid.frame.y) / grid.frame.step))
    states = cell_states(grid, numpy.zeros(4, dtype=numpy.int64), column, row)
    assert states[[0, 1, 3]].tolist() == [INSIDE, OUTSIDE, OUTSIDE]
    assert states[2] >= 0


# ---- shares --------------------------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(areas(), st.lists(st.tuples(st.floats(0, 12), st.floats(0, 12), st.floats(0.001, 3)), min_size=1, max_size=20))
def test_shares_are_those_of_an_intersection_in_the_same_plane(shapes, plots):
    from gi_registry.origin.rules.measure import equal_area

    ground = numpy.array([Point(x, y).buffer(reach, quad_segs=3) for x, y, reach in plots], dtype=object)
    over = numpy.array(shapes, dtype=object)
    of = numpy.arange(len(ground)) % len(shapes)
    plane, outlines = equal_area(ground), shapely.make_valid(equal_area(over))  # what almost meets in degrees may meet in the plane
    wanted = shapely.area(shapely.intersection(plane, outlines[of])) / shapely.area(plane)
    assert numpy.abs(shares_inside(equal_area_grid(over), ground, of) - wanted).max() <= 1e-9


def test_an_outline_that_crosses_itself_in_the_plane_is_mended_before_it_is_intersected(monkeypatch):
    """The degrees of such an outline are sound; the plane moves two of its corners past each other."""
    from gi_registry.origin.rules import shares

    crossed = numpy.array([Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])], dtype=object)
    plot = numpy.array([box(4, 4, 6, 6)], dtype=object)
    with pytest.raises(shapely.GEOSException):
        shapely.intersection(plot, crossed)
    assert shares._intersected(crossed, plot, margin=100.0) == pytest.approx([0.5])


def test_a_plot_wholly_inside_has_exactly_all_and_one_far_away_nothing():
    over = equal_area_grid(numpy.array([box(120, 31, 121, 32)], dtype=object))
    plots = numpy.array(
        [box(120.5, 31.5, 120.501, 31.501), box(100, 20, 100.001, 20.001), box(119.9995, 31.5, 120.0005, 31.501)], dtype=object
    )
    shares = shares_inside(over, plots, numpy.zeros(3, dtype=numpy.int64))
    assert shares[:2].tolist() == [1.0, 0.0]
    assert shares[2] == pytest.approx(0.5, abs=1e-9)


def test_a_plot_across_many_cells_is_intersected_and_one_without_ground_has_no_share():
    over = equal_area_grid(numpy.array([box(120, 31, 121, 32)], dtype=object))
    plots = numpy.array([box(119, 30, 122, 33), Polygon([(120.1, 31.1), (120.2, 31.1), (120.1, 31.1)])], dtype=object)
    shares = shares_inside(over, plots, numpy.zeros(2, dtype=numpy.int64))
    assert 0.1 < shares[0] < 0.12
    assert shares[1] == 0
