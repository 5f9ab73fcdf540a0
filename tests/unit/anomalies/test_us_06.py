"""Goods that bear the mark, packed outside the authorisation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.us_06 import MarkedBatch, Term, Thresholds, ValidityFacts, judge

RULE = Thresholds(severity=3)
TIN = MarkedBatch(5, "PC-5", 1000, "piece", packed_on=date(2024, 6, 1))
FACTS = ValidityFacts(2, 2024, (Term("SQ-1", date(2015, 1, 1), date(2024, 7, 1)),), (TIN,))


def with_batch(**differs: object) -> ValidityFacts:
    return replace(FACTS, batches=(replace(TIN, **differs),))  # type: ignore[arg-type]  # days and None


def test_an_old_tin_packed_in_time_is_lawful_whenever_it_is_scanned() -> None:
    assert judge(FACTS, RULE) is None
    assert judge(with_batch(last_activated_on=date(2026, 1, 1)), RULE) is None


@pytest.mark.parametrize(
    ("packed_on", "found"),
    [(date(2014, 12, 31), True), (date(2015, 1, 1), False), (date(2024, 6, 30), False), (date(2024, 7, 1), True)],
)
def test_the_first_day_counts_and_the_last_does_not(packed_on: date, found: bool) -> None:
    assert isinstance(judge(with_batch(packed_on=packed_on), RULE), FindingDraft) is found


def test_without_a_packing_date_every_possible_day_must_be_outside() -> None:
    early = {"packed_on": None, "harvested_on": date(2014, 12, 1)}
    assert judge(with_batch(**early, last_activated_on=date(2015, 2, 1)), RULE) is None
    assert isinstance(judge(with_batch(**early, last_activated_on=date(2014, 12, 20)), RULE), FindingDraft)
    assert isinstance(judge(with_batch(packed_on=None, harvested_on=date(2024, 9, 25)), RULE), FindingDraft)


def test_undated_goods_need_more_information() -> None:
    assert isinstance(judge(with_batch(packed_on=None, last_activated_on=date(2025, 1, 1)), RULE), Unjudged)


def test_an_unknown_beginning_is_not_held_against_anybody() -> None:
    assert isinstance(judge(replace(FACTS, terms=(Term("SQ-1", None, None),)), RULE), Unjudged)


def test_another_authorisation_of_the_same_user_covers_the_day() -> None:
    late = replace(FACTS, batches=(replace(TIN, packed_on=date(2024, 8, 1)),))
    assert isinstance(judge(late, RULE), FindingDraft)
    assert judge(replace(late, terms=(*FACTS.terms, Term("SQ-2", date(2024, 7, 1), None))), RULE) is None
