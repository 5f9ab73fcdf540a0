"""QT-05: more crabs than were stocked, and crabs that were only bathed; a late top-up of the pond is no ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.qt_05 import Harvested, StockFacts, Stocking, Thresholds, judge

RULE = Thresholds(survival_permille=700, residence_days=60, severity=3, of_gi=True)
SPRING = Stocking(1, date(2025, 3, 1), 10_000, "示例苗场")
POND = StockFacts(5, 3, 2025, marked=7_000, stocked=(SPRING,), harvested=(Harvested(1, "PC-1", date(2025, 9, 25), 7_000),))


def keys(facts: StockFacts, rule: Thresholds = RULE) -> list[str]:
    return [outcome.key for outcome in judge(facts, rule) if isinstance(outcome, FindingDraft)]


def test_what_the_stocking_can_give_is_lawful() -> None:
    assert judge(POND, RULE) == ()


def test_one_crab_more_than_can_have_survived_is_found() -> None:
    (outcome,) = judge(replace(POND, marked=7_001), RULE)
    assert isinstance(outcome, FindingDraft)
    assert (outcome.severity, outcome.lines[-1].amount) == (3, 1)
    assert "10\u202f000 × 最高成活率 700‰" in str(outcome.lines[2].arithmetic)


def test_old_stock_and_purchases_explain_the_rest() -> None:
    assert judge(replace(POND, marked=7_500, opening=200, bought=300), RULE) == ()


def test_crabs_bathed_for_three_days_are_found() -> None:
    late = Stocking(2, date(2025, 9, 22), 20_000, "外地")
    came = replace(POND, marked=12_000, stocked=(SPRING, late), harvested=(Harvested(1, "PC-1", date(2025, 9, 25), 12_000),))
    assert keys(came) == ["3|residence"]
    (outcome,) = judge(came, RULE)
    assert isinstance(outcome, FindingDraft)
    assert outcome.lines[-1].amount == 5_000


def test_a_late_top_up_is_no_ground_while_the_harvest_can_come_from_spring() -> None:
    late = Stocking(2, date(2025, 9, 22), 20_000, "外地")
    assert keys(replace(POND, stocked=(SPRING, late))) == []


@pytest.mark.parametrize(("stocked_on", "found"), [(date(2025, 7, 27), False), (date(2025, 7, 28), True)])
def test_the_last_day_of_the_residence_counts(stocked_on: date, found: bool) -> None:
    assert bool(keys(replace(POND, stocked=(replace(SPRING, on=stocked_on),)))) is found


def test_without_a_residence_of_the_gi_only_the_sum_is_judged() -> None:
    bathed = replace(POND, stocked=(replace(SPRING, on=date(2025, 9, 22)),))
    assert keys(bathed, replace(RULE, residence_days=0)) == []


def test_without_stocking_a_gi_with_a_parameter_is_asked_and_others_are_left_alone() -> None:
    (outcome,) = judge(replace(POND, stocked=()), RULE)
    assert isinstance(outcome, Unjudged)
    assert judge(replace(POND, stocked=()), replace(RULE, of_gi=False)) == ()


def test_seedlings_on_file_by_weight_need_a_count() -> None:
    (outcome,) = judge(replace(POND, marked=99_000, weighed=True), RULE)
    assert isinstance(outcome, Unjudged)


def test_who_marks_nothing_is_not_judged() -> None:
    assert judge(replace(POND, marked=0, stocked=(replace(SPRING, count=1),)), RULE) == ()
