"""What the pages of a case show: facts, whose turn it is, what can be done now and why the rest cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import get_organisation, get_person
from gi_registry.anomalies.models import Finding
from gi_registry.anomalies.queries import get_finding
from gi_registry.documents.models import Document
from gi_registry.documents.queries import content_of, get_document, typeset_among, typeset_from
from gi_registry.documents.rules import MediaType, sha256_of
from gi_registry.documents.service import Download, read_paper, typeset_paper
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import Words
from gi_registry.listings import queries
from gi_registry.listings.models import DefencePoint, ListingCase, ListingStep
from gi_registry.listings.rules.gates import CaseFacts, check
from gi_registry.listings.rules.life import BEFORE_LISTING, CASE_LIFE, Action, State, Turn, turn_of
from gi_registry.listings.rules.proof import PROOF_NAME, proof_of_service
from gi_registry.listings.service.handling import decision_unproven
from gi_registry.listings.service.papers import sources_of
from gi_registry.listings.service.steps import authority_of, facts_of
from gi_registry.notices.models import ServiceRecord
from gi_registry.notices.queries import consent_of, get_service
from gi_registry.notices.rules import Method
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.registry.queries import get_authorisation, get_gi
from gi_registry.workflow import Work

PERMISSIONS: dict[Action, str] = {
    **dict.fromkeys(Action, "case:handle"),
    **dict.fromkeys(
        (Action.RETURN, Action.DECIDE_LISTING, Action.DECIDE_AGAINST, Action.UPHOLD, Action.CORRECT, Action.REMOVE), "case:decide"
    ),
    Action.EXPIRE: "case:decide",
    Action.FILE_DEFENCE: "case:defend",
    Action.OBJECT: "case:defend",
    Action.FILE_RECTIFICATION: "case:rectify",
}
MAIN: dict[State, Action] = {
    State.LEAD: Action.ACCEPT,
    State.TRIAGE: Action.VERIFY,
    State.VERIFYING: Action.ISSUE_NOTICE,
    State.RECTIFICATION_ORDERED: Action.ISSUE_NOTICE,
    State.NOTICE_ISSUED: Action.PROVE_SERVICE,
    State.DEFENCE_OPEN: Action.PROPOSE,
    State.DEFENCE_FILED: Action.ANSWER_DEFENCE,
    State.DEFENCE_ANSWERED: Action.PROPOSE,
    State.PROPOSED: Action.DECIDE_LISTING,
    State.OBJECTED: Action.UPHOLD,
    State.RECTIFICATION_FILED: Action.VERIFY_RECTIFICATION,
    State.RECTIFICATION_VERIFIED: Action.REMOVE,
}
BY_RECEIPT = frozenset({Method.POST, Method.PERSONAL})
PARTY_SEES = frozenset(
    {
        "order_rectification", "issue_notice", "serve_again", "prove_service", "file_defence", "answer_defence", "decide_listing",
        "prove_decision",
        "decide_against", "object", "uphold", "correct", "file_rectification", "reject_rectification", "verify_rectification", "remove",
        "expire", "withdraw", "dismiss",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One act on the page: possible now, or the reason why not."""

    action: Action
    label: Words
    refusal: Failed | None

    @property
    def possible(self) -> bool:
        """Whether the act can be done now."""
        return self.refusal is None


@dataclass(frozen=True)
class CaseView:
    """What the page of a case shows."""

    case: ListingCase
    finding: Finding
    user: Authorisation
    party: Organisation | None
    gi: Gi
    turn: Turn
    steps: Sequence[ListingStep]
    points: Sequence[DefencePoint]
    documents: dict[int, Document]
    own_papers: frozenset[int]
    service: ServiceRecord | None
    has_consent: bool
    choices: tuple[Choice, ...]
    main: Choice | None
    cured: bool
    may_prove_decision: bool
    handler_name: str
    days_left: int | None

    def choice(self, action: str) -> Choice | None:
        """Return the choice of one act, None where it does not belong to this state."""
        return next((choice for choice in self.choices if choice.action == action), None)


