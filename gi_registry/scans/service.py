"""Record look-ups of codes. Takes a transaction of ``connections``, not a session: see there for why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from gi_registry.scans import queries
from gi_registry.scans.connections import Connections, Reader, Statement, moment
from gi_registry.scans.rules.client import MERGE_WINDOW
from gi_registry.scans.rules.clones import Counted, CountingTest, looks_copied
from gi_registry.scans.rules.verdicts import Verdict

_TOUCH = Statement(
    """INSERT INTO first_check (range_id, serial, first_at, last_at, count) VALUES (:range_id, :serial, :at, :at, 0)
    ON CONFLICT (range_id, serial) DO UPDATE
    SET last_at = CASE WHEN excluded.last_at > first_check.last_at THEN excluded.last_at ELSE first_check.last_at END
    RETURNING first_at, count, suspect_at, suspect_clients, suspect_provinces, suspect_hours"""
)
_COUNT = Statement("UPDATE first_check SET count = count + 1 WHERE range_id = :range_id AND serial = :serial")
_MERGE = Statement("UPDATE scan SET merged_count = merged_count + 1 WHERE id = :id")
_INSERT = Statement(
    """INSERT INTO scan (range_id, serial, at, place, client_key, verdict, counted, merged_count)
    VALUES (:range_id, :serial, :at, :place, :client_key, :verdict, :counted, 0)"""
)
_SUSPECT = Statement(
    """UPDATE first_check SET suspect_at = :at, suspect_clients = :clients, suspect_provinces = :provinces, suspect_hours = :hours
    WHERE range_id = :range_id AND serial = :serial"""
)

RECOUNT = timedelta(hours=1)
"""How long counted facts are stated before a further check counts them anew: a code that a million people check is counted once an hour."""


@dataclass(frozen=True)
class Look:
    """One look-up: which code, when, from which coarse place, by which client of the day."""

    range_id: int
    serial: int
    at: datetime
    client_key: str
    place: str | None = None


@dataclass(frozen=True)
class Check:
    """What is known of the checks of a code after a look-up. ``count`` includes this one unless it was merged."""

    first_at: datetime
    count: int
    is_first: bool
    merged: bool = False
    suspected: Counted | None = None


def record_check(connections: Connections, look: Look, *, test: CountingTest | None, merge: timedelta = MERGE_WINDOW) -> Check:
    """Count one look-up of a live code and return its place in the history of the code.

    The insert-or-update takes the lock of the code's row, so everything after it happens once at a time for one code: exactly one
    look-up in the life of a code is told ``is_first``. Raises Busy (nothing stored) and Gone.
    """
    return connections.write(lambda transaction: _checked(transaction, look, test, merge=merge))


def record_look(connections: Connections, look: Look, *, verdict: Verdict, merge: timedelta = MERGE_WINDOW) -> None:
    """Store a look-up that does not count (the code is not live). Raises Busy and Gone."""
    connections.write(lambda transaction: _noted(transaction, look, verdict, merge=merge))


def _checked(transaction: Reader, look: Look, test: CountingTest | None, *, merge: timedelta) -> Check:
    row = transaction.one(_TOUCH, range_id=look.range_id, serial=look.serial, at=look.at)
    assert row is not None  # RETURNING yields the row that was inserted or updated
    first_at, before, suspected = moment(row["first_at"]) or look.at, int(row["count"]), queries.suspected(row)
    if before and _merged(transaction, look, counted=True, window=merge):
        return Check(first_at, before, is_first=False, merged=True, suspected=suspected)
    transaction.one(_COUNT, range_id=look.range_id, serial=look.serial)
    if test is not None and before + 1 >= test.least and _to_be_counted(moment(row["suspect_at"]), look.at):
        suspected = _suspicion(transaction, look, test, known=suspected)
    verdict = Verdict.SUSPECT if suspected else Verdict.FIRST_CHECK if before == 0 else Verdict.REPEAT
    transaction.one(_INSERT, **_columns(look), verdict=str(verdict), counted=True)
    return Check(first_at, before + 1, is_first=before == 0, suspected=suspected)


def _noted(transaction: Reader, look: Look, verdict: Verdict, *, merge: timedelta) -> None:
    if not _merged(transaction, look, counted=False, window=merge):
        transaction.one(_INSERT, **_columns(look), verdict=str(verdict), counted=False)


def _merged(transaction: Reader, look: Look, *, counted: bool, window: timedelta) -> bool:
    earlier = queries.latest_scan(transaction, look.range_id, look.serial, client_key=look.client_key, counted=counted)
    if earlier is None or look.at - earlier.at >= window:
        return False
    transaction.one(_MERGE, id=earlier.id)
    return True


def _to_be_counted(counted_at: datetime | None, now: datetime) -> bool:
    return counted_at is None or now - counted_at >= RECOUNT


def _suspicion(transaction: Reader, look: Look, test: CountingTest, *, known: Counted | None) -> Counted | None:
    """Count the facts; what was once counted is not taken back, the larger number stands."""
    since = look.at - timedelta(hours=test.hours)
    counted = queries.counted_since(transaction, since, **_columns(look), hours=test.hours)
    if known is None and not looks_copied(test, counted):
        return None
    if known is not None and counted.client_days < known.client_days:
        counted = known
    transaction.one(
        _SUSPECT,
        range_id=look.range_id,
        serial=look.serial,
        at=look.at,
        clients=counted.client_days,
        provinces=counted.provinces,
        hours=counted.hours,
    )
    return counted


def _columns(look: Look) -> dict[str, object]:
    return {"range_id": look.range_id, "serial": look.serial, "at": look.at, "place": look.place, "client_key": look.client_key}
