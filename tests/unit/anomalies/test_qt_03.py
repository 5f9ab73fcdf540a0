"""QT-03: shared ground tells each user of its own plot only; a township's sum accuses nobody in particular; growth needs a record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.qt_03 import LandFacts, Place, Shared, Thresholds, judge

RULE = Thresholds(growth_permille=300, severity=2)
USER = LandFacts(authorisation_id=5, gi_id=3, year=2025, before_milli_mu=10_000, after_milli_mu=10_000)
TOWN = Place("999999001", "示例镇", "", 120_000, 100_000, "统计年鉴", unrecorded_milli_mu=30_000, others_unrecorded=0)


def test_land_in_order_is_no_ground() -> None:
    assert judge(USER, RULE) == ()


def test_shared_ground_names_ones_own_plot_and_not_the_neighbours() -> None:
    (outcome,) = judge(replace(USER, shared=(Shared(7, "DK-7", 99, 1_200),)), RULE)
    assert isinstance(outcome, FindingDraft)
    line = outcome.lines[0]
    assert (line.amount, line.unit, line.href) == (1_200, "square_metre", "/plots/7")
    assert "DK-99" not in str(outcome.summary) + str(line.label) + str(line.arithmetic)
    assert outcome.facts["shared"][0]["other_id"] == 99  # type: ignore[index]


def test_two_plots_of_ones_own_are_both_named() -> None:
    (outcome,) = judge(replace(USER, shared=(Shared(7, "DK-7", 8, 1_200, own_other="DK-8"),)), RULE)
    assert isinstance(outcome, FindingDraft)
    assert "DK-8" in str(outcome.lines[0].arithmetic)


def test_a_township_beyond_its_official_figure_is_told_to_the_only_unrecorded_user() -> None:
    (outcome,) = judge(replace(USER, places=(TOWN,)), RULE)
    assert isinstance(outcome, FindingDraft)
    assert "120 − 100 = 20 亩" in str(outcome.lines[2].arithmetic)


@pytest.mark.parametrize("differs", [{"others_unrecorded": 1}, {"unrecorded_milli_mu": 10_000}])
def test_where_it_could_be_another_the_county_is_asked(differs: dict[str, int]) -> None:
    (outcome,) = judge(replace(USER, places=(replace(TOWN, **differs),)), RULE)  # type: ignore[arg-type]
    assert isinstance(outcome, Unjudged)


def test_a_user_whose_land_is_all_recorded_hears_nothing_of_the_township() -> None:
    assert judge(replace(USER, places=(replace(TOWN, unrecorded_milli_mu=0, others_unrecorded=1),)), RULE) == ()


@pytest.mark.parametrize(
    ("after", "recorded", "found"),
    [(13_000, 0, False), (13_001, 0, True), (20_000, 7_000, False), (20_000, 6_000, True), (9_000, 0, False)],
)
def test_growth_beyond_three_tenths_needs_a_record(after: int, recorded: int, found: bool) -> None:
    outcomes = judge(replace(USER, after_milli_mu=after, recorded_milli_mu=recorded), RULE)
    assert bool(outcomes) is found


def test_a_user_without_land_the_year_before_did_not_grow() -> None:
    assert judge(replace(USER, before_milli_mu=0, after_milli_mu=90_000), RULE) == ()
