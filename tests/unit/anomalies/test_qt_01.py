"""More labels than capacity: when it is so, and when it only looks so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.qt_01 import CapacityFacts, LabelFact, PlotFact, StockFact, Thresholds, entitled, judge, labelled

TOLERANCE = Thresholds(tolerance_permille=20, severity=3)

# 乙: 12 mu of water, 600 rings a mu by the first cap, 7,200 rings on crabs.
YI = CapacityFacts(
    authorisation_id=2,
    gi_id=1,
    zone="",
    year=2025,
    unit="piece",
    capacity_basis="water",
    plots=(PlotFact("P-2", 12_000, 600, "2025-1"),),
    activated=(LabelFact("大闸蟹", 7_200, 1),),
)


def test_labels_within_the_cap_are_no_finding() -> None:
    assert judge(YI, TOLERANCE) is None


def test_a_cap_corrected_later_makes_the_same_labels_a_finding() -> None:
    corrected = replace(YI, plots=(PlotFact("P-2", 12_000, 500, "2025-2"),))
    found = judge(corrected, TOLERANCE)
    assert isinstance(found, FindingDraft)
    assert (found.ground, found.severity, found.year) == ("QT-01", 3, 2025)
    assert found.lines[-1].amount == 7_200 - 6_000
    assert any("12 亩 × 500" in str(line.arithmetic) for line in found.lines)


def test_labels_over_this_years_harvest_but_covered_by_old_stock_are_no_finding() -> None:
    ding = CapacityFacts(
        authorisation_id=4,
        gi_id=2,
        zone="",
        year=2022,
        unit="g",
        capacity_basis="area",
        plots=(PlotFact("T-4", 5_000, 40_000, "2022-1"),),
        opening=(StockFact("2022 年库存", 150_000),),
        activated=(LabelFact("陈年茶", 600, 500),),
    )
    harvest_by_cap = 200_000
    assert labelled(ding) > harvest_by_cap
    assert judge(ding, TOLERANCE) is None
    assert isinstance(judge(replace(ding, opening=()), TOLERANCE), FindingDraft)


@pytest.mark.parametrize(("count", "is_finding"), [(7_200, False), (7_344, False), (7_345, True)])
def test_the_tolerance_belongs_to_the_user(count: int, is_finding: bool) -> None:
    facts = replace(YI, activated=(LabelFact("大闸蟹", count, 1),))
    assert isinstance(judge(facts, TOLERANCE), FindingDraft) is is_finding


def test_void_and_returned_labels_are_deducted() -> None:
    facts = replace(YI, activated=(LabelFact("大闸蟹", 9_000, 1),), deducted=(LabelFact("大闸蟹", 1_800, 1),))
    assert labelled(facts) == 7_200
    assert judge(facts, TOLERANCE) is None


def test_pre_printed_packages_count_as_labels() -> None:
    facts = replace(YI, pre_printed=(StockFact("外印包装", 2_000),))
    assert isinstance(judge(facts, TOLERANCE), FindingDraft)


def test_purchases_count_after_conversion_and_sales_are_taken_off() -> None:
    vinegar = CapacityFacts(
        authorisation_id=5,
        gi_id=3,
        zone="",
        year=2025,
        unit="g",
        capacity_basis="purchased",
        purchases=(StockFact("糯米 1 批", 10_000_000, 3_500_000),),
        sales=(StockFact("售出 1 批", 5_000_000),),
        activated=(LabelFact("香醋", 60_000, 500),),
    )
    assert entitled(vinegar) == 30_000_000
    assert judge(vinegar, TOLERANCE) is None
    assert isinstance(judge(replace(vinegar, purchases=()), TOLERANCE), FindingDraft)


def test_a_provisional_cap_is_no_ground() -> None:
    facts = replace(YI, plots=(PlotFact("P-2", 12_000, 100, "2025-1", cap_final=False),))
    outcome = judge(facts, TOLERANCE)
    assert isinstance(outcome, Unjudged)
    assert "尚未最终确定" in str(outcome.reason)


def test_a_protection_without_area_asks_for_more_information() -> None:
    assert isinstance(judge(replace(YI, capacity_basis="cellar"), TOLERANCE), Unjudged)


def test_without_labels_there_is_nothing_to_judge() -> None:
    assert judge(replace(YI, activated=(), capacity_basis="none"), TOLERANCE) is None


def test_the_finding_is_the_same_one_when_its_facts_change() -> None:
    first = judge(replace(YI, plots=()), TOLERANCE)
    second = judge(replace(YI, plots=(PlotFact("P-2", 12_000, 500, "2025-2"),)), TOLERANCE)
    assert isinstance(first, FindingDraft)
    assert isinstance(second, FindingDraft)
    assert first.fingerprint == second.fingerprint
    assert first.facts_digest != second.facts_digest
