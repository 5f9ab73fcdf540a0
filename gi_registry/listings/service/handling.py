"""What the handler of a case does, up to handing it to the second officer, and the verification of a repair."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from gi_registry.anomalies import service as anomalies
from gi_registry.anomalies.queries import get_finding
from gi_registry.kernel.errors import Conflict, FieldError, Invalid, invalid
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import say
from gi_registry.listings import queries
from gi_registry.listings.models import ListingCase
from gi_registry.listings.rules.clocks import clocks_of
from gi_registry.listings.rules.life import CASE_LIFE, Action, State
from gi_registry.listings.schemas import AnswerPoint, Attachment
from gi_registry.listings.service import papers
from gi_registry.listings.service.steps import (
    add_working_days,
    attach,
    authority_of,
    clocks_json,
    configured_clocks,
    enter,
    note_step,
    refuse,
    set_clock,
    take,
    tell_party,
)
from gi_registry.notices import service as notices
from gi_registry.notices.queries import get_service
from gi_registry.notices.rules import Method, is_served
from gi_registry.policy.service import ground as ground_parameter
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work, begin


def open_case(work: Work, finding_id: int, *, expected_version: int | None = None) -> ListingCase:
    """Open a case on a finding; it starts as a lead. Raises Duplicate while a case of the same user and ground is open."""
    finding = anomalies.open_case_on(work, finding_id, expected_version=expected_version)
    user = get_authorisation(work.session, finding.authorisation_id or 0)
    clocks = configured_clocks(work, user.authority_division)
    parameter = ground_parameter(work.session, finding.ground, user.authority_division, work.today)
    count = queries.next_number(work.session, "case", work.today.year)
    case = ListingCase(
        number=f"YC-{work.today.year}-{count:05d}",
        authorisation_id=user.id or 0,
        gi_id=user.gi_id,
        finding_id=finding_id,
        ground=finding.ground,
        year=finding.year,
        severity=int(parameter.value["severity"]),
        state="",
        handler_id=_person(work),
        opened_on=work.today,
        clocks=clocks_json(clocks),
        owner_org_id=user.owner_org_id,
        authority_division=user.authority_division,
        legal_basis=str(parameter.value.get("basis", "")),
        basis_version=parameter.version,
    )
    set_clock(work, begin(case, CASE_LIFE), State.LEAD)
    work.record(case, "case:open")
    work.flush()
    note_step(work, case, "open")
    return case


def _person(work: Work) -> int:
    if work.actor.person_id is None:
        raise Conflict(say("案件须由工作人员办理，系统不能立案或者作出决定。"))
    return work.actor.person_id


def accept(work: Work, case_id: int, *, version: int, note: str = "") -> ListingCase:
    """Take up a lead for triage."""
    return _step(work, case_id, Action.ACCEPT, version=version, note=note)


def verify(work: Work, case_id: int, *, version: int, note: str = "") -> ListingCase:
    """Start the verification."""
    return _step(work, case_id, Action.VERIFY, version=version, note=note)


def _step(work: Work, case_id: int, action: Action, *, version: int, note: str = "", files: tuple[Attachment, ...] = ()) -> ListingCase:
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, action)
    return take(work, case, action, note=note, documents=attach(work, case, files))


def extend(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Extend the verification, once, with a reason; the extension starts where the period ends."""
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, Action.EXTEND)
    ends = case.due_on or work.today
    case.extended = True
    take(work, case, Action.EXTEND, note=note)
    due = add_working_days(work, ends, clocks_of(case.clocks).verify_extension_wd)
    case.due_on, case.due_provisional = due.on, due.provisional
    work.record(case, "case:extend")
    work.flush()
    return case


def dismiss(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """End a case before any notice of intended listing: the lead is not confirmed, or the rectification is done."""
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, Action.DISMISS)
    case.reason = _reason(note)
    take(work, case, Action.DISMISS, note=note)
    anomalies.settle_finding(work, case.finding_id)
    if case.order_service_id is not None:
        tell_party(
            work, case, say("案件 %(number)s 已办结", number=case.number), say("经核实，决定不予列入异常名录。理由：%(note)s", note=note)
        )
    return case


def _reason(note: str) -> str:
    if not note.strip():
        raise invalid("note", say("没有填写理由。"), say("请写明理由，供当事人和上级核查。"))
    return note.strip()


def withdraw(work: Work, case_id: int, *, version: int | None = None, note: str = "") -> ListingCase:
    """Withdraw a case whose facts were cured before listing; the rule itself is asked."""
    case = enter(work, case_id, "case:handle", version=version)
    return end_cured(work, case, note=note)


