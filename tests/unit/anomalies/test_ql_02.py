"""QL-02: a batch needs a passed report of the last months, or one of its own; a doubtful report is never held against the user."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.ql_02 import Packed, Report, TestFacts, Thresholds, judge, months_before

RULE = Thresholds(months=12, severity=1, severity_without_any=2)
BATCH = Packed(1, "PC-1", date(2025, 9, 28), 1_000, "piece")
REPORT = Report(1, "JC-1", "示例检测中心", date(2025, 3, 1), passed=True, doubtful=False)
USER = TestFacts(5, 2025, "GB/T 19957-2005", (BATCH,), (REPORT,))


def test_a_report_of_the_period_is_enough() -> None:
    assert judge(USER, RULE) is None


@pytest.mark.parametrize(("issued", "found"), [(date(2024, 9, 29), False), (date(2024, 9, 28), True), (date(2025, 9, 29), True)])
def test_the_period_ends_with_the_day_of_packing(issued: date, found: bool) -> None:
    outcome = judge(replace(USER, reports=(replace(REPORT, issued_on=issued),)), RULE)
    assert isinstance(outcome, FindingDraft) is found


def test_a_report_on_the_batch_itself_counts_whenever_it_was_issued() -> None:
    assert judge(replace(USER, reports=(replace(REPORT, issued_on=date(2025, 11, 1), batches=(1,)),)), RULE) is None


def test_a_failed_report_is_no_valid_one() -> None:
    assert isinstance(judge(replace(USER, reports=(replace(REPORT, passed=False),)), RULE), FindingDraft)


def test_a_doubtful_report_asks_for_more_information() -> None:
    assert isinstance(judge(replace(USER, reports=(replace(REPORT, doubtful=True),)), RULE), Unjudged)
    late = replace(REPORT, doubtful=True, issued_on=date(2023, 1, 1))
    assert isinstance(judge(replace(USER, reports=(late,)), RULE), FindingDraft)


def test_who_never_had_a_report_weighs_more_than_whose_lapsed() -> None:
    never, lapsed = (
        judge(replace(USER, reports=()), RULE),
        judge(replace(USER, reports=(replace(REPORT, issued_on=date(2020, 1, 1)),)), RULE),
    )
    assert isinstance(never, FindingDraft)
    assert isinstance(lapsed, FindingDraft)
    assert (never.severity, lapsed.severity) == (2, 1)
    assert "JC-1" in str(lapsed.lines[1].arithmetic)


def test_where_no_months_are_set_nothing_is_asked() -> None:
    assert judge(replace(USER, reports=()), replace(RULE, months=0)) is None


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2025, 9, 28), 12, date(2024, 9, 28)),
        (date(2025, 1, 31), 2, date(2024, 11, 30)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2025, 12, 31), 6, date(2025, 6, 30)),
    ],
)
def test_months_are_counted_on_the_calendar(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before
