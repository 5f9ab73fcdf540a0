"""PostGIS and shapely say the same of points and plots in the AVA areas: an installation may answer from either."""

from __future__ import annotations

import json

import numpy
import pytest
import shapely
from shapely import MultiPolygon
from sqlalchemy import text

from gi_registry.origin.rules.many import grid_over, holding
from gi_registry.origin.rules.measure import area_m2, equal_area
from gi_registry.origin.rules.shares import equal_area_grid, shares_inside

pytestmark = [pytest.mark.databases("postgresql"), pytest.mark.slow]

POINTS, PLOTS = 20_000, 2_000


@pytest.fixture(scope="module")
def areas(request):
    """The 269 areas."""
    from tests.conftest import _beside_checkout

    file = next((place / "shared/data/ava/ava_current_simplified_50m.geojson" for place in _beside_checkout()), None)
    if file is None or not file.exists():
        pytest.skip("The real inputs (../shared/data) are not beside this checkout.")
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return numpy.array([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features], dtype=object)


@pytest.fixture
def ask(work, areas):
    """Put the areas into a table of the test's own; return a function that asks PostGIS."""
    connection = work.session.connection()
    connection.execute(text("CREATE TEMPORARY TABLE ava (id int PRIMARY KEY, g geometry(Geometry, 4490)) ON COMMIT DROP"))
    connection.execute(text("CREATE TEMPORARY TABLE asked (id int PRIMARY KEY, of int, g geometry(Geometry, 4490)) ON COMMIT DROP"))
    insert = "INSERT INTO {} VALUES (:id, ST_GeomFromWKB(:wkb, 4490))"
    connection.execute(text(insert.format("ava")), [{"id": number, "wkb": area.wkb} for number, area in enumerate(areas)])
    connection.execute(text("CREATE INDEX ON ava USING gist (g)"))

    def asked(shapes, of, question):
        connection.execute(text("DELETE FROM asked"))
        rows = [{"id": n, "of": int(each), "wkb": shape.wkb} for n, (shape, each) in enumerate(zip(shapes, of, strict=True))]
        connection.execute(text("INSERT INTO asked VALUES (:id, :of, ST_GeomFromWKB(:wkb, 4490))"), rows)
        connection.execute(text("ANALYZE ava"))
        return connection.execute(text(question)).all()

    return asked


def _near(areas, number):
    random = numpy.random.default_rng(46)
    of = random.integers(0, len(areas), number)
    west, south, east, north = shapely.bounds(areas)[of].T
    return of, random.uniform(west, east), random.uniform(south, north)


def test_points_lie_in_the_same_areas(areas, ask):
    of, x, y = _near(areas, POINTS)
    corners = shapely.get_coordinates(areas)[:: 178_000 // 2_000]
    x, y = numpy.concatenate([x, corners[:, 0]]), numpy.concatenate([y, corners[:, 1]])
    of = numpy.concatenate([of, numpy.zeros(len(corners), dtype=int)])
    found = ask(shapely.points(x, y), of, "SELECT asked.id, ava.id FROM asked JOIN ava ON ST_Covers(ava.g, asked.g)")
    ours = zip(*(values.tolist() for values in holding(grid_over(areas), x, y)), strict=True)
    assert {tuple(row) for row in found} ^ set(ours) == set()


def test_plots_are_covered_met_and_measured_alike(areas, ask):
    of, x, y = _near(areas, PLOTS)
    plots = numpy.array([MultiPolygon([point.buffer(0.002, quad_segs=2)]) for point in shapely.points(x, y)], dtype=object)
    share = "ST_Area(ST_Intersection(ava.g, asked.g)) / ST_Area(asked.g)"
    question = f"SELECT asked.id, ST_Covers(ava.g, asked.g), ST_Intersects(ava.g, asked.g), {share}"
    rows = sorted(ask(plots, of, f"{question} FROM asked JOIN ava ON ava.id = asked.of"))
    covers, meets = shapely.covers(areas[of], plots), shapely.intersects(areas[of], plots)
    assert [(row[1], row[2]) for row in rows] == list(zip(covers.tolist(), meets.tolist(), strict=True))
    in_degrees = shapely.area(shapely.intersection(plots, areas[of])) / shapely.area(plots)
    assert numpy.abs(numpy.array([row[3] for row in rows]) - in_degrees).max() <= 1e-9
    share = shares_inside(equal_area_grid(areas), plots, of)
    assert (share[covers] > 1 - 1e-9).all()
    assert (share[~meets] == 0).all()
    # In degrees and in the equal-area plane a long edge is straight in two ways: that moves it by metres, and no more.
    apart = numpy.abs(share - in_degrees)
    assert numpy.quantile(apart, 0.99) < 1e-4
    assert apart.max() < 0.01


def test_areas_on_the_ellipsoid_are_the_same_size(areas, ask):
    some = areas[::9]
    rows = sorted(ask(some, range(0, len(areas), 9), "SELECT id, ST_Area(ST_SetSRID(g, 4326)::geography) FROM asked"))
    geodesic = numpy.array([area_m2(area) for area in some])
    assert numpy.abs(numpy.array([row[1] for row in rows]) / geodesic - 1).max() < 1e-6
    assert numpy.abs(shapely.area(equal_area(some)) / geodesic - 1).max() < 1e-3, "the plane is true to area; its edges are not geodesics"