def end_cured(work: Work, case: ListingCase, *, note: str = "") -> ListingCase:
    """Withdraw a case after its rule no longer finds the ground; the caller has asked for its own permission."""
    refuse(work, case, Action.WITHDRAW)
    case.reason = note.strip() or say("重新核算后事由已不成立。").template
    take(work, case, Action.WITHDRAW, note=case.reason)
    anomalies.clear_finding(work, case.finding_id)
    if case.order_document_id is not None or case.notice_document_id is not None:
        tell_party(work, case, say("案件 %(number)s 已撤回", number=case.number), say("您已补正，事由不再成立，本案不再继续。"))
    return case


def order_rectification(work: Work, case_id: int, *, version: int, method: Method, note: str) -> ListingCase:
    """Issue the notice to rectify (限期整改通知书) and serve it."""
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, Action.ORDER_RECTIFICATION)
    case.rectify_until = work.today + timedelta(days=clocks_of(case.clocks).rectify_days)
    _number, case.order_document_id = papers.issue(work, case, "order", basis=_basis(case), note=note)
    case.order_service_id = _send(work, case, case.order_document_id, method)
    return take(work, case, Action.ORDER_RECTIFICATION, note=note, documents=(case.order_document_id, *papers.sources_of(work, case)))


def issue_notice(work: Work, case_id: int, *, version: int, method: Method, note: str = "") -> ListingCase:
    """Issue the notice of intended listing (拟列入告知书) and send it; the defence window opens when service is proved."""
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, Action.ISSUE_NOTICE)
    case.served_on = case.window_ends_on = None
    case.window_provisional = False
    _number, case.notice_document_id = papers.issue(work, case, "notice", basis=_basis(case), note=note)
    case.notice_service_id = _send(work, case, case.notice_document_id, method)
    return take(work, case, Action.ISSUE_NOTICE, note=note, documents=(case.notice_document_id, *papers.sources_of(work, case)))


def _basis(case: ListingCase) -> tuple[str, str]:
    return case.legal_basis, case.basis_version


def _send(work: Work, case: ListingCase, document_id: int, method: Method) -> int:
    if case.owner_org_id is None:
        raise Conflict(say("该授权尚未匹配到单位，文书无法送达。"), remedy=say("请先在登记簿中完成匹配。"))
    record = notices.serve(
        work,
        document_id=document_id,
        organisation_id=case.owner_org_id,
        method=method,
        title=say("您有一份文书：案件 %(number)s", number=case.number),
        link=f"/cases/{case.id}",
        collect_at=authority_of(work, case),
    )
    return record.id or 0


def serve_again(work: Work, case_id: int, *, version: int, method: Method, note: str) -> ListingCase:
    """Send the notice once more by another method, because the first one did not reach the party."""
    case = enter(work, case_id, "case:handle", version=version)
    if case.state != State.NOTICE_ISSUED or case.notice_document_id is None:
        raise Conflict(say("当前没有待送达的告知书。"))
    case.notice_service_id = _send(work, case, case.notice_document_id, method)
    case.version += 1
    work.record(case, "case:serve_again")
    note_step(work, case, "serve_again", note=note)
    return case


def prove_service(
    work: Work, case_id: int, *, version: int, served_on: date | None = None, receipt: Attachment | None = None
) -> ListingCase:
    """Record that the notice was served and open the defence window. Post and personal delivery need the receipt and its date."""
    case = enter(work, case_id, "case:handle", version=version)
    CASE_LIFE.after(case.state, Action.PROVE_SERVICE.value)
    documents: tuple[int, ...] = ()
    record = get_service(work.session, case.notice_service_id or 0)
    if record.method in {Method.POST, Method.PERSONAL} and record.served_on is None:
        _need_receipt(served_on, receipt)
        documents = attach(work, case, (receipt,)) if receipt else ()
        notices.prove(work, record.id or 0, served_on=served_on or work.today, proof_document_id=documents[0])
    return open_window(work, case, documents=documents)


def prove_decision(
    work: Work, case_id: int, *, version: int, served_on: date | None = None, receipt: Attachment | None = None
) -> ListingCase:
    """Record that the decision was delivered; the period for objections starts on the day served."""
    case = enter(work, case_id, "case:handle", version=version)
    if not decision_unproven(work, case):
        raise Conflict(say("没有等待登记送达的决定书。"))
    _need_receipt(served_on, receipt)
    documents = attach(work, case, (receipt,)) if receipt else ()
    day = served_on or work.today
    notices.prove(work, case.decision_service_id or 0, served_on=day, proof_document_id=documents[0])
    case.objection_until = day + timedelta(days=clocks_of(case.clocks).objection_days)
    case.version += 1
    work.record(case, "case:prove_decision")
    note_step(work, case, "prove_decision", documents=documents)
    return case


