"""The gates: what must hold before a case moves on, and what people are told when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.kernel.verdict import Failed, Passed
from gi_registry.kernel.words import say
from gi_registry.listings.rules.gates import CaseFacts, check, may_publish
from gi_registry.listings.rules.life import Action, State

TODAY = date(2026, 5, 20)
HANDLER, APPROVER = 1, 2

READY = CaseFacts(
    state=State.PROPOSED,
    today=TODAY,
    severity=2,
    actor_id=APPROVER,
    handled_by=frozenset({HANDLER}),
    publication_basis="《示例省地理标志条例》第三十条",
    served=Passed(),
    served_on=date(2026, 4, 20),
    window_ends_on=date(2026, 5, 8),
)


def refused(action: Action, facts: CaseFacts) -> str:
    verdict = check(action, facts)
    assert isinstance(verdict, Failed), f"{action} should be refused"
    return str(verdict.reason)


def test_a_case_with_everything_in_order_is_decided() -> None:
    assert check(Action.DECIDE_LISTING, READY)


def test_an_unserved_notice_stops_the_procedure() -> None:
    unserved = replace(READY, served=Failed(say("送达尚未证明。")), served_on=None)
    assert refused(Action.PROVE_SERVICE, replace(unserved, state=State.NOTICE_ISSUED)) == "送达尚未证明，不能进入陈述申辩期。"
    assert "送达尚未证明" in refused(Action.PROPOSE, replace(unserved, state=State.DEFENCE_OPEN))
    assert "送达尚未证明" in refused(Action.DECIDE_LISTING, unserved)


def test_an_open_window_stops_the_procedure_to_its_last_day() -> None:
    last_day = replace(READY, window_ends_on=TODAY)
    assert "2026-05-20" in refused(Action.DECIDE_LISTING, last_day)
    assert "尚未届满" in refused(Action.PROPOSE, replace(last_day, state=State.DEFENCE_OPEN))
    assert check(Action.DECIDE_LISTING, replace(last_day, today=date(2026, 5, 21)))


def test_a_window_without_a_loaded_calendar_is_never_over() -> None:
    assert "工作日历尚未载入" in refused(Action.DECIDE_LISTING, replace(READY, provisional=True))


@pytest.mark.parametrize("action", [Action.DECIDE_LISTING, Action.DECIDE_AGAINST, Action.RETURN])
def test_the_handler_does_not_decide(action: Action) -> None:
    assert "承办人不能决定" in refused(action, replace(READY, actor_id=HANDLER))


def test_nobody_is_not_another_officer() -> None:
    assert "承办人不能决定" in refused(Action.DECIDE_LISTING, replace(READY, actor_id=None))


def test_a_serious_ground_needs_the_city() -> None:
    serious = replace(READY, severity=3)
    assert "市级" in refused(Action.DECIDE_LISTING, serious)
    assert check(Action.DECIDE_LISTING, replace(serious, actor_is_city=True))


def test_unanswered_points_stop_the_decision() -> None:
    assert "2 点" in refused(Action.ANSWER_DEFENCE, replace(READY, state=State.DEFENCE_FILED, unanswered=2))
    assert check(Action.ANSWER_DEFENCE, replace(READY, state=State.DEFENCE_FILED))


@pytest.mark.parametrize(
    ("state", "action"),
    [
        (State.TRIAGE, Action.VERIFY),
        (State.VERIFYING, Action.ORDER_RECTIFICATION),
        (State.VERIFYING, Action.ISSUE_NOTICE),
        (State.DEFENCE_ANSWERED, Action.PROPOSE),
        (State.PROPOSED, Action.DECIDE_LISTING),
    ],
)
def test_a_cured_case_goes_no_further(state: State, action: Action) -> None:
    facts = replace(READY, state=state, cured=True)
    assert "已不成立" in refused(action, facts)
    assert check(Action.WITHDRAW, facts)


def test_a_case_is_not_withdrawn_while_its_ground_holds() -> None:
    assert "仍然成立" in refused(Action.WITHDRAW, READY)


def test_an_ordered_rectification_has_its_time() -> None:
    ordered = replace(READY, state=State.RECTIFICATION_ORDERED, rectify_until=TODAY)
    assert "期满前不能" in refused(Action.ISSUE_NOTICE, ordered)
    assert check(Action.ISSUE_NOTICE, replace(ordered, today=date(2026, 5, 21)))


def test_a_notice_needs_a_party() -> None:
    assert "尚未匹配" in refused(Action.ISSUE_NOTICE, replace(READY, state=State.VERIFYING, party_known=False))


def test_the_period_of_verification_is_extended_once() -> None:
    verifying = replace(READY, state=State.VERIFYING)
    assert check(Action.EXTEND, verifying)
    assert "一次" in refused(Action.EXTEND, replace(verifying, extended=True))


def test_an_objection_has_its_period() -> None:
    listed = replace(READY, state=State.LISTED, objection_until=TODAY)
    assert check(Action.OBJECT, listed)
    assert "届满" in refused(Action.OBJECT, replace(listed, today=date(2026, 5, 21)))


def test_a_missing_report_is_filed_before_removal() -> None:
    filed = replace(READY, state=State.RECTIFICATION_FILED, must_be_cured=True)
    assert "不能移出" in refused(Action.VERIFY_RECTIFICATION, filed)
    assert check(Action.VERIFY_RECTIFICATION, replace(filed, cured=True))


def test_who_verified_the_repair_does_not_remove() -> None:
    verified = replace(READY, state=State.RECTIFICATION_VERIFIED, verifier_id=APPROVER)
    assert "核实整改的人员" in refused(Action.REMOVE, verified)
    assert check(Action.REMOVE, replace(verified, verifier_id=HANDLER))


def test_publication_ends_when_its_period_is_over() -> None:
    listed = replace(READY, state=State.LISTED, publish_until=date(2026, 5, 21))
    assert "尚未届满" in refused(Action.EXPIRE, listed)
    assert check(Action.EXPIRE, replace(listed, today=date(2026, 5, 21)))


def test_without_a_basis_a_listing_stays_internal() -> None:
    assert may_publish(READY)
    verdict = may_publish(replace(READY, publication_basis=""))
    assert isinstance(verdict, Failed)
    assert "不公示" in str(verdict.reason)


def test_an_illegal_step_is_refused_before_its_gates() -> None:
    assert "当前状态为“线索”" in refused(Action.DECIDE_LISTING, replace(READY, state=State.LEAD))
