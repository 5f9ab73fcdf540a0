"""Tables of scans. No column holds an address, a phone number or anything finer than a city."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from gi_registry.db import Row
from gi_registry.scans.rules.verdicts import Verdict

_SUSPECT = text("suspect_at IS NOT NULL")
_AGAIN = text("verdict <> 'first-check'")
_LISTED = ", ".join(f"'{verdict}'" for verdict in Verdict)


class FirstCheck(Row, table=True):
    """The first check of a code, how often it was checked since, and the largest facts that made it suspect, counted at ``suspect_at``."""

    __tablename__ = "first_check"
    __table_args__ = (
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("serial >= 0", name="serial"),
        CheckConstraint("last_at >= first_at", name="order"),
        CheckConstraint("(suspect_at IS NULL) = (suspect_clients IS NULL)", name="suspect"),
        Index("ix_first_check_suspect", "range_id", sqlite_where=_SUSPECT, postgresql_where=_SUSPECT),
    )

    range_id: int = Field(primary_key=True, foreign_key="code_range.id", sa_column_kwargs={"autoincrement": False})
    serial: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    first_at: datetime
    last_at: datetime
    count: int = Field(default=0)
    suspect_at: datetime | None = None
    suspect_clients: int | None = None
    suspect_provinces: int | None = None
    suspect_hours: int | None = None


class Scan(Row, table=True):
    """One look-up of a code as it was answered; ``merged_count`` further look-ups by the same client followed within ten minutes.

    The row of a first check is found by ``at``, which is ``first_check.first_at``; only later ones are indexed by code. Most codes are
    looked up once, and a page of a random index is most of what it costs to store a scan (see ``queries``).
    """

    __tablename__ = "scan"
    __table_args__ = (
        CheckConstraint(f"verdict IN ({_LISTED})", name="verdict"),
        CheckConstraint("merged_count >= 0", name="merged_count"),
        Index("ix_scan_again", "range_id", "serial", "at", sqlite_where=_AGAIN, postgresql_where=_AGAIN),
    )

    id: int | None = Field(default=None, primary_key=True)
    range_id: int = Field(foreign_key="code_range.id")
    serial: int
    at: datetime = Field(index=True)
    place: str | None = None
    client_key: str
    verdict: str
    counted: bool = Field(default=True)
    merged_count: int = Field(default=0)
