"""The facts of CL-01: the suspect codes of many ranges and the checks behind them, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.cl_01 import CopiedCode, RangeFacts
from gi_registry.codes.models import Allotment, CodeRange
from gi_registry.divisions.models import Division
from gi_registry.registry.models import Authorisation
from gi_registry.scans.models import FirstCheck, Scan
from gi_registry.scans.rules.clones import Counted, Peak, Seen, busiest
from gi_registry.scans.sightings import of_first_checks, of_later_checks

PROVINCE = "province"
Code = tuple[int, int]


def suspect_ranges(session: Session, years: Iterable[int], hours: int, *, condition: ColumnElement[bool]) -> Iterator[RangeFacts]:
    """Yield the ranges with suspect codes, labels of some years, under the authorities that ``condition`` on Authorisation admits."""
    of_years = and_(condition, col(Allotment.year).in_(sorted(years)))
    peaks = _peaks(session, hours, of_years)
    codes: dict[int, list[CopiedCode]] = defaultdict(list)
    ranges: dict[int, tuple[str, int, int]] = {}
    for row in session.execute(_suspects(of_years)):
        kept = Counted(row.clients, row.provinces or 0, row.hours or hours)
        peak = peaks.get((row.range_id, row.serial))
        codes[row.range_id].append(_code(row.serial, kept, peak))
        ranges[row.range_id] = (row.label, row.allotment_id, row.year)
    names = _provinces(session) if ranges else ()
    for range_id, (label, allotment_id, year) in sorted(ranges.items()):
        yield RangeFacts(range_id, label, allotment_id, year, tuple(codes[range_id]), names)


def _code(serial: int, kept: Counted, peak: Peak | None) -> CopiedCode:
    """Take the checks on file where they say as much as what was kept at the time; older checks may be in the archive."""
    if peak is None or (peak.counted.client_days, peak.counted.provinces) < (kept.client_days, kept.provinces):
        return CopiedCode(serial, kept)
    return CopiedCode(serial, peak.counted, peak)


def _suspects(condition: ColumnElement[bool]) -> Any:
    return (
        select(
            col(FirstCheck.range_id),
            col(FirstCheck.serial),
            col(FirstCheck.suspect_clients).label("clients"),
            col(FirstCheck.suspect_provinces).label("provinces"),
            col(FirstCheck.suspect_hours).label("hours"),
            col(CodeRange.label),
            col(CodeRange.allotment_id),
            col(Allotment.year),
        )
        .join(CodeRange, col(CodeRange.id) == col(FirstCheck.range_id))
        .join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id))
        .join(Authorisation, col(Authorisation.id) == col(CodeRange.authorisation_id))
        .where(condition, col(FirstCheck.suspect_at).is_not(None))
        .order_by(col(FirstCheck.range_id), col(FirstCheck.serial))
    )


def _peaks(session: Session, hours: int, condition: ColumnElement[bool]) -> dict[Code, Peak]:
    seen: dict[Code, list[Seen]] = defaultdict(list)
    for checks in (of_first_checks(), of_later_checks()):
        for row in session.execute(_checks(checks, condition)):
            seen[row.range_id, row.serial].append(Seen(row.at, row.client_key, row.place))
    found = ((code, busiest(sorted(checks, key=lambda check: check.at), hours)) for code, checks in seen.items())
    return {code: peak for code, peak in found if peak is not None}


def _checks(of_codes: ColumnElement[bool], condition: ColumnElement[bool]) -> Any:
    return (
        select(col(Scan.range_id), col(Scan.serial), col(Scan.at), col(Scan.client_key), col(Scan.place))
        .select_from(FirstCheck)
        .join(Scan, of_codes)
        .join(CodeRange, col(CodeRange.id) == col(FirstCheck.range_id))
        .join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id))
        .join(Authorisation, col(Authorisation.id) == col(CodeRange.authorisation_id))
        .where(condition, col(FirstCheck.suspect_at).is_not(None), col(Scan.counted))
    )


def _provinces(session: Session) -> tuple[tuple[str, str], ...]:
    query = select(col(Division.code), col(Division.name)).where(col(Division.level) == PROVINCE).order_by(col(Division.code))
    return tuple((row.code[:2], row.name) for row in session.execute(query))
