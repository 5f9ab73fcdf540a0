"""A sale has two sides: only what both say counts, and a dispute shows both figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gi_registry.batches import queries, service
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.schemas import BatchFields
from gi_registry.batches.service.posting import key_of
from gi_registry.kernel.actor import Actor
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, MassBalanceExceeded, NotFound, StaleVersion
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer, make_trade
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def village(work):
    """Two users of one GI whose raw material must come from inside; the seller has 1,000 pieces of 2025."""
    gi = make_gi(work)
    protection = make_protection(work, gi, capacity_basis="kiln")
    seller, buyer = make_authorisation(work, protection=protection), make_authorisation(work, protection=protection)
    make_batch(work, seller, quantity="1000")
    return gi, seller, buyer


def stock(work, user, **differs):
    key = LedgerKey(user.id, user.gi_id, 2025, "", "piece")
    return queries.balances_of(work.session, replace(key, **differs)).get(Account.STOCK, 0)


def may_label(work, user):
    return service.entitlement(work.session, user.id, gi_id=user.gi_id, year=2025, unit="piece").total


def test_a_purchase_counts_when_the_seller_confirms_it(work, village):
    _gi, seller, buyer = village
    batch, trade = make_trade(work, buyer, seller)
    assert (trade.state, trade.answer_by) == ("stated", work.today + timedelta(days=30))
    assert may_label(work, buyer) == 0
    service.confirm_trade(work, trade.id, version=trade.version)
    assert (trade.state, trade.answered_on, batch.sale_confirmed_on) == ("confirmed", work.today, work.today)
    assert (may_label(work, buyer), may_label(work, seller)) == (200, 800)
    assert (stock(work, buyer), stock(work, seller)) == (200, 800)
    with pytest.raises(IllegalTransition):
        service.confirm_trade(work, trade.id)
    work.commit()


def test_a_seller_that_sold_less_says_so_and_the_buyer_takes_its_figure(work, village):
    _gi, seller, buyer = village
    batch, trade = make_trade(work, buyer, seller)
    service.dispute_trade(work, trade.id, quantity="150", why="只交了 150 件")
    assert (trade.state, trade.quantity, trade.seller_quantity) == ("disputed", 200, 150)
    assert may_label(work, buyer) == 0
    service.accept_trade(work, trade.id, version=trade.version)
    assert (trade.state, trade.quantity, batch.quantity, batch.product_quantity) == ("confirmed", 150, 150, 150)
    assert (stock(work, buyer), stock(work, seller)) == (150, 850)
    assert (may_label(work, buyer), service.available_of_batch(work.session, batch.id)) == (150, 150)
    [flows] = [item.goods for item in service.statements(work, buyer.id) if item.key.year == 2025]
    assert (flows.bought, flows.closing, flows.balanced) == (150, 150, True)


def test_a_seller_may_say_more_too_and_come_round_to_the_buyers_figure(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)
    service.dispute_trade(work, trade.id, quantity="250", why="交了 250 件")
    service.dispute_trade(work, trade.id, quantity="260", why="再核对为 260 件")
    assert trade.seller_quantity == 260
    service.confirm_trade(work, trade.id)
    assert (trade.state, stock(work, seller)) == ("confirmed", 800)


def test_what_was_never_sold_cannot_be_taken_over(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)
    with pytest.raises(Invalid, match="相同"):
        service.dispute_trade(work, trade.id, quantity="200", why="不对")
    service.dispute_trade(work, trade.id, quantity="0", why="没有卖过")
    with pytest.raises(Conflict, match="没有这笔销售"):
        service.accept_trade(work, trade.id)
    service.withdraw_trade(work, trade.id, why="误报")
    assert (trade.state, stock(work, buyer)) == ("withdrawn", 0)


def test_a_buyer_does_not_see_the_sellers_stock_where_it_is_too_small(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)
    service.dispute_trade(work, trade.id, quantity="1200", why="交了 1 200 件")
    with pytest.raises(Conflict, match="不够转出 1\u2009200 件") as refusal:
        service.accept_trade(work, trade.id)
    assert "1\u2009000" not in str(refusal.value)


def test_goods_that_bear_labels_are_not_corrected_away(work, village):
    _gi, seller, buyer = village
    batch, trade = make_trade(work, buyer, seller)
    service.record_use(work, buyer, quantity=180, batch_id=batch.id, source_kind="code_interval", source_id=1)
    service.dispute_trade(work, trade.id, quantity="150", why="只交了 150 件")
    with pytest.raises(MassBalanceExceeded, match=r"减少 50 件.*只剩 20 件"):
        service.accept_trade(work, trade.id)


def test_a_seller_is_told_the_figures_when_its_stock_does_not_hold_the_sale(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller, quantity="1001")
    with pytest.raises(MassBalanceExceeded, match=r"1\u2009001 件，库存只有 1\u2009000 件"):
        service.confirm_trade(work, trade.id)


def test_a_sale_comes_from_the_grade_the_seller_names(work, village):
    _gi, seller, buyer = village
    make_batch(work, seller, quantity="300", grade="特级")
    _batch, trade = make_trade(work, buyer, seller, quantity="300", grade="甲等")
    service.confirm_trade(work, trade.id, grade="特级")
    assert (stock(work, seller, grade="特级"), stock(work, seller)) == (0, 1_000)


def test_silence_lapses_and_the_buyer_may_ask_again(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)
    work.now += timedelta(days=30)
    assert service.lapse_trades(work) == 0, "the last day still belongs to the seller"
    work.now += timedelta(days=1)
    assert service.lapse_trades(work) == 1
    assert (trade.state, may_label(work, buyer)) == ("lapsed", 0)
    with pytest.raises(IllegalTransition):
        service.confirm_trade(work, trade.id)
    service.restate_trade(work, trade.id)
    assert (trade.state, trade.answer_by) == ("stated", work.today + timedelta(days=30))
    service.confirm_trade(work, trade.id)
    assert may_label(work, buyer) == 200
    assert service.lapse_trades(work) == 0


def test_a_purchase_from_before_trades_were_kept_gets_one(work, village):
    _gi, seller, buyer = village
    batch, trade = make_trade(work, buyer, seller)
    work.record_deleted(trade, "trade:state")
    work.flush()
    service.lapse_trades(work)
    assert queries.find_trade(work.session, batch.id).state == "stated"


def test_each_side_acts_for_itself_and_others_see_nothing(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)

    def become(user):
        work.actor = Actor(1, "p-1", frozenset({"producer_operator"}), organisation_id=user.organisation_id if user else -1)

    become(buyer)
    assert service.view_trade(work, trade.id) is trade
    with pytest.raises(NotFound):
        service.confirm_trade(work, trade.id)
    become(seller)
    assert service.view_trade(work, trade.id) is trade
    for act in (service.accept_trade, service.restate_trade):
        with pytest.raises(NotFound):
            act(work, trade.id)
    with pytest.raises(NotFound):
        service.withdraw_trade(work, trade.id, why="撤回")
    become(None)
    with pytest.raises(NotFound):
        service.view_trade(work, trade.id)
    become(seller)
    with pytest.raises(StaleVersion):
        service.confirm_trade(work, trade.id, version=99)
    service.confirm_trade(work, trade.id)


def test_a_withdrawn_purchase_takes_its_sale_with_it(work, village):
    _gi, seller, buyer = village
    batch, trade = make_trade(work, buyer, seller)
    service.withdraw_batch(work, batch.id, why="误报")
    assert trade.state == "withdrawn"
    with pytest.raises(Conflict, match="已撤回"):
        service.confirm_trade(work, trade.id)


# ---- farmers -------------------------------------------------------------------------------------------------------------------------


def buy(work, buyer, farmer, quantity, **differs):
    values = {"kind": "purchase", "harvest_year": 2025, "unit": "piece", "quantity": quantity, "supplier_farmer_id": farmer.id}
    values |= {"evidence": "收购清单 2025-10-08"} | differs
    return service.declare_batch(work, buyer.id, fields=BatchFields(**values))


def test_a_farmers_harvest_is_his_until_it_is_bought_by_the_list_he_signed(work, village):
    _gi, _seller, user = village
    farmer = make_farmer(work, user)
    harvest = make_batch(work, user, quantity="500", farmer_id=farmer.id)
    assert (stock(work, user, farmer_id=farmer.id), stock(work, user)) == (500, 0)
    bought = buy(work, user, farmer, "300")
    assert queries.find_trade(work.session, bought.id).state == "confirmed"
    assert (stock(work, user, farmer_id=farmer.id), stock(work, user)) == (200, 300)
    assert queries.balances_of(work.session, key_of(harvest))[Account.SOLD] == 300
    assert may_label(work, user) == 500, "the harvest is counted once: on the land or batch it grew on, not again when it is bought"
    with pytest.raises(MassBalanceExceeded, match="201 件，库存只有 200 件"):
        buy(work, user, farmer, "201")
    service.withdraw_batch(work, bought.id, why="退回")
    assert (stock(work, user, farmer_id=farmer.id), stock(work, user)) == (500, 0)
    work.commit()


def test_nothing_is_labelled_on_a_farmers_account_and_nothing_bought_without_a_list(work, village):
    gi, _seller, user = village
    farmer, product = make_farmer(work, user), make_product(work, user)
    harvest = make_batch(work, user, product=product, quantity="500", farmer_id=farmer.id)
    year = {"gi_id": gi.id, "year": 2025, "zone": "", "unit": "piece"}
    service.reserve(work, user, **year, quantity=10, source_kind="allotment", source_id=1)
    with pytest.raises(Conflict, match="还不是可以贴标的产品"):
        service.use_reserved(work, user, **year, quantity=10, batch_id=harvest.id, source_kind="code_interval", source_id=1)
    with pytest.raises(Invalid) as refusal:
        buy(work, user, farmer, "10", evidence="")
    assert [item.field for item in refusal.value.fields] == ["evidence"]
    with pytest.raises(Invalid, match="没有这位农户"):
        buy(work, user, make_farmer(work, _seller), "10")


def test_a_file_says_what_it_says_of_a_farmer(work, village):
    _gi, _seller, user = village
    farmer = make_farmer(work, user)
    make_batch(work, user, quantity="100", farmer_id=farmer.id)
    bought = make_batch(work, user, kind="purchase", quantity="130", supplier_farmer_id=farmer.id, harvested_on=None)
    assert len(bought.warnings) == 2
    trade = queries.find_trade(work.session, bought.id)
    assert (trade.state, stock(work, user), stock(work, user, farmer_id=farmer.id)) == ("stated", 130, 0)


def test_tangerine_peel_ages_from_year_to_year(work, village):
    _gi, _seller, user = village
    key = LedgerKey(user.id, user.gi_id, 2021, "", "piece")
    make_batch(work, user, quantity="900", harvest_year=2021, harvested_on=date(2021, 12, 1))
    for year in (2022, 2023, 2024):
        carried = {"harvest_year": 2021, "account_year": year, "from_year": year - 1, "harvested_on": date(2021, 12, 1)}
        kept = make_batch(work, user, kind="opening", quantity="900", **carried)
        assert kept.warnings == []
    held = {year: queries.balances_of(work.session, replace(key, year=year)).get(Account.STOCK) for year in range(2021, 2025)}
    assert held == {2021: 0, 2022: 0, 2023: 0, 2024: 900}
    totals = [service.entitlement(work.session, user.id, gi_id=user.gi_id, year=year, unit="piece").total for year in range(2021, 2025)]
    assert totals == [0, 0, 0, 900], "what is carried on is counted in the year it lies in, once"
    assert [(row.harvest_year, row.age_years, row.left) for row in service.aged_stock(work, user.id)] == [(2021, 5, 900)]


def test_goods_of_another_indication_are_no_sale_within_this_one(work, village):
    _gi, seller, buyer = village
    elsewhere = make_authorisation(work, protection=make_protection(work, make_gi(work), capacity_basis="kiln"))
    with pytest.raises(Invalid, match="另一个地理标志") as refused:
        make_trade(work, buyer, elsewhere)
    assert [error.field for error in refused.value.fields] == ["supplier_number"]
    assert make_trade(work, buyer, seller)[1].state == "stated"


def test_a_seller_that_gives_in_has_no_other_figure_any_more(work, village):
    _gi, seller, buyer = village
    _batch, trade = make_trade(work, buyer, seller)
    service.dispute_trade(work, trade.id, quantity="150", why="只交了 150 件")
    service.confirm_trade(work, trade.id)
    assert (trade.state, trade.quantity, trade.seller_quantity) == ("confirmed", 200, 200)
    assert (stock(work, buyer), stock(work, seller)) == (200, 800)
