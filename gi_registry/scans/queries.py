"""Reads of scans, over the driver's connections (see ``connections``)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gi_registry.scans.connections import Found, Reader, Statement, moment
from gi_registry.scans.rules.clones import Counted

_HISTORY = Statement(
    """SELECT first_at, count, suspect_at, suspect_clients, suspect_provinces, suspect_hours
    FROM first_check WHERE range_id = :range_id AND serial = :serial"""
)
# The scans of one code since a moment: the later ones by code, that of the first check by its moment (see ``models``).
_LATEST = Statement(
    """SELECT id, at FROM (
      SELECT id, at, client_key, counted FROM scan
      WHERE verdict <> 'first-check' AND range_id = :range_id AND serial = :serial AND at >= :since
      UNION ALL SELECT s.id, s.at, s.client_key, s.counted FROM first_check f
      JOIN scan s ON s.at = f.first_at AND s.range_id = f.range_id AND s.serial = f.serial
      WHERE f.range_id = :range_id AND f.serial = :serial AND f.first_at >= :since AND s.verdict = 'first-check') AS seen
    WHERE client_key = :client_key AND counted = :counted ORDER BY at DESC LIMIT 1"""
)
_COUNTED = Statement(
    """SELECT COUNT(DISTINCT client_key) AS clients, COUNT(DISTINCT SUBSTR(place, 1, 2)) AS provinces FROM (
      SELECT client_key, place FROM scan
      WHERE verdict <> 'first-check' AND range_id = :range_id AND serial = :serial AND at >= :since AND counted = :counted
      UNION ALL SELECT s.client_key, s.place FROM first_check f
      JOIN scan s ON s.at = f.first_at AND s.range_id = f.range_id AND s.serial = f.serial
      WHERE f.range_id = :range_id AND f.serial = :serial AND f.first_at >= :since AND s.verdict = 'first-check'
      UNION ALL SELECT CAST(:client_key AS VARCHAR(16)), CAST(:place AS VARCHAR(12))) AS seen"""
)


Code = tuple[int, int]
"""Range and serial."""


@dataclass(frozen=True)
class History:
    """The checks of a code so far."""

    first_at: datetime
    count: int
    suspected: Counted | None = None


@dataclass(frozen=True)
class Earlier:
    """The latest look-up of a code by one client."""

    id: int
    at: datetime


def find_history(reader: Reader, range_id: int, serial: int) -> History | None:
    """Return the checks of a code so far, or None where it was never checked."""
    row = reader.one(_HISTORY, range_id=range_id, serial=serial)
    first_at = moment(row["first_at"]) if row else None
    return History(first_at, int(row["count"]), suspected(row)) if row and first_at else None


def latest_scan(reader: Reader, code: Code, *, client_key: str, counted: bool, since: datetime) -> Earlier | None:
    """Return the latest stored look-up of a code by one client since a moment, or None."""
    row = reader.one(_LATEST, range_id=code[0], serial=code[1], client_key=client_key, counted=counted, since=since)
    at = moment(row["at"]) if row else None
    return Earlier(int(row["id"]), at) if row and at else None


def counted_since(reader: Reader, since: datetime, *, hours: int, **look: object) -> Counted:
    """Count client-days and provinces of a code since a moment, the look-up at hand (the columns of its row) included."""
    row = reader.one(_COUNTED, **{name: value for name, value in look.items() if name != "at"}, since=since, counted=True)
    return Counted(int(row["clients"]), int(row["provinces"]), hours) if row else Counted(0, 0, hours)


def suspected(row: Found) -> Counted | None:
    """Return the counted facts that were stored when the code was first suspected, or None."""
    if row["suspect_at"] is None:
        return None
    return Counted(int(row["suspect_clients"]), int(row["suspect_provinces"] or 0), int(row["suspect_hours"] or 0))
