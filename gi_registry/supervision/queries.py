"""Reads of leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, func, or_, text
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.divisions.models import Division
from gi_registry.documents.models import Document
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.supervision.models import DoubtReceipt, Lead, LeadContact, LeadContactView, LeadEvidence, LeadStep
from gi_registry.supervision.rules.life import OPEN


@dataclass(frozen=True)
class Filters:
    """What the queue is limited to; empty words limit nothing. ``state`` may be ``open``."""

    state: str = ""
    source: str = ""
    ground: str = ""
    text: str = ""
    since: date | None = None
    mine: int | None = None


def get_lead(session: Session, lead_id: int) -> Lead:
    """Return a lead or raise NotFound; the caller asks for permission."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise NotFound
    return lead


def find_by_number(session: Session, number: str) -> Lead | None:
    """Return a lead by its number."""
    return session.exec(select(Lead).where(Lead.number == number)).first()


def receipt_of(session: Session, lead_id: int) -> DoubtReceipt | None:
    """Return the receipt of a doubt."""
    return session.get(DoubtReceipt, lead_id)


def find_by_form(session: Session, form_key: str) -> Lead | None:
    """Return the doubt that this form made before."""
    query = select(Lead).join(DoubtReceipt, col(DoubtReceipt.lead_id) == Lead.id).where(DoubtReceipt.form_key == form_key)
    return session.exec(query).first()


def doubts_since(session: Session, since: datetime, *, client: str = "", code: str = "") -> int:
    """Count the doubts since a moment, of one client or about one code where given."""
    query = select(func.count()).select_from(DoubtReceipt).where(DoubtReceipt.at >= since)
    if client:
        query = query.where(DoubtReceipt.client_key == client)
    if code:
        query = query.join(Lead, col(Lead.id) == DoubtReceipt.lead_id).where(Lead.code == code)
    return int(session.execute(query).scalar_one())


def next_number(session: Session, series: str, year: int) -> int:
    """Return the next number of a series and year; its row stays locked until the transaction ends."""
    statement = text(
        "INSERT INTO lead_sequence (series, year, last) VALUES (:series, :year, 1) "
        "ON CONFLICT (series, year) DO UPDATE SET last = lead_sequence.last + 1 RETURNING last"
    )
    return int(session.execute(statement, {"series": series, "year": year}).scalar_one())


ORDERS: dict[str, Any] = {
    "number": col(Lead.number),
    "source": col(Lead.source),
    "code": col(Lead.code),
    "user": func.coalesce(Organisation.name, Authorisation.raw_name),
    "gi": col(Gi.name),
    "ground": col(Lead.ground),
    "state": col(Lead.state),
    "due": col(Lead.due_on),
}


def leads_matching(condition: ColumnElement[bool], filters: Filters) -> Any:
    """Return the query of (lead, user name, GI name): open ones first, the nearest due date before the others."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(Lead, name, Gi.name)
        .outerjoin(Authorisation, col(Authorisation.id) == Lead.authorisation_id)
        .outerjoin(Gi, col(Gi.id) == Lead.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition)
    )
    if filters.state:
        query = query.where(col(Lead.state).in_(OPEN)) if filters.state == "open" else query.where(Lead.state == filters.state)
    if filters.source:
        query = query.where(Lead.source == filters.source)
    if filters.ground:
        query = query.where(Lead.ground == filters.ground)
    if filters.since is not None:
        query = query.where(Lead.received_at >= datetime.combine(filters.since, time(), SHANGHAI))
    if filters.mine is not None:
        query = query.where(Lead.assignee_id == filters.mine)
    if filters.text:
        columns: tuple[Any, ...] = (Lead.number, Lead.code, Authorisation.raw_name, Organisation.name, Gi.name)
        query = query.where(or_(*(col(column).contains(filters.text, autoescape=True) for column in columns)))
    return query.order_by(col(Lead.state).in_(OPEN).desc(), col(Lead.due_on), col(Lead.id).desc())


def steps_of(session: Session, lead_id: int) -> Sequence[LeadStep]:
    """Return what was done to a lead, the first act first."""
    return session.exec(select(LeadStep).where(LeadStep.lead_id == lead_id).order_by(col(LeadStep.id))).all()


def evidence_of(session: Session, lead_id: int) -> Sequence[tuple[LeadEvidence, Document]]:
    """Return the papers of a lead."""
    query = select(LeadEvidence, Document).join(Document, col(Document.id) == LeadEvidence.document_id)
    return [(row[0], row[1]) for row in session.exec(query.where(LeadEvidence.lead_id == lead_id).order_by(col(LeadEvidence.id)))]


def contact_of(session: Session, lead_id: int) -> LeadContact | None:
    """Return the sealed contact of a lead, None where none was given or it was deleted."""
    return session.get(LeadContact, lead_id)


def contacts_due(session: Session, today: date) -> Sequence[LeadContact]:
    """Return the contacts whose day has come."""
    return session.exec(select(LeadContact).where(LeadContact.delete_on <= today)).all()


def contact_views(session: Session, lead_id: int) -> Sequence[LeadContactView]:
    """Return who opened the contact, the first first."""
    return session.exec(select(LeadContactView).where(LeadContactView.lead_id == lead_id).order_by(col(LeadContactView.id))).all()


def statements_of(session: Session, organisation_id: int) -> Sequence[Lead]:
    """Return the statements of a user, the newest first."""
    query = select(Lead).where(Lead.owner_org_id == organisation_id, Lead.source == "statement")
    return session.exec(query.order_by(col(Lead.id).desc()).limit(200)).all()


def provinces(session: Session) -> Sequence[tuple[str, str]]:
    """Return code and name of each province on file, by code."""
    query = select(Division.code, Division.name).where(Division.level == "province").order_by(Division.code)
    return [(row[0], row[1]) for row in session.exec(query)]
