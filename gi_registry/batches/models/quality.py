"""Institutions that test goods, and their reports."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field

from gi_registry.batches.models.shared import listed
from gi_registry.batches.rules.quality import TEST_LIFE, EnteredBy, Result
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list

_ENTERED = text("state = 'entered'")


class TestingInstitution(Row, Scoped, Versioned, table=True):
    """An organisation that tests goods: its accreditation (CMA, CNAS), what it is accredited for, and how long; half-open."""

    __test__ = False
    __tablename__ = "testing_institution"
    __table_args__ = (
        CheckConstraint("cma_number <> '' OR cnas_number <> ''", name="accredited"),
        CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="period"),
    )

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", unique=True)
    cma_number: str = ""
    cnas_number: str = ""
    scope: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    valid_from: date
    valid_to: date | None = None


class TestReport(Row, Scoped, Versioned, table=True):
    """A test report on goods of one authorisation, as it was stated; ``institution_id`` None: the institution is not on file."""

    __test__ = False
    __tablename__ = "test_report"
    __table_args__ = (
        CheckConstraint(f"result IN ({listed(Result)})", name="result"),
        CheckConstraint(f"entered_by IN ({listed(EnteredBy)})", name="entered_by"),
        CheckConstraint(f"state IN ({check_list(TEST_LIFE)})", name="state"),
        CheckConstraint("entered_by <> 'institution' OR institution_id IS NOT NULL", name="institution"),
        CheckConstraint("state <> 'withdrawn' OR reason <> ''", name="withdrawal"),
        Index("uq_test_report_entered", "institution_name", "number", unique=True, sqlite_where=_ENTERED, postgresql_where=_ENTERED),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    institution_id: int | None = Field(default=None, foreign_key="testing_institution.id", index=True)
    institution_name: str
    accreditation: str = ""
    sampled_on: date | None = None
    issued_on: date
    standard_no: str = ""
    result: str
    items: str = ""
    document_id: int | None = Field(default=None, foreign_key="document.id")
    entered_by: str
    warnings: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    reason: str = ""
    state: str
    created_at: datetime


class TestReportBatch(Row, table=True):
    """A report speaks of a batch; never changed."""

    __test__ = False
    __tablename__ = "test_report_batch"
    __table_args__ = (UniqueConstraint("report_id", "batch_id"),)

    id: int | None = Field(default=None, primary_key=True)
    report_id: int = Field(foreign_key="test_report.id")
    batch_id: int = Field(foreign_key="batch.id", index=True)
