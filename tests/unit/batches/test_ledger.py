"""The pure ledger: zero-sum, never below zero, never beyond the entitlement, whatever is done in whatever order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.ledger import QUOTA, SOURCES, Account, Posting, Quota
from gi_registry.kernel.errors import Conflict, Invalid, QuotaExceeded, RegistryError
from gi_registry.kernel.words import say

OPERATIONS = ("harvest", "purchase", "opening", "sale", "packages", "reserve", "use", "use_as_stated", "release_reserved", "release_used")


def perform(operation, quantity, balances, entitlement):
    on_hand, reserved = balances.get(Account.STOCK, 0), balances.get(Account.RESERVED, 0)
    used, labelled = balances.get(Account.USED, 0), balances.get(Account.LABELLED, 0)
    quota = Quota(entitlement, reserved, used)
    return {
        "harvest": lambda: ledger.harvest(quantity),
        "purchase": lambda: ledger.purchase(quantity, product=quantity * 7 // 10),
        "opening": lambda: ledger.opening(quantity, from_year=2024, account_year=2025, held={}),
        "sale": lambda: ledger.sale(quantity, held={"": on_hand}, unit="piece"),
        "packages": lambda: ledger.packages(quantity, held={"": on_hand}),
        "reserve": lambda: ledger.reserve(quantity, quota, unit="piece", basis="", remedy=say("")),
        "use": lambda: ledger.use(quantity, reserved=reserved, batch_left=on_hand, unit="piece"),
        "use_as_stated": lambda: ledger.use_as_stated(quantity, on_hand=on_hand),
        "release_reserved": lambda: ledger.release_reserved(quantity, reserved=reserved),
        "release_used": lambda: ledger.release_used(quantity, used=used, labelled=labelled),
    }[operation]()


@given(
    some.lists(some.tuples(some.sampled_from(OPERATIONS), some.integers(-5, 500)), max_size=40),
    some.integers(0, 1000),
)
def test_any_sequence_of_legal_acts_keeps_the_books(acts, entitlement):
    balances: dict[Account, int] = {}
    for operation, quantity in acts:
        before = Quota(entitlement, balances.get(Account.RESERVED, 0), balances.get(Account.USED, 0))
        try:
            postings = perform(operation, quantity, balances, entitlement)
        except RegistryError:
            continue
        balances = ledger.post(balances, postings)
        if operation == "reserve":
            assert quantity <= before.left
            assert balances[Account.RESERVED] + balances.get(Account.USED, 0) <= entitlement
        assert sum(amount for kind, amount in balances.items() if kind in QUOTA) == 0
        assert sum(amount for kind, amount in balances.items() if kind not in QUOTA) == 0
        assert all(amount >= 0 for kind, amount in balances.items() if kind not in SOURCES)


def test_packages_take_their_grade_then_the_ungraded_and_without_a_grade_every_grade_in_order():
    held = {"特级": 30, "": 20, "一级": 50}
    named = ledger.packages(60, held=held, grade="特级")
    assert taken_of(named) == {"特级": 30, "": 20}, "another grade's goods are not what the packages say"
    assert [item.amount for item in named if item.account is Account.UNEXPLAINED] == [-10]
    assert taken_of(ledger.packages(75, held=held)) == {"": 20, "一级": 50, "特级": 5}
    assert taken_of(ledger.packages(5, held={})) == {}
    for postings in (named, ledger.packages(75, held=held), ledger.packages(500, held=held)):
        ledger.check(postings)


def taken_of(postings):
    return {item.grade: -item.amount for item in postings if item.account is Account.STOCK}


def test_an_unbalanced_transfer_is_a_bug():
    with pytest.raises(ValueError, match="zero-sum"):
        ledger.check((Posting(Account.FIELD, -5), Posting(Account.STOCK, 4)))
    with pytest.raises(ValueError, match="zero-sum"):
        ledger.check((Posting(Account.STOCK, -5), Posting(Account.USED, 5)))
    with pytest.raises(ValueError, match="zero-sum"):
        ledger.check(())


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_is_not_moved(quantity):
    with pytest.raises(Invalid):
        ledger.harvest(quantity)


def test_a_refused_reservation_names_its_figures():
    with pytest.raises(QuotaExceeded) as refusal:
        ledger.reserve(41, Quota(100, 30, 30), unit="piece", basis="暂定第 1 版", remedy=say("减少数量"))
    assert "41" in str(refusal.value)
    assert "剩余 40" in str(refusal.value)
    assert refusal.value.basis == "暂定第 1 版"
    assert ledger.reserve(40, Quota(100, 30, 30), unit="piece", basis="", remedy=say(""))


def test_carrying_stock_takes_from_the_year_it_grew_in_as_far_as_it_reaches():
    postings = ledger.opening(500, from_year=2022, account_year=2025, held={"": 300})
    assert Posting(Account.STOCK, -300, 2022, grade="") in postings
    assert Posting(Account.OPENING, -200) in postings
    assert Posting(Account.STOCK, 500) in postings
    ledger.check(postings)


def test_more_cannot_be_given_back_than_is_held():
    with pytest.raises(Conflict):
        ledger.release_reserved(11, reserved=10)
    with pytest.raises(Conflict):
        ledger.release_used(11, used=20, labelled=10)


def test_a_reversal_undoes():
    bought = ledger.purchase(1_000, product=700)
    assert set(ledger.post(ledger.post({}, bought), ledger.reverse(bought)).values()) == {0}
