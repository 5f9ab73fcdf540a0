"""A missing annual report: who owes one, and when it is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gi_registry.anomalies.rules.ar_01 import ReportFacts, Thresholds, judge
from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged

RULE = Thresholds(working_days=10, severity=2)
OWED = ReportFacts(
    authorisation_id=2,
    year=2025,
    valid_from=date(2020, 5, 1),
    valid_to=None,
    matched=True,
    deadline=date(2026, 2, 28),
    grace_ends_on=date(2026, 3, 13),
    grace_provisional=False,
)
AFTER = date(2026, 3, 16)


def test_nothing_submitted_after_the_grace_is_a_finding() -> None:
    found = judge(OWED, RULE, as_of=AFTER)
    assert isinstance(found, FindingDraft)
    assert (found.ground, found.year, found.severity) == ("AR-01", 2025, 2)
    assert "2026-03-13" in str(found.lines[2].arithmetic)


def test_the_last_day_of_the_grace_still_counts() -> None:
    assert judge(OWED, RULE, as_of=date(2026, 3, 13)) is None
    assert judge(OWED, RULE, as_of=date(2026, 2, 28)) is None


def test_a_nil_report_is_a_report() -> None:
    assert judge(replace(OWED, submitted_on=date(2026, 2, 1)), RULE, as_of=AFTER) is None


def test_a_late_report_cures() -> None:
    assert judge(replace(OWED, submitted_on=date(2026, 5, 1)), RULE, as_of=date(2026, 5, 2)) is None


def test_who_was_approved_this_year_does_not_owe_last_years_report() -> None:
    assert judge(replace(OWED, valid_from=date(2026, 1, 5)), RULE, as_of=AFTER) is None


def test_who_was_approved_on_the_last_day_of_the_year_owes_it() -> None:
    assert isinstance(judge(replace(OWED, valid_from=date(2025, 12, 31)), RULE, as_of=AFTER), FindingDraft)


def test_who_ended_before_the_year_owes_nothing() -> None:
    assert judge(replace(OWED, valid_to=date(2025, 1, 1)), RULE, as_of=AFTER) is None


def test_without_a_loaded_calendar_the_rule_does_not_answer() -> None:
    outcome = judge(replace(OWED, grace_provisional=True), RULE, as_of=date(2026, 12, 1))
    assert isinstance(outcome, Unjudged)
    assert "2026" in str(outcome.reason)


def test_an_unmatched_authorisation_has_nobody_who_could_file() -> None:
    assert isinstance(judge(replace(OWED, matched=False), RULE, as_of=AFTER), Unjudged)
