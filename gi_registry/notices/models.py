"""Tables of the inbox and of proof of service."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Column, Index, Text
from sqlmodel import Field

from gi_registry.db import Row


class Notice(Row, table=True):
    """One message in an organisation's inbox; ``read_at`` is the moment someone there confirmed it."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "organisation_id", "read_at"),)

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id")
    title: str
    body: str = Field(sa_column=Column(Text, nullable=False))
    link: str = ""
    created_at: datetime
    read_at: datetime | None = None
    read_by: str = ""


class ServiceConsent(Row, table=True):
    """A party's signed confirmation of electronic service (电子送达确认书)."""

    __tablename__ = "service_consent"

    id: int | None = Field(default=None, primary_key=True)
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    document_id: int = Field(foreign_key="document.id")
    confirmed_on: date
    ended_on: date | None = None


class ServiceRecord(Row, table=True):
    """One document, one party, one way of service, and what proves it."""

    __tablename__ = "service_record"
    __table_args__ = (
        CheckConstraint("method IN ('electronic', 'post', 'personal', 'public_notice')", name="method"),
        CheckConstraint("served_on IS NULL OR served_on >= sent_on", name="order"),
        CheckConstraint("method NOT IN ('post', 'personal') OR served_on IS NULL OR proof_document_id IS NOT NULL", name="proof"),
        CheckConstraint("method <> 'electronic' OR consent_id IS NOT NULL", name="consent"),
        Index("ix_service_record_public", "method", "served_on"),
    )

    id: int | None = Field(default=None, primary_key=True)
    document_id: int = Field(foreign_key="document.id")
    document_name: str
    organisation_id: int = Field(foreign_key="organisation.id", index=True)
    method: str
    sent_at: datetime
    sent_on: date
    served_on: date | None = None
    proof_document_id: int | None = Field(default=None, foreign_key="document.id")
    consent_id: int | None = Field(default=None, foreign_key="service_consent.id")
    notice_id: int | None = Field(default=None, foreign_key="notice.id", index=True)
    collect_at: str = ""
    note: str = ""
