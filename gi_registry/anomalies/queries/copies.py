"""The facts of CL-01: the suspect codes of many ranges and the checks behind them, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.cl_01 import CopiedCode, RangeFacts
from gi_registry.codes.models import Allotment, CodeRange
from gi_registry.divisions.models import Division
from gi_registry.kernel.clock import start_of
from gi_registry.registry.models import Authorisation
from gi_registry.scans.models import FirstCheck, Scan, ScanCount, ScanDay, ScanPeak
from gi_registry.scans.rules.clones import Counted, Peak, Seen, busiest
from gi_registry.scans.sightings import of_first_checks, of_later_checks

PROVINCE = "province"
Code = tuple[int, int]


def suspect_ranges(session: Session, years: Iterable[int], hours: int, *, condition: ColumnElement[bool]) -> Iterator[RangeFacts]:
    """Yield the ranges with suspect codes, labels of some years, under the authorities that ``condition`` on Authorisation admits.

    What was told at the time of a look-up, what was counted over the archive, and the look-ups since the last day that was counted: the
    one that says most of a code stands. So a night reads a few days of scans, however many years are on file.
    """
    of_years = and_(condition, col(Allotment.year).in_(sorted(years)))
    kept = {(row.range_id, row.serial): Counted(row.clients, row.provinces or 0, row.hours or hours) for row in _told(session, of_years)}
    peaks = _archived(session, of_years)
    for code, peak in _recent(session, hours, of_years).items():
        if code not in peaks or _says_more(peak.counted, peaks[code].counted):
            peaks[code] = peak
    codes: dict[int, list[CopiedCode]] = defaultdict(list)
    for range_id, serial in sorted(kept.keys() | peaks.keys()):
        codes[range_id].append(_code(serial, kept.get((range_id, serial)), peaks.get((range_id, serial))))
    yield from _facts(session, codes)


def _facts(session: Session, codes: dict[int, list[CopiedCode]]) -> Iterator[RangeFacts]:
    if not codes:
        return
    names, hurried = province_names(session), _hurried(session, codes)
    labels: Any = select(col(CodeRange.id), col(CodeRange.label), col(CodeRange.allotment_id), col(Allotment.year))
    query = labels.join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id)).where(col(CodeRange.id).in_(codes))
    for range_id, label, allotment_id, year in session.execute(query.order_by(col(CodeRange.id))):
        yield RangeFacts(range_id or 0, label, allotment_id, year, tuple(codes[range_id or 0]), names, hurried.get(range_id or 0, 0))


def _code(serial: int, kept: Counted | None, peak: Peak | None) -> CopiedCode:
    """Take the busiest hours where they say as much as what was told at the time; older checks may be gone from everywhere."""
    if peak is not None and (kept is None or not _says_more(kept, peak.counted)):
        return CopiedCode(serial, peak.counted, peak)
    return CopiedCode(serial, kept or Counted(0, 0, 0))


def _says_more(counted: Counted, than: Counted) -> bool:
    return (counted.client_days, counted.provinces) > (than.client_days, than.provinces)


def _told(session: Session, condition: ColumnElement[bool]) -> Sequence[Any]:
    query: Any = select(
        col(FirstCheck.range_id),
        col(FirstCheck.serial),
        col(FirstCheck.suspect_clients).label("clients"),
        col(FirstCheck.suspect_provinces).label("provinces"),
        col(FirstCheck.suspect_hours).label("hours"),
    )
    return session.execute(
        _under(query.select_from(FirstCheck), FirstCheck).where(condition, col(FirstCheck.suspect_at).is_not(None))
    ).all()


def _archived(session: Session, condition: ColumnElement[bool]) -> dict[Code, Peak]:
    rows = session.scalars(_under(select(ScanPeak), ScanPeak).where(condition))
    return {(row.range_id, row.serial): _peak(row) for row in rows}


def _peak(row: ScanPeak) -> Peak:
    places = tuple((str(place), int(clients), int(checks)) for place, clients, checks in row.places)
    return Peak(Counted(row.clients, row.provinces, row.hours), row.begins_at, row.ends_at, places, row.fastest_minutes)


def _recent(session: Session, hours: int, condition: ColumnElement[bool]) -> dict[Code, Peak]:
    """Return the busiest hours of the suspect codes since the days that the archive has counted, with their hours before."""
    day = session.scalar(select(func.max(ScanDay.day)).where(col(ScanDay.watched_at).is_not(None)))
    since = start_of(day + timedelta(days=1)) - timedelta(hours=hours) if day else None
    seen: dict[Code, list[Seen]] = defaultdict(list)
    for checks in (of_first_checks(), of_later_checks()):
        query = _checks(checks, condition)
        for row in session.execute(query.where(col(Scan.at) >= since) if since else query):
            seen[row.range_id, row.serial].append(Seen(row.at, row.client_key, row.place))
    found = ((code, busiest(sorted(checks, key=lambda check: check.at), hours)) for code, checks in seen.items())
    return {code: peak for code, peak in found if peak is not None}


def _checks(of_codes: ColumnElement[bool], condition: ColumnElement[bool]) -> Any:
    query = select(col(Scan.range_id), col(Scan.serial), col(Scan.at), col(Scan.client_key), col(Scan.place))
    query = _under(query.select_from(FirstCheck).join(Scan, of_codes), FirstCheck)
    return query.where(condition, col(FirstCheck.suspect_at).is_not(None), col(Scan.counted))


def _under(query: Any, model: type[FirstCheck | ScanPeak]) -> Any:
    """Join the range, the allotment and the authorisation that a code of ``model`` belongs to."""
    joined = query.join(CodeRange, col(CodeRange.id) == col(model.range_id)).join(
        Allotment, col(Allotment.id) == col(CodeRange.allotment_id)
    )
    return joined.join(Authorisation, col(Authorisation.id) == col(CodeRange.authorisation_id))


def _hurried(session: Session, ranges: Iterable[int]) -> dict[int, int]:
    query = select(col(ScanCount.range_id), func.sum(ScanCount.hurried_codes)).where(col(ScanCount.range_id).in_(list(ranges)))
    return {row[0]: int(row[1]) for row in session.execute(query.group_by(col(ScanCount.range_id)))}


def province_names(session: Session) -> tuple[tuple[str, str], ...]:
    """Return (two digits, name) of the provinces."""
    query = select(col(Division.code), col(Division.name)).where(col(Division.level) == PROVINCE).order_by(col(Division.code))
    return tuple((row.code[:2], row.name) for row in session.execute(query))
