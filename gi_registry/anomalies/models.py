"""Tables of findings, of the evidence behind them, and of recorded facts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, UniqueConstraint
from sqlmodel import Field

from gi_registry.anomalies.rules.finding import FINDING_LIFE
from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list


class Finding(Scoped, Versioned, Row, table=True):
    """A machine's lead; the same finding (``fingerprint``) when it is found again. The facts are the latest version of its evidence."""

    __tablename__ = "finding"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(FINDING_LIFE)})", name="state"),
        CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
        CheckConstraint("state <> 'dismissed' OR reason <> ''", name="dismissal_has_reason"),
        Index("ix_finding_list", "state", "ground", "year"),
    )

    id: int | None = Field(default=None, primary_key=True)
    ground: str
    subject_kind: str = "authorisation"
    subject_id: int
    authorisation_id: int | None = Field(default=None, foreign_key="authorisation.id", index=True)
    year: int
    fingerprint: str = Field(unique=True)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    facts_digest: str
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    summary: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    parameters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    parameter_version: str
    rule_version: str
    severity: int
    basis: str = ""
    state: str
    reason: str = ""
    evidence_count: int = 1
    first_found_at: datetime
    last_found_at: datetime


class FindingEvidence(Row, table=True):
    """One version of the evidence: kept when the facts change, never changed itself."""

    __tablename__ = "finding_evidence"
    __table_args__ = (UniqueConstraint("finding_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    finding_id: int = Field(foreign_key="finding.id")
    number: int
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    facts_digest: str
    lines: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    parameters: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    parameter_version: str
    rule_version: str
    at: datetime


class RecordedFact(Row, table=True):
    """What an officer or a document established; never computed, never changed."""

    __tablename__ = "recorded_fact"

    id: int | None = Field(default=None, primary_key=True)
    ground: str
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    established_on: date
    at: datetime
    source: str
    document_id: int | None = Field(default=None, foreign_key="document.id")
    finding_id: int = Field(foreign_key="finding.id")
