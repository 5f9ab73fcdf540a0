"""Tables of leads. Who reported, and how to reach them, stands in tables of its own, never in the lead."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field

from gi_registry.db import Row, Scoped, Versioned
from gi_registry.kernel.states import check_list
from gi_registry.supervision.rules.life import LEAD_LIFE, Source, Subject

_SOURCES = ", ".join(f"'{item.value}'" for item in Source)
_SUBJECTS = ", ".join(f"'{item.value}'" for item in Subject)


class Lead(Row, Scoped, Versioned, table=True):
    """Something noticed. ``owner_org_id`` is the user that stated it (a doubt has none); ``holds`` are intervals the statement froze."""

    __tablename__ = "lead"
    __table_args__ = (
        CheckConstraint(f"state IN ({check_list(LEAD_LIFE)})", name="state"),
        CheckConstraint(f"source IN ({_SOURCES})", name="source"),
        CheckConstraint(f"subject_kind IN ({_SUBJECTS})", name="subject_kind"),
        CheckConstraint("state NOT IN ('no_case', 'returned') OR reason <> ''", name="reason"),
    )

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    source: str
    subject_kind: str
    code: str = Field(default="", index=True)
    range_id: int | None = Field(default=None, foreign_key="code_range.id")
    serial: int | None = None
    authorisation_id: int | None = Field(default=None, foreign_key="authorisation.id", index=True)
    gi_id: int | None = Field(default=None, foreign_key="gi.id", index=True)
    ground: str = ""
    wrongs: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    text: str = ""
    place_division: str = ""
    place: str = ""
    bought_on: date | None = None
    holds: list[int] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    state: str
    assignee_id: int | None = Field(default=None, foreign_key="person.id", index=True)
    from_division: str = ""
    received_at: datetime = Field(index=True)
    due_on: date | None = None
    reason: str = ""
    feedback: str = ""
    closed_at: datetime | None = None


class LeadStep(Row, table=True):
    """One act on a lead, who did it and why; only ever added to."""

    __tablename__ = "lead_step"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    action: str
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id")
    note: str = ""


class LeadEvidence(Row, table=True):
    """A paper or photo of a lead, by its hash; only ever added to."""

    __tablename__ = "lead_evidence"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    document_id: int = Field(foreign_key="document.id")
    sha256: str
    at: datetime


class LeadContact(Row, table=True):
    """How to reach a reporter, sealed; deleted after ``delete_on``."""

    __tablename__ = "lead_contact"

    lead_id: int = Field(primary_key=True, foreign_key="lead.id", sa_column_kwargs={"autoincrement": False})
    sealed: bytes
    delete_on: date = Field(index=True)


class LeadContactView(Row, table=True):
    """That somebody opened the contact of a reporter; only ever added to."""

    __tablename__ = "lead_contact_view"

    id: int | None = Field(default=None, primary_key=True)
    lead_id: int = Field(foreign_key="lead.id", index=True)
    person_id: int = Field(foreign_key="person.id")
    at: datetime


class DoubtReceipt(Row, table=True):
    """What answers a receipt, and what the limits count: the check characters, the form's key, the client of the day."""

    __tablename__ = "doubt_receipt"

    lead_id: int = Field(primary_key=True, foreign_key="lead.id", sa_column_kwargs={"autoincrement": False})
    check_text: str
    form_key: str = Field(unique=True)
    client_key: str = Field(index=True)
    at: datetime = Field(index=True)


class LeadSequence(Row, table=True):
    """The last number given in one series and year."""

    __tablename__ = "lead_sequence"

    series: str = Field(primary_key=True)
    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    last: int = 0
