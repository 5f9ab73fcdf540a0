"""Put a lead on file: its number, its clock, its first step."""

from __future__ import annotations

from typing import Any

from gi_registry.divisions.queries import working_days
from gi_registry.documents import service as documents
from gi_registry.documents.models import Document
from gi_registry.policy.service import at
from gi_registry.supervision import queries
from gi_registry.supervision.models import Lead, LeadEvidence, LeadStep
from gi_registry.supervision.rules.life import LEAD_LIFE, SERIES, Source
from gi_registry.supervision.rules.receipts import lead_number
from gi_registry.workflow import Work, begin


def open_lead(work: Work, source: Source, *, authority_division: str, **values: Any) -> Lead:
    """Put a new lead on file and return it with its id; due after ``lead.working-days`` working days."""
    days = int(at(work.session, "lead.working-days", authority_division, work.today).value)
    lead = Lead(
        number=lead_number(SERIES[source], work.today.year, queries.next_number(work.session, SERIES[source], work.today.year)),
        source=source.value,
        authority_division=authority_division,
        received_at=work.now,
        due_on=working_days(work.session).add(work.today, days).on,
        **values,
    )
    begin(lead, LEAD_LIFE)
    work.record(lead, "lead:open")
    work.flush()
    add_step(work, lead, "open")
    return lead


def add_step(work: Work, lead: Lead, action: str, note: str = "") -> LeadStep:
    """Write down that something was done to a lead."""
    step = LeadStep(lead_id=lead.id or 0, action=action, at=work.now, person_id=work.actor.person_id, note=note)
    work.record(step, "lead:step")
    work.flush()
    return step


def attach(work: Work, lead: Lead, *, name: str, content: bytes) -> Document:
    """Keep a paper or photo as evidence of a lead: nobody but the office that handles the lead sees it."""
    kept = documents.store(work, name=name, content=content, owner_org_id=None, authority_division=lead.authority_division)
    evidence = LeadEvidence(lead_id=lead.id or 0, document_id=kept.id or 0, sha256=kept.sha256, at=work.now)
    work.record(evidence, "lead:evidence")
    work.flush()
    return kept
