"""Judge ground by the day of its harvest."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from hashlib import blake2b

import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry
from sqlmodel import Session

from gi_registry.origin import queries
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.shift import ShiftHint, moved_m, unshifted
from gi_registry.origin.rules.terms import Verdict
from gi_registry.origin.rules.verdict import DEFAULT_TOLERANCE_M, OriginVerdict, judge_plot
from gi_registry.origin.rules.versions import Version, in_force
from gi_registry.policy import service as policy

TOLERANCE = "origin.tolerance-metres"
MOST_OUTLINES, MOST_PLANES = 64, 16


def default_tolerance_m(session: Session, on: date) -> int:
    """Return the policy's tolerance in metres on a day; 50 where no parameter is on file (domain §8)."""
    found = policy.find(session, TOLERANCE, "", on)
    return int(found.value) if found else DEFAULT_TOLERANCE_M


class _Planes(threading.local):
    """The planes into which this thread has laid outlines, by the outlines' bytes: what is on file can change, these cannot be wrong."""

    def __init__(self) -> None:
        self.kept: OrderedDict[bytes, dict[tuple[float, float], BaseGeometry]] = OrderedDict()

    def of(self, outline: BaseGeometry) -> dict[tuple[float, float], BaseGeometry]:
        """Return the planes of an outline, to be looked up and added to."""
        key = blake2b(shapely.to_wkb(outline), digest_size=16).digest()
        planes = self.kept.setdefault(key, {})
        self.kept.move_to_end(key)
        if len(planes) > MOST_PLANES:
            planes.clear()
        if len(self.kept) > MOST_OUTLINES:
            self.kept.popitem(last=False)
        return planes


_planes = _Planes()


def _with_planes(versions: tuple[Version, ...], on: date) -> tuple[Version, ...]:
    """Return the version in force on a day with what this thread knows of its outline; a prepared geometry belongs to one thread."""
    version = in_force(versions, on)
    if version is None or version.geometry is None or version.projected:
        return versions
    return (replace(version, projected=_planes.of(version.geometry)),)


def judge(
    session: Session, gi_id: int, *, zone: str = "", geometry: BaseGeometry, on: date, accuracy_m: int | None = None
) -> OriginVerdict:
    """Return whether ground lay in the area of a GI on a day (the harvest date decides, domain §8).

    Lengths in metres, share in thousandths. A day without a version gives *uncertain*, reason ``no-version``.
    """
    versions = _with_planes(queries.versions_of(session, gi_id, zone), on)
    return judge_plot(geometry, versions, on=on, accuracy_m=accuracy_m, default_m=default_tolerance_m(session, on))


def judge_plots(session: Session, plots: Iterable[Plot], on: date | Mapping[int, date]) -> dict[int, OriginVerdict]:
    """Return the verdict of each plot by its id: on one day, or on a day of its own for each; areas are read once per zone."""
    areas: dict[tuple[int, str], tuple[Version, ...]] = {}
    versions: dict[tuple[int, str, date], tuple[Version, ...]] = {}
    tolerances: dict[date, int] = {}
    found: dict[int, OriginVerdict] = {}
    for plot in plots:
        key = (plot.gi_id, plot.zone)
        if key not in areas:
            areas[key] = queries.versions_of(session, *key)
        day = on[plot.id or 0] if isinstance(on, Mapping) else on
        if day not in tolerances:
            tolerances[day] = default_tolerance_m(session, day)
        if (decided := versions.get((*key, day))) is None:
            decided = versions[*key, day] = _with_planes(areas[key], day)
        found[plot.id or 0] = judge_plot(plot.geometry, decided, on=day, accuracy_m=plot.accuracy_m, default_m=tolerances[day])
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
