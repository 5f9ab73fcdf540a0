"""Rings to polygons: a Shapefile says by the turn of a ring whether it is a shell (clockwise) or a hole; some writers turn them round."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

Ring = list[list[Any]]
_PROBES = 3


def polygons_of(rings: list[Ring]) -> tuple[list[list[Ring]], bool]:
    """Return polygons (shell first, then holes, turned as GeoJSON wants them) and whether the rings were turned the wrong way.

    A hole that lies in no shell stays with the first one, so that the defect is named and not hidden.
    """
    if any(isinstance(value, str) for ring in rings for corner in ring for value in corner) or not rings:
        return [[ring] for ring in rings] or [[]], False
    shells = [ring for ring in rings if _twice_area(ring) <= 0]
    holes = [ring for ring in rings if _twice_area(ring) > 0]
    turned = bool(holes) and (not shells or (_homeless(holes, shells) and not _homeless(shells, holes)))
    if turned:
        shells, holes = holes, shells
    polygons = [[shell if turned else shell[::-1]] for shell in shells]
    boxes = [_box(shell) for shell in shells]
    for hole in holes:
        polygons[_home(hole, shells, boxes)].append(hole if turned else hole[::-1])
    return polygons, turned


def _homeless(inner: Sequence[Ring], outer: Sequence[Ring]) -> bool:
    boxes = [_box(ring) for ring in outer]
    return not all(any(_inside(ring, shell, box) for shell, box in zip(outer, boxes, strict=True)) for ring in inner)


def _home(hole: Ring, shells: Sequence[Ring], boxes: Sequence[tuple[float, ...]]) -> int:
    homes = [index for index, (shell, box) in enumerate(zip(shells, boxes, strict=True)) if _inside(hole, shell, box)]
    return min(homes, key=lambda index: abs(_twice_area(shells[index])), default=0)


def _twice_area(ring: Ring) -> float:
    """Return twice the signed area; positive for a ring that turns against the clock."""
    x0, y0 = ring[0]
    return float(sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in pairwise(ring)))


def _box(ring: Ring) -> tuple[float, ...]:
    xs, ys = [corner[0] for corner in ring], [corner[1] for corner in ring]
    return min(xs), min(ys), max(xs), max(ys)


def _inside(ring: Ring, shell: Ring, box: tuple[float, ...]) -> bool:
    """Say whether most of a few corners of a ring lie in a shell (one may touch its edge)."""
    probes = ring[:: max(1, len(ring) // _PROBES)][:_PROBES]
    if not all(box[0] <= x <= box[2] and box[1] <= y <= box[3] for x, y in probes):
        return False
    return 2 * sum(_within(x, y, shell) for x, y in probes) > len(probes)


def _within(x: float, y: float, shell: Ring) -> bool:
    crossings = False
    for (x1, y1), (x2, y2) in pairwise(shell):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings = not crossings
    return crossings
