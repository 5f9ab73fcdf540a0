"""Two years without use, by marking mode; what is not known is not held against anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.us_01 import Thresholds, UsageFacts, judge, later_by

RULE = Thresholds(months=24, severity=2)
TODAY = date(2026, 3, 10)
IDLE = UsageFacts(
    authorisation_id=2,
    valid_from=date(2015, 1, 1),
    records_begin_on=date(2023, 1, 1),
    reported_until=date(2025, 12, 31),
    modes=("item_code",),
)


def test_never_used_since_the_records_begin() -> None:
    draft = judge(IDLE, RULE, as_of=TODAY)
    assert isinstance(draft, FindingDraft)
    assert (draft.year, draft.facts["unused_since"], draft.facts["periods"]) == (2025, "2023-01-01", 1)


@pytest.mark.parametrize("mode", ["item_code", "batch_code", "pre_printed"])
def test_use_within_the_months_is_use(mode: str) -> None:
    assert judge(replace(IDLE, modes=(mode,), last_used=((mode, date(2024, 3, 11)),)), RULE, as_of=TODAY) is None


@pytest.mark.parametrize("mode", ["item_code", "batch_code"])
def test_the_day_on_which_the_months_end_is_the_first_of_the_finding(mode: str) -> None:
    used = replace(IDLE, modes=(mode,), last_used=((mode, date(2024, 3, 10)),))
    assert isinstance(judge(used, RULE, as_of=TODAY), FindingDraft)
    assert judge(used, RULE, as_of=date(2026, 3, 9)) is None


def test_pre_printed_use_is_not_missed_before_its_report_is_due() -> None:
    printed = replace(IDLE, modes=("pre_printed",), last_used=(("pre_printed", date(2023, 12, 31)),))
    assert judge(replace(printed, reported_until=date(2024, 12, 31)), RULE, as_of=TODAY) is None
    assert isinstance(judge(printed, RULE, as_of=TODAY), FindingDraft)


def test_one_mode_in_use_is_enough() -> None:
    assert judge(replace(IDLE, modes=("item_code", "batch_code"), last_used=(("batch_code", date(2025, 9, 1)),)), RULE, as_of=TODAY) is None


def test_an_accepted_report_that_states_use_is_evidence() -> None:
    assert judge(replace(IDLE, accepted_until=date(2024, 12, 31)), RULE, as_of=TODAY) is None


def test_who_was_authorised_lately_is_not_late() -> None:
    assert judge(replace(IDLE, valid_from=date(2024, 6, 1)), RULE, as_of=TODAY) is None


def test_without_a_product_nobody_knows_how_the_mark_is_used() -> None:
    assert isinstance(judge(replace(IDLE, modes=()), RULE, as_of=TODAY), Unjudged)
    assert isinstance(judge(replace(IDLE, valid_from=None), RULE, as_of=TODAY), Unjudged)


def test_another_two_years_are_a_new_fact_and_a_day_is_none() -> None:
    first, next_day, later = (judge(IDLE, RULE, as_of=day) for day in (TODAY, date(2026, 3, 11), date(2027, 1, 1)))
    assert isinstance(first, FindingDraft)
    assert isinstance(next_day, FindingDraft)
    assert isinstance(later, FindingDraft)
    assert first.facts_digest == next_day.facts_digest
    assert first.fingerprint == later.fingerprint
    assert first.facts_digest != later.facts_digest


def test_months_end_on_the_last_day_where_the_day_does_not_exist() -> None:
    assert later_by(date(2024, 2, 29), 24) == date(2026, 2, 28)
    assert later_by(date(2025, 12, 31), 2) == date(2026, 2, 28)
