"""Dates, amounts, the entitlement's arithmetic, and the life of a batch."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.batches.rules.amounts import read_amount, write_amount
from gi_registry.batches.rules.dates import BatchDates, problems
from gi_registry.batches.rules.entitlement import Cap, Facts, Goods, Land, compute
from gi_registry.batches.rules.life import BATCH_LIFE
from gi_registry.kernel.errors import IllegalTransition, Invalid

TODAY = date(2026, 3, 10)


def odd(**differs):
    values = {"harvest_year": 2025, "account_year": 2025, "harvested_on": date(2025, 9, 25)} | differs
    return [found.field for found in problems(BatchDates(**values), today=TODAY)]


def test_dates_that_can_be_right():
    assert odd() == []
    assert odd(harvested_on=None) == []
    assert odd(packed_on=date(2025, 9, 26), best_before_on=date(2025, 10, 3)) == []
    assert odd(harvest_year=2022, account_year=2025, harvested_on=date(2022, 4, 1)) == []
    assert odd(harvest_year=2025, account_year=2025, harvested_on=date(2026, 1, 5)) == []


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"harvested_on": date(2026, 3, 11), "harvest_year": 2026, "account_year": 2026}, "harvested_on"),
        ({"packed_on": date(2026, 3, 11)}, "packed_on"),
        ({"packed_on": date(2025, 9, 24)}, "packed_on"),
        ({"best_before_on": date(2025, 9, 25)}, "best_before_on"),
        ({"harvested_on": date(2023, 9, 25)}, "harvest_year"),
        ({"account_year": 2024}, "account_year"),
        ({"account_year": 2028}, "account_year"),
    ],
)
def test_dates_that_cannot_be_right(differs, field):
    assert odd(**differs) == [field]


def test_kilograms_are_read_as_grams_and_pieces_as_they_are():
    assert read_amount("12.5", "g", "quantity") == 12_500
    assert read_amount("7,200", "piece", "quantity") == 7_200
    assert write_amount(12_500, "g") == "12.5"
    assert write_amount(7_200, "piece") == "7\u2009200"
    with pytest.raises(Invalid):
        read_amount("7.5", "piece", "quantity")


LAND = Land("P1", "东塘", 12_000, "inside", "plot:1")


def test_land_times_cap_is_written_out():
    granted = compute(Facts("water", "piece", (LAND,), Cap(600, "final", 2)))
    assert granted.total == 7_200
    assert str(granted.lines[0].arithmetic) == "12.000 亩 × 600 件/亩 = 7\u2009200 件"
    assert str(granted.cap_words) == "最终单产上限第 2 版"


def test_everything_is_summed_and_deducted():
    goods = {kind: (Goods(kind, 100, f"batch:{index}"),) for index, kind in enumerate(("purchases", "openings", "carried", "sales"))}
    granted = compute(Facts("area", "g", (LAND,), Cap(500_000, "provisional", 1), **goods), reserved=5, used=7)
    assert granted.total == 6_000_000 + 100 + 100 - 100 - 100
    assert granted.left == granted.total - 12


@pytest.mark.parametrize(("verdict", "counted"), [("inside", 7_200), ("uncertain", 7_200), ("outside", 0)])
def test_doubt_is_not_held_against_the_producer(verdict, counted):
    land = Land("P1", "东塘", 12_000, verdict, "plot:1")
    assert compute(Facts("area", "piece", (land,), Cap(600, "final", 1))).total == counted


def test_without_a_cap_land_counts_nothing_and_says_so():
    granted = compute(Facts("area", "piece", (LAND,)))
    assert granted.total == 0
    assert "尚未核定" in str(granted.lines[0].arithmetic)


@pytest.mark.parametrize("basis", ["head", "cellar", "kiln", "none"])
def test_where_capacity_cannot_be_computed_batches_limit_and_more_is_needed(basis):
    granted = compute(Facts(basis, "piece", (LAND,), Cap(600, "final", 1), harvests=(Goods("B1", 90, "batch:1"),)))
    assert (granted.total, granted.sufficient) == (90, False)


def test_purchases_count_by_conversion_or_not_at_all():
    lot = Goods("B1", 3_000, "batch:1", conversion_permille=333)
    assert compute(Facts("purchased", "g", purchases=(lot,))).total == 999
    withheld = Goods("B1", 3_000, "batch:1", counts=False)
    assert compute(Facts("purchased", "g", purchases=(withheld,))).total == 0


@pytest.mark.parametrize("state", BATCH_LIFE.states)
@pytest.mark.parametrize("action", BATCH_LIFE.actions)
def test_life_of_a_batch(state, action):
    if (state, action) in BATCH_LIFE.steps:
        assert BATCH_LIFE.after(state, action) == BATCH_LIFE.steps[state, action]
    else:
        with pytest.raises(IllegalTransition):
            BATCH_LIFE.after(state, action)
