"""The whole way onto the list and off it again, and every gate on it, on real rows."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from gi_registry.documents.models import Document
from gi_registry.documents.queries import content_of
from gi_registry.documents.rules import sha256_of
from gi_registry.kernel.errors import Conflict, Duplicate, IllegalTransition, Invalid, NotAllowed, NotFound, StaleVersion
from gi_registry.listings import queries, service
from gi_registry.listings.models import ListingStep
from gi_registry.listings.schemas import AnswerPoint
from gi_registry.notices.models import Notice
from gi_registry.notices.rules import Method
from gi_registry.registry.models import AuthorisationRestriction
from gi_registry.registry.service import standing
from tests.builders.accounts import make_person
from tests.builders.divisions import make_division
from tests.builders.listings import (
    PROOF,
    RECEIPT,
    Stage,
    authorisation_of,
    make_stage,
    to_listed,
    to_notice,
    to_proposed,
    to_verifying,
    to_window,
)
from tests.builders.papers import squeezed, text_of

DECISION_SAYS = (
    "示例市异列决〔2026〕1号",
    "QT-01",
    "12 亩 × 500",
    "上限文件我们没有收到。",
    "经核对，已予答复。",
    "《示例省地理标志条例（示例）》",
    "六十日内申请行政复议",
    "六个月内",
    "移出的条件",
    "示例县知识产权局",
)


def paper_text(stage: Stage, document_id: int | None) -> str:
    document = stage.session.get(Document, document_id)
    content = content_of(stage.session, document)
    assert sha256_of(content) == document.sha256
    return text_of(content)


def heal(work: Any, stage: Stage) -> None:
    from gi_registry.registry.models import Gi
    from tests.builders.batches import make_cap

    make_cap(work, work.session.get(Gi, stage.the_case.gi_id), per_mu="600", status="final")


def test_the_whole_way_onto_the_list(work: Any) -> None:
    stage = to_listed(make_stage(work))
    case = stage.the_case
    assert (case.state, case.severity) == ("listed", 3)
    assert case.decision_number == "示例市异列决〔2026〕1号"
    assert case.published_on == stage.as_("city").today
    text = paper_text(stage, case.decision_document_id)
    assert stage.party.name in text
    assert stage.party.uscc in text
    for said in DECISION_SAYS:
        assert squeezed(said) in text, said
    listing = queries.published_listing(work.session, case.authorisation_id)
    assert listing is not None
    assert "列入专用标志使用异常名录" in str(listing.sentence)
    steps = [step.action for step in work.session.exec(select(ListingStep).where(ListingStep.case_id == case.id))]
    assert steps == [
        "open",
        "accept",
        "verify",
        "issue_notice",
        "prove_service",
        "file_defence",
        "answer_defence",
        "propose",
        "decide_listing",
    ]


def test_restrictions_come_with_a_basis_and_end_with_the_listing(work: Any) -> None:
    stage = to_listed(make_stage(work))
    imposed = work.session.exec(select(AuthorisationRestriction).where(AuthorisationRestriction.source == "listing_case")).all()
    assert {(row.effect, bool(row.basis)) for row in imposed} == {("sampling_weight", False), ("stop_allotment", True)}
    today = stage.as_("city").today
    assert "stop_allotment" in standing(work.session, authorisation_of(stage), today).effects
    stage.act("operator", service.file_rectification, note="已作废 1200 枚。", files=(PROOF,))
    stage.act("handler", service.verify_rectification, note="现场核对无误。")
    stage.act("city", service.remove, note="同意移出。")
    assert standing(work.session, authorisation_of(stage), today).effects == frozenset()


def test_the_way_out(work: Any) -> None:
    stage = to_listed(make_stage(work))
    with pytest.raises(Invalid):
        stage.act("operator", service.file_rectification, note="已改。", files=())
    stage.act("operator", service.file_rectification, note="已作废 1200 枚。", files=(PROOF,))
    stage.act("handler", service.reject_rectification, note="数量不符，请补充。")
    stage.act("operator", service.file_rectification, note="补充清单。", files=(PROOF,))
    stage.act("handler", service.verify_rectification, note="现场核对无误。")
    stage.act("city", service.remove, note="同意移出。")
    case = stage.the_case
    assert (case.state, case.removal_number) == ("removed", "示例市异移决〔2026〕1号")
    assert queries.published_listing(work.session, case.authorisation_id) is None
    with pytest.raises(NotFound):
        queries.get_published(work.session, stage.id)
    assert queries.get_case(work.session, stage.id).decision_number, "the record stays"


def test_an_unserved_notice_stops_everything(work: Any) -> None:
    stage = to_notice(make_stage(work))
    with pytest.raises(Invalid) as refused:
        stage.act("handler", service.prove_service)
    assert {field.field for field in refused.value.fields} == {"served_on", "receipt"}
    with pytest.raises(IllegalTransition):
        stage.act("handler", service.propose, note="直接决定。")
    with pytest.raises(IllegalTransition):
        stage.act("city", service.decide_listing, note="直接决定。")
    assert stage.the_case.state == "notice_issued"


def test_electronic_service_needs_a_confirmation_on_file(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    with pytest.raises(Conflict, match="电子送达确认书"):
        stage.act("handler", service.issue_notice, method=Method.ELECTRONIC)


def test_electronic_service_counts_when_the_party_confirms(work: Any) -> None:
    stage = to_notice(make_stage(work, consent=True), Method.ELECTRONIC)
    with pytest.raises(Conflict, match="送达尚未证明"):
        stage.act("handler", service.prove_service)
    stage.later(1)
    service.confirm_receipt(stage.as_("operator"), stage.id)
    assert stage.the_case.state == "defence_open"
    assert stage.the_case.served_on == stage.as_("operator").today


def test_a_public_notice_counts_after_its_period(work: Any) -> None:
    stage = to_notice(make_stage(work), Method.PUBLIC_NOTICE)
    stage.later(29)
    with pytest.raises(Conflict, match="送达尚未证明"):
        stage.act("handler", service.prove_service)
    stage.later(1)
    stage.act("handler", service.prove_service)
    assert stage.the_case.state == "defence_open"


def test_a_notice_that_did_not_arrive_is_served_again(work: Any) -> None:
    stage = to_notice(make_stage(work), Method.POST)
    first = stage.the_case.notice_service_id
    stage.act("handler", service.serve_again, method=Method.PERSONAL, note="邮件退回，改为直接送达。")
    assert stage.the_case.notice_service_id != first


def test_the_window_is_kept_to_its_last_day(work: Any) -> None:
    stage = to_window(make_stage(work))
    window = stage.the_case.window_ends_on
    stage.later((window - stage.as_("handler").today).days)
    with pytest.raises(Conflict, match="尚未届满"):
        stage.act("handler", service.propose, note="建议列入。")
    stage.later(1)
    stage.act("handler", service.propose, note="建议列入。")
    assert stage.the_case.state == "proposed"


def test_a_defence_is_answered_point_by_point(work: Any) -> None:
    stage = to_window(make_stage(work))
    stage.act("owner", service.file_defence, points="第一点。\n\n第二点。")
    stage.act("owner", service.file_defence, points="第三点。", files=(PROOF,))
    with pytest.raises(Invalid) as refused:
        stage.act("handler", service.answer_defence, answers=[AnswerPoint(number=1, answer="不成立。", outcome="rejected")])
    assert [field.field for field in refused.value.fields] == ["answer_2", "answer_3"]
    answers = [AnswerPoint(number=n, answer="已核对。", outcome="partly") for n in (1, 2, 3)]
    stage.act("handler", service.answer_defence, answers=answers)
    assert stage.the_case.state == "defence_answered"


def test_the_operator_does_not_sign_the_defence(work: Any) -> None:
    stage = to_window(make_stage(work))
    with pytest.raises(NotAllowed):
        stage.act("operator", service.file_defence, points="我们不同意。")


def test_the_handler_does_not_decide(work: Any) -> None:
    stage = to_proposed(make_stage(work))
    with pytest.raises(NotAllowed):
        stage.act("handler", service.decide_listing, note="同意。")
    both = make_person(work, "county_handler", "city_officer", division="9999")
    stage.people["both"] = both.id or 0
    stage.the_case.handler_id = both.id or 0
    with pytest.raises(Conflict, match="承办人不能决定"):
        stage.act("both", service.decide_listing, note="同意。")


def test_whoever_took_a_step_has_handled_the_case(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    both = make_person(work, "county_handler", "city_officer", division="9999")
    stage.people["both"] = both.id or 0
    stage.act("both", service.issue_notice, method=Method.PERSONAL)
    stage.act("handler", service.prove_service, served_on=stage.as_("handler").today, receipt=RECEIPT)
    stage.later(25)
    stage.act("handler", service.propose, note="建议列入。")
    with pytest.raises(Conflict, match="承办人不能决定"):
        stage.act("both", service.decide_listing, note="同意。")


def test_a_serious_ground_is_decided_by_the_city(work: Any) -> None:
    stage = to_proposed(make_stage(work))
    with pytest.raises(Conflict, match="市级"):
        stage.act("approver", service.decide_listing, note="同意。")


def test_a_missing_report_is_decided_by_the_county_and_cured_by_filing(work: Any) -> None:
    stage = to_listed(make_stage(work, ground="AR-01"))
    assert stage.the_case.decider_id == stage.people["approver"]
    stage.act("operator", service.file_rectification, note="说明。", files=(PROOF,))
    with pytest.raises(Conflict, match="不能移出"):
        stage.act("handler", service.verify_rectification, note="核对。")


def test_a_double_click_is_one_decision(work: Any) -> None:
    stage = to_proposed(make_stage(work))
    version = stage.the_case.version
    service.decide_listing(stage.as_("city"), stage.id, version=version, note="同意。")
    with pytest.raises(StaleVersion):
        service.decide_listing(stage.as_("city"), stage.id, version=version, note="同意。")
    assert stage.the_case.decision_number == "示例市异列决〔2026〕1号"


def test_a_cured_case_goes_no_further_and_is_withdrawn(work: Any) -> None:
    stage = to_window(make_stage(work))
    heal(work, stage)
    stage.later(30)
    with pytest.raises(Conflict, match="已不成立"):
        stage.act("handler", service.propose, note="建议列入。")
    service.withdraw(stage.as_("handler"), stage.id, version=stage.the_case.version)
    assert stage.the_case.state == "withdrawn"
    assert stage.finding.state == "cleared"


def test_a_case_that_holds_is_not_withdrawn(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    with pytest.raises(Conflict, match="仍然成立"):
        service.withdraw(stage.as_("handler"), stage.id, version=stage.the_case.version)


def test_one_open_case_per_user_and_ground(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    with pytest.raises(IllegalTransition):
        service.open_case(stage.as_("handler"), stage.finding.id or 0)
    stage.finding.state = "open"
    with pytest.raises(Duplicate):
        service.open_case(stage.as_("handler"), stage.finding.id or 0)


def test_another_county_sees_nothing(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    make_division(work, "999998")
    stage.people["neighbour"] = make_person(work, "county_handler", division="999998").id or 0
    with pytest.raises(NotFound):
        stage.act("neighbour", service.issue_notice, method=Method.POST)
    with pytest.raises(NotFound):
        service.view_case(stage.as_("neighbour"), stage.id)


def test_the_party_sees_nothing_before_a_paper_is_addressed_to_it(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    with pytest.raises(NotFound):
        service.view_case(stage.as_("owner"), stage.id)
    stage.act("handler", service.issue_notice, method=Method.PERSONAL)
    view = service.view_case(stage.as_("owner"), stage.id)
    assert [step.action for step in view.steps] == ["issue_notice"]
    assert view.handler_name == ""


def test_rectification_ordered_first(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    stage.act("handler", service.order_rectification, method=Method.PERSONAL, note="请作废超出的标识。")
    with pytest.raises(Conflict, match="期满前不能"):
        stage.act("handler", service.issue_notice, method=Method.PERSONAL)
    stage.act("operator", service.file_rectification, note="已作废。")
    stage.act("handler", service.dismiss, note="已在期限内改正。")
    assert (stage.the_case.state, stage.finding.state) == ("dismissed", "settled")


def test_the_verification_is_extended_once(work: Any) -> None:
    stage = to_verifying(make_stage(work))
    due = stage.the_case.due_on
    stage.act("handler", service.extend, note="案情复杂。")
    assert stage.the_case.due_on > due
    with pytest.raises(Conflict, match="一次"):
        stage.act("handler", service.extend, note="再延。")


def test_an_objection_is_upheld_or_corrected(work: Any) -> None:
    stage = to_listed(make_stage(work))
    stage.act("owner", service.object_to_listing, note="上限适用有误。")
    stage.act("city", service.uphold, note="适用无误。")
    assert stage.the_case.state == "listed"
    stage.act("owner", service.object_to_listing, note="再次提出。")
    stage.act("city", service.correct, note="上限确有错误。")
    assert stage.the_case.state == "corrected"
    assert queries.published_listing(work.session, stage.the_case.authorisation_id) is None


def test_the_period_for_objections_starts_when_the_decision_is_served(work: Any) -> None:
    stage = to_listed(make_stage(work))
    before = stage.the_case.objection_until
    stage.later(5)
    stage.act("handler", service.prove_decision, served_on=stage.as_("handler").today, receipt=RECEIPT)
    assert (stage.the_case.objection_until - before).days == 5
    with pytest.raises(Conflict):
        stage.act("handler", service.prove_decision, served_on=stage.as_("handler").today, receipt=RECEIPT)


def test_without_a_basis_the_listing_stays_internal(work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = to_proposed(make_stage(work))
    from gi_registry.policy.models import PolicyParameter

    for row in work.session.exec(select(PolicyParameter).where(PolicyParameter.key == "ground.QT-01", PolicyParameter.division == "99")):
        row.value = {**row.value, "publish": False, "basis": ""}
    work.flush()
    stage.act("city", service.decide_listing, note="内部监管。")
    case = stage.the_case
    assert (case.state, case.published_on) == ("listed", None)
    assert queries.published_listing(work.session, case.authorisation_id) is None
    assert "内部重点监管" in paper_text(stage, case.decision_document_id)


def test_time_warns_ends_and_withdraws(work: Any) -> None:
    stage = to_listed(make_stage(work))
    publish_until = stage.the_case.publish_until
    from gi_registry.kernel.actor import SYSTEM
    from gi_registry.workflow import Work

    def day(days_before: int) -> Any:
        stage.later((publish_until - stage.as_("city").today).days - days_before)
        return service.daily(Work(work.session, SYSTEM, stage.now))

    assert day(61).prewarned == 0
    assert day(60).prewarned == 1
    assert day(59).prewarned == 0
    assert day(0).expired == 1
    assert stage.the_case.state == "expired"
    titles = [notice.title for notice in work.session.exec(select(Notice).where(Notice.organisation_id == stage.party.id))]
    assert any("届满" in title for title in titles)


def test_time_opens_the_window_of_a_public_notice_and_withdraws_what_is_cured(work: Any) -> None:
    from gi_registry.kernel.actor import SYSTEM
    from gi_registry.workflow import Work

    stage = to_notice(make_stage(work), Method.PUBLIC_NOTICE)
    stage.later(30)
    assert service.daily(Work(work.session, SYSTEM, stage.now)).windows_opened == 1
    heal(work, stage)
    assert service.daily(Work(work.session, SYSTEM, stage.now)).withdrawn == 1


def test_natural_persons_are_masked(work: Any) -> None:
    stage = make_stage(work)
    stage.party.name, stage.party.natural_person = "张三丰", True
    to_listed(stage)
    listing = queries.published_listing(work.session, stage.the_case.authorisation_id)
    assert listing is not None
    assert listing.name == "张**"


def test_everything_is_in_the_log(work: Any) -> None:
    stage = to_listed(make_stage(work))
    work.commit()
    stage.commit()
    from gi_registry.log.models import LogEntry

    tables = set(work.session.exec(select(LogEntry.table_name).distinct()))
    assert {"listing_case", "listing_step", "defence_point", "finding", "finding_evidence", "service_record", "document"} <= tables
    assert stage.the_case.state == "listed"
