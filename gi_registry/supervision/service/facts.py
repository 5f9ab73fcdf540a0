"""What is on file about the code of a lead: who it was given to, what it is bound to, and how it was looked up, by day and province."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from gi_registry.batches.models import Batch
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.codes.queries import lookup
from gi_registry.scans.sightings import CodeChecks, DayPlace, checks_of, days_and_places
from gi_registry.supervision.models import Lead
from gi_registry.workflow import Work

SHOWN_DAYS = timedelta(days=60)


@dataclass(frozen=True)
class CodeFacts:
    """The facts of one code; scans are counts by day and province, never single look-ups."""

    allotment: Allotment
    activation: CodeInterval | None
    exception: CodeInterval | None
    batch: Batch | None
    checks: CodeChecks | None
    days: tuple[DayPlace, ...]
    since: date


def facts_of(work: Work, lead: Lead) -> CodeFacts | None:
    """Return the facts of the code of a lead, None for a code that nobody issued."""
    if lead.range_id is None or lead.serial is None:
        return None
    minted = work.session.get(CodeRange, lead.range_id)
    found = lookup(work.session, minted.label, lead.serial) if minted else None
    if found is None:
        return None
    since: datetime = work.now - SHOWN_DAYS
    batch_id = found.activation.batch_id if found.activation else None
    return CodeFacts(
        allotment=found.allotment,
        activation=found.activation,
        exception=found.exception,
        batch=work.session.get(Batch, batch_id) if batch_id else None,
        checks=checks_of(work.session, lead.range_id, lead.serial),
        days=days_and_places(work.session, lead.range_id, lead.serial, since=since),
        since=work.today - SHOWN_DAYS,
    )
