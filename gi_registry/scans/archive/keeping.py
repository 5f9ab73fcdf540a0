"""Take the days that ended into files, and rows out of the database when their term there is over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import String, delete, func, select, type_coerce
from sqlmodel import Session, col

from gi_registry.kernel.clock import legal_date, start_of
from gi_registry.policy.service import at
from gi_registry.scans.archive.files import digest_of, path_of, remove_day, write_day
from gi_registry.scans.models import Scan, ScanDay
from gi_registry.workflow import Doors, Work

KEEP = "scans.keep-days"
_ONE = timedelta(days=1)
_PORTION = 50_000
_SETTLED = timedelta(hours=1)
"""A look-up is stored within seconds; a day is closed an hour after it ended, so that no slow writer comes too late."""


@dataclass(frozen=True)
class Archived:
    """What one day's archiving did."""

    day: date
    rows: int
    octets: int
    path: Path


def archive_day(doors: Doors, folder: Path) -> Archived | None:
    """Write the oldest ended day that has scans and no file yet, and record it; None when there is none.

    The file is made while nobody is kept from writing, and is there before the row that names it: a process killed between the two leaves
    a file that the next one replaces by the same. Raises OSError (the disk), NotAllowed.
    """
    with doors.look() as work:
        work.require("scan:archive")
        day = _next(work)
        if day is None:
            return None
        written = write_day(folder, day, _rows(work.session, day))
    with doors.write() as work:
        work.require("scan:archive")
        if work.session.scalar(select(col(ScanDay.id)).where(col(ScanDay.day) == day)) is None:  # else another process was first
            row = ScanDay(day=day, rows=written.rows, octets=written.octets, digest=written.digest, archived_at=work.now)
            work.record(row, "scan-day:archive")
    return Archived(day, written.rows, written.octets, path_of(folder, day))


def renew_day(doors: Doors, folder: Path) -> date | None:
    """Write the oldest day again whose term in the database is over and which has rows that its file has not; None when there is none.

    Such rows come late: a clock was set back, or history was brought in. The day is counted again before its rows may leave.
    """
    with doors.look() as work:
        work.require("scan:archive")
        day = next((row.day for row in _over_term(work) if _on_file(work.session, row.day) != row.rows), None)
        if day is None:
            return None
        written = write_day(folder, day, _rows(work.session, day))
    with doors.write() as work:
        work.require("scan:archive")
        row = work.session.scalars(select(ScanDay).where(col(ScanDay.day) == day)).one()
        row.rows, row.octets, row.digest, row.watched_at = written.rows, written.octets, written.digest, None
        work.record(row, "scan-day:renew")
    return day


def drop_day(doors: Doors, folder: Path) -> date | None:
    """Take the rows of the oldest day whose term in the database is over out of it; return the day, None when there is none.

    Only where its file is whole: a file that is gone or changed keeps the rows where they are (and ``damaged`` tells of it).
    """
    with doors.look() as work:
        work.require("scan:archive")
        waiting = (row for row in _over_term(work) if row.watched_at is not None and _on_file(work.session, row.day) == row.rows)
        day = next((row.day for row in waiting if _whole(folder, row)), None)
    if day is None:
        return None
    with doors.write() as work:
        work.require("scan:archive")
        row = work.session.scalars(select(ScanDay).where(col(ScanDay.day) == day)).one()
        if row.dropped_at is not None:  # another process was first
            return day
        if _on_file(work.session, day) != row.rows:  # they came since: the next night writes the day again
            return None
        work.session.execute(delete(Scan).where(*_of(day)))
        row.dropped_at = work.now
        work.record(row, "scan-day:drop")
    return day


def _over_term(work: Work) -> list[ScanDay]:
    last = work.today - timedelta(days=_terms(work)["database"])
    kept = (col(ScanDay.dropped_at).is_(None), col(ScanDay.removed_at).is_(None))
    return list(work.session.scalars(select(ScanDay).where(*kept, col(ScanDay.day) < last).order_by(col(ScanDay.day))))


def remove_old_day(doors: Doors, folder: Path) -> date | None:
    """Delete the file of the oldest day whose term in the archive is over; return the day, None when there is none."""
    with doors.write() as work:
        work.require("scan:archive")
        last = work.today - timedelta(days=_terms(work)["archive"])
        query = select(ScanDay).where(col(ScanDay.dropped_at).is_not(None), col(ScanDay.removed_at).is_(None), col(ScanDay.day) < last)
        row = work.session.scalars(query.order_by(col(ScanDay.day)).limit(1)).first()
        if row is None:
            return None
        remove_day(folder, row.day)
        row.removed_at = work.now
        work.record(row, "scan-day:remove")
        return row.day


def damaged(session: Session, folder: Path) -> Iterator[tuple[date, Path]]:
    """Yield the days whose file is gone or does not have the digest that the log covers."""
    for row in session.scalars(select(ScanDay).where(col(ScanDay.removed_at).is_(None)).order_by(col(ScanDay.day))):
        if not _whole(folder, row):
            yield row.day, path_of(folder, row.day)


def _next(work: Work) -> date | None:
    """The oldest day with scans after the last one on file; days without any are passed over."""
    last = work.session.scalar(select(func.max(ScanDay.day)))
    query = select(func.min(Scan.at))
    if last is not None:
        query = query.where(col(Scan.at) >= start_of(last + _ONE))
    first = work.session.scalar(query)
    if first is None:
        return None
    day = legal_date(first)
    return day if start_of(day + _ONE) + _SETTLED <= work.now else None


def _of(day: date) -> tuple[Any, Any]:
    return col(Scan.at) >= start_of(day), col(Scan.at) < start_of(day + _ONE)


def _rows(session: Session, day: date) -> Iterator[Sequence[Any]]:
    sqlite = session.get_bind().dialect.name == "sqlite"
    # the stored text is read as it is: making ten million moments of it and numbers of them again is most of the work
    moment = type_coerce(col(Scan.at), String) if sqlite else col(Scan.at)
    columns = (Scan.range_id, Scan.serial, moment, Scan.place, Scan.client_key, Scan.verdict, Scan.counted, Scan.merged_count)
    query = select(*columns).where(*_of(day)).order_by(Scan.range_id, Scan.serial, Scan.at, Scan.id)  # type: ignore[call-overload]
    yield from session.execute(query.execution_options(yield_per=_PORTION)).partitions(_PORTION)


def _on_file(session: Session, day: date) -> int:
    """Return how many rows of a day the database has."""
    return session.scalar(select(func.count()).select_from(Scan).where(*_of(day))) or 0


def _whole(folder: Path, row: ScanDay) -> bool:
    path = path_of(folder, row.day)
    return path.is_file() and digest_of(path) == row.digest


def _terms(work: Work) -> dict[str, int]:
    value: dict[str, Any] = at(work.session, KEEP, "", work.today).value
    return {name: int(value[name]) for name in ("database", "archive")}
