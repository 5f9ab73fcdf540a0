"""QT-04: labels before the harvest, faster than the line, before the opening day; a roll bound after a week of packing is no haste."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.qt_04 import Bound, TempoFacts, Thresholds, judge

RULE = Thresholds(severity=2, opening_severity=1, asks=100_000)
BOUND = Bound(1, "PC-1", 4, "大闸蟹", date(2025, 9, 30), 5_000, harvested_on=date(2025, 9, 26), per_day=1_000)


def facts(*bound: Bound) -> TempoFacts:
    return TempoFacts(5, 2025, bound)


def test_five_days_of_packing_bound_at_once_are_lawful() -> None:
    assert judge(facts(BOUND), RULE) == ()


def test_one_label_more_than_the_line_can_have_put_on_is_found() -> None:
    (outcome,) = judge(facts(replace(BOUND, count=5_001)), RULE)
    assert isinstance(outcome, FindingDraft)
    assert (outcome.key, outcome.severity, outcome.lines[-1].amount) == ("tempo", 2, 1)
    assert "1\u202f000 × 5 天" in str(outcome.lines[-2].arithmetic)


def test_batches_bound_on_one_day_share_the_line() -> None:
    other = replace(BOUND, batch_id=2, number="PC-2", harvested_on=date(2025, 9, 29), count=100)
    (outcome,) = judge(facts(BOUND, other), RULE)
    assert isinstance(outcome, FindingDraft)
    assert judge(facts(BOUND, replace(other, product_id=9)), RULE) == ()


def test_labels_before_the_harvest_are_found_and_on_its_day_not() -> None:
    (outcome,) = judge(facts(replace(BOUND, on=date(2025, 9, 25), count=10)), RULE)
    assert isinstance(outcome, FindingDraft)
    assert outcome.key == "harvest"
    assert judge(facts(replace(BOUND, on=date(2025, 9, 26), count=10)), RULE) == ()


@pytest.mark.parametrize(("opening", "found"), [(date(2025, 9, 27), True), (date(2025, 9, 26), False), (None, False)])
def test_goods_harvested_before_the_opening_day_are_a_reminder(opening: date | None, found: bool) -> None:
    outcomes = judge(facts(replace(BOUND, opening_on=opening)), RULE)
    assert [outcome.severity for outcome in outcomes if isinstance(outcome, FindingDraft)] == ([1] if found else [])


def test_where_the_use_rules_forbid_it_the_severity_is_theirs() -> None:
    (outcome,) = judge(facts(replace(BOUND, opening_on=date(2025, 9, 27))), replace(RULE, opening_severity=2))
    assert isinstance(outcome, FindingDraft)
    assert outcome.severity == 2


def test_without_a_declared_capacity_the_rule_asks_only_beyond_a_plausible_day() -> None:
    undeclared = replace(BOUND, per_day=None)
    assert judge(facts(replace(undeclared, count=100_000)), RULE) == ()
    (outcome,) = judge(facts(replace(undeclared, count=100_001)), RULE)
    assert isinstance(outcome, Unjudged)


def test_without_a_day_of_harvest_nobody_is_accused_of_haste() -> None:
    (outcome,) = judge(facts(replace(BOUND, harvested_on=None)), RULE)
    assert isinstance(outcome, Unjudged)
