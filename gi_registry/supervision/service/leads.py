"""What officers do with leads: see the queue, take one, decide, feed back, archive; and open a contact, on the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gi_registry.accounts.models import Person
from gi_registry.accounts.queries import get_person
from gi_registry.codes.models import CodeInterval
from gi_registry.codes.queries import find_interval
from gi_registry.codes.rules.sealing import unseal
from gi_registry.divisions.queries import full_name, get_division
from gi_registry.divisions.rules import Somewhere
from gi_registry.documents import service as documents
from gi_registry.documents.models import Document
from gi_registry.documents.service import Download
from gi_registry.kernel.errors import Conflict, NotAllowed, NotFound
from gi_registry.kernel.words import Words, say
from gi_registry.registry.queries import get_authorisation, get_gi
from gi_registry.supervision import queries
from gi_registry.supervision.models import Lead, LeadContactView
from gi_registry.supervision.queries import Filters
from gi_registry.supervision.rules.life import LEAD_LIFE, Action
from gi_registry.supervision.schemas import Assignment, Feedback, ReasonedStep, Step
from gi_registry.supervision.service import facts
from gi_registry.supervision.service.facts import CodeFacts
from gi_registry.supervision.service.opening import add_step
from gi_registry.workflow import Work, advance


@dataclass(frozen=True)
class Event:
    """A line of the history of a lead."""

    at: Any
    words: Words


@dataclass(frozen=True)
class LeadView:
    """Everything on the page of a lead."""

    lead: Lead
    user: str
    gi: str
    place: str
    authority: str
    assignee: str
    code: CodeFacts | None
    papers: tuple[Document, ...]
    events: tuple[Event, ...]
    holds: tuple[CodeInterval, ...]
    has_contact: bool
    contact_views: tuple[Event, ...]
    can: frozenset[str]
    mine: bool
    reader: bool


def lead_queue(work: Work, filters: Filters) -> Any:
    """Return the query of the leads that this officer may see."""
    work.require("lead:view")
    return queries.leads_matching(work.visible(Lead, "lead:view"), filters)


def my_lead(work: Work, lead_id: int, permission: str = "lead:view") -> Lead:
    """Return a lead that the actor holds ``permission`` for; NotFound otherwise."""
    lead = queries.get_lead(work.session, lead_id)
    work.require(permission, lead)
    return lead


def view_lead(work: Work, lead_id: int) -> LeadView:
    """Return a lead with the facts of its code, its papers and its history."""
    lead = my_lead(work, lead_id)
    session, handles = work.session, work.allows("lead:handle", lead)
    authorisation = get_authorisation(session, lead.authorisation_id) if lead.authorisation_id else None
    return LeadView(
        lead=lead,
        user=authorisation.raw_name if authorisation else "",
        gi=get_gi(session, lead.gi_id).name if lead.gi_id else "",
        place="".join((full_name(session, lead.place_division), lead.place)),
        authority=full_name(session, lead.authority_division),
        assignee=get_person(session, lead.assignee_id).name if lead.assignee_id else "",
        code=facts.facts_of(work, lead),
        papers=tuple(document for _evidence, document in queries.evidence_of(session, lead_id)),
        events=tuple(_event(work, step) for step in queries.steps_of(session, lead_id)),
        holds=tuple(found for key in lead.holds if (found := find_interval(session, key)) is not None),
        has_contact=queries.contact_of(session, lead_id) is not None,
        contact_views=tuple(
            Event(view.at, say("%(who)s 查看", who=_name(session.get(Person, view.person_id))))
            for view in queries.contact_views(session, lead_id)
        ),
        can=frozenset(action for action in LEAD_LIFE.actions if LEAD_LIFE.allows(lead.state, action)) if handles else frozenset(),
        mine=lead.assignee_id is not None and lead.assignee_id == work.actor.person_id,
        reader=not handles,
    )


def _name(person: Person | None) -> str:
    return person.name if person else ""


_STEP_WORDS = {
    "open": say("收到"),
    "assign": say("分办"),
    "hand_down": say("交下级办理"),
    "accept": say("受理"),
    "return": say("退回"),
    "verify": say("开始核查"),
    "no_case": say("不予立案"),
    "withdraw": say("使用人撤回声明"),
    "feed_back": say("反馈"),
    "archive": say("归档"),
}


def _event(work: Work, step: Any) -> Event:
    what = _STEP_WORDS.get(step.action, LEAD_LIFE.label(step.action))
    who = _name(work.session.get(Person, step.person_id)) if step.person_id else ""
    return Event(step.at, say("%(what)s %(who)s %(note)s", what=what, who=who, note=step.note))


# ---- acts ----


def assign(work: Work, lead_id: int, fields: Assignment) -> Lead:
    """Take a lead on, or hand it down to a place of one's own region. Raises NotFound for a place elsewhere."""
    lead = my_lead(work, lead_id, "lead:handle")
    down = fields.to_division if fields.to_division != lead.authority_division else ""
    if down:
        get_division(work.session, down)
        if not work.allows("lead:handle", Somewhere(down)):
            raise NotFound
        lead.from_division, lead.authority_division, lead.assignee_id = lead.authority_division, down, None
        _move_papers(work, lead)
    else:
        lead.assignee_id = work.actor.person_id
    advance(work, lead, LEAD_LIFE, Action.ASSIGN, expected_version=fields.version)
    place = full_name(work.session, down) if down else ""
    add_step(work, lead, "hand_down" if down else Action.ASSIGN, " ".join(part for part in (place, fields.note) if part))
    return lead


