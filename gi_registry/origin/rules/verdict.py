"""Inside, uncertain or outside: the verdict on a plot against the area in force on the day of harvest (domain §8).

The number that decides is ``distance_m``: for ground wholly inside, how far the nearest edge of the area is away; for ground
that leaves the area, how far its farthest corner lies beyond the edge. Within the tolerance, either way, nobody can know:
the verdict is *uncertain*, and only *outside* is a ground for action.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy
import shapely
from shapely.geometry.base import BaseGeometry

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.measure import centre, in_metres
from gi_registry.origin.rules.terms import Reason, Verdict
from gi_registry.origin.rules.versions import Version, in_force

DEFAULT_TOLERANCE_M = 50


@dataclass(frozen=True)
class OriginVerdict:
    """A verdict with the figures it rests on; ``share_inside`` is in thousandths of the plot's area."""

    verdict: Verdict
    reason: Reason
    distance_m: int | None
    tolerance_m: int
    area_version_id: int | None = None
    share_inside: int | None = None

    @property
    def counts(self) -> bool:
        """Whether the land counts towards the entitlement: doubt is not held against the producer."""
        return self.verdict is not Verdict.OUTSIDE


def tolerance(accuracy_m: int | None, uncertainty_m: int | None, default_m: int = DEFAULT_TOLERANCE_M) -> int:
    """Return the tolerance in metres: the largest of capture accuracy, boundary uncertainty and the policy's default."""
    return max(accuracy_m or 0, uncertainty_m or 0, default_m)


def judge_plot(
    geometry: BaseGeometry,
    versions: Iterable[Version],
    *,
    on: date,
    accuracy_m: int | None = None,
    default_m: int = DEFAULT_TOLERANCE_M,
) -> OriginVerdict:
    """Return the verdict on a lon/lat geometry against the version in force on a day.

    Lengths in metres. No version in force, or one without an outline, gives *uncertain* with that reason.
    """
    version = in_force(versions, on)
    if version is None:
        return OriginVerdict(Verdict.UNCERTAIN, Reason.NO_VERSION, None, tolerance(accuracy_m, None, default_m))
    limit = tolerance(accuracy_m, version.uncertainty_m, default_m)
    if version.geometry is None:
        return OriginVerdict(Verdict.UNCERTAIN, Reason.NO_OUTLINE, None, limit, version.id)
    return _against(geometry, version, limit=limit)


def _against(plot_degrees: BaseGeometry, version: Version, *, limit: int) -> OriginVerdict:
    around = centre(plot_degrees)
    plot, area, version_id = in_metres(plot_degrees, around=around), version.in_metres(around), version.id
    if area.covers(plot):
        margin = round(plot.distance(area.boundary))
        if margin >= limit:
            return OriginVerdict(Verdict.INSIDE, Reason.INSIDE, margin, limit, version_id, 1000)
        return OriginVerdict(Verdict.UNCERTAIN, Reason.NEAR_BOUNDARY, margin, limit, version_id, 1000)
    beyond, share = _overshoot(plot, area), _share(plot, area)
    if beyond <= limit:
        return OriginVerdict(Verdict.UNCERTAIN, Reason.NEAR_BOUNDARY, beyond, limit, version_id, share)
    reason = Reason.PARTLY_OUTSIDE if share else Reason.OUTSIDE
    return OriginVerdict(Verdict.OUTSIDE, reason, beyond, limit, version_id, share)


def _overshoot(plot: BaseGeometry, area: BaseGeometry) -> int:
    outside = plot.difference(area) if plot.intersects(area) else plot
    corners = shapely.points(shapely.get_coordinates(outside))
    return round(float(numpy.max(shapely.distance(corners, area), initial=0)))


def _share(plot: BaseGeometry, area: BaseGeometry) -> int:
    if not plot.intersects(area) or not plot.area:
        return 0
    return min(999, round(plot.intersection(area).area / plot.area * 1000))


def explain(verdict: OriginVerdict, *, on: date) -> Words:
    """Return the verdict as one plain sentence with its distance and tolerance."""
    values = {"on": on.isoformat(), "distance": verdict.distance_m, "tolerance": verdict.tolerance_m}
    share = f"{(verdict.share_inside or 0) / 10:g}"
    sentences = {
        Reason.INSIDE: say("按 %(on)s 有效的产地范围，地块全部在范围内，距边界最近 %(distance)s 米（容差 %(tolerance)s 米）。", **values),
        Reason.NEAR_BOUNDARY: say(
            "按 %(on)s 有效的产地范围，地块与边界相差 %(distance)s 米，未超出容差 %(tolerance)s 米，不能确定在内还是在外；不作为违规线索。",
            **values,
        ),
        Reason.NO_VERSION: say("%(on)s 没有有效的产地范围版本，不能判定。", **values),
        Reason.NO_OUTLINE: say("%(on)s 有效的产地范围只有文字说明，没有边界图形，不能判定。", **values),
        Reason.PARTLY_OUTSIDE: say(
            "按 %(on)s 有效的产地范围，地块只有 %(share)s%% 在范围内，最远处超出边界 %(distance)s 米"
            "（容差 %(tolerance)s 米）。请沿边界把地块拆开申报。",
            share=share,
            **values,
        ),
        Reason.OUTSIDE: say("按 %(on)s 有效的产地范围，地块在范围外，最远处距边界 %(distance)s 米（容差 %(tolerance)s 米）。", **values),
    }
    return sentences[verdict.reason]
