"""A drawing of two outlines over each other, for signed-in people: before, proposed, added, removed. North up, a scale bar, no base map.

Outlines are generalised to a hundredth of the window; what is added and what is removed differ by pattern, colour and word.
"""

from __future__ import annotations

from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from gi_registry.origin.rules.compare import Comparison
from gi_registry.origin.rules.measure import centre, in_metres
from gi_registry.origin.rules.sketch import HEIGHT, NICE, WIDTH, framed, path_data

PUBLIC_M = 100
"""Outlines on public pages are no finer than this (domain §8)."""


@dataclass(frozen=True)
class BesideSketch:
    """SVG path data of both outlines and of what lies between them, in a box of ``width`` × ``height``; the bar is ``scale_m`` long."""

    old_path: str
    new_path: str
    added_path: str
    removed_path: str
    scale_m: int
    scale_px: int
    width: int = WIDTH
    height: int = HEIGHT


def draw_beside(comparison: Comparison) -> BesideSketch | None:
    """Return the drawing of a comparison; None where neither side has an outline."""
    shown = [geometry for geometry in (comparison.old, comparison.new) if geometry is not None and not geometry.is_empty]
    if not shown:
        return None
    around = centre(shapely.union_all([geometry.envelope for geometry in shown]))
    metres = [None if geometry is None else in_metres(geometry, around=around) for geometry in (comparison.old, comparison.new)]
    bounds = shapely.total_bounds([geometry for geometry in metres if geometry is not None])
    window = framed((bounds[0], bounds[1], bounds[2], bounds[3]), least=100)
    parts = [None if part is None else in_metres(part, around=around) for part in (comparison.added, comparison.removed)]
    old, new, added, removed = (path_data(_coarser(part, window[2]), window) for part in (*metres, *parts))
    bar = max((length for length in NICE if length / window[2] <= WIDTH / 3), default=NICE[0])
    return BesideSketch(old, new, added, removed, bar, round(bar / window[2]))


def draw_public(outline: BaseGeometry) -> BesideSketch:
    """Return the drawing of one outline for everybody: generalised to 100 metres at least."""
    around = centre(outline)
    field = in_metres(outline, around=around)
    window = framed(field.bounds, least=100)
    coarse = _coarser(field, max(PUBLIC_M, window[2]))
    bar = max((length for length in NICE if length / window[2] <= WIDTH / 3), default=NICE[0])
    return BesideSketch("", path_data(coarse, window), "", "", bar, round(bar / window[2]))


def _coarser(geometry: BaseGeometry | None, metres: float) -> BaseGeometry | None:
    return None if geometry is None else geometry.simplify(metres)
