"""``origin-points``: which of the 269 areas of the AVA data hold which of a million points, per CPU-second, the grid built anew each time.

Ceiling: making the points. Peers: geopandas sjoin, STRtree the obvious way, PostGIS; the fastest of them counts. The pairs are compared
with shapely's own, one by one, and corners of the areas and points on their edges too: where any differs the benchmark fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import numpy
import psycopg
import shapely
from numpy.typing import NDArray

from benches.frame import Figure, cpu_seconds_of, measured, rate
from gi_registry.origin.rules.many import grid_over, holding

FILE = Path("shared/data/ava/ava_current_simplified_50m.geojson")
POINTS = 1_000_000
FEWER = 50_000

Shapes = NDArray[numpy.object_]
Points = tuple[NDArray[numpy.float64], NDArray[numpy.float64]]


def ava() -> Shapes:
    """Return the 269 areas in longitude and latitude."""
    file = Path(__file__).resolve().parents[3] / FILE
    if not file.exists():
        raise SystemExit(f"The real inputs are not beside this checkout: ../{FILE}")
    features = json.loads(file.read_text(encoding="utf-8"))["features"]
    return numpy.array([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features], dtype=object)


def near_points(areas: Shapes, number: int = POINTS) -> Points:
    """Return points near areas: an area at random, then a point in its bounding box."""
    random = numpy.random.default_rng(20261123)
    west, south, east, north = shapely.bounds(areas)[random.integers(0, len(areas), number)].T
    return random.uniform(west, east), random.uniform(south, north)


def spread_points(areas: Shapes, number: int = POINTS) -> Points:
    """Return points spread evenly over the bounding box of all areas; most lie in none."""
    random = numpy.random.default_rng(20261123)
    west, south, east, north = shapely.total_bounds(areas)
    return random.uniform(west, east, number), random.uniform(south, north, number)


def run() -> list[Figure]:
    """Measure points near the areas, and points spread over the whole country."""
    areas = ava()
    near, spread = near_points(areas), spread_points(areas)
    corners = shapely.get_coordinates(areas)
    middles = (corners[1:] + corners[:-1]) / 2
    _compare(areas, (numpy.concatenate([corners[:, 0], middles[:, 0]]), numpy.concatenate([corners[:, 1], middles[:, 1]])))
    return [_figure("origin-points", areas, near, near_points), _figure("origin-points:spread", areas, spread, spread_points)]


def _figure(name: str, areas: Shapes, points: Points, make: Callable[[Shapes], Points]) -> Figure:
    pairs = _compare(areas, points)

    def ours() -> int:
        holding(grid_over(areas), *points)
        return POINTS

    grid = grid_over(areas)
    with measured() as asking:
        holding(grid, *points)
    peers = {"geopandas sjoin": _sjoin(areas, points), "STRtree, the obvious way": _strtree(areas, points), **_postgis(areas, points)}
    best = max(peers, key=lambda peer: peers[peer])
    told = ", ".join(f"{peer} {value / 1e6:.2f} M" for peer, value in peers.items())
    return Figure(
        name,
        "points per CPU-second",
        ours=rate(ours),
        ceiling=rate(lambda: len(make(areas)[0])),
        peer=peers[best],
        peer_name=best,
        note=f"{pairs:,} pairs, equal to shapely.intersects; {POINTS / asking.cpu / 1e6:.1f} M with a grid kept; {told}",
    )


def _compare(areas: Shapes, points: Points) -> int:
    """Return how many pairs there are; fail where ours are not shapely's."""
    x, y = points
    point, area = holding(grid_over(areas), x, y)
    shapely.prepare(areas)
    want = [numpy.flatnonzero(shapely.intersects_xy(each, x, y)) for each in areas]
    wanted = numpy.concatenate([index.astype(numpy.int64) * len(areas) + number for number, index in enumerate(want)])
    if not numpy.array_equal(numpy.sort(wanted), numpy.sort(point * len(areas) + area)):
        raise RuntimeError("origin-points: the pairs are not those of shapely")
    return len(wanted)


def _sjoin(areas: Shapes, points: Points) -> float:
    left = geopandas.GeoDataFrame(geometry=shapely.points(*points), crs=4326)
    right = geopandas.GeoDataFrame(geometry=areas, crs=4326)

    def join() -> int:
        geopandas.sjoin(left, right, predicate="within")  # prepares the areas, which "intersects" would not
        return len(left)

    return rate(join, rounds=1)


def _strtree(areas: Shapes, points: Points) -> float:
    fewer = shapely.points(points[0][:FEWER], points[1][:FEWER])
    plain = shapely.from_wkb(shapely.to_wkb(areas))

    def query() -> int:
        shapely.STRtree(plain).query(fewer, predicate="intersects")
        return FEWER

    return rate(query, rounds=1)


def _postgis(areas: Shapes, points: Points) -> dict[str, float]:
    from tests import cluster

    try:
        with cluster.running() as postgres:
            name = cluster.fresh_name()
            postgres.create(name)
            with psycopg.connect(host="127.0.0.1", port=postgres.port, user="postgres", dbname=name, autocommit=True) as connection:
                return {"PostGIS": _asked_of_postgis(connection, areas, points)}
    except cluster.ClusterMissing as missing:
        print(f"origin-points: PostGIS left out: {missing}")
        return {}


def _asked_of_postgis(connection: psycopg.Connection[Any], areas: Shapes, points: Points) -> float:
    connection.execute("CREATE EXTENSION postgis")
    connection.execute("CREATE TABLE area (id int, g geometry)")
    connection.cursor().executemany("INSERT INTO area VALUES (%s, %s::geometry)", list(enumerate(shapely.to_wkb(areas, hex=True))))
    connection.execute("CREATE TABLE place (x float8, y float8)")
    with connection.cursor().copy("COPY place FROM STDIN") as copy:
        copy.write("".join(f"{x}\t{y}\n" for x, y in zip(points[0].tolist(), points[1].tolist(), strict=True)))
    connection.execute("CREATE TABLE point AS SELECT ST_MakePoint(x, y) g FROM place")
    connection.execute("CREATE INDEX ON area USING gist (g)")
    connection.execute("ANALYZE area, point")
    connection.execute("SET max_parallel_workers_per_gather = 0")
    pid = connection.info.backend_pid
    before = cpu_seconds_of([pid])
    connection.execute("SELECT count(*) FROM point JOIN area ON ST_Intersects(area.g, point.g)").fetchone()
    return POINTS / (cpu_seconds_of([pid]) - before)