def decision_unproven(work: Work, case: ListingCase) -> bool:
    """Say whether a decision was sent by post or in person and its receipt is not stored yet."""
    if case.decision_service_id is None:
        return False
    record = get_service(work.session, case.decision_service_id)
    return record.method in {Method.POST, Method.PERSONAL} and record.served_on is None


def _need_receipt(served_on: date | None, receipt: Attachment | None) -> None:
    problems = []
    if served_on is None:
        problems.append(FieldError("served_on", say("没有填写送达日期。"), say("请按送达回证填写。")))
    if receipt is None:
        problems.append(FieldError("receipt", say("没有上传送达回证。"), say("请上传送达回证或签收凭证。")))
    if problems:
        raise Invalid(*problems)


def open_window(work: Work, case: ListingCase, *, documents: tuple[int, ...] = ()) -> ListingCase:
    """Open the defence window on a proven service; the caller has asked for its own permission."""
    service = notices.service_of(work.session, case.notice_service_id or 0)
    refuse(work, case, Action.PROVE_SERVICE)
    case.served_on = service.served_on
    window = add_working_days(work, service.served_on or work.today, clocks_of(case.clocks).defence_wd)
    case.window_ends_on, case.window_provisional = window.on, window.provisional
    take(work, case, Action.PROVE_SERVICE, documents=documents)
    tell_party(
        work,
        case,
        say("您可以在 %(on)s 前陈述申辩", on=window.on.isoformat()),
        say("案件 %(number)s 的告知书已送达。请在期限内提出陈述申辩和证据；不会因申辩而加重处理。", number=case.number),
    )
    return case


def is_notice_served(work: Work, case: ListingCase) -> bool:
    """Say whether the notice of a case counts as served today."""
    if case.notice_service_id is None:
        return False
    return bool(is_served(notices.service_of(work.session, case.notice_service_id), work.today))


def answer_defence(work: Work, case_id: int, *, version: int, answers: Sequence[AnswerPoint]) -> ListingCase:
    """Answer the party's statement point by point. Raises Invalid for each point without an answer."""
    case = enter(work, case_id, "case:handle", version=version)
    CASE_LIFE.after(case.state, Action.ANSWER_DEFENCE.value)
    points = queries.points_of(work.session, case.id or 0)
    given = {answer.number: answer for answer in answers}
    missing = [point.number for point in points if not point.answer and point.number not in given]
    if missing:
        raise Invalid(*(FieldError(f"answer_{number}", say("第 %(n)s 点没有答复。", n=number), say("请逐条答复。")) for number in missing))
    for point in points:
        if point.number in given:
            point.answer, point.outcome, point.answered_at = given[point.number].answer, given[point.number].outcome, work.now
            work.record(point, "point:answer")
    work.flush()
    refuse(work, case, Action.ANSWER_DEFENCE)
    take(work, case, Action.ANSWER_DEFENCE)
    tell_party(work, case, say("您的陈述申辩已逐条答复"), say("案件 %(number)s 的申辩答复可在案件页面查看。", number=case.number))
    return case


def propose(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Hand the case to the second officer with a proposal; the defence window must be over."""
    return _step(work, case_id, Action.PROPOSE, version=version, note=_reason(note))


def verify_rectification(work: Work, case_id: int, *, version: int, note: str, files: tuple[Attachment, ...] = ()) -> ListingCase:
    """Confirm that the repair was verified, with what was seen; another officer decides the removal."""
    case = enter(work, case_id, "case:handle", version=version)
    refuse(work, case, Action.VERIFY_RECTIFICATION)
    case.verifier_id, case.verified_on = _person(work), work.today
    return take(work, case, Action.VERIFY_RECTIFICATION, note=_reason(note), documents=attach(work, case, files))


def reject_rectification(work: Work, case_id: int, *, version: int, note: str) -> ListingCase:
    """Return the repair to the party with the reasons."""
    case = _step(work, case_id, Action.REJECT_RECTIFICATION, version=version, note=_reason(note))
    tell_party(work, case, say("整改材料未通过核实"), say("案件 %(number)s：%(note)s", number=case.number, note=note))
    return case


def still_eligible(work: Work, case: ListingCase) -> bool:
    """Ask the rule of the ground again."""
    return not isinstance(anomalies.still_holds(work.session, get_finding(work.session, case.finding_id), as_of=work.today), Failed)
