"""A small drawing of a plot beside the edge of its area, for signed-in people: north up, metres, a scale bar, no base map.

The area is generalised to ten metres or a hundredth of the window; plots are never drawn on public pages (domain §8).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gi_registry.origin.rules.measure import centre, in_metres
from gi_registry.origin.rules.shared_land import METRES_PER_DEGREE

WIDTH, HEIGHT = 400, 300
NICE = (10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)
FARTHEST_M = 200_000


@dataclass(frozen=True)
class Sketch:
    """SVG path data in a box of ``width`` × ``height``; ``spot`` marks a plot too small to see; the bar is ``scale_m`` metres long."""

    area_path: str
    plot_path: str
    spot: tuple[int, int] | None
    scale_m: int
    scale_px: int
    width: int = WIDTH
    height: int = HEIGHT


def draw_plot(plot: BaseGeometry, area: BaseGeometry | None) -> Sketch:
    """Return the drawing of a lon/lat plot and the part of the area around it; far from the area the window reaches its edge."""
    around = centre(plot)
    ground = in_metres(plot, around=around)
    field = in_metres(area, around=around) if area is not None else None
    return _draw(ground, field, window=_window(ground, field))


def draw_area(area: BaseGeometry) -> Sketch:
    """Return the drawing of a whole lon/lat area."""
    field = in_metres(area, around=centre(area))
    return _draw(None, field, window=framed(field.bounds, least=100))


def _window(plot: BaseGeometry, area: BaseGeometry | None) -> tuple[float, float, float]:
    west, south, east, north = plot.bounds
    least = 4 * max(east - west, north - south, 60)
    if area is None or area.is_empty:
        return framed(plot.bounds, least=least)
    edge = shapely.shortest_line(plot.boundary, area.boundary)
    if edge.length > FARTHEST_M or (edge.length > 2_000 and area.covers(plot)):
        return framed(plot.bounds, least=least)
    return framed(shapely.union(plot.envelope, edge.envelope).bounds, least=least)


def framed(bounds: tuple[float, float, float, float], *, least: float) -> tuple[float, float, float]:
    """Return (middle x, middle y, metres a pixel) of a window that holds the bounds with a margin."""
    west, south, east, north = bounds
    metres = max((east - west) * 1.25 / WIDTH, (north - south) * 1.25 / HEIGHT, least / WIDTH)
    return ((west + east) / 2, (south + north) / 2, metres)


def _draw(plot: BaseGeometry | None, area: BaseGeometry | None, *, window: tuple[float, float, float]) -> Sketch:
    x, y, metres = window
    shown = None
    if area is not None:
        half_x, half_y = (WIDTH / 2 + 4) * metres, (HEIGHT / 2 + 4) * metres
        clipped = shapely.clip_by_rect(area, x - half_x, y - half_y, x + half_x, y + half_y)
        shown = clipped.simplify(max(10, metres))
    bar = max((length for length in NICE if length / metres <= WIDTH / 3), default=NICE[0])
    return Sketch(path_data(shown, window), path_data(plot, window), _spot(plot, window), bar, round(bar / metres))


def path_data(geometry: BaseGeometry | None, window: tuple[float, float, float]) -> str:
    """Return the SVG path of a surface in metres, in the pixels of a window."""
    if geometry is None or geometry.is_empty:
        return ""
    rings = [ring for part in shapely.get_parts(geometry) if part.geom_type == "Polygon" for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(shapely.get_coordinates(ring), window) for ring in rings)


def _ring(points: NDArray[numpy.float64], window: tuple[float, float, float]) -> str:
    return "M" + "L".join(f"{left:g} {top:g}" for left, top in (_pixel(point[0], point[1], window) for point in points)) + "Z"


def _pixel(x: float, y: float, window: tuple[float, float, float]) -> tuple[float, float]:
    middle_x, middle_y, metres = window
    return (round(WIDTH / 2 + (x - middle_x) / metres, 1), round(HEIGHT / 2 - (y - middle_y) / metres, 1))


def _spot(plot: BaseGeometry | None, window: tuple[float, float, float]) -> tuple[int, int] | None:
    if plot is None:
        return None
    west, south, east, north = plot.bounds
    if max(east - west, north - south) / window[2] >= 12:
        return None
    left, top = _pixel((west + east) / 2, (south + north) / 2, window)
    return (round(left), round(top))


def draw_pair(before: BaseGeometry, after: BaseGeometry) -> tuple[Sketch, Sketch]:
    """Return the drawings of an outline as it was drawn, valid or not, and as it would be, in one window."""
    middle_x, middle_y = after.centroid.x, after.centroid.y
    metres = numpy.array([math.cos(math.radians(middle_y)), 1.0]) * METRES_PER_DEGREE

    def flat(geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in metres around the middle."""
        return shapely.transform(geometry, lambda at: (at - (middle_x, middle_y)) * metres)

    shapes = (flat(before), flat(after))
    window = framed(tuple(shapely.total_bounds(shapes)), least=60)
    first, second = (_draw(shape, None, window=window) for shape in shapes)
    return first, second
