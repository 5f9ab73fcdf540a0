"""A report against itself and the register: labels, goods, land."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gi_registry.anomalies.rules.ar_03 import LabelAccount, StatementFacts, Thresholds, in_mu, judge
from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.kernel.words import say

RULE = Thresholds(label_permille=5, area_permille=5, severity=1)
LABELS = LabelAccount("item_code", say("一物一码标签"), 200, 9800, 7200, 100, 700, 2000)
HONEST = StatementFacts(
    authorisation_id=2, report_id=9, year=2025, unit="piece", labels=(LABELS,), marked=7200, output=7500, area_milli_mu=12_000,
    plots_milli_mu=12_000,
)  # fmt: skip


def test_what_balances_is_no_finding() -> None:
    assert judge(HONEST, RULE) is None


@pytest.mark.parametrize(("closing", "found"), [(2050, False), (1950, False), (2051, True), (1949, True)])
def test_labels_may_be_off_by_five_in_a_thousand_either_way(closing: int, found: bool) -> None:
    assert isinstance(judge(replace(HONEST, labels=(replace(LABELS, closing=closing),)), RULE), FindingDraft) is found


def test_the_difference_is_told_with_its_sum_and_opens_the_report() -> None:
    draft = judge(replace(HONEST, labels=(replace(LABELS, closing=3000),)), RULE)
    assert isinstance(draft, FindingDraft)
    assert (draft.ground, draft.severity, draft.lines[0].amount, draft.lines[0].href) == ("AR-03", 1, 1000, "/office/reports/9")


def test_more_is_marked_than_was_there() -> None:
    draft = judge(replace(HONEST, marked=7501), RULE)
    assert isinstance(draft, FindingDraft)
    assert draft.lines[-1].amount == 1


@pytest.mark.parametrize("covered", [{"opening_stock": 1000}, {"purchases": 1000}, {"output": 8500}])
def test_old_stock_and_purchases_cover_what_is_marked(covered: dict[str, int]) -> None:
    assert judge(replace(HONEST, marked=8500, **covered), RULE) is None


def test_without_a_stated_output_the_marked_goods_are_not_judged() -> None:
    assert judge(replace(HONEST, marked=8500, output=None), RULE) is None


@pytest.mark.parametrize(("area", "found"), [(12_060, False), (12_061, True), (6_000, False)])
def test_the_area_may_not_exceed_the_plots(area: int, found: bool) -> None:
    assert isinstance(judge(replace(HONEST, area_milli_mu=area), RULE), FindingDraft) is found


def test_land_without_plots_needs_more_information_and_is_no_finding() -> None:
    assert isinstance(judge(replace(HONEST, plots_milli_mu=None), RULE), Unjudged)
    assert judge(replace(HONEST, plots_milli_mu=None, rests_on_land=False), RULE) is None


def test_several_contradictions_of_one_report_are_one_finding() -> None:
    draft = judge(replace(HONEST, marked=9000, area_milli_mu=20_000), RULE)
    assert isinstance(draft, FindingDraft)
    assert "2 项" in str(draft.summary)


def test_areas_are_written_in_mu() -> None:
    assert [in_mu(12_000), in_mu(12_340), in_mu(5)] == ["12", "12.34", "0.005"]