def _move_papers(work: Work, lead: Lead) -> None:
    for _evidence, document in queries.evidence_of(work.session, lead.id or 0):
        document.authority_division = lead.authority_division
        work.record(document, "document:hand-down")


def accept(work: Work, lead_id: int, fields: Step) -> Lead:
    """Accept a lead; who accepts it handles it."""
    lead = my_lead(work, lead_id, "lead:handle")
    lead.assignee_id = work.actor.person_id
    return _step(work, lead, Action.ACCEPT, version=fields.version)


def give_back(work: Work, lead_id: int, fields: ReasonedStep) -> Lead:
    """Return a lead with the reason, to be assigned elsewhere."""
    lead = my_lead(work, lead_id, "lead:handle")
    lead.reason = fields.reason
    _step(work, lead, Action.RETURN, version=fields.version, note=fields.reason)
    return lead


def verify(work: Work, lead_id: int, fields: Step) -> Lead:
    """Start to verify a lead on the spot or by papers."""
    return _step(work, _handled(work, lead_id), Action.VERIFY, version=fields.version)


def no_case(work: Work, lead_id: int, fields: ReasonedStep) -> Lead:
    """Decide that there is no case, with the reason."""
    lead = _handled(work, lead_id)
    lead.reason, lead.closed_at = fields.reason, work.now
    return _step(work, lead, Action.NO_CASE, version=fields.version, note=fields.reason)


def feed_back(work: Work, lead_id: int, fields: Feedback) -> Lead:
    """Write down what was fed back to whoever noticed it."""
    lead = _handled(work, lead_id)
    lead.feedback = fields.feedback
    return _step(work, lead, Action.FEED_BACK, version=fields.version, note=fields.feedback)


def archive(work: Work, lead_id: int, fields: Step) -> Lead:
    """Close the file."""
    return _step(work, _handled(work, lead_id), Action.ARCHIVE, version=fields.version)


def _handled(work: Work, lead_id: int) -> Lead:
    """Return a lead that this person handles; NotAllowed where another officer does."""
    lead = my_lead(work, lead_id, "lead:handle")
    if lead.assignee_id != work.actor.person_id:
        raise NotAllowed(say("这条线索由另一位工作人员承办。"), remedy=say("请由承办人办理，或先分办给自己。"))
    return lead


def _step(work: Work, lead: Lead, action: Action, *, version: int | None, note: str = "") -> Lead:
    advance(work, lead, LEAD_LIFE, action, expected_version=version)
    add_step(work, lead, action.value, note)
    return lead


# ---- the photo and the contact ----


def paper_of(work: Work, lead_id: int, document_id: int) -> Download:
    """Return a paper of a lead; NotFound where it is another's."""
    my_lead(work, lead_id)
    if document_id not in {document.id for _evidence, document in queries.evidence_of(work.session, lead_id)}:
        raise NotFound
    return documents.download(work, document_id)


def open_contact(work: Work, lead_id: int, *, secret_key: str) -> str:
    """Return how to reach the reporter, to the officer who handles the open lead; that it was opened is recorded.

    Raises NotFound where there is none, NotAllowed for another officer, Conflict for a lead that is archived.
    """
    lead = _handled(work, lead_id)
    contact = queries.contact_of(work.session, lead_id)
    if contact is None:
        raise NotFound
    if lead.state == LEAD_LIFE.after("fed_back", Action.ARCHIVE):
        raise Conflict(say("线索已归档，不再查看联系方式。"))
    view = LeadContactView(lead_id=lead_id, person_id=work.actor.person_id or 0, at=work.now)
    work.record(view, "lead:open-contact")
    work.flush()
    return unseal(contact.sealed, secret_key=secret_key, label=f"lead-contact-{lead_id}").decode()


def waiting(work: Work, limit: int) -> tuple[Sequence[Any], int]:
    """Return the open leads of the region, the nearest due date first, and how many there are."""
    rows = work.session.execute(lead_queue(work, Filters(state="open")).limit(200)).all()
    return rows[:limit], len(rows)
