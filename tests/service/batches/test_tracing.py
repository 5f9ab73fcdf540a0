"""From a pack of tea back to the plots, and from a plot's harvest forward to every pack; a recall follows the same way."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.batches import service
from gi_registry.batches.queries import trace as reads
from gi_registry.batches.rules.graph import Edge
from gi_registry.batches.service import processing
from gi_registry.kernel.errors import Conflict, Invalid, NotFound
from gi_registry.log.queries import history
from gi_registry.notices.models import Notice
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch
from tests.builders.origin import make_area, make_plot, square
from tests.builders.processes import do, made
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def hill(work):
    """Two plots, three harvests; two become a blend, the blend becomes tea, the tea is packed twice; the third harvest stays apart."""
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
    make_area(work, gi)
    product = make_product(work, authorisation, name="示例绿茶", unit="g", content_per_label=250)
    upper, lower = make_plot(work, authorisation, name="上坡"), make_plot(work, authorisation, square(100, east_m=300), name="下坡")
    values = {"unit": "g", "commodity": "鲜叶"}
    first = make_batch(work, authorisation, plots={upper.id: "60", lower.id: "40"}, quantity="100", **values)
    second = make_batch(work, authorisation, plot=lower, quantity="300", **values)
    apart = make_batch(work, authorisation, plot=lower, quantity="50", **values)
    (blend,) = made(work, do(work, "merge", [(first, "100"), (second, "300")], {"quantity": "400"}))
    (tea,) = made(work, do(work, "transform", [(blend, "400")], {"product_id": product.id, "quantity": "100"}, on_date=date(2025, 10, 9)))
    packed = made(work, do(work, "pack", [(tea, "80")], *[{"product_id": product.id, "quantity": quantity} for quantity in ("50", "30")]))
    names = {"authorisation": authorisation, "first": first, "second": second, "apart": apart, "blend": blend, "tea": tea}
    return names | {"packed": packed[0], "other": packed[1], "upper": upper, "lower": lower}


def test_a_pack_is_traced_to_its_plots_with_their_part(work, hill):
    found = service.trace_up(work.session, hill["packed"].id)
    assert {node.id for node in found.walk.nodes} == {hill[name].id for name in ("first", "second", "blend", "tea", "packed")}
    parts = {(part.name, part.through): part.quantity for part in found.plots}
    first, second = hill["first"].number, hill["second"].number
    assert parts == {("上坡", first): 7_500, ("下坡", first): 5_000, ("下坡", second): 37_500}
    assert sum(parts.values()) == hill["packed"].quantity
    assert found.walk.days[max(found.walk.days)] == date(2025, 10, 8)


def test_a_batch_without_processes_is_its_own_trace(work, hill):
    found = service.trace_up(work.session, hill["apart"].id)
    assert [node.id for node in found.walk.nodes] == [hill["apart"].id]
    assert [(part.name, part.quantity) for part in found.plots] == [("下坡", 50_000)]
    assert found.walk.edges == ()


def test_a_harvest_is_followed_to_every_pack_and_nowhere_else(work, hill):
    found = service.trace_down(work.session, hill["first"].id)
    assert {node.id for node in found.nodes} == {hill[name].id for name in ("first", "blend", "tea", "packed", "other")}
    assert {(edge.source_id, edge.target_id) for edge in found.edges} == {
        (hill[source].id, hill[target].id) for source, target in (("first", "blend"), ("blend", "tea"), ("tea", "packed"), ("tea", "other"))
    }
    assert isinstance(found.edges[0], Edge)


def test_what_was_undone_is_on_no_trace(work, hill):
    process = do(work, "split", [(hill["apart"], "20")], {"quantity": "20"})
    assert len(service.trace_down(work.session, hill["apart"].id).nodes) == 2
    processing.undo_process(work, process.id, why="录入有误")
    assert len(service.trace_down(work.session, hill["apart"].id).nodes) == 1


def test_a_walk_says_where_it_stopped(work, hill):
    found = service.trace_down(work.session, hill["first"].id, most=3)
    assert (len(found.nodes), found.cut) == (3, True)
    assert not service.trace_down(work.session, hill["first"].id, most=5).cut


def test_a_recall_reaches_everything_made_of_it_and_nothing_else(work, hill):
    service.recall_batch(work, hill["first"].id, why="抽检不合格")
    assert {name: hill[name].state for name in ("first", "blend", "tea", "packed", "other", "second", "apart")} == {
        "first": "recalled",
        "blend": "recalled",
        "tea": "recalled",
        "packed": "recalled",
        "other": "recalled",
        "second": "declared",
        "apart": "declared",
    }
    assert hill["packed"].reason == f"随批次 {hill['first'].number} 召回：抽检不合格"
    assert service.available_of_batch(work.session, hill["tea"].id) == 0
    with pytest.raises(Invalid):
        do(work, "split", [(hill["tea"], "1")], {"quantity": "1"})
    work.commit()
    assert [event.action for event in history(work.session, "batch", hill["packed"].id)][-1] == "recall"
    with pytest.raises(Conflict):
        service.recall_batch(work, hill["first"].id, why="再召回一次")


def test_a_recall_of_a_recalled_source_takes_in_what_a_first_one_left_alone(work, hill):
    service.recall_batch(work, hill["packed"].id, why="包装破损")
    service.recall_batch(work, hill["second"].id, why="抽检不合格")
    assert hill["packed"].reason == "包装破损"
    assert (hill["other"].state, hill["first"].state) == ("recalled", "declared")


def test_the_user_is_told_when_the_county_recalls_and_not_of_its_own_recall(work, hill):
    user = work.session.get(Organisation, hill["authorisation"].organisation_id)
    county = make_actor(work, "county_approver", division="999999")
    officer = Work(work.session, county, work.now)
    service.recall_batch(officer, hill["second"].id, why="抽检不合格")
    told = [notice for notice in work.session.exec(select(Notice)) if notice.organisation_id == user.id]
    assert [notice.title for notice in told] == [f"批次 {hill['second'].number} 已召回，您有 5 个批次一并召回"]
    producer = make_actor(work, "producer_approver", organisation=user)
    service.recall_batch(Work(work.session, producer, work.now), hill["apart"].id, why="受潮")
    assert len([notice for notice in work.session.exec(select(Notice)) if notice.organisation_id == user.id]) == 1


def test_a_stranger_recalls_nothing(work, hill):
    other = make_authorisation(work, protection=registry.get_protection(work.session, hill["authorisation"].protection_id))
    stranger = make_actor(work, "producer_approver", organisation=work.session.get(Organisation, other.organisation_id))
    with pytest.raises(NotFound):
        service.recall_batch(Work(work.session, stranger, work.now), hill["first"].id, why="不是我的")
    with pytest.raises(NotFound):
        service.reach_of(Work(work.session, stranger, work.now), hill["first"].id)
    assert reads.downstream_ids(work.session, hill["first"].id)


@pytest.fixture
def sold(work, hill):
    """40 kg of the second harvest's leaf were sold to another user, who made tea of it; the county is the same."""
    authorisation = hill["authorisation"]
    other = make_authorisation(work, protection=registry.get_protection(work.session, authorisation.protection_id))
    spring = make_batch(work, authorisation, unit="g", quantity="100", commodity="鲜叶")
    bought = {"kind": "purchase", "unit": "g", "quantity": "40", "commodity": "鲜叶", "supplier_number": authorisation.number}
    purchase = make_batch(work, other, **bought)
    service.confirm_sale(work, purchase.id)
    product = make_product(work, other, name="示例红茶", unit="g", content_per_label=100)
    (tea,) = made(work, do(work, "transform", [(purchase, "40")], {"product_id": product.id, "quantity": "10"}))
    return {"spring": spring, "purchase": purchase, "tea": tea, "other": other}


