"""Judge ground by the day of its harvest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date

from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlmodel import Session

from gi_registry.origin import queries
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.shift import ShiftHint, moved_m, unshifted
from gi_registry.origin.rules.terms import Verdict
from gi_registry.origin.rules.verdict import DEFAULT_TOLERANCE_M, OriginVerdict, judge_plot
from gi_registry.origin.rules.versions import Version
from gi_registry.policy import service as policy

TOLERANCE = "origin.tolerance-metres"


def default_tolerance_m(session: Session, on: date) -> int:
    """Return the policy's tolerance in metres on a day; 50 where no parameter is on file (domain §8)."""
    found = policy.find(session, TOLERANCE, "", on)
    return int(found.value) if found else DEFAULT_TOLERANCE_M


def judge(
    session: Session, gi_id: int, *, zone: str = "", geometry: BaseGeometry, on: date, accuracy_m: int | None = None
) -> OriginVerdict:
    """Return whether ground lay in the area of a GI on a day (the harvest date decides, domain §8).

    Lengths in metres, share in thousandths. A day without a version gives *uncertain*, reason ``no-version``.
    """
    versions = queries.versions_of(session, gi_id, zone)
    return judge_plot(geometry, versions, on=on, accuracy_m=accuracy_m, default_m=default_tolerance_m(session, on))


def judge_plots(session: Session, plots: Iterable[Plot], on: date | Mapping[int, date]) -> dict[int, OriginVerdict]:
    """Return the verdict of each plot by its id: on one day, or on a day of its own for each; areas are read once per zone."""
    areas: dict[tuple[int, str], tuple[Version, ...]] = {}
    tolerances: dict[date, int] = {}
    found: dict[int, OriginVerdict] = {}
    for plot in plots:
        key = (plot.gi_id, plot.zone)
        if key not in areas:
            areas[key] = queries.versions_of(session, *key)
        day = on[plot.id or 0] if isinstance(on, Mapping) else on
        if day not in tolerances:
            tolerances[day] = default_tolerance_m(session, day)
        found[plot.id or 0] = judge_plot(plot.geometry, areas[key], on=day, accuracy_m=plot.accuracy_m, default_m=tolerances[day])
    return found


def shift_hint(session: Session, plot: Plot, verdict: OriginVerdict, *, on: date) -> ShiftHint | None:
    """Return what would become of a plot judged outside if its outline were GCJ-02 and converted; None where that does not help.

    A pointer for a person: nothing is shifted here, and a plot converted before is never pointed at again (domain §8).
    """
    if plot.converted_from:
        return None

    def again(moved: MultiPolygon) -> OriginVerdict:
        return judge(session, plot.gi_id, zone=plot.zone, geometry=moved, on=on, accuracy_m=plot.accuracy_m)

    return hint_of(plot.geometry, verdict, on=on, again=again)


def hint_of(
    geometry: MultiPolygon, verdict: OriginVerdict, *, on: date, again: Callable[[MultiPolygon], OriginVerdict]
) -> ShiftHint | None:
    """Return what reading an outline as GCJ-02 would make of its verdict; ``again`` judges the converted outline. None where no help."""
    if verdict.verdict is not Verdict.OUTSIDE:
        return None
    moved = unshifted(geometry)
    better = again(moved)
    return None if better.verdict is Verdict.OUTSIDE else ShiftHint(moved_m(geometry, moved), better, moved, on)
