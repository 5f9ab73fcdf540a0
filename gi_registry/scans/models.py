"""Tables of scans. No column holds an address, a phone number or anything finer than a city."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, text
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


class ScanDay(Row, table=True):
    """The day file of a Shanghai day: its rows, octets and SHA-256; when what is asked of it every night was counted, and when it left.

    ``dropped_at``: its rows were taken out of the database; ``removed_at``: the file was deleted when its term ended.
    """

    __tablename__ = "scan_day"
    __table_args__ = (
        CheckConstraint("rows >= 0 AND octets > 0", name="size"),
        CheckConstraint("length(digest) = 64", name="digest"),
    )

    id: int | None = Field(default=None, primary_key=True)
    day: date = Field(unique=True)
    rows: int = Field(sa_type=BigInteger)
    octets: int = Field(sa_type=BigInteger)
    digest: str
    archived_at: datetime
    watched_at: datetime | None = None
    dropped_at: datetime | None = None
    removed_at: datetime | None = None


class ScanPeak(Row, table=True):
    """The busiest hours of a code that met the counting test over the archive: ``places`` are (province, client-days, checks)."""

    __tablename__ = "scan_peak"
    __table_args__ = (
        CheckConstraint("clients > 0 AND provinces >= 0 AND hours > 0", name="counted"),
        CheckConstraint("ends_at >= begins_at", name="order"),
    )

    range_id: int = Field(primary_key=True, foreign_key="code_range.id", sa_column_kwargs={"autoincrement": False})
    serial: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    clients: int
    provinces: int
    hours: int
    begins_at: datetime
    ends_at: datetime
    places: list[Any] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    fastest_minutes: int | None = None


class ScanCount(Row, table=True):
    """What a day file says of one range: checks and first checks, look-ups of codes that were not activated, and of how many codes.

    ``hurried_codes``: codes checked in two provinces within the minutes of policy ``scans.hurried-minutes``.
    """

    __tablename__ = "scan_count"
    __table_args__ = (CheckConstraint("checks >= 0 AND first_checks >= 0 AND unactivated >= unactivated_codes", name="counts"),)

    range_id: int = Field(primary_key=True, foreign_key="code_range.id", sa_column_kwargs={"autoincrement": False})
    day: date = Field(primary_key=True)
    checks: int
    first_checks: int
    unactivated: int
    unactivated_codes: int
    hurried_codes: int = Field(default=0)
