"""What the second officer does: decide, answer an objection, remove. Publication and effects follow from the decision."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from gi_registry.anomalies import service as anomalies
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, say
from gi_registry.listings.models import ListingCase
from gi_registry.listings.rules.clocks import clocks_of
from gi_registry.listings.rules.gates import may_publish
from gi_registry.listings.rules.life import Action
from gi_registry.listings.service import papers
from gi_registry.listings.service.steps import authority_of, enter, facts_of, refuse, take, tell_party
from gi_registry.notices import service as notices
from gi_registry.notices.queries import consent_of
from gi_registry.notices.rules import Method
from gi_registry.policy.service import effects as effects_parameter
from gi_registry.policy.service import ground as ground_parameter
from gi_registry.registry.rules import EFFECT_LABELS, Effect
from gi_registry.registry.service import lift, restrict
from gi_registry.workflow import Work

SOURCE = "listing_case"


def decide_listing(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Decide the listing: number, paper, publication where it has a basis, restrictions where they have one.

    Raises Conflict while a gate is closed (unserved, window open, same person, severity, cured) and StaleVersion for a second click.
    """
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.DECIDE_LISTING)
    ruling = _ruling(work, case)
    imposed = _effects(work, case)
    number, document_id = papers.issue(
        work,
        case,
        "decision",
        basis=(ruling.legal_basis, ruling.basis_version),
        note=note,
        effects=tuple(words for _effect, _basis, words in imposed),
        publish_until=ruling.publish_until,
    )
    _apply(case, ruling, number=number, document_id=document_id, service_id=_serve(work, case, document_id))
    take(work, case, Action.DECIDE_LISTING, note=note, documents=(document_id,))
    for effect, basis, _words in imposed:
        restrict(
            work,
            authorisation_id=case.authorisation_id,
            source=SOURCE,
            source_id=case.id or 0,
            effect=effect,
            basis=basis,
            from_on=work.today,
        )
    return case


@dataclass(frozen=True)
class _Ruling:
    """What a decision of today says: who, on which basis, published until when (None: internal only)."""

    decider_id: int | None
    on: date
    authority: str
    legal_basis: str
    basis_version: str
    publication_basis: str
    publish_until: date | None
    objection_until: date


def _ruling(work: Work, case: ListingCase) -> _Ruling:
    clocks = clocks_of(case.clocks)
    parameter = ground_parameter(work.session, case.ground, case.authority_division, work.today)
    legal_basis = str(parameter.value.get("basis", ""))
    publication_basis = legal_basis if parameter.value.get("publish") else ""
    public = may_publish(replace(facts_of(work, case), publication_basis=publication_basis))
    return _Ruling(
        decider_id=work.actor.person_id,
        on=work.today,
        authority=authority_of(work, case),
        legal_basis=legal_basis,
        basis_version=parameter.version,
        publication_basis=publication_basis,
        publish_until=work.today + clocks.publication(case.severity) if public else None,
        objection_until=work.today + timedelta(days=clocks.objection_days),
    )


def _apply(case: ListingCase, ruling: _Ruling, *, number: str, document_id: int, service_id: int) -> None:
    """All at once, just before the state changes: the database's CHECKs see a decided case or an undecided one, never half of one."""
    case.decider_id, case.decided_on, case.authority_name = ruling.decider_id, ruling.on, ruling.authority
    case.legal_basis, case.basis_version, case.publication_basis = ruling.legal_basis, ruling.basis_version, ruling.publication_basis
    case.decision_number, case.decision_document_id, case.decision_service_id = number, document_id, service_id
    case.objection_until = ruling.objection_until
    if ruling.publish_until is not None:
        case.published_on, case.publish_until = ruling.on, ruling.publish_until


def _effects(work: Work, case: ListingCase) -> list[tuple[str, str, Words]]:
    """The effects that policy attaches: one that restricts a right counts only with its basis."""
    configured = effects_parameter(work.session, case.ground, case.authority_division, work.today).value
    imposed: list[tuple[str, str, Words]] = []
    for item in configured:
        effect, basis = str(item["effect"]), str(item.get("basis", ""))
        if basis or effect == Effect.SAMPLING_WEIGHT:
            label = EFFECT_LABELS[Effect(effect)]
            imposed.append((effect, basis, say("%(effect)s（依据：%(basis)s）", effect=label, basis=basis) if basis else label))
    return imposed


