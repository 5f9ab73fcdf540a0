"""``origin-plots``: the share of 10,000 plots inside their area, in an equal-area plane, per CPU-second.

Projecting areas and plots and building the grid are in our figure. Peers: shapely's intersection in the same plane, areas projected once;
and the plain loop, which projects the area for each plot. Shares are compared with shapely's: a difference above 1e-9 fails.
"""

from __future__ import annotations

import numpy
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from benches.frame import Figure, rate
from benches.origin_points import Shapes, ava, near_points
from gi_registry.origin.rules.measure import equal_area
from gi_registry.origin.rules.shares import equal_area_grid, shares_inside

PLOTS = 10_000
LOOPED = 200
MOST = 1e-9

Numbers = NDArray[numpy.int64]


def run() -> list[Figure]:
    """Measure plots scattered over the bounding boxes of areas, and plots that all lie across a boundary."""
    areas = ava()
    _check_plane(areas)
    random = numpy.random.default_rng(20261123)
    of = numpy.random.default_rng(20261123).integers(0, len(areas), PLOTS)  # as near_points chooses them
    scattered = numpy.column_stack(near_points(areas, PLOTS))
    lines = shapely.get_exterior_ring(shapely.get_geometry(areas[of], 0))
    across = shapely.get_coordinates(shapely.line_interpolate_point(lines, random.random(PLOTS), normalized=True))
    return [
        _figure("origin-plots", areas, of, plots=around(scattered, random)),
        _figure("origin-plots:boundary", areas, of, plots=around(across, random)),
    ]


def around(middles: NDArray[numpy.float64], random: numpy.random.Generator) -> Shapes:
    """Return plots of eight corners, 20 to 150 m from their middles: 0.2 to 5 ha."""
    turn = numpy.pi / 4 * (numpy.arange(8) + random.uniform(0.1, 0.9, (len(middles), 8)))
    reach = random.uniform(20, 150, turn.shape)
    lon = middles[:, :1] + reach * numpy.cos(turn) / (111_320 * numpy.cos(numpy.radians(middles[:, 1:])))
    lat = middles[:, 1:] + reach * numpy.sin(turn) / 110_950
    return numpy.asarray(shapely.make_valid(shapely.polygons(numpy.stack([lon, lat], axis=2))), dtype=object)


def _figure(name: str, areas: Shapes, of: Numbers, *, plots: Shapes) -> Figure:
    share = shares_inside(equal_area_grid(areas), plots, of)
    difference = float(numpy.abs(share - _by_shapely(areas, of, plots)).max())
    if difference > MOST:
        raise RuntimeError(f"origin-plots: a share differs by {difference:.1e} from that of shapely's intersection")

    def ours() -> int:
        return len(shares_inside(equal_area_grid(areas), plots, of))

    def looped() -> int:
        for index in range(LOOPED):
            _by_shapely(areas[of[index : index + 1]], numpy.array([0]), plots[index : index + 1])
        return LOOPED

    partly = float(numpy.mean((share > 0) & (share < 1)))
    return Figure(
        name,
        "plots per CPU-second",
        ours=rate(ours),
        peer=rate(lambda: len(_by_shapely(areas, of, plots))),
        peer_name="shapely, areas projected once",
        note=f"difference at most {difference:.0e}; {partly:.1%} partly inside; projecting the area for each plot: {rate(looped):,.0f}",
    )


def _by_shapely(areas: Shapes, of: Numbers, plots: Shapes) -> NDArray[numpy.float64]:
    plane, outlines = equal_area(plots), equal_area(areas)
    return numpy.asarray(shapely.area(shapely.intersection(plane, outlines[of])) / shapely.area(plane))


def _check_plane(areas: Shapes) -> None:
    """Our plane is PROJ's: within a tenth of a micrometre at every corner."""
    plane = Transformer.from_crs("EPSG:4490", "+proj=cea +lat_ts=30 +ellps=GRS80", always_xy=True)
    corners = shapely.get_coordinates(areas)
    theirs = numpy.column_stack(plane.transform(corners[:, 0], corners[:, 1]))
    if numpy.abs(theirs - shapely.get_coordinates(equal_area(areas))).max() > 1e-7:
        raise RuntimeError("origin-plots: the equal-area plane is not that of PROJ")
