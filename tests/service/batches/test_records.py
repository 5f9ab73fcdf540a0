"""Stocking, losses, counts and regrading: into the books at once, or refused with the figures, or the county decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.batches import queries, service
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.records import STOCKED
from gi_registry.kernel.actor import Actor
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, MassBalanceExceeded, NotAllowed, NotFound
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer, make_record
from tests.builders.origin import make_plot
from tests.builders.registry import make_authorisation, make_gi, make_protection


@pytest.fixture
def pond(work):
    """A user with 1,000 ungraded pieces of 2025."""
    gi = make_gi(work)
    user = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
    return user, make_batch(work, user, quantity="1000")


def held(work, user, account=Account.STOCK, **differs):
    key = LedgerKey(user.id, user.gi_id, 2025, "", "piece")
    return queries.balances_of(work.session, replace(key, **differs)).get(account, 0)


def test_a_loss_leaves_stock_and_its_batch(work, pond):
    user, batch = pond
    make_record(work, user, "loss", quantity="30", batch_id=batch.id, reason="途中死亡")
    assert (held(work, user), held(work, user, Account.LOSS)) == (970, 30)
    assert service.available_of_batch(work.session, batch.id) == 970
    with pytest.raises(Conflict, match="已结转或售出"):
        service.withdraw_batch(work, batch.id, why="误报")
    with pytest.raises(MassBalanceExceeded, match="971 件，库存只有 970 件"):
        make_record(work, user, "loss", quantity="971")
    [flows] = [item.goods for item in service.statements(work, user.id) if item.key.year == 2025]
    assert (flows.lost, flows.closing, flows.balanced) == (30, 970, True)
    work.commit()


def test_a_loss_recorded_by_mistake_is_answered_by_the_opposite(work, pond):
    user, batch = pond
    record = make_record(work, user, "loss", quantity="30", batch_id=batch.id)
    service.withdraw_record(work, record.id, why="重复")
    assert (record.state, held(work, user), held(work, user, Account.LOSS)) == ("reversed", 1_000, 0)
    assert service.available_of_batch(work.session, batch.id) == 1_000
    with pytest.raises(IllegalTransition):
        service.withdraw_record(work, record.id, why="再来")


@pytest.mark.parametrize(
    ("kind", "differs", "field"),
    [
        ("loss", {"reason": ""}, "reason"),
        ("adjustment", {"evidence": ""}, "evidence"),
        ("adjustment", {"quantity": "0"}, "quantity"),
        ("stocking", {"source": ""}, "source"),
        ("loss", {"on_date": date(2027, 1, 1)}, "on_date"),
        ("loss", {"quantity": "-3"}, "quantity"),
        ("regrade", {"grade": "", "to_grade": ""}, "to_grade"),
        ("loss", {"batch_id": 999_999}, "batch_id"),
        ("loss", {"farmer_id": 999_999}, "farmer_id"),
    ],
)
def test_what_a_record_lacks_is_said_at_its_field(work, pond, kind, differs, field):
    user, _batch = pond
    with pytest.raises(Invalid) as refusal:
        make_record(work, user, kind, **differs)
    assert [item.field for item in refusal.value.fields] == [field]
    assert held(work, user) == 1_000


def test_seedlings_are_counted_apart_from_the_goods(work, pond):
    user, _batch = pond
    make_record(work, user, "stocking", quantity="12000", on_date=date(2025, 3, 2), source="示例苗种场")
    assert held(work, user) == 1_000
    assert held(work, user, Account.FIELD, commodity=STOCKED) == 12_000
    [stocked] = queries.stockings_of(work.session, user.id, gi_id=user.gi_id, year=2025)
    assert (stocked.on_date, stocked.quantity, stocked.source) == (date(2025, 3, 2), 12_000, "示例苗种场")
    assert [item.key.commodity for item in service.statements(work, user.id)] == [""] * len(service.statements(work, user.id))


def test_a_small_difference_of_a_count_enters_and_a_large_one_waits_for_the_county(work, pond):
    user, _batch = pond
    small = make_record(work, user, "adjustment", quantity="-20")
    assert (small.state, held(work, user)) == ("entered", 980)
    large = make_record(work, user, "adjustment", quantity="21")
    assert (large.state, large.came_in, large.limit_permille) == ("proposed", 1_000, 20)
    assert held(work, user) == 980
    service.decide_record(work, large.id, approve="approve", why="已到现场复核")
    assert (large.state, held(work, user), held(work, user, Account.UNEXPLAINED)) == ("entered", 1_001, -21)
    refused = make_record(work, user, "adjustment", quantity="500")
    service.decide_record(work, refused.id, approve="refuse", why="来源说不清")
    assert (refused.state, held(work, user)) == ("refused", 1_001)
    with pytest.raises(IllegalTransition):
        service.decide_record(work, refused.id, approve="approve", why="再议")


def test_many_small_differences_are_one_large_one(work, pond):
    user, _batch = pond
    first = make_record(work, user, "adjustment", quantity="12")
    graded = make_record(work, user, "adjustment", quantity="8", grade="二级")
    assert (first.state, graded.state, held(work, user)) == ("entered", "entered", 1_012)
    over = make_record(work, user, "adjustment", quantity="1")
    assert (over.state, held(work, user)) == ("proposed", 1_012)
    missing = make_record(work, user, "adjustment", quantity="-20")
    assert missing.state == "entered", "what is missing is counted apart from what was found"
    service.withdraw_record(work, first.id, why="数错了")
    assert make_record(work, user, "adjustment", quantity="12").state == "entered", "what was reversed counts no more"
    service.decide_record(work, over.id, approve="approve", why="已到现场复核")
    assert make_record(work, user, "adjustment", quantity="1").state == "proposed"


def test_a_record_of_a_farmers_batch_stands_on_the_farmers_account(work, pond):
    user, _batch = pond
    farmer = make_farmer(work, user)
    batch = make_batch(work, user, quantity="50", farmer_id=farmer.id)
    record = make_record(work, user, "loss", quantity="20", batch_id=batch.id)
    assert (record.farmer_id, held(work, user), held(work, user, farmer_id=farmer.id)) == (farmer.id, 1_000, 30)
    with pytest.raises(MassBalanceExceeded, match="只有 30 件"):
        make_record(work, user, "loss", quantity="31", batch_id=batch.id)


@pytest.mark.parametrize("kind", ["loss", "adjustment", "regrade", "stocking"])
def test_nothing_is_recorded_of_a_batch_that_is_gone(work, pond, kind):
    user, _batch = pond
    gone = make_batch(work, user, quantity="50")
    service.withdraw_batch(work, gone.id, why="误报")
    with pytest.raises(Conflict, match="已召回或撤回"):
        make_record(work, user, kind, quantity="1", batch_id=gone.id, to_grade="一级")
    recalled = make_batch(work, user, quantity="50")
    waits = make_record(work, user, "adjustment", quantity="40", batch_id=recalled.id)
    service.recall_batch(work, recalled.id, why="抽检不合格")
    with pytest.raises(Conflict, match="已召回或撤回"):
        service.decide_record(work, waits.id, approve="approve", why="已到现场复核")
    assert service.decide_record(work, waits.id, approve="refuse", why="批次已召回").state == "refused"
    assert held(work, user) == 1_050


def test_what_a_record_names_is_its_own_users(work, pond):
    user, _batch = pond
    own = make_plot(work, user)
    assert make_record(work, user, "stocking", plot_id=own.id).plot_id == own.id
    other = make_plot(work, make_authorisation(work))
    with pytest.raises(Invalid, match="不属于本用标登记") as refused:
        make_record(work, user, "stocking", plot_id=other.id)
    assert [error.field for error in refused.value.fields] == ["plot_id"]


def test_the_user_proposes_and_the_county_of_the_place_decides(work, pond):
    user, _batch = pond
    record = make_record(work, user, "adjustment", quantity="400")
    work.actor = Actor(1, "p-1", frozenset({"producer_approver"}), organisation_id=user.organisation_id)
    with pytest.raises(NotAllowed):
        service.decide_record(work, record.id, approve="approve", why="自批")
    service.withdraw_record(work, record.id, why="数错了")
    assert (record.state, held(work, user)) == ("withdrawn", 1_000)
    work.actor = Actor(2, "p-2", frozenset({"producer_operator"}), organisation_id=-1)
    with pytest.raises(NotFound):
        make_record(work, user, "loss")
    with pytest.raises(NotFound):
        service.view_record(work, record.id)


def test_goods_change_their_grade_by_stock_or_as_a_whole_batch(work, pond):
    user, batch = pond
    make_record(work, user, "regrade", quantity="300", grade="", to_grade="二级")
    assert (held(work, user), held(work, user, grade="二级")) == (700, 300)
    with pytest.raises(MassBalanceExceeded, match="301 件，库存只有 300 件"):
        make_record(work, user, "regrade", quantity="301", grade="二级", to_grade="三级")
    whole = make_batch(work, user, quantity="50", grade="特级")
    with pytest.raises(Conflict, match="整批换级"):
        make_record(work, user, "regrade", quantity="20", batch_id=whole.id, to_grade="一级")
    work.rollback()


def test_a_whole_batch_moves_to_the_account_of_its_new_grade(work, pond):
    user, _batch = pond
    whole = make_batch(work, user, quantity="50", grade="特级")
    make_record(work, user, "regrade", quantity="50", batch_id=whole.id, to_grade="一级")
    assert (whole.grade, whole.account_grade) == ("一级", "一级")
    assert (held(work, user, grade="特级"), held(work, user, grade="一级")) == (0, 50)
    assert service.available_of_batch(work.session, whole.id) == 50
    with pytest.raises(MassBalanceExceeded, match="50 件，库存只有 0 件"):
        service.withdraw_batch(work, whole.id, why="误报")
