"""Record look-ups of codes. Takes a transaction of ``connections``, not a session: see there for why.

``record_check`` and ``record_look`` store one look-up in a transaction of its own; ``tally`` stores those of many threads together.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gi_registry.scans import queries
from gi_registry.scans.connections import Connections, Reader, Statement, moment, stored_moment
from gi_registry.scans.queries import Code
from gi_registry.scans.rules.client import MERGE_WINDOW
from gi_registry.scans.rules.clones import Counted, CountingTest, looks_copied
from gi_registry.scans.rules.verdicts import Verdict

_CLAIM = Statement(
    """INSERT INTO first_check (range_id, serial, first_at, last_at, count) VALUES (:range_id, :serial, :at, :at, 1)
    ON CONFLICT (range_id, serial) DO NOTHING RETURNING serial"""
)
_CLAIM_ALL = Statement(
    """WITH asked AS (
      SELECT * FROM unnest(:ranges::int[], :serials::int[], :moments::timestamptz[], :places::text[], :clients::text[])
      AS a(range_id, serial, at, place, client_key)),
    claimed AS (
      INSERT INTO first_check (range_id, serial, first_at, last_at, count) SELECT range_id, serial, at, at, 1 FROM asked
      ON CONFLICT (range_id, serial) DO NOTHING RETURNING range_id, serial),
    kept AS (
      INSERT INTO scan (range_id, serial, at, place, client_key, verdict, counted, merged_count)
      SELECT range_id, serial, at, place, client_key, 'first-check', true, 0 FROM asked JOIN claimed USING (range_id, serial))
    SELECT range_id, serial FROM claimed"""
)
_CHECKED_BEFORE = Statement(
    """SELECT json_group_array(a.key) AS places FROM json_each(:asked) a
    JOIN first_check f ON f.range_id = a.value ->> 0 AND f.serial = a.value ->> 1"""
)
_CLAIM_EACH = Statement(
    """INSERT INTO first_check (range_id, serial, first_at, last_at, count)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 2, 1 FROM json_each(:asked)"""
)
_INSERT_EACH = Statement(
    """INSERT INTO scan (range_id, serial, at, place, client_key, verdict, counted, merged_count)
    SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 'first-check', 1, 0 FROM json_each(:asked)"""
)
_TOUCH = Statement(
    """UPDATE first_check SET last_at = CASE WHEN :at > last_at THEN :at ELSE last_at END
    WHERE range_id = :range_id AND serial = :serial
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

    @property
    def code(self) -> Code:
        """Range and serial."""
        return self.range_id, self.serial


@dataclass(frozen=True)
class Check:
    """What is known of the checks of a code after a look-up. ``count`` includes this one unless it was merged."""

    first_at: datetime
    count: int
    is_first: bool
    merged: bool = False
    suspected: Counted | None = None


def record_check(connections: Connections, look: Look, *, test: CountingTest | None, merge: timedelta = MERGE_WINDOW) -> Check:
    """Count one look-up of a live code and return its place in the history of the code. Raises Busy (nothing stored) and Gone."""
    return connections.write(lambda transaction: check(transaction, look, test, merge=merge))


def record_look(connections: Connections, look: Look, *, verdict: Verdict, merge: timedelta = MERGE_WINDOW) -> None:
    """Store a look-up that does not count (the code is not live). Raises Busy and Gone."""
    connections.write(lambda transaction: note(transaction, look, verdict, merge=merge))


def claim_all(reader: Reader, looks: Sequence[Look]) -> set[Code]:
    """Store the first checks among ``looks`` (one look per code); return the codes whose first check it was.

    PostgreSQL: one statement, in the order of the codes, so that two processes that claim the same codes wait for each other and never
    in a circle. SQLite: three statements inside the caller's transaction, which is the only one that writes.
    """
    if not reader.arrays:
        return _claim_each(reader, looks)
    ordered = sorted(looks, key=lambda look: look.code)
    rows = reader.all(
        _CLAIM_ALL,
        ranges=[look.range_id for look in ordered],
        serials=[look.serial for look in ordered],
        moments=[look.at for look in ordered],
        places=[look.place for look in ordered],
        clients=[look.client_key for look in ordered],
    )
    return {(row["range_id"], row["serial"]) for row in rows}


def _claim_each(transaction: Reader, looks: Sequence[Look]) -> set[Code]:
    """Few statements for many rows: each call gives other threads the interpreter, and gets it back late."""
    asked = [(look.range_id, look.serial, stored_moment(look.at), look.place, look.client_key) for look in looks]
    row = transaction.one(_CHECKED_BEFORE, asked=json.dumps(asked))
    known = set(json.loads(row["places"])) if row else set()
    fresh = [row for place, row in enumerate(asked) if place not in known]
    if fresh:
        said = json.dumps(fresh)
        transaction.one(_CLAIM_EACH, asked=said)
        transaction.one(_INSERT_EACH, asked=said)
    return {(row[0], row[1]) for row in fresh}


def check(transaction: Reader, look: Look, test: CountingTest | None, *, merge: timedelta) -> Check:
    """Count one look-up of a live code inside a transaction.

    The insert, or else the update, takes the lock of the code's row, so everything after it happens once at a time for one code: exactly
    one look-up in the life of a code is told ``is_first``.
    """
    if transaction.one(_CLAIM, range_id=look.range_id, serial=look.serial, at=look.at) is not None:
        transaction.one(_INSERT, **_columns(look), verdict=str(Verdict.FIRST_CHECK), counted=True)
        return Check(look.at, 1, is_first=True)
    return check_again(transaction, look, test, merge=merge)


def check_again(transaction: Reader, look: Look, test: CountingTest | None, *, merge: timedelta) -> Check:
    """Count one look-up of a code that was checked before, inside a transaction."""
    row = transaction.one(_TOUCH, range_id=look.range_id, serial=look.serial, at=look.at)
    assert row is not None  # RETURNING yields the row that was inserted or updated
    first_at, before, suspected = moment(row["first_at"]) or look.at, int(row["count"]), queries.suspected(row)
    if _merged(transaction, look, counted=True, window=merge):
        return Check(first_at, before, is_first=False, merged=True, suspected=suspected)
    transaction.one(_COUNT, range_id=look.range_id, serial=look.serial)
    if test is not None and before + 1 >= test.least and _to_be_counted(moment(row["suspect_at"]), look.at):
        suspected = _suspicion(transaction, look, test, known=suspected)
    verdict = Verdict.SUSPECT if suspected else Verdict.REPEAT
    transaction.one(_INSERT, **_columns(look), verdict=str(verdict), counted=True)
    return Check(first_at, before + 1, is_first=False, suspected=suspected)


def note(transaction: Reader, look: Look, verdict: Verdict, *, merge: timedelta) -> None:
    """Store a look-up that does not count inside a transaction."""
    if not _merged(transaction, look, counted=False, window=merge):
        transaction.one(_INSERT, **_columns(look), verdict=str(verdict), counted=False)


def _merged(transaction: Reader, look: Look, *, counted: bool, window: timedelta) -> bool:
    since = look.at - window
    earlier = queries.latest_scan(transaction, look.code, client_key=look.client_key, counted=counted, since=since)
    if earlier is None or earlier.at <= since:
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
