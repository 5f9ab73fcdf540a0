"""The verdicts of ``verdict.judge_plot`` on many plots against one version of an area at once.

Plots of half a degree share a plane, and an outline is projected once for each. That moves a distance by less than a metre; where so
little could decide (near the tolerance, near the boundary, far away) the plot is judged one by one after all, in the plane of its tenth
of a degree. So verdict and reason are always those of ``judge_plot``, and distances within a metre of its.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gi_registry.origin.rules.measure import earth_centred, flattened
from gi_registry.origin.rules.terms import Reason, Verdict
from gi_registry.origin.rules.verdict import DEFAULT_TOLERANCE_M, OriginVerdict, judge_plot, tolerance
from gi_registry.origin.rules.versions import Version, in_force

Shapes = NDArray[numpy.object_]
Floats = NDArray[numpy.float64]
Ints = NDArray[numpy.int64]

_PLANES_PER_DEGREE = 2
_FAR_M = 100_000
_LONG_EDGE_DEGREES = 0.6
_NEAR_M = 0.6
"""How close a figure may come to one that decides before the plot is judged one by one: more than an edge bends between two planes."""
_NO_SHARE = 0.0005
"""Below this share nothing of a plot counts as inside: it is told in thousandths."""
_HALF = 0.005
"""How close, in thousandths, a share may come to half a thousandth: two planes differ a little and may round it to two sides."""
_PIECE = 12
"""Edges of an outline that are looked at together when the nearest is sought."""


def judge_many(
    plots: Shapes, versions: Iterable[Version], *, on: date, accuracies_m: Sequence[int | None], default_m: int = DEFAULT_TOLERANCE_M
) -> list[OriginVerdict]:
    """Return the verdict on each lon/lat plot against the version in force on a day: what ``judge_plot`` says of each."""
    version = in_force(versions, on)
    if version is None or version.geometry is None:
        return _without_outline(version, on=on, accuracies_m=accuracies_m, default_m=default_m)
    limits = numpy.array([tolerance(accuracy, version.uncertainty_m, default_m) for accuracy in accuracies_m], dtype=numpy.int64)
    found: list[OriginVerdict | None] = [None] * len(plots)
    area = _Earth.of(numpy.array([version.geometry], dtype=object))
    for around, members in _planes(plots, version):
        outline = _Outline(area.around(around)[0], version.id)
        ground = _Earth.of(plots[members]).around(around)
        for index, verdict in zip(members.tolist(), _judged(ground, outline, limits[members]), strict=True):
            found[index] = verdict
    return [
        verdict or judge_plot(plots[index], (version,), on=on, accuracy_m=accuracies_m[index], default_m=default_m)
        for index, verdict in enumerate(found)
    ]


def _without_outline(version: Version | None, *, on: date, accuracies_m: Sequence[int | None], default_m: int) -> list[OriginVerdict]:
    listed = () if version is None else (version,)
    nowhere = shapely.Point()
    alike = {each: judge_plot(nowhere, listed, on=on, accuracy_m=each, default_m=default_m) for each in set(accuracies_m)}
    return [alike[accuracy] for accuracy in accuracies_m]


def _planes(plots: Shapes, version: Version) -> Iterator[tuple[tuple[float, float], Ints]]:
    """Yield the centre (lon, lat) of each plane and which plots lie in it; with very long edges the planes are those of ``judge_plot``."""
    corners, ring = shapely.get_coordinates(_rings(version.geometry), return_index=True)
    longest = numpy.abs(numpy.diff(corners, axis=0))[ring[1:] == ring[:-1]].max(initial=0)
    middles = shapely.get_coordinates(shapely.centroid(plots))
    if not len(plots) or len(middles) != len(plots):
        return
    per_degree = 10 if longest > _LONG_EDGE_DEGREES else _PLANES_PER_DEGREE
    centres, member = numpy.unique(numpy.rint(middles * per_degree), axis=0, return_inverse=True)
    order = numpy.argsort(member.reshape(-1), kind="stable")
    groups = numpy.split(order, numpy.cumsum(numpy.bincount(member.reshape(-1)))[:-1])
    yield from zip(map(tuple, (centres / per_degree).tolist()), groups, strict=True)


@dataclass(frozen=True)
class _Earth:
    """Shapes with their corners as metres from the middle of the earth, to be laid into one plane after another."""

    shapes: Shapes
    corners: Floats

    @classmethod
    def of(cls, shapes: Shapes) -> _Earth:
        """Return shapes in longitude and latitude with their corners as metres from the middle of the earth."""
        return cls(shapes, earth_centred(shapely.get_coordinates(shapes)))

    def around(self, centre: tuple[float, float]) -> Shapes:
        """Return the shapes in metres, laid into the plane that touches the earth at ``centre``."""
        return numpy.asarray(shapely.transform(self.shapes, lambda _: flattened(self.corners, centre)), dtype=object)


def _rings(outline: BaseGeometry | None) -> Shapes:
    return numpy.asarray(shapely.get_rings(shapely.get_parts(outline)), dtype=object)


class _Outline:
    """An outline in metres: the prepared area, and its boundary in pieces of a few edges in a tree."""

    def __init__(self, area: BaseGeometry, version_id: int) -> None:
        self.area, self.version_id = area, version_id
        shapely.prepare(area)
        corners, ring = shapely.get_coordinates(_rings(area), return_index=True)
        edge = numpy.flatnonzero(ring[1:] == ring[:-1])
        place = edge - numpy.searchsorted(ring, ring[edge])
        first = numpy.flatnonzero(place % _PIECE == 0)
        length = numpy.diff(numpy.append(first, len(edge))) + 1
        line = numpy.repeat(numpy.arange(len(first)), length)
        within = numpy.arange(len(line)) - numpy.repeat(numpy.cumsum(length) - length, length)
        self._tree = shapely.STRtree(shapely.linestrings(corners[edge[first][line] + within], indices=line))

    def distance(self, shapes: Shapes) -> Floats:
        """Return how far each shape is from the boundary, in metres."""
        (asked, _nearest), metres = self._tree.query_nearest(shapes, return_distance=True, all_matches=False)
        found = numpy.full(len(shapes), numpy.inf)
        found[asked] = metres
        return found


def _judged(ground: Shapes, outline: _Outline, limits: Ints) -> list[OriginVerdict | None]:
    """Return the verdicts in one plane; None for a plot that has to be judged one by one."""
    inside = shapely.covers(outline.area, ground)
    nearest = outline.distance(ground)
    touching = numpy.zeros(len(ground), dtype=bool)
    touching[~inside] = shapely.intersects(outline.area, ground[~inside])
    metres, share = nearest.copy(), numpy.where(inside, 1000, 0)
    out = numpy.flatnonzero(~inside)
    beyond, part = _overshoots(ground[out], outline, touching=touching[out])
    metres[out] = beyond
    share[out] = numpy.where(touching[out], numpy.minimum(999, numpy.rint(part * 1000)), 0)
    edge = numpy.where(inside, limits - 0.5, limits + 0.5)
    doubtful = (numpy.abs(metres - edge) < _NEAR_M) | (metres < _NEAR_M) | (metres > _FAR_M) | ~shapely.is_valid(ground)
    doubtful |= ~inside & ~touching & (nearest < _NEAR_M)
    doubtful[out] |= touching[out] & (numpy.abs(part - _NO_SHARE) < _NO_SHARE / 10)
    doubtful[out] |= touching[out] & (numpy.abs(part * 1000 % 1 - 0.5) < _HALF)
    rounded = numpy.rint(numpy.where(doubtful, 0, metres)).astype(int).tolist()
    columns = zip(inside.tolist(), rounded, limits.tolist(), share.tolist(), doubtful.tolist(), strict=True)
    return [
        None if unsure else _worded(within, far, limit=limit, share=part, version_id=outline.version_id)
        for within, far, limit, part, unsure in columns
    ]


def _worded(inside: bool, metres: int, *, limit: int, share: int, version_id: int) -> OriginVerdict:
    if inside and metres >= limit:
        return OriginVerdict(Verdict.INSIDE, Reason.INSIDE, metres, limit, version_id, share)
    if inside or metres <= limit:
        return OriginVerdict(Verdict.UNCERTAIN, Reason.NEAR_BOUNDARY, metres, limit, version_id, share)
    return OriginVerdict(Verdict.OUTSIDE, Reason.PARTLY_OUTSIDE if share else Reason.OUTSIDE, metres, limit, version_id, share)


def _outside(ground: Shapes, area: BaseGeometry) -> Shapes:
    try:
        return numpy.asarray(shapely.difference(ground, area), dtype=object)
    except shapely.GEOSException:  # two corners of the outline that almost meet do so in this plane
        return numpy.asarray(shapely.difference(ground, shapely.make_valid(area)), dtype=object)


def _overshoots(ground: Shapes, outline: _Outline, *, touching: NDArray[numpy.bool_]) -> tuple[Floats, Floats]:
    """Return for plots that leave the area how far their farthest corner outside lies beyond the edge, and the share inside."""
    outside = ground.copy()
    outside[touching] = _outside(ground[touching], outline.area)
    corners, owner = shapely.get_coordinates(outside, return_index=True)
    beyond = numpy.zeros(len(ground))
    numpy.maximum.at(beyond, owner, outline.distance(numpy.asarray(shapely.points(corners), dtype=object)))
    with numpy.errstate(invalid="ignore", divide="ignore"):
        part = numpy.nan_to_num(1 - shapely.area(outside) / shapely.area(ground))
    return beyond, part
