"""QT-02: outside goods under the mark are found; outside goods that stand apart, and a seller's open period, are not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.qt_02 import ALLOWED, CONFIRMED, DISPUTED, LAPSED, OUTSIDE, WAITING, Came, MixFacts, Thresholds, judge

RULE = Thresholds(tolerance_permille=20, severity=3)
OWN = Came(1, "PC-1", "harvest", 1_000_000)
BOUGHT = Came(2, "PC-2", "purchase", 2_000_000)
MILL = MixFacts(authorisation_id=5, gi_id=3, year=2025, unit="g", labelled=2_900_000, came=(OWN, BOUGHT))


def bought(standing: str, quantity: int = 2_000_000) -> Came:
    return replace(BOUGHT, standing=standing, quantity=quantity)


@pytest.mark.parametrize(
    ("standing", "found"), [(CONFIRMED, False), (WAITING, False), (ALLOWED, False), (LAPSED, True), (DISPUTED, True), (OUTSIDE, True)]
)
def test_only_input_the_seller_confirmed_or_may_still_confirm_counts(standing: str, found: bool) -> None:
    outcome = judge(replace(MILL, came=(OWN, bought(standing))), RULE)
    assert isinstance(outcome, FindingDraft) is found


def test_outside_goods_stored_apart_and_not_marked_are_lawful() -> None:
    assert judge(replace(MILL, labelled=1_000_000, came=(OWN, bought(OUTSIDE, 50_000_000))), RULE) is None


def test_the_arithmetic_names_each_batch_and_what_was_left_out() -> None:
    outcome = judge(replace(MILL, came=(OWN, bought(LAPSED))), RULE)
    assert isinstance(outcome, FindingDraft)
    assert [(line.amount, line.href) for line in outcome.lines[:3]] == [
        (1_000_000, "/batches/1"),
        (1_000_000, "/authorisations/5/batches?year=2025"),
        (0, "/batches/2"),
    ]
    assert "逾期未确认" in str(outcome.lines[2].arithmetic)
    assert outcome.lines[-1].amount == 1_900_000
    assert outcome.severity == 3


@pytest.mark.parametrize(("labelled", "found"), [(1_020_000, False), (1_020_001, True)])
def test_the_tolerance_is_of_what_came_in(labelled: int, found: bool) -> None:
    outcome = judge(replace(MILL, labelled=labelled, came=(OWN,)), RULE)
    assert isinstance(outcome, FindingDraft) is found


@pytest.mark.parametrize(("labelled", "found"), [(700_000, False), (720_000, True)])
def test_paddy_gives_at_most_its_conversion(labelled: int, found: bool) -> None:
    paddy = Came(1, "PC-1", "harvest", 1_000_000, commodity="稻谷", most_permille=700)
    outcome = judge(replace(MILL, labelled=labelled, came=(paddy,)), RULE)
    assert isinstance(outcome, FindingDraft) is found


def test_a_commodity_without_a_conversion_counts_whole() -> None:
    leaf = Came(1, "PC-1", "harvest", 3_000_000, commodity="鲜叶")
    assert judge(replace(MILL, came=(leaf,)), RULE) is None


def test_old_stock_and_packages_count() -> None:
    old = Came(3, "PC-3", "opening", 2_000_000)
    assert judge(replace(MILL, came=(OWN, old)), RULE) is None
    assert isinstance(judge(replace(MILL, pre_printed=2_000_000, came=(OWN, old)), RULE), FindingDraft)


def test_who_only_prints_packages_and_states_no_goods_is_asked_for_the_books() -> None:
    assert isinstance(judge(replace(MILL, labelled=0, pre_printed=9, came=()), RULE), Unjudged)
    assert isinstance(judge(replace(MILL, labelled=9, pre_printed=0, came=()), RULE), FindingDraft)


def test_units_that_a_process_changed_are_not_compared() -> None:
    assert isinstance(judge(replace(MILL, came=(OWN,), across_units=True), RULE), Unjudged)
