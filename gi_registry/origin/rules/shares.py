"""What share of a plot lies inside an area, for many plots at once, in an equal-area plane.

The plane is Lambert's cylindrical equal-area projection of GRS 80, true to area everywhere; edges are straight in it. A plot whose cells no
boundary touches lies wholly inside or outside and needs no intersection. The others are intersected with the part of the area around them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray

from gi_registry.origin.rules.many import INSIDE, OUTSIDE, AreaGrid, Floats, Ints, cell_states, grid_over, ranges
from gi_registry.origin.rules.measure import equal_area

Shapes = NDArray[numpy.object_]

_MOST_CELLS = 400
"""A plot over more fine cells than this is intersected without asking them."""

_MARGIN_M = 1.0
_POLYGONAL = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class EqualAreaGrid:
    """Areas in the equal-area plane with the grid over them; made by ``equal_area_grid``."""

    areas: Shapes
    grid: AreaGrid


def equal_area_grid(areas: Shapes) -> EqualAreaGrid:
    """Return valid lon/lat areas in the equal-area plane, ready for ``shares_inside``."""
    plane = equal_area(areas)
    return EqualAreaGrid(plane, grid_over(plane))


def shares_inside(over: EqualAreaGrid, plots: Shapes, of: Ints) -> Floats:
    """Return the share, 0 to 1, of each lon/lat plot that lies inside the area with the index ``of``; 0 for a plot without an area."""
    plane = equal_area(plots)
    column, row, small = _cells(over.grid, plane)
    states = _plot_states(over.grid, of, column=column, row=row, small=small)
    share = (states == INSIDE).astype(float)
    cut = numpy.flatnonzero((states != INSIDE) & (states != OUTSIDE))
    empty = shapely.area(plane) == 0
    share[empty] = 0.0
    cut = cut[~empty[cut]]
    share[cut] = _intersected(over.areas[of[cut]], plane[cut], margin=_MARGIN_M)
    return numpy.asarray(share)


def _cells(grid: AreaGrid, plane: Shapes) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints], NDArray[numpy.bool_]]:
    """Return the first and last fine column and row of each plot, and whether these are few enough to be asked."""
    west, south, east, north = shapely.bounds(plane).T
    frame = grid.frame
    ends = (
        frame.fine(west, frame.x) - 1e-6,
        frame.fine(east, frame.x) + 1e-6,
        frame.fine(south, frame.y) - 1e-6,
        frame.fine(north, frame.y) + 1e-6,
    )
    left, right, low, high = (numpy.floor(numpy.nan_to_num(end)).astype(numpy.int64) for end in ends)
    return (left, right), (low, high), (right - left + 1) * (high - low + 1) <= _MOST_CELLS


def _plot_states(grid: AreaGrid, of: Ints, *, column: tuple[Ints, Ints], row: tuple[Ints, Ints], small: NDArray[numpy.bool_]) -> Ints:
    """Say of each plot: all its cells inside, all outside, or 0: to be intersected."""
    states = numpy.zeros(len(of), dtype=numpy.int64)
    asked = numpy.flatnonzero(small)
    of_row, rows = ranges(row[0][asked], row[1][asked])
    of_cell, columns = ranges(column[0][asked][of_row], column[1][asked][of_row])
    plot = of_row[of_cell]
    found = cell_states(grid, of[asked][plot], columns, rows[of_cell])
    cells = numpy.bincount(plot, minlength=len(asked))
    for state in (INSIDE, OUTSIDE):
        states[asked[numpy.bincount(plot[found == state], minlength=len(asked)) == cells]] = state
    return states


def _intersected(areas: Shapes, plots: Shapes, *, margin: float) -> Floats:
    """Return the shares of plots near a boundary, each inside its area, of which only what lies around the plot is looked at."""
    low, high = numpy.split(shapely.bounds(plots), 2, axis=1)
    around = numpy.hstack([low - margin, high + margin]).tolist()
    pieces = numpy.empty(len(plots), dtype=object)
    pieces[:] = [shapely.clip_by_rect(area, *rectangle) for area, rectangle in zip(areas, around, strict=True)]
    whole = numpy.isin(shapely.get_type_id(pieces), _POLYGONAL) & shapely.is_valid(pieces)
    asked = numpy.where(whole, pieces, areas)
    try:
        common = shapely.intersection(plots, asked)
    except shapely.GEOSException:  # two corners of an outline that almost meet do so in this plane
        common = shapely.intersection(plots, shapely.make_valid(asked))
    return numpy.asarray(shapely.area(common) / shapely.area(plots))
