"""CL-02: labels looked up before they were activated; one or two are chance, and a quiet month ends it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gi_registry.anomalies.rules.cl_02 import EarlyDay, EarlyFacts, Thresholds, judge

AS_OF = date(2026, 3, 10)
RULE = Thresholds(codes=20, days=30, severity=1)


def facts(*days: tuple[int, int]) -> EarlyFacts:
    """Facts from (days ago, codes)."""
    return EarlyFacts(7, 2025, tuple(EarlyDay(AS_OF - timedelta(days=ago), "7Z0QK", 3, "FM-1", 2 * codes, codes) for ago, codes in days))


@pytest.mark.parametrize(
    ("days", "found"),
    [((), 0), (((1, 19),), 0), (((1, 20),), 1), (((30, 20),), 1), (((31, 20),), 0), (((-1, 20),), 0), (((1, 20), (2, 25), (3, 5)), 2)],
)
def test_days_with_enough_codes_within_the_look_back_are_told(days: tuple[tuple[int, int], ...], found: int) -> None:
    draft = judge(facts(*days), RULE, as_of=AS_OF)
    assert (draft is not None) == bool(found)
    if draft is not None:
        assert (draft.authorisation_id, draft.severity, len(draft.lines)) == (7, 1, found + 1)


def test_the_worst_day_is_in_the_summary_and_the_allotment_is_one_click_away() -> None:
    draft = judge(facts((1, 20), (2, 25)), RULE, as_of=AS_OF)
    assert draft is not None
    assert "2026-03-08 有 25 枚" in str(draft.summary)
    assert draft.lines[1].href == "/allotments/3"


def test_the_same_days_are_the_same_finding() -> None:
    first, again = (judge(facts(*days), RULE, as_of=AS_OF) for days in (((1, 20), (2, 25)), ((2, 25), (1, 20))))
    assert first is not None and again is not None
    assert (first.fingerprint, first.facts_digest) == (again.fingerprint, again.facts_digest)
