"""Tables of annual reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list
from gi_registry.reports.rules.life import REPORT_LIFE

EDITABLE = text("state IN ('draft', 'returned')")
STANDING = text("state IN ('filed', 'county_checked', 'accepted') AND amends_id IS NULL")
ACCEPTED = text("state = 'accepted'")


def _json() -> Any:
    return Column(JSON, nullable=False)


def _later_json() -> Any:
    return Column(JSON, nullable=False, server_default="{}")


def _one_per_year(name: str, condition: Any) -> Index:
    return Index(name, "authorisation_id", "year", unique=True, sqlite_where=condition, postgresql_where=condition)


class AnnualReport(Scoped, Versioned, Row, table=True):
    """What one authorisation says of one year; ``revision`` 1 is the report, later ones amend it.

    ``figures``, ``texts`` and ``lists`` are the draft, ``filed_content`` what was filed last, ``filed_hash`` its SHA-256. ``sections``
    says of each section in which version it was last changed and whether the writer has finished it, ``choices`` which figures may be
    published where the writer chose. ``first_filed_on`` decides whether it is late and is not moved by a return.
    """

    __tablename__ = "annual_report"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(REPORT_LIFE)})", name="state"),
        CheckConstraint("year BETWEEN 2000 AND 2200", name="year"),
        CheckConstraint("origin IN ('form', 'import')", name="origin"),
        CheckConstraint("state IN ('draft', 'withdrawn') OR filed_hash IS NOT NULL", name="filed"),
        UniqueConstraint("authorisation_id", "year", "revision", name="uq_annual_report_revision"),
        _one_per_year("uq_annual_report_editable", EDITABLE),
        _one_per_year("uq_annual_report_standing", STANDING),
        _one_per_year("uq_annual_report_accepted", ACCEPTED),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    year: int = Field(index=True)
    revision: int = 1
    amends_id: int | None = Field(default=None, foreign_key="annual_report.id", index=True)
    state: str = Field(index=True)
    nil: bool = False
    nil_since: date | None = None
    nil_reason: str = ""
    figures: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    texts: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    lists: dict[str, Any] = Field(default_factory=dict, sa_column=_later_json())
    choices: dict[str, Any] = Field(default_factory=dict, sa_column=_later_json())
    sections: dict[str, Any] = Field(default_factory=dict, sa_column=_later_json())
    filed_content: dict[str, Any] = Field(default_factory=dict, sa_column=_json())
    filed_hash: str | None = Field(default=None, max_length=64)
    filed_at: datetime | None = None
    filed_by: int | None = Field(default=None, foreign_key="person.id")
    filed_version: int | None = None
    first_filed_on: date | None = None
    filings: int = 0
    receipt_number: str | None = Field(default=None, unique=True)
    checked_at: datetime | None = None
    checked_by: int | None = Field(default=None, foreign_key="person.id")
    accepted_at: datetime | None = None
    accepted_by: int | None = Field(default=None, foreign_key="person.id")
    returned_at: datetime | None = None
    returned_reasons: str = ""
    warnings: list[Any] = Field(default_factory=list, sa_column=_json())
    window_version: str = ""
    origin: str = "form"
    saved_at: datetime


class ReportFiling(Row, table=True):
    """One act of filing, for ever: the content as filed, its hash, the receipt."""

    __tablename__ = "report_filing"
    __table_args__ = (UniqueConstraint("report_id", "sequence", name="uq_report_filing_sequence"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="annual_report.id", index=True)
    sequence: int
    receipt_number: str = Field(unique=True)
    content: dict[str, Any] = Field(sa_column=_json())
    content_hash: str = Field(max_length=64)
    filed_at: datetime
    filed_by: int | None = Field(default=None, foreign_key="person.id")
    signed_name: str


class ReportAttachment(Row, table=True):
    """A paper that belongs to a report: a photo of the goods, or the scan of the stamped report. The latest of its kind counts."""

    __tablename__ = "report_attachment"
    __table_args__ = (CheckConstraint("kind IN ('front', 'back', 'mark', 'stamped')", name="kind"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="annual_report.id", index=True)
    kind: str
    document_id: int = Field(foreign_key="document.id", index=True)
    sha256: str = Field(max_length=64)
    added_at: datetime
    added_by: int | None = Field(default=None, foreign_key="person.id")


class ReportReminder(Row, table=True):
    """A reminder that went out, so that none goes out twice."""

    __tablename__ = "report_reminder"
    __table_args__ = (UniqueConstraint("authorisation_id", "year", "days_before", name="uq_report_reminder_once"),)

    id: int | None = Field(default=None, primary_key=True)
    authorisation_id: int = Field(foreign_key="authorisation.id")
    year: int
    days_before: int
    sent_at: datetime
