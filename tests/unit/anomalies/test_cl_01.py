"""Cloned codes: a ring of them, or one far over; never anybody on file."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from gi_registry.anomalies.rules.cl_01 import CopiedCode, RangeFacts, Thresholds, judge
from gi_registry.anomalies.rules.finding import FindingDraft
from gi_registry.scans.rules.clones import Counted, CountingTest, RingTest, Seen, busiest

TEST = CountingTest(client_days=20, provinces=3, hours=48, client_days_without_places=50)
RULE = Thresholds(TEST, RingTest(codes=3, client_days_on_one=60), severity=3)
RANGE = RangeFacts(range_id=4, label="ABCDE", allotment_id=8, year=2025, codes=())
NOON = datetime(2025, 10, 1, 4, tzinfo=UTC)


def ring(*counted: tuple[int, int]) -> RangeFacts:
    return replace(
        RANGE, codes=tuple(CopiedCode(serial, Counted(clients, provinces, 48)) for serial, (clients, provinces) in enumerate(counted))
    )


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        (ring((37, 6), (25, 4), (20, 3)), True),
        (ring((37, 6), (25, 4), (19, 3)), False),
        (ring((37, 6), (25, 4), (40, 2)), False),
        (ring((60, 3)), True),
        (ring((59, 9)), False),
        (ring((60, 0)), True),
        (ring((49, 0), (49, 0), (49, 0)), False),
        (ring(), False),
    ],
)
def test_several_codes_of_a_range_or_one_far_over(facts: RangeFacts, found: bool) -> None:
    assert isinstance(judge(facts, RULE), FindingDraft) is found


def test_nobody_is_accused() -> None:
    draft = judge(ring((60, 6)), RULE)
    assert isinstance(draft, FindingDraft)
    assert (draft.authorisation_id, draft.subject) == (None, ("code_range", 4))
    assert "authorisation" not in str(draft.facts)
    other = judge(replace(ring((60, 6)), range_id=5), RULE)
    assert isinstance(other, FindingDraft)
    assert draft.fingerprint != other.fingerprint


def seen(minutes: int, client: int, place: str | None = None) -> Seen:
    return Seen(NOON + timedelta(minutes=minutes), f"{client:016x}", place)


def test_the_busiest_window_is_told_by_place() -> None:
    quiet = [seen(-60 * 24 * 9, 90, "110000")]
    busy = [seen(10 * number, number, ("320500", "440100", "510100")[number % 3]) for number in range(30)]
    peak = busiest([*quiet, *busy, seen(60 * 24 * 9, 91, "110000")], 48)
    assert peak is not None
    assert peak.counted == Counted(30, 3, 48)
    assert peak.places == (("32", 10, 10), ("44", 10, 10), ("51", 10, 10))
    assert peak.fastest_minutes == 10


def test_one_client_twice_is_one_client_and_speed_alone_is_nothing() -> None:
    peak = busiest([seen(0, 1, "320500"), seen(1, 1, "440100")], 48)
    assert peak is not None
    assert (peak.counted, peak.fastest_minutes) == (Counted(1, 2, 48), 1)
    assert judge(replace(RANGE, codes=(CopiedCode(0, peak.counted, peak),)), RULE) is None


def test_without_a_place_table_only_clients_are_counted() -> None:
    peak = busiest([seen(number, number) for number in range(55)], 48)
    assert peak is not None
    assert peak.counted == Counted(55, 0, 48)
    assert peak.fastest_minutes is None
    assert busiest([], 48) is None
