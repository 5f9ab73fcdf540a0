"""Which areas hold which points, for millions of points at once.

A grid of coarse cells, each of 16 × 16 fine ones, is laid over the areas. Against one area a coarse cell is wholly inside, wholly
outside or on its boundary, and there so is each of its fine cells; only points in fine cells on a boundary are compared with edges, and
only with those of their cell: an even number of them between the point and a corner of the cell leaves it on the corner's side.

Semantics are those of ``shapely.covers`` (for a point the same as ``intersects``): a point on a boundary or vertex belongs to the area.
Every comparison knows its rounding error; what is too close to call in double precision is asked of shapely, so that the pairs are the
same as its own, one by one. Areas must be valid polygons or multipolygons.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Ints = NDArray[numpy.int64]
Floats = NDArray[numpy.float64]

SUB = 16
"""Fine cells along the side of a coarse one."""

_MOST_CELLS = 300_000
_CELLS_PER_VERTEX = 2
_CHUNK = 1 << 16
OUTSIDE, INSIDE = -1, -2
"""What a fine cell is against an area, where no edge touches it."""
_WIDER = 1e-6
"""By how much, in fine cells, a cell is made wider before asking which edges touch it: rounding cannot lose one."""
_CLOSE = 1e-7
"""A crossing this near to a corner, in fine cells, does not say on which side the corner lies."""
_ROUNDING = 8 * numpy.finfo(numpy.float64).eps


@dataclass(frozen=True)
class _Edges:
    start: Floats
    end: Floats
    area: Ints


@dataclass(frozen=True)
class _Frame:
    """Where the grid lies: ``step`` is a fine cell in the units of the coordinates, ``wide`` and ``high`` count coarse cells."""

    x: float
    y: float
    step: float
    wide: int
    high: int

    def fine(self, values: Floats, origin: float) -> Floats:
        """Return coordinates as numbers of fine cells from ``origin``, fractions kept."""
        return numpy.asarray((values - origin) * (1 / self.step))


@dataclass(frozen=True)
class AreaGrid:
    """Areas with the grid over them; made by ``grid_over``, asked by ``holding``.

    Coarse cell c has the entries ``first[c]:first[c + 1]``: the area, and its block of fine cells (-1: it lies wholly inside). A fine
    cell is outside, inside, or the number of an item: the edges of one area in one fine cell, with the side of the cell's corner.
    """

    areas: NDArray[numpy.object_]
    frame: _Frame
    first: NDArray[numpy.int32]
    entry_area: NDArray[numpy.int32]
    entry_block: NDArray[numpy.int32]
    fine: NDArray[numpy.int32]
    edge_first: NDArray[numpy.int32]
    edge: NDArray[numpy.float64]
    corner: Floats
    corner_inside: NDArray[numpy.bool_]
    item_area: NDArray[numpy.int32]
    rounding: float


def grid_over(areas: Sequence[BaseGeometry] | NDArray[numpy.object_]) -> AreaGrid:
    """Return the grid over valid polygons and multipolygons, in the units of their coordinates."""
    shapes = numpy.array(areas, dtype=object)
    edges = _edges_of(shapes)
    frame = _frame_over(edges)
    edge, column, row = _touched_cells(edges, frame)
    return _assembled(shapes, edges, frame, touched=(edge, column, row))


def _edges_of(shapes: NDArray[numpy.object_]) -> _Edges:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    along = (ring[1:] == ring[:-1]) & (at[1:] != at[:-1]).any(axis=1)
    return _Edges(at[:-1][along], at[1:][along], owner[part[ring[:-1][along]]])


def _frame_over(edges: _Edges) -> _Frame:
    if not len(edges.area):
        return _Frame(0.0, 0.0, 1.0, 2, 2)
    low, high = edges.start.min(axis=0), edges.start.max(axis=0)
    extent = numpy.maximum(high - low, 1e-9)
    cells = min(_MOST_CELLS, max(64, _CELLS_PER_VERTEX * len(edges.area)))
    coarse = float(max(numpy.sqrt(extent[0] * extent[1] / cells), extent.max() / cells))
    # Announced boxes have corners in round numbers; the corners of cells keep away from them. Outermost cells stay empty.
    shift = 1.0 + numpy.array([0.3819660113, 0.2360679775])
    wide, tall = (int(number) for number in numpy.ceil(extent / coarse) + 3)
    west, south = (float(value) for value in low - shift * coarse)
    return _Frame(west, south, coarse / SUB, wide, tall)


# ---- which cells an edge touches -----------------------------------------------------------------------------------------------------


def _floor(values: Floats) -> Ints:
    return numpy.floor(values).astype(numpy.int64)


def _touched_cells(edges: _Edges, frame: _Frame) -> tuple[Ints, Ints, Ints]:
    """Return (edge, column, row) of every fine cell that an edge touches, a hair's breadth generously."""
    x1, y1 = frame.fine(edges.start[:, 0], frame.x), frame.fine(edges.start[:, 1], frame.y)
    x2, y2 = frame.fine(edges.end[:, 0], frame.x), frame.fine(edges.end[:, 1], frame.y)
    low, high = numpy.minimum(y1, y2), numpy.maximum(y1, y2)
    edge, row = ranges(_floor(low - _WIDER), _floor(high + _WIDER))
    left, right = numpy.minimum(x1, x2)[edge], numpy.maximum(x1, x2)[edge]
    steep = numpy.flatnonzero((high - low)[edge] > 1e-3)
    chosen = edge[steep]
    slope = ((x2 - x1) / numpy.where(y2 == y1, 1.0, y2 - y1))[chosen]
    bottom = numpy.maximum(low[chosen], row[steep] - _WIDER)
    top = numpy.minimum(high[chosen], row[steep] + 1 + _WIDER)
    one, other = x1[chosen] + (bottom - y1[chosen]) * slope, x1[chosen] + (top - y1[chosen]) * slope
    doubt = 1e-10 * numpy.abs(slope)
    left[steep] = numpy.maximum(left[steep], numpy.minimum(one, other) - doubt)
    right[steep] = numpy.minimum(right[steep], numpy.maximum(one, other) + doubt)
    line, column = ranges(_floor(left - _WIDER), _floor(right + _WIDER))
    return edge[line], column, row[line]


