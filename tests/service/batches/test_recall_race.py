"""A batch is recalled while its sales are put down to it and the buyers make tea of them: whatever comes first, all of it is recalled."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gi_registry.batches import service
from gi_registry.batches.models import Batch
from gi_registry.batches.queries import trace
from gi_registry.batches.service import attributing
from gi_registry.kernel.errors import RegistryError
from gi_registry.registry import queries as registry
from tests.builders.batches import make_batch
from tests.builders.origin import make_area
from tests.builders.processes import do
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

BUYERS = 6


@pytest.fixture
def market(open_work):
    """A harvest of leaf and six confirmed purchases of it by six users, none of them put down to the harvest yet."""
    with open_work() as work:
        gi = make_gi(work)
        seller = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
        make_area(work, gi)
        leaf = make_batch(work, seller, unit="g", quantity="1000", commodity="鲜叶")
        bought = {"kind": "purchase", "unit": "g", "quantity": "50", "commodity": "鲜叶", "supplier_number": seller.number}
        sales = []
        for _ in range(BUYERS):
            buyer = make_authorisation(work, protection=registry.get_protection(work.session, seller.protection_id))
            purchase = make_batch(work, buyer, **bought)
            service.confirm_sale(work, purchase.id)
            sales.append((purchase.id, make_product(work, buyer, name="示例绿茶", unit="g", content_per_label=100).id))
        return leaf.id, sales


def happen(open_work, market, *, recall_first: bool = False) -> list[Batch]:
    """Recall the harvest while its sales are named and worked on; return what stands although it was made of recalled goods."""
    leaf, sales = market

    def patiently(act):
        for _attempt in range(200):
            try:
                with open_work() as work:
                    return act(work)
            except RegistryError as problem:
                if "在您办理期间" not in str(problem):
                    return None  # refused for good: goods of a recalled batch are worked on no more
        raise AssertionError("never got through")

    def name(purchase, _product):
        patiently(lambda work: service.name_source(work, leaf, purchase_id=purchase))

    def make(purchase, product):
        patiently(lambda work: do(work, "transform", [(work.session.get(Batch, purchase), "40")], {"product_id": product, "quantity": "8"}))

    def recall(*_):
        patiently(lambda work: service.recall_batch(work, leaf, why="抽检不合格"))

    if recall_first:
        recall()
    acts = [(act, sale) for sale in sales for act in (name, make)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda task: task[0](*task[1]), [*acts[:5], (recall, (0, 0)), *acts[5:]]))
    with open_work() as work:
        found = [work.session.get(Batch, one) for one in trace.downstream_ids(work.session, leaf)]
        assert len(found) >= 1 + BUYERS
        return [batch for batch in found if batch.state not in ("recalled", "withdrawn")]


@pytest.mark.parametrize("recall_first", [False, True])
def test_nothing_made_of_recalled_goods_stands(open_work, market, recall_first):
    assert happen(open_work, market, recall_first=recall_first) == []


def test_without_carrying_the_recall_on_goods_named_late_would_stand(open_work, market, monkeypatch):
    monkeypatch.setattr(attributing, "carry_recall", lambda *_: None)
    assert happen(open_work, market, recall_first=True) != []