def test_a_sale_is_put_down_to_its_batch_once(work, hill, sold):
    assert service.available_of_batch(work.session, sold["spring"].id) == 100_000
    process = service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    assert process.kind == "sale"
    assert service.available_of_batch(work.session, sold["spring"].id) == 60_000
    assert {node.id for node in service.trace_down(work.session, sold["spring"].id).nodes} >= {sold["purchase"].id, sold["tea"].id}
    with pytest.raises(Invalid):
        service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    with pytest.raises(NotFound):
        service.name_source(work, sold["spring"].id, purchase_id=hill["tea"].id)


def as_producer(work, authorisation):
    user = work.session.get(Organisation, authorisation.organisation_id)
    return Work(work.session, make_actor(work, "producer_approver", organisation=user), work.now)


def test_a_recall_reaches_what_was_sold_on_whoever_recalls(work, hill, sold):
    service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    producer = as_producer(work, hill["authorisation"])
    reach = service.reach_of(producer, sold["spring"].id)
    assert {batch.id for batch in reach.beyond} == {sold["purchase"].id, sold["tea"].id}
    assert {batch.id for batch in reach.standing} == {sold[name].id for name in ("spring", "purchase", "tea")}
    county = Work(work.session, make_actor(work, "county_approver", division="999999"), work.now)
    assert service.reach_of(county, sold["spring"].id).beyond == ()
    service.recall_batch(county, sold["spring"].id, why="抽检不合格")
    assert (sold["purchase"].state, sold["tea"].state) == ("recalled", "recalled")


def test_a_producers_recall_takes_the_buyers_goods_along_and_tells_the_buyer(work, hill, sold):
    service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    service.recall_batch(as_producer(work, hill["authorisation"]), sold["spring"].id, why="受潮")
    assert (sold["purchase"].state, sold["tea"].state, hill["first"].state) == ("recalled", "recalled", "declared")
    assert sold["tea"].reason == f"随批次 {sold['spring'].number} 召回：受潮"
    told = [notice.title for notice in work.session.exec(select(Notice)) if notice.organisation_id == sold["other"].organisation_id]
    assert told[-1] == f"批次 {sold['spring'].number} 已召回，您有 2 个批次一并召回"
    assert sum("已召回" in title for title in told) == 1


def test_a_buyer_recalls_its_own_goods_and_nothing_above_them(work, hill, sold):
    service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    with pytest.raises(NotFound):
        service.recall_batch(as_producer(work, sold["other"]), sold["spring"].id, why="退货")
    service.recall_batch(as_producer(work, sold["other"]), sold["purchase"].id, why="受潮")
    assert (sold["spring"].state, sold["purchase"].state, sold["tea"].state) == ("declared", "recalled", "recalled")


def test_a_sale_put_down_to_a_recalled_batch_is_recalled_with_it(work, hill, sold):
    producer = as_producer(work, hill["authorisation"])
    service.recall_batch(producer, sold["spring"].id, why="受潮")
    assert sold["tea"].state == "declared"
    service.name_source(work, sold["spring"].id, purchase_id=sold["purchase"].id)
    assert (sold["purchase"].state, sold["tea"].state) == ("recalled", "recalled")
    told = [notice.title for notice in work.session.exec(select(Notice)) if notice.organisation_id == sold["other"].organisation_id]
    assert f"批次 {sold['spring'].number} 已召回，您有 2 个批次一并召回" in told
