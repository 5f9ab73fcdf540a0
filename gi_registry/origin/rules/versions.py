"""Dated versions of an origin area: half-open periods [valid_from, valid_to) in Shanghai dates.

Sources: domain §8. The day on which a version ends already belongs to the next one; a version whose two dates are equal
was never in force (the Madera area of 1985-01-07 is a real one), and between two versions there may be a gap
(Russian River Valley, February 2004).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import shapely
from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.measure import in_metres


@dataclass(frozen=True)
class Version:
    """One version of an area; ``geometry`` is lon/lat, ``None`` where only a text description is on file."""

    id: int
    valid_from: date | None
    valid_to: date | None
    geometry: MultiPolygon | None
    uncertainty_m: int = 0
    projected: dict[tuple[float, float], BaseGeometry] = field(default_factory=dict, compare=False, repr=False)

    def in_metres(self, around: tuple[float, float]) -> BaseGeometry:
        """Return the outline in metres around a centre, projected once for all plots that share it; there must be one."""
        assert self.geometry is not None
        if around not in self.projected:
            self.projected[around] = in_metres(self.geometry, around=around)
            shapely.prepare(self.projected[around])
        return self.projected[around]


def covers(valid_from: date | None, valid_to: date | None, on: date) -> bool:
    """Say whether the half-open period contains the day; an absent bound is open."""
    return (valid_from is None or valid_from <= on) and (valid_to is None or on < valid_to)


def in_force(versions: Iterable[Version], on: date) -> Version | None:
    """Return the version in force on a day, or None in a gap."""
    return next((version for version in versions if covers(version.valid_from, version.valid_to, on)), None)


def zero_length(valid_from: date | None, valid_to: date | None) -> bool:
    """Say whether the period holds no day at all."""
    return valid_from is not None and valid_from == valid_to


def check_period(valid_from: date | None, valid_to: date | None) -> tuple[Words, ...]:
    """Return the warnings on a period; raise Invalid where it ends before it begins."""
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        raise invalid(
            "valid_to",
            say("止期 %(to)s 早于起期 %(from)s。", **{"to": valid_to.isoformat(), "from": valid_from.isoformat()}),
            say("请核对公告上的两个日期。"),
            value=valid_to,
        )
    if zero_length(valid_from, valid_to):
        return (say("起止同为 %(on)s，这个版本没有一天有效；已照录，不参与判定。", on=str(valid_from)),)
    return ()


def overlap(one: tuple[date | None, date | None], other: tuple[date | None, date | None]) -> bool:
    """Say whether two half-open periods share a day; a period without a day shares none."""
    if zero_length(*one) or zero_length(*other):
        return False
    starts_before_end = one[0] is None or other[1] is None or one[0] < other[1]
    ends_after_start = one[1] is None or other[0] is None or other[0] < one[1]
    return starts_before_end and ends_after_start


def written(period: tuple[date | None, date | None]) -> str:
    """Return a period as people read it: ``2005-10-11—2011-12-16``."""
    return f"{period[0] or '…'}—{period[1] or '…'}"


def refuse_overlap(new: tuple[date | None, date | None], existing: Iterable[tuple[date | None, date | None]]) -> None:
    """Raise Conflict naming both periods when a new version would overlap one on file."""
    for period in existing:
        if overlap(new, period):
            raise Conflict(
                say("新版本 %(new)s 与已有版本 %(old)s 的日期重叠。", new=written(new), old=written(period)),
                remedy=say("同一产品、同一分区同一天只能有一个版本；只有未定止期的版本让位给起期在后的新版本。请核对两个日期。"),
            )
