"""Goods stand on the account of their grade, commodity and farmer; quota has none of the three."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gi_registry.batches import queries, service
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.ledger import Account, Posting
from gi_registry.batches.service.posting import key_of, lock_keys, lock_quota, post
from gi_registry.kernel.errors import MassBalanceExceeded
from tests.builders.batches import make_batch
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def kiln(work):
    """A user whose declared batches limit what it may label."""
    gi = make_gi(work)
    return gi, make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))


def test_a_grade_has_an_account_of_its_own_and_the_statement_adds_them_up(work, kiln):
    gi, user = kiln
    best = make_batch(work, user, quantity="300", grade="特级")
    make_batch(work, user, quantity="700", grade="一级")
    key = LedgerKey(user.id, gi.id, 2025, "", "piece")
    assert queries.stock_by_grade(work.session, key) == {"一级": 700, "特级": 300}
    assert queries.balances_of(work.session, key_of(best))[Account.STOCK] == 300
    assert queries.balances_of(work.session, key).get(Account.STOCK) is None
    assert queries.totals_of(work.session, key)[Account.STOCK] == 1_000
    [statement] = [item for item in service.statements(work, user.id) if item.key.year == 2025]
    assert (statement.goods.harvest, statement.goods.closing, statement.goods.balanced) == (1_000, 1_000, True)


def test_the_grade_of_the_product_is_the_account_where_none_is_stated(work, kiln):
    _gi, user = kiln
    assert make_batch(work, user, product=make_product(work, user)).account_grade == "特级"
    assert make_batch(work, user, product=make_product(work, user, name="毛蟹"), grade="二级").account_grade == "二级"
    assert make_batch(work, user).account_grade == ""


def test_labels_take_the_goods_of_the_batchs_grade_and_the_quota_of_the_year(work, kiln):
    gi, user = kiln
    best = make_batch(work, user, quantity="300", grade="特级")
    make_batch(work, user, quantity="700", grade="一级")
    year = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece"}
    service.reserve(work, user, **year, quantity=400, source_kind="allotment", source_id=1)
    service.use_reserved(work, user, **year, quantity=250, batch_id=best.id, source_kind="code_interval", source_id=1)
    assert service.available_of_batch(work.session, best.id) == 50
    with pytest.raises(MassBalanceExceeded, match="只剩 50"):
        service.use_reserved(work, user, **year, quantity=51, batch_id=best.id, source_kind="code_interval", source_id=2)
    service.release(work, user, **year, quantity=100, batch_id=best.id, source_kind="code_interval", source_id=1)
    assert service.available_of_batch(work.session, best.id) == 150
    granted = service.entitlement(work.session, user.id, gi_id=gi.id, year=2025, unit="piece")
    assert (granted.total, granted.reserved, granted.used) == (1_000, 150, 150)


def test_old_stock_is_drawn_from_its_grade_and_then_from_what_was_never_graded(work, kiln):
    gi, user = kiln
    make_batch(work, user, quantity="40", harvest_year=2022, harvested_on=date(2022, 9, 25), grade="特级")
    make_batch(work, user, quantity="40", harvest_year=2022, harvested_on=date(2022, 9, 25))
    make_batch(work, user, quantity="40", harvest_year=2022, harvested_on=date(2022, 9, 25), grade="一级")
    opening = {"kind": "opening", "harvest_year": 2022, "account_year": 2025, "harvested_on": date(2022, 9, 25)}
    carried = make_batch(work, user, quantity="60", grade="特级", **opening)
    key = LedgerKey(user.id, gi.id, 2022, "", "piece")
    assert carried.warnings == []
    assert queries.stock_by_grade(work.session, key) == {"": 20, "一级": 40, "特级": 0}
    assert service.available_of_batch(work.session, carried.id) == 60
    service.withdraw_batch(work, carried.id, why="数量有误")
    assert queries.stock_by_grade(work.session, key) == {"": 40, "一级": 40, "特级": 40}


def test_leaf_becomes_tea_through_the_conversion_account_of_both(work, kiln):
    gi, user = kiln
    tea = LedgerKey(user.id, gi.id, 2025, "", "g")
    leaf = replace(tea, commodity="鲜叶")
    lock_keys(work, tea, leaf)
    post(work, leaf, (Posting(Account.FIELD, -5_000), Posting(Account.STOCK, 5_000)), tag="test:in", source_kind="test", source_id=1)
    made = (
        Posting(Account.STOCK, -5_000, commodity="鲜叶"),
        Posting(Account.CONVERSION, 5_000, commodity="鲜叶"),
        Posting(Account.CONVERSION, -1_000, grade="特级"),
        Posting(Account.STOCK, 1_000, grade="特级"),
    )
    post(work, tea, made, tag="test:made", source_kind="test", source_id=1)
    assert queries.balances_of(work.session, leaf)[Account.STOCK] == 0
    assert queries.stock_by_grade(work.session, tea) == {"特级": 1_000}
    with pytest.raises(ValueError, match="zero-sum"):
        post(work, tea, (made[0], made[3]), tag="test:mixed", source_kind="test", source_id=1)


@pytest.mark.parametrize(
    ("other", "balanced"),
    [("commodity = '茶'", False), ("unit = 'g'", False), ("grade = '一级'", True), ("farmer_id = 7", True)],
)
def test_the_database_refuses_a_transfer_across_commodities_or_units(work, kiln, other, balanced):
    gi, user = kiln
    key = LedgerKey(user.id, gi.id, 2025, "", "piece")
    lock_quota(work, key)
    post(work, key, (Posting(Account.FIELD, -5), Posting(Account.STOCK, 5)), tag="test:in", source_kind="test", source_id=1)
    for statement in (
        f"UPDATE ledger_account SET {other} WHERE kind = 'stock'",
        (
            "INSERT INTO ledger_entry (transfer_id, account_id, amount) SELECT 999, id, CASE kind WHEN 'stock' THEN 1 ELSE -1 END"
            " FROM ledger_account WHERE kind IN ('stock', 'field')"
        ),
    ):
        work.session.execute(text(statement))
    seal = text(
        "INSERT INTO ledger_transfer (id, tag, at, on_date, source_kind, source_id, memo)"
        " VALUES (999, 'test:by-hand', '2025-10-01 00:00:00', '2025-10-01', 'test', 2, '')"
    )
    if balanced:
        work.session.execute(seal)
        return
    with pytest.raises(IntegrityError, match="zero-sum"):
        work.session.execute(seal)
    work.rollback()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ledger_account SET balance = -1 WHERE kind = 'stock'",
        "UPDATE ledger_account SET tolerance = -1",
        "UPDATE ledger_account SET grade = '特级' WHERE kind = 'capacity'",
        "UPDATE ledger_account SET farmer_id = 1 WHERE kind = 'capacity'",
    ],
)
def test_the_database_keeps_holders_above_their_tolerance_and_quota_undivided(work, kiln, change):
    _gi, user = kiln
    make_batch(work, user)
    with pytest.raises(IntegrityError):
        work.session.execute(text(change))
    work.rollback()


def test_an_account_with_a_tolerance_may_stand_that_much_below_zero(work, kiln):
    _gi, user = kiln
    make_batch(work, user)
    work.session.execute(text("UPDATE ledger_account SET tolerance = 10 WHERE kind = 'stock'"))
    work.session.execute(text("UPDATE ledger_account SET balance = -10 WHERE kind = 'stock'"))
    with pytest.raises(IntegrityError):
        work.session.execute(text("UPDATE ledger_account SET balance = -11 WHERE kind = 'stock'"))
    work.rollback()