# ---- putting the grid together -------------------------------------------------------------------------------------------------------


def _assembled(shapes: NDArray[numpy.object_], edges: _Edges, frame: _Frame, *, touched: tuple[Ints, Ints, Ints]) -> AreaGrid:
    edge, column, row = touched
    columns, rows = frame.wide * SUB, frame.high * SUB
    key = (edges.area[edge] * rows + row) * columns + column
    order = numpy.argsort(key, kind="stable")
    item_key, item_first = numpy.unique(key[order], return_index=True)
    item_area, cell = numpy.divmod(item_key, rows * columns)
    item_row, item_column = numpy.divmod(cell, columns)
    crossings = _crossings(edges, frame)

    block_key, block_of = numpy.unique((item_area * frame.high + item_row // SUB) * frame.wide + item_column // SUB, return_inverse=True)
    sides = _sides(block_key, frame, crossings)
    fine = numpy.where(sides, INSIDE, OUTSIDE).astype(numpy.int32)
    at = (block_of, item_row % SUB, item_column % SUB)
    corner_inside = sides[at]
    fine[at] = numpy.arange(len(item_key))

    corner = numpy.column_stack([frame.x + item_column * frame.step, frame.y + item_row * frame.step])
    doubtful = numpy.flatnonzero(numpy.isin(item_key, crossings.doubtful, assume_unique=False))
    corner_inside[doubtful] = shapely.intersects_xy(shapes[item_area[doubtful]], corner[doubtful, 0], corner[doubtful, 1])
    first, entry_area, entry_block = _entries(block_key, frame, crossings)
    used = edge[order]
    longest = float(numpy.abs(edges.end - edges.start).max(initial=0)) + 2 * frame.step
    return AreaGrid(
        areas=shapes,
        frame=frame,
        first=first,
        entry_area=entry_area,
        entry_block=entry_block,
        fine=fine.reshape(-1),
        edge_first=numpy.append(item_first, len(used)).astype(numpy.int32),
        edge=numpy.ascontiguousarray(numpy.column_stack([edges.start[used], edges.end[used]]).T),
        corner=numpy.ascontiguousarray(corner.T),
        corner_inside=corner_inside,
        item_area=item_area.astype(numpy.int32),
        rounding=_ROUNDING * longest * longest,
    )


@dataclass(frozen=True)
class _Crossings:
    """Where boundaries cross the lower lines of fine rows: ``keys`` sorted by (area, row, column left of which they cross)."""

    keys: Ints
    doubtful: Ints
    columns: int
    rows: int

    def inside(self, area: Ints, row: Ints, column: Ints) -> NDArray[numpy.bool_]:
        """Say on which side of an area the lower left corner of a cell lies: inside after an odd number of crossings."""
        line = (area * self.rows + row) * self.columns
        crossed = numpy.searchsorted(self.keys, line + column, side="right") - numpy.searchsorted(self.keys, line)
        return numpy.asarray(crossed % 2 == 1)


def _crossings(edges: _Edges, frame: _Frame) -> _Crossings:
    low, high = numpy.minimum(edges.start[:, 1], edges.end[:, 1]), numpy.maximum(edges.start[:, 1], edges.end[:, 1])
    edge, row = ranges(_floor(frame.fine(low, frame.y)), _floor(frame.fine(high, frame.y)) + 1)
    line = frame.y + row * frame.step
    cut = (low[edge] <= line) & (line < high[edge])
    edge, row, line = edge[cut], row[cut], line[cut]
    (x1, y1), (x2, y2) = edges.start[edge].T, edges.end[edge].T
    at = frame.fine(x1 + (line - y1) * (x2 - x1) / (y2 - y1), frame.x)
    column = _floor(at) + 1
    columns, rows = frame.wide * SUB, frame.high * SUB
    keys = (edges.area[edge] * rows + row) * columns + column
    nearest = numpy.rint(at)
    close = numpy.flatnonzero(numpy.abs(at - nearest) < _CLOSE)
    doubtful = (edges.area[edge[close]] * rows + row[close]) * columns + nearest[close].astype(numpy.int64)
    return _Crossings(numpy.sort(keys), doubtful, columns, rows)


def _sides(block_key: Ints, frame: _Frame, crossings: _Crossings) -> NDArray[numpy.bool_]:
    """Return for each block of fine cells (block, row, column) whether the cell's lower left corner is inside."""
    area, block_row, block_column = _unpacked(block_key, frame)
    rows = block_row[:, None] * SUB + numpy.arange(SUB)
    at_left = crossings.inside(area[:, None], rows, block_column[:, None] * SUB)
    turns = numpy.zeros((len(block_key), SUB, SUB), dtype=numpy.uint8)
    rest, column = numpy.divmod(crossings.keys, crossings.columns)
    crossed, row = numpy.divmod(rest, crossings.rows)
    block = numpy.searchsorted(block_key, (crossed * frame.high + row // SUB) * frame.wide + column // SUB)
    within = numpy.flatnonzero(column % SUB != 0)
    found = block[within]
    flat = (found * SUB + row[within] % SUB) * SUB + column[within] % SUB
    turns.reshape(-1)[:] = numpy.bincount(flat, minlength=turns.size) & 1
    turns[:, :, 0] = at_left
    return numpy.asarray(numpy.bitwise_xor.accumulate(turns, axis=2).astype(bool))


def _unpacked(block_key: Ints, frame: _Frame) -> tuple[Ints, Ints, Ints]:
    area, cell = numpy.divmod(block_key, frame.high * frame.wide)
    row, column = numpy.divmod(cell, frame.wide)
    return area, row, column


def _entries(
    block_key: Ints, frame: _Frame, crossings: _Crossings
) -> tuple[NDArray[numpy.int32], NDArray[numpy.int32], NDArray[numpy.int32]]:
    """Return the entries of coarse cells: blocks, and between two blocks of one row the cells that lie wholly inside."""
    area, row, column = _unpacked(block_key, frame)
    gap = numpy.flatnonzero((area[1:] == area[:-1]) & (row[1:] == row[:-1]) & (column[1:] > column[:-1] + 1))
    full = gap[crossings.inside(area[gap], row[gap] * SUB, (column[gap] + 1) * SUB)]
    which, between = ranges(column[full] + 1, column[full + 1] - 1)
    cell = numpy.concatenate([row * frame.wide + column, row[full][which] * frame.wide + between])
    owner = numpy.concatenate([area, area[full][which]])
    block = numpy.concatenate([numpy.arange(len(area)), numpy.full(len(which), -1)])
    order = numpy.argsort(cell, kind="stable")
    counts = numpy.bincount(cell, minlength=frame.wide * frame.high)
    first = numpy.concatenate([[0], numpy.cumsum(counts)])
    return first.astype(numpy.int32), owner[order].astype(numpy.int32), block[order].astype(numpy.int32)


# ---- asking --------------------------------------------------------------------------------------------------------------------------


def holding(grid: AreaGrid, x: Floats, y: Floats) -> tuple[Ints, NDArray[numpy.int32]]:
    """Return the pairs (index of a point, index of an area that covers it), in no particular order; a point without numbers has none."""
    found = [_holding(grid, x[low : low + _CHUNK], y[low : low + _CHUNK], low) for low in range(0, len(x), _CHUNK)]
    if not found:
        return numpy.empty(0, numpy.int64), numpy.empty(0, numpy.int32)
    return numpy.concatenate([points for points, _ in found]), numpy.concatenate([areas for _, areas in found])


def _holding(grid: AreaGrid, x: Floats, y: Floats, offset: int) -> tuple[Ints, NDArray[numpy.int32]]:
    frame = grid.frame
    with numpy.errstate(invalid="ignore"):  # no number, or far away: such points come to lie in the empty outermost cells
        column = ((x - frame.x) * (1 / frame.step)).astype(numpy.int32).view(numpy.uint32)
        row = ((y - frame.y) * (1 / frame.step)).astype(numpy.int32).view(numpy.uint32)
    column = numpy.minimum(column, frame.wide * SUB - 1).view(numpy.int32)
    row = numpy.minimum(row, frame.high * SUB - 1).view(numpy.int32)
    cell = (row >> 4) * frame.wide + (column >> 4)
    first = grid.first[cell]
    count = grid.first[cell + 1] - first
    some = numpy.flatnonzero(count)
    count = count[some]
    which = numpy.repeat(some, count)
    entry = numpy.arange(len(which)) + numpy.repeat(first[some] - (numpy.cumsum(count) - count), count)
    area, block = grid.entry_area[entry], grid.entry_block[entry]
    on_blocks = numpy.flatnonzero(block >= 0)
    point = which[on_blocks]
    fine = grid.fine[(block[on_blocks] * SUB + (row[point] & 15)) * SUB + (column[point] & 15)]
    exact = numpy.flatnonzero(fine >= 0)
    held = block < 0
    held[on_blocks] = fine == INSIDE
    held[on_blocks[exact]] = _beside_edges(grid, fine[exact], x[point[exact]], y[point[exact]])
    return which[held] + offset, area[held]


def _beside_edges(grid: AreaGrid, item: NDArray[numpy.int32], px: Floats, py: Floats) -> NDArray[numpy.bool_]:
    """Say for points in cells on a boundary whether the area covers them."""
    first = grid.edge_first[item]
    count = grid.edge_first[item + 1] - first
    ends = numpy.cumsum(count)
    starts = ends - count
    line = numpy.repeat(numpy.arange(len(item)), count)
    edge = numpy.arange(len(line)) + numpy.repeat(first - starts, count)
    cx, cy = grid.corner[:, item]
    x, y, cx, cy = px[line], py[line], cx[line], cy[line]
    ax, ay, bx, by = grid.edge[:, edge]
    dx, dy, ex, ey = cx - x, cy - y, bx - ax, by - ay
    of_start, of_end = dx * (ay - y) - dy * (ax - x), dx * (by - y) - dy * (bx - x)
    of_point, of_corner = ex * (y - ay) - ey * (x - ax), ex * (cy - ay) - ey * (cx - ax)
    crosses = ((of_start > 0) != (of_end > 0)) & ((of_point > 0) != (of_corner > 0))
    least = numpy.minimum(numpy.abs(of_point), numpy.abs(of_corner))
    least = numpy.minimum(least, numpy.minimum(numpy.abs(of_start), numpy.abs(of_end)))
    held = (
        grid.corner_inside[item] ^ (numpy.add.reduceat(crosses, starts, dtype=numpy.int32) % 2 == 1) if len(item) else numpy.empty(0, bool)
    )
    close = numpy.unique(line[least <= grid.rounding])
    held[close] = shapely.intersects_xy(grid.areas[grid.item_area[item[close]]], px[close], py[close])
    return numpy.asarray(held)


def cell_states(grid: AreaGrid, area: Ints, column: Ints, row: Ints) -> NDArray[numpy.int32]:
    """Say of fine cells, each against one area: ``INSIDE``, ``OUTSIDE``, or the number (from 0) of the edges that touch it."""
    inside_grid = (column >= 0) & (column < grid.frame.wide * SUB) & (row >= 0) & (row < grid.frame.high * SUB)
    cell = numpy.where(inside_grid, (row // SUB) * grid.frame.wide + column // SUB, 0)
    first = grid.first[cell].astype(numpy.int64)
    count = grid.first[cell + 1] - first
    asked = numpy.repeat(numpy.arange(len(cell)), count)
    entry = numpy.arange(len(asked)) + numpy.repeat(first - (numpy.cumsum(count) - count), count)
    mine = grid.entry_area[entry] == area[asked]
    asked, block = asked[mine], grid.entry_block[entry[mine]]
    found = numpy.full(len(cell), OUTSIDE, dtype=numpy.int32)
    fine = grid.fine[(block * SUB + row[asked] % SUB) * SUB + column[asked] % SUB] if len(grid.fine) else block
    found[asked] = numpy.where(block < 0, INSIDE, fine)
    return found


def ranges(low: Ints, high: Ints) -> tuple[Ints, Ints]:
    """Return, for inclusive ranges of whole numbers, the index of the range and the number: a line for each number in each."""
    sizes = high - low + 1
    which = numpy.repeat(numpy.arange(len(sizes)), sizes)
    ends = numpy.cumsum(sizes)
    return which, numpy.arange(len(which)) - numpy.repeat(ends - sizes, sizes) + low[which]