def _serve(work: Work, case: ListingCase, document_id: int) -> int:
    party = case.owner_org_id or 0
    electronic = consent_of(work.session, party, work.today) is not None
    record = notices.serve(
        work,
        document_id=document_id,
        organisation_id=party,
        method=Method.ELECTRONIC if electronic else Method.POST,
        title=say("您有一份决定书：案件 %(number)s", number=case.number),
        link=f"/cases/{case.id}",
        collect_at=authority_of(work, case),
    )
    return record.id or 0


def decide_against(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Decide not to list, with the reasons."""
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.DECIDE_AGAINST)
    case.reason = _reason(note)
    take(work, case, Action.DECIDE_AGAINST, note=note)
    anomalies.settle_finding(work, case.finding_id)
    tell_party(work, case, say("案件 %(number)s 决定不予列入", number=case.number), say("理由：%(note)s", note=note))
    return case


def _reason(note: str) -> str:
    if not note.strip():
        raise invalid("note", say("没有填写理由。"), say("请写明理由。"))
    return note.strip()


def return_case(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Return a proposal to the handler for more verification; a new notice is then needed."""
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.RETURN)
    return take(work, case, Action.RETURN, note=_reason(note))


def uphold(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Answer an objection: the listing stands."""
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.UPHOLD)
    take(work, case, Action.UPHOLD, note=_reason(note))
    tell_party(work, case, say("异议审查结果：维持列入决定"), say("案件 %(number)s：%(note)s", number=case.number, note=note))
    return case


def correct(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Answer an objection: the listing was wrong. Publication ends and restrictions are lifted the same day."""
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.CORRECT)
    _unpublish(work, case, work.today)
    _number, document_id = papers.issue(work, case, "correction", basis=(case.legal_basis, case.basis_version), note=_reason(note))
    take(work, case, Action.CORRECT, note=note, documents=(document_id,))
    anomalies.settle_finding(work, case.finding_id)
    tell_party(work, case, say("异议成立，列入决定已更正"), say("案件 %(number)s 的公示已终止。", number=case.number))
    return case


def remove(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Decide the removal after another officer verified the repair. Publication ends, restrictions are lifted, the record stays."""
    case = enter(work, case_id, "case:decide", version=version)
    refuse(work, case, Action.REMOVE)
    case.remover_id, case.removed_on = work.actor.person_id, work.today
    _unpublish(work, case, work.today)
    case.removal_number, case.removal_document_id = papers.issue(
        work, case, "removal", basis=(case.legal_basis, case.basis_version), note=note
    )
    take(work, case, Action.REMOVE, note=note, documents=(case.removal_document_id,))
    anomalies.settle_finding(work, case.finding_id)
    tell_party(work, case, say("您已被移出异常名录"), say("案件 %(number)s 的公示已终止，移出决定书可在案件页面查看。", number=case.number))
    return case


def expire(work: Work, case_id: int, *, version: int | None = None) -> ListingCase:
    """End a publication whose longest period is over."""
    case = enter(work, case_id, "case:decide", version=version)
    return end_period(work, case)


def end_period(work: Work, case: ListingCase) -> ListingCase:
    """End a publication whose longest period is over; the caller has asked for its own permission."""
    refuse(work, case, Action.EXPIRE)
    _unpublish(work, case, work.today)
    take(work, case, Action.EXPIRE)
    anomalies.settle_finding(work, case.finding_id)
    tell_party(work, case, say("公示期已届满"), say("案件 %(number)s 的公示已终止。", number=case.number))
    return case


def _unpublish(work: Work, case: ListingCase, on: date) -> None:
    if case.published_on is not None:
        case.unpublished_on = on
    lift(work, source=SOURCE, source_id=case.id or 0, until_on=on)
