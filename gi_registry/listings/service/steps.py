"""One step of a case: gates first, then the life cycle, the clock and the timeline in one breath."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from gi_registry.accounts.queries import get_organisation
from gi_registry.anomalies.queries import get_finding
from gi_registry.anomalies.rules.ar_01 import GROUND as REPORT_MISSING
from gi_registry.anomalies.service import still_holds
from gi_registry.divisions.queries import full_name, path_of, working_days
from gi_registry.divisions.rules import Due, path_codes
from gi_registry.documents.service import store
from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.verdict import Failed, Verdict
from gi_registry.kernel.words import Words, say
from gi_registry.listings import queries
from gi_registry.listings.models import ListingCase, ListingStep
from gi_registry.listings.rules.clocks import SERIOUS, Clocks, clocks_of, configured, working_days_in
from gi_registry.listings.rules.gates import UNSERVED, CaseFacts, check
from gi_registry.listings.rules.life import CASE_LIFE, Action, State
from gi_registry.listings.schemas import Attachment
from gi_registry.notices.rules import is_served
from gi_registry.notices.service import notify, service_of
from gi_registry.policy.service import at
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work, advance, check_version

HANDLING = frozenset(
    {
        Action.ACCEPT, Action.VERIFY, Action.EXTEND, Action.ORDER_RECTIFICATION, Action.ISSUE_NOTICE, Action.PROVE_SERVICE,
        Action.ANSWER_DEFENCE, Action.PROPOSE,
    }
)  # fmt: skip
"""Who did one of these has handled the case and cannot decide it."""

MUST_BE_CURED = frozenset({REPORT_MISSING})
"""Grounds that can be cured by an act of the party: removal needs it."""


def configured_clocks(work: Work, division: str) -> Clocks:
    """Return the clocks that policy sets in a division today."""
    return configured(lambda key: at(work.session, key, division, work.today).value)


def facts_of(work: Work, case: ListingCase) -> CaseFacts:
    """Return what the gates need to know of a case, the actor and today; the rule of the ground is asked again."""
    served: Verdict = UNSERVED
    if case.notice_service_id is not None:
        served = is_served(service_of(work.session, case.notice_service_id), work.today)
    finding = get_finding(work.session, case.finding_id)
    steps = queries.steps_of(work.session, case.id or 0)
    return CaseFacts(
        state=case.state,
        today=work.today,
        severity=case.severity,
        actor_id=work.actor.person_id,
        actor_is_city=work.allows("case:decide_serious", case),
        handled_by=frozenset({case.handler_id, *(step.person_id for step in steps if step.action in HANDLING and step.person_id)}),
        verifier_id=case.verifier_id,
        party_known=get_authorisation(work.session, case.authorisation_id).organisation_id is not None,
        publication_basis=case.publication_basis,
        cured=isinstance(still_holds(work.session, finding, as_of=work.today), Failed),
        must_be_cured=case.ground in MUST_BE_CURED,
        extended=case.extended,
        rectify_until=case.rectify_until,
        served=served,
        served_on=case.served_on,
        window_ends_on=case.window_ends_on,
        provisional=case.window_provisional,
        unanswered=sum(1 for point in queries.points_of(work.session, case.id or 0) if not point.answer),
        objection_until=case.objection_until,
        publish_until=case.publish_until,
    )


def enter(work: Work, case_id: int, permission: str, *, version: int | None) -> ListingCase:
    """Return the case, locked, after asking for the permission and comparing the version that the form was opened with."""
    case = queries.lock_case(work.session, case_id)
    work.require(permission, case)
    check_version(case, version)
    return case


def refuse(work: Work, case: ListingCase, action: Action) -> None:
    """Raise IllegalTransition where the life cycle has no such step, Conflict where a gate is closed."""
    CASE_LIFE.after(case.state, action.value)
    verdict = check(action, facts_of(work, case))
    if isinstance(verdict, Failed):
        raise Conflict(verdict.reason, remedy=verdict.remedy, basis=f"case:{action.value}")


def take(
    work: Work,
    case: ListingCase,
    action: Action,
    *,
    note: str = "",
    documents: tuple[int, ...] = (),
    by_party: bool = False,
) -> ListingCase:
    """Take a step whose gates were asked: state, clock, leaf of the log and line of the timeline."""
    set_clock(work, case, State(CASE_LIFE.after(case.state, action.value)))
    advance(work, case, CASE_LIFE, action.value)
    note_step(work, case, action.value, note=note, documents=documents, by_party=by_party)
    return case


def note_step(
    work: Work, case: ListingCase, action: str, *, note: str = "", documents: tuple[int, ...] = (), by_party: bool = False
) -> ListingStep:
    """Add a line to the timeline of a case."""
    step = ListingStep(
        case_id=case.id or 0,
        action=action,
        state=case.state,
        at=work.now,
        person_id=work.actor.person_id,
        person_name=work.actor.name,
        by_party=by_party,
        note=note,
        document_ids=list(documents),
    )
    work.record(step, f"step:{action}")
    work.flush()
    return step


def set_clock(work: Work, case: ListingCase, state: State) -> None:
    """Set by when the next act is due: working days, the end of a period, or nothing."""
    clocks = clocks_of(case.clocks)
    fixed: dict[State, Due | None] = {
        State.RECTIFICATION_ORDERED: _day(case.rectify_until),
        State.DEFENCE_OPEN: Due(case.window_ends_on, case.window_provisional) if case.window_ends_on else None,
        State.LISTED: _day(case.publish_until),
    }
    if state in fixed:
        due = fixed[state]
    else:
        days = working_days_in(state, clocks)
        due = None if days is None else working_days(work.session).add(_starts(work, case, state), days)
    case.due_on, case.due_provisional = (due.on, due.provisional) if due else (None, False)


def _day(on: date | None) -> Due | None:
    return None if on is None else Due(on, provisional=False)


def _starts(work: Work, case: ListingCase, state: State) -> date:
    """A decision is due some days after the window, however early the defence was answered."""
    if state in {State.DEFENCE_ANSWERED, State.PROPOSED} and case.window_ends_on:
        return max(work.today, case.window_ends_on)
    return work.today


def add_working_days(work: Work, day: date, count: int) -> Due:
    """Return the working day ``count`` days after ``day``."""
    return working_days(work.session).add(day, count)


def attach(work: Work, case: ListingCase, files: tuple[Attachment, ...], *, of_party: bool = False) -> tuple[int, ...]:
    """Store what was handed in; what the party hands in belongs to the party."""
    owner = case.owner_org_id if of_party else None
    stored = [
        store(work, name=file.name, content=file.content, owner_org_id=owner, authority_division=case.authority_division) for file in files
    ]
    return tuple(document.id or 0 for document in stored)


def tell_party(work: Work, case: ListingCase, title: Words, body: Words) -> None:
    """Put a notice into the party's inbox that leads to the case."""
    if case.owner_org_id is not None:
        notify(work, organisation_id=case.owner_org_id, title=title, body=body, link=f"/cases/{case.id}")


def acting_division(work: Work, case: ListingCase) -> str:
    """Return the division of the office in which the actor acts on the case: the county's, or the city's where only a city decides."""
    path = path_of(work.session, case.authority_division)
    reaching = sorted((own for own in work.actor.division_paths if path.startswith(own)), key=len)
    if not reaching:
        return case.authority_division
    serious = case.severity >= SERIOUS and work.allows("case:decide_serious", case)
    return path_codes(reaching[0] if serious else reaching[-1])[0]


def authority_of(work: Work, case: ListingCase) -> str:
    """Return the name of the authority that the actor acts for."""
    if work.actor.organisation_id is not None:
        return get_organisation(work.session, work.actor.organisation_id).name
    place = full_name(work.session, acting_division(work, case))
    return str(say("%(place)s知识产权局", place=place))


def clocks_json(clocks: Clocks) -> dict[str, int]:
    """Return clocks as a case keeps them."""
    return asdict(clocks)
