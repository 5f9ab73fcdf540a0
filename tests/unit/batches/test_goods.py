"""Life cycles and postings of sales with two sides and of records of goods."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gi_registry.batches.rules import ledger, records, trade
from gi_registry.batches.rules.ledger import Account, Posting
from gi_registry.batches.rules.records import RECORD_LIFE, RecordKind
from gi_registry.batches.rules.trade import TRADE_LIFE
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, MassBalanceExceeded

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize("life", [TRADE_LIFE, RECORD_LIFE], ids=lambda life: life.subject)
def test_every_step_leads_where_it_says_and_no_other_is_there(life):
    for state in life.states:
        for action in life.actions:
            if (state, action) in life.steps:
                assert life.after(state, action) == life.steps[state, action]
            else:
                with pytest.raises(IllegalTransition):
                    life.after(state, action)
        assert str(life.label(state))


def test_what_ended_stays_ended():
    assert not any(TRADE_LIFE.allows(state, action) for state in ("confirmed", "withdrawn") for action in TRADE_LIFE.actions)
    assert not any(RECORD_LIFE.allows(state, action) for state in ("refused", "withdrawn", "reversed") for action in RECORD_LIFE.actions)


@given(some.integers(1, 10**9), some.integers(1, 10**9), some.integers(1, 2000))
def test_a_correction_leaves_the_books_as_if_the_agreed_figure_had_been_stated(stated, agreed, rate):
    before, after = (stated, stated * rate // 1000), (agreed, agreed * rate // 1000)
    if stated == agreed:
        assert trade.correction(before, after) == ()
        return
    corrected = ledger.post(ledger.post({}, ledger.purchase(stated, product=before[1])), trade.correction(before, after))
    right = ledger.post({}, ledger.purchase(agreed, product=after[1]))
    assert {account: amount for account, amount in corrected.items() if amount} == right


@pytest.mark.parametrize(
    ("held", "unexplained"), [({"": 100}, 0), ({"": 60, "特级": 40}, 0), ({"特级": 40}, 60), ({}, 100), ({"一级": 500}, 100)]
)
def test_a_sale_as_stated_takes_what_is_there_and_says_what_is_not(held, unexplained):
    postings = trade.sale_as_stated(100, ledger.draw(100, held, grade="特级"), farmer_id=7, grade="特级")
    ledger.check(postings)
    assert -sum(posting.amount for posting in postings if posting.account is Account.UNEXPLAINED) == unexplained
    assert {posting.farmer_id for posting in postings} == {7}


@given(
    some.dictionaries(some.sampled_from(["", "特级", "一级"]), some.integers(-5, 500)),
    some.integers(1, 900),
    some.sampled_from(["", "特级"]),
)
def test_drawing_takes_no_more_than_asked_nor_than_there_is(held, quantity, grade):
    taken = ledger.draw(quantity, held, grade=grade)
    assert sum(taken.values()) <= quantity
    assert all(0 < part <= held[name] for name, part in taken.items())
    if grade:
        assert set(taken) <= {grade, ""}
    elif sum(taken.values()) < quantity:
        assert sum(taken.values()) == sum(amount for amount in held.values() if amount > 0)


def test_a_dispute_needs_another_figure_and_nothing_sold_is_not_accepted():
    assert trade.own_figure(0, 200, unit="piece") == 0
    with pytest.raises(Invalid):
        trade.own_figure(200, 200, unit="piece")
    assert trade.acceptable(5) == 5
    for nothing in (None, 0):
        with pytest.raises(Conflict):
            trade.acceptable(nothing)


@pytest.mark.parametrize(
    ("quantity", "came_in", "waits"), [(20, 1_000, False), (21, 1_000, True), (-20, 1_000, False), (-21, 1_000, True), (1, 0, True)]
)
def test_a_large_difference_waits_whichever_way_it_goes(quantity, came_in, waits):
    assert records.needs_approval(quantity, came_in, permille=20) is waits


def test_a_surplus_has_no_source_and_a_shortfall_is_a_loss():
    assert records.adjustment(5, on_hand=0, unit="g") == (Posting(Account.UNEXPLAINED, -5), Posting(Account.STOCK, 5))
    assert records.adjustment(-5, on_hand=5, unit="g") == records.loss(5, on_hand=5, unit="g")
    with pytest.raises(MassBalanceExceeded):
        records.adjustment(-6, on_hand=5, unit="g")
    with pytest.raises(Invalid):
        records.adjustment(0, on_hand=5, unit="g")


def test_seedlings_are_no_goods():
    postings = records.stocking(12_000)
    ledger.check(postings)
    assert {posting.commodity for posting in postings} == {records.STOCKED}
    with pytest.raises(Invalid):
        records.stocking(0)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (RecordKind.STOCKING, ["source"]),
        (RecordKind.LOSS, ["reason"]),
        (RecordKind.ADJUSTMENT, ["reason", "evidence"]),
        (RecordKind.REGRADE, ["reason"]),
    ],
)
def test_each_kind_asks_for_what_proves_it(kind, missing):
    empty = {"source": "", "reason": "", "evidence": ""}
    found = records.record_problems(kind, on_date=TODAY, today=TODAY, year=2026, **empty)
    assert [item.field for item in found] == missing
    full = {"source": "苗种场", "reason": "途中死亡", "evidence": "盘点表"}
    assert records.record_problems(kind, on_date=TODAY, today=TODAY, year=2026, **full) == ()
    assert [item.field for item in records.record_problems(kind, on_date=date(2026, 3, 11), today=TODAY, year=2026, **full)] == ["on_date"]


@pytest.mark.parametrize(
    ("kind", "on_date", "year", "wrong"),
    [
        (RecordKind.LOSS, date(2025, 1, 1), 2026, []),
        (RecordKind.LOSS, date(2024, 12, 31), 2026, ["on_date"]),
        (RecordKind.LOSS, date(2026, 3, 1), 2019, []),
        (RecordKind.ADJUSTMENT, date(1, 1, 1), 2025, ["on_date"]),
        (RecordKind.STOCKING, date(2021, 1, 1), 2026, []),
        (RecordKind.STOCKING, date(2020, 12, 31), 2026, ["on_date"]),
    ],
)
def test_goods_of_a_year_are_not_lost_long_before_it(kind, on_date, year, wrong):
    full = {"source": "苗种场", "reason": "途中死亡", "evidence": "盘点表"}
    assert [item.field for item in records.record_problems(kind, on_date=on_date, today=TODAY, year=year, **full)] == wrong


@pytest.mark.parametrize(("harvested", "asked", "years"), [(2021, 2026, 5), (2026, 2026, 0), (2027, 2026, 0)])
def test_age_counts_calendar_years(harvested, asked, years):
    assert records.age_years(harvested, asked) == years