def view_case(work: Work, case_id: int) -> CaseView:
    """Return what the actor may see of a case: officers all of it, the party what was addressed to it."""
    case = queries.get_case(work.session, case_id)
    work.require("case:view", case)
    officer = work.allows("finding:view", get_finding(work.session, case.finding_id))
    if not officer and case.order_document_id is None and case.notice_document_id is None:
        raise NotFound
    steps = [step for step in queries.steps_of(work.session, case_id) if officer or step.action in PARTY_SEES]
    documents = _documents(work, case, steps)
    user = get_authorisation(work.session, case.authorisation_id)
    facts = facts_of(work, case)
    choices = _choices(work, case, facts)
    main = MAIN.get(State(case.state))
    if facts.cured and case.state in BEFORE_LISTING:
        main = Action.WITHDRAW
    return CaseView(
        case=case,
        finding=get_finding(work.session, case.finding_id),
        user=user,
        party=get_organisation(work.session, user.organisation_id) if user.organisation_id else None,
        gi=get_gi(work.session, case.gi_id),
        turn=turn_of(case.state),
        steps=steps,
        points=queries.points_of(work.session, case_id),
        documents=documents,
        own_papers=typeset_among(work.session, documents),
        service=get_service(work.session, case.notice_service_id) if case.notice_service_id else None,
        has_consent=case.owner_org_id is not None and consent_of(work.session, case.owner_org_id, work.today) is not None,
        choices=choices,
        main=next((choice for choice in choices if choice.action == main), None),
        cured=facts.cured,
        may_prove_decision=work.allows("case:handle", case) and decision_unproven(work, case),
        handler_name=get_person(work.session, case.handler_id).name if officer else "",
        days_left=_days_left(case.due_on, work.today),
    )


def case_queue(work: Work, filters: queries.CaseFilters) -> Any:
    """Return the query of the officer's queue: the cases of the region."""
    work.require("desk:view")
    return queries.cases_matching(work.visible(ListingCase, "finding:view"), filters)


def own_cases(work: Work) -> list[Any]:
    """Return the cases in which a paper was addressed to the actor's organisation, with user and GI names."""
    work.require("case:rectify")
    own = work.visible(ListingCase, "case:rectify")
    rows = work.session.exec(queries.cases_matching(own, queries.CaseFilters())).all()
    return [row for row in rows if row[0].order_document_id is not None or row[0].notice_document_id is not None]


def _choices(work: Work, case: ListingCase, facts: CaseFacts) -> tuple[Choice, ...]:
    offered = [action for action in Action if CASE_LIFE.allows(case.state, action.value) and work.allows(PERMISSIONS[action], case)]
    receipt_opens = case.notice_service_id is not None and get_service(work.session, case.notice_service_id).method in BY_RECEIPT
    return tuple(_choice(action, facts, receipt_opens=receipt_opens) for action in offered)


def _choice(action: Action, facts: CaseFacts, *, receipt_opens: bool) -> Choice:
    if action is Action.ANSWER_DEFENCE or (action is Action.PROVE_SERVICE and receipt_opens):
        return Choice(action, CASE_LIFE.label(action.value), None)  # the form of these acts is what opens their gate
    verdict = check(action, facts)
    return Choice(action, CASE_LIFE.label(action.value), verdict if isinstance(verdict, Failed) else None)


def _documents(work: Work, case: ListingCase, steps: Sequence[ListingStep]) -> dict[int, Document]:
    ids = {*sources_of(work, case), *(number for step in steps for number in step.document_ids)}
    return {number: get_document(work.session, number) for number in sorted(ids)}


def _days_left(due_on: date | None, today: date) -> int | None:
    return None if due_on is None else (due_on - today).days


def paper(work: Work, case_id: int, document_id: int, *, language: str = "") -> tuple[Document, bytes]:
    """Return a paper or attachment of a case and its bytes; NotFound for one that the actor is not shown.

    ``language`` other than Chinese: a paper of the registry set for reading in that language, from the same data.
    """
    view = view_case(work, case_id)
    if document_id not in view.documents:
        raise NotFound
    document = view.documents[document_id]
    if language == "en":
        return document, read_paper(work, document, language=language)
    return document, content_of(work.session, document)


def is_own_paper(work: Work, document: Document) -> bool:
    """Say whether the registry wrote the document itself, so that it may be shown inside the site."""
    return document.media_type == MediaType.HTML or typeset_from(work.session, document.id or 0) is not None


def proof_form(work: Work, case_id: int, document_id: int) -> Download:
    """Return the form on which the recipient of a paper of this case signs, as a PDF; NotFound for what is no paper of the case."""
    document, _content = paper(work, case_id, document_id)
    if not is_own_paper(work, document):
        raise NotFound
    case = queries.get_case(work.session, case_id)
    party = get_organisation(work.session, case.owner_org_id or 0)
    form = proof_of_service(
        title=document.name.removesuffix(".html").removesuffix(".pdf"),
        sha256=document.sha256,
        case_number=case.number,
        authority=authority_of(work, case),
        party=(party.name, party.uscc or "", party.address),
        on=work.today,
    )
    content = typeset_paper(form)
    return Download(f"{PROOF_NAME} {document.name}", MediaType.PDF.value, sha256_of(content), content)
