"""Tables of the abnormal-use list. The gates that must survive a bug are CHECKs and partial unique indexes here."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list
from gi_registry.listings.rules.life import AFTER_DECISION, CASE_LIFE, ENDED, ON_THE_LIST


def _among(states: tuple[str, ...]) -> str:
    return ", ".join(f"'{state!s}'" for state in states)


_OPEN = f"state NOT IN ({_among(ENDED)})"
_DECIDED = f"state NOT IN ({_among(AFTER_DECISION)})"


class ListingCase(Scoped, Versioned, Row, table=True):
    """One procedure about one authorisation and one ground, from the lead to the removal. The record stays for ever."""

    __tablename__ = "listing_case"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(CASE_LIFE)})", name="state"),
        CheckConstraint("severity BETWEEN 1 AND 3", name="severity"),
        CheckConstraint(f"{_DECIDED} OR (served_on IS NOT NULL AND notice_service_id IS NOT NULL)", name="listed_needs_service"),
        CheckConstraint(
            f"{_DECIDED} OR (window_ends_on IS NOT NULL AND decided_on IS NOT NULL "
            "AND served_on < window_ends_on AND window_ends_on < decided_on AND NOT window_provisional)",
            name="listed_needs_window_over",
        ),
        CheckConstraint(f"{_DECIDED} OR (decider_id IS NOT NULL AND decider_id <> handler_id)", name="listed_needs_second_officer"),
        CheckConstraint(f"{_DECIDED} OR (decision_number IS NOT NULL AND decision_document_id IS NOT NULL)", name="listed_needs_decision"),
        CheckConstraint("published_on IS NULL OR (publication_basis <> '' AND publish_until IS NOT NULL)", name="publication_needs_basis"),
        CheckConstraint(f"published_on IS NULL OR state IN ({_among(ON_THE_LIST)}) OR unpublished_on IS NOT NULL", name="publication_ends"),
        CheckConstraint(
            "state <> 'removed' OR (remover_id IS NOT NULL AND verifier_id IS NOT NULL AND remover_id <> verifier_id)",
            name="removal_needs_second_officer",
        ),
        CheckConstraint("state NOT IN ('dismissed', 'withdrawn') OR reason <> ''", name="ending_has_reason"),
        Index("uq_listing_case_open", "authorisation_id", "ground", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_listing_case_published", "published_on", "unpublished_on"),
        Index("ix_listing_case_queue", "state", "due_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    authorisation_id: int = Field(foreign_key="authorisation.id", index=True)
    gi_id: int = Field(foreign_key="gi.id", index=True)
    finding_id: int = Field(foreign_key="finding.id", index=True)
    ground: str
    year: int
    severity: int
    state: str
    reason: str = ""
    handler_id: int = Field(foreign_key="person.id")
    opened_on: date
    clocks: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    due_on: date | None = None
    due_provisional: bool = False
    extended: bool = False

    order_document_id: int | None = Field(default=None, foreign_key="document.id")
    order_service_id: int | None = Field(default=None, foreign_key="service_record.id")
    rectify_until: date | None = None

    notice_document_id: int | None = Field(default=None, foreign_key="document.id")
    notice_service_id: int | None = Field(default=None, foreign_key="service_record.id")
    served_on: date | None = None
    window_ends_on: date | None = None
    window_provisional: bool = False

    decider_id: int | None = Field(default=None, foreign_key="person.id")
    decided_on: date | None = None
    decision_number: str | None = Field(default=None, unique=True)
    decision_document_id: int | None = Field(default=None, foreign_key="document.id")
    decision_service_id: int | None = Field(default=None, foreign_key="service_record.id")
    authority_name: str = ""
    legal_basis: str = ""
    basis_version: str = ""
    objection_until: date | None = None

    publication_basis: str = ""
    published_on: date | None = None
    publish_until: date | None = None
    unpublished_on: date | None = None
    prewarned_on: date | None = None

    verifier_id: int | None = Field(default=None, foreign_key="person.id")
    verified_on: date | None = None
    remover_id: int | None = Field(default=None, foreign_key="person.id")
    removed_on: date | None = None
    removal_number: str | None = Field(default=None, unique=True)
    removal_document_id: int | None = Field(default=None, foreign_key="document.id")


class ListingStep(Row, table=True):
    """One act in a case: who, when, what was said, which documents. Never changed."""

    __tablename__ = "listing_step"
    __table_args__ = (Index("ix_listing_step_case", "case_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="listing_case.id")
    action: str
    state: str
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id")
    person_name: str = ""
    by_party: bool = False
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    document_ids: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class DefencePoint(Row, table=True):
    """One point of the party's statement, and its answer."""

    __tablename__ = "defence_point"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        CheckConstraint("(answer = '') = (outcome = '')", name="answered"),
        CheckConstraint("outcome IN ('', 'accepted', 'partly', 'rejected')", name="outcome"),
    )

    id: int | None = Field(default=None, primary_key=True)
    case_id: int = Field(foreign_key="listing_case.id")
    number: int
    point: str = Field(sa_column=Column(Text, nullable=False))
    filed_at: datetime
    answer: str = Field(default="", sa_column=Column(Text, nullable=False))
    outcome: str = ""
    answered_at: datetime | None = None


class ListingSequence(Row, table=True):
    """The last number given in one series and year; taken under the row's lock, so that numbers have no gap and no twin."""

    __tablename__ = "listing_sequence"

    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int = 0
