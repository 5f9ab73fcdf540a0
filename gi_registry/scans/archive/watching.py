"""What is counted over the archive, a day at a time: copied codes with their busiest hours, and the counts of each range."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from gi_registry.kernel.clock import start_of
from gi_registry.policy.service import at
from gi_registry.scans.archive import expressions
from gi_registry.scans.archive.engine import Engine
from gi_registry.scans.archive.files import path_of
from gi_registry.scans.models import ScanCount, ScanDay, ScanPeak
from gi_registry.scans.rules.clones import CountingTest, Peak, Seen, busiest, looks_copied, read_counting_test
from gi_registry.workflow import Doors, Work

COPIES, HURRIED = "verify.suspect", "scans.hurried-minutes"
Code = tuple[int, int]


@dataclass(frozen=True)
class _Task:
    """What one night counts: the day, the days its hours reach back to, and the parameters of that day."""

    day: date
    reach: tuple[date, ...]
    test: CountingTest | None
    minutes: int


def watch_day(doors: Doors, folder: Path, engine: Engine) -> date | None:
    """Count the oldest day file that was not counted yet and record that; return the day, None when there is none.

    Reads that file and those of the days before it that its hours reach back to: what a night costs does not grow with the archive. The
    database is written when everything is counted. Raises Unavailable where a file cannot be read; then nothing is stored.
    """
    with doors.look() as work:
        work.require("scan:archive")
        task = _next(work)
    if task is None:
        return None
    peaks = list(copied(engine, folder, task.reach, task.test)) if task.test else []
    counts = list(_counts(engine, path_of(folder, task.day), task))
    with doors.write() as work:
        work.require("scan:archive")
        row = work.session.exec(select(ScanDay).where(col(ScanDay.day) == task.day).with_for_update()).one()
        if row.watched_at is None:  # else another process was first
            for code, peak in peaks:
                _keep(work.session, code, peak)
            for count in counts:
                work.session.merge(count)  # a day that was written again has counts already
            row.watched_at = work.now
            work.record(row, "scan-day:watch")
    return task.day


def _next(work: Work) -> _Task | None:
    waiting = (col(ScanDay.watched_at).is_(None), col(ScanDay.removed_at).is_(None))
    day = work.session.exec(select(col(ScanDay.day)).where(*waiting).order_by(col(ScanDay.day)).limit(1)).first()
    if day is None:
        return None
    test = read_counting_test(at(work.session, COPIES, "", day).value)
    reach = _reach(work.session, day, test.hours if test else 0)
    return _Task(day, reach, test, int(at(work.session, HURRIED, "", day).value))


def copied(engine: Engine, folder: Path, days: Sequence[date], test: CountingTest) -> Iterator[tuple[Code, Peak]]:
    """Yield the codes that meet the counting test in the hours that end on the last of ``days``, with their busiest hours."""
    scans = engine.scans([path_of(folder, day) for day in days])
    today = start_of(days[-1])
    suspects = expressions.widespread(scans, test, days=len(days), since=today)
    rows = engine.rows(expressions.checks_of(scans, suspects, since=today - timedelta(hours=test.hours)))
    for code, checks in groupby(rows, key=lambda row: (int(row[0]), int(row[1]))):
        peak = busiest([_seen(*check[2:]) for check in checks], test.hours)
        if peak is not None and looks_copied(test, peak.counted):
            yield code, peak


def _reach(session: Session, day: date, hours: int) -> tuple[date, ...]:
    first = day - timedelta(days=-(-hours // 24))
    query = select(col(ScanDay.day)).where(col(ScanDay.day) >= first, col(ScanDay.day) <= day, col(ScanDay.removed_at).is_(None))
    return tuple(sorted(session.exec(query)))


def _seen(moment: datetime, client: int, place: int) -> Seen:
    at_utc = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)  # engines say UTC in two ways
    return Seen(at_utc, str(client), f"{place:06d}" if place else None)


def _keep(session: Session, code: Code, peak: Peak) -> None:
    """Keep the busiest hours of a code; a smaller peak of a later day takes nothing back."""
    known = session.get(ScanPeak, code)
    counted = peak.counted
    if known is not None and (known.clients, known.provinces) >= (counted.client_days, counted.provinces):
        return
    values: dict[str, Any] = {
        "clients": counted.client_days,
        "provinces": counted.provinces,
        "hours": counted.hours,
        "begins_at": peak.begins_at,
        "ends_at": peak.ends_at,
        "places": [list(place) for place in peak.places],
        "fastest_minutes": peak.fastest_minutes,
    }
    kept = known or ScanPeak(range_id=code[0], serial=code[1], **values)
    for name, value in values.items():
        setattr(kept, name, value)
    session.add(kept)


def _counts(engine: Engine, path: Path, task: _Task) -> Iterator[ScanCount]:
    scans = engine.scans([path])
    hurried = {int(range_id): int(codes) for range_id, codes in engine.rows(expressions.hurried_by_range(scans, minutes=task.minutes))}
    for range_id, *counts in engine.rows(expressions.by_range(scans)):
        checks, first, unactivated, codes = (int(count) for count in counts)
        yield ScanCount(
            range_id=int(range_id),
            day=task.day,
            checks=checks,
            first_checks=first,
            unactivated=unactivated,
            unactivated_codes=codes,
            hurried_codes=hurried.get(int(range_id), 0),
        )
