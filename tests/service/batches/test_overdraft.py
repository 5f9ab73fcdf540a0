"""Nobody lowers an entitlement that labels already hold, and nobody labels beyond it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from gi_registry.batches import queries, service
from gi_registry.batches.schemas import BatchFields
from gi_registry.batches.service import Share
from gi_registry.kernel.errors import Conflict, Invalid, QuotaExceeded, StaleVersion
from gi_registry.kernel.words import unpacked
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

ACCOUNT = {"year": 2025, "zone": "", "unit": "piece"}
OPENING = {"kind": "opening", "harvest_year": 2022, "account_year": 2025, "harvested_on": date(2022, 9, 25)}


@pytest.fixture
def farm(work):
    """12 mu at 600 pieces: 7,200 in 2025."""
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    make_area(work, gi)
    make_cap(work, gi)
    return gi, authorisation, make_product(work, authorisation), make_plot(work, authorisation)


def declare(work, authorisation, product, shares=(), **differs):
    values = {"kind": "harvest", "product_id": product.id, "harvest_year": 2025, "harvested_on": date(2025, 9, 25)} | differs
    return service.declare_batch(work, authorisation.id, fields=BatchFields(**values), shares=shares)


def reserve(work, gi, authorisation, quantity):
    service.reserve(work, authorisation, gi_id=gi.id, **ACCOUNT, quantity=quantity, source_kind="allotment", source_id=1)


def use(work, gi, authorisation, quantity, batch, source_id=1):
    service.use_reserved(
        work, authorisation, gi_id=gi.id, **ACCOUNT, quantity=quantity, batch_id=batch.id, source_kind="code_interval", source_id=source_id
    )


def bought(work, farm, *, quantity="200"):
    """A purchase from the farm by another user of the same GI."""
    gi, seller, _product, _plot = farm
    buyer = make_authorisation(work, protection=make_protection(work, gi))
    return make_batch(work, buyer, kind="purchase", quantity=quantity, supplier_number=seller.number, harvested_on=None)


def test_opening_stock_that_labels_hold_is_not_withdrawn(work, farm):
    gi, authorisation, _product, _plot = farm
    opening = make_batch(work, authorisation, quantity="5000", **OPENING)
    reserve(work, gi, authorisation, 12_000)
    with pytest.raises(Conflict, match="不足 4\u2009800") as refusal:
        service.withdraw_batch(work, opening.id, why="撤回")
    assert "先退回标识" in str(refusal.value.remedy)
    assert queries.get_batch(work.session, opening.id).state == "declared"
    assert service.available_of_batch(work.session, opening.id) == 5_000


def test_opening_stock_that_no_label_needs_is_withdrawn(work, farm):
    gi, authorisation, _product, _plot = farm
    opening = make_batch(work, authorisation, quantity="5000", **OPENING)
    reserve(work, gi, authorisation, 7_200)
    assert service.withdraw_batch(work, opening.id, why="撤回").state == "withdrawn"


def test_an_activation_beyond_the_entitlement_of_the_moment_is_refused(work, farm):
    gi, authorisation, _product, plot = farm
    batch = make_batch(work, authorisation, plot=plot, quantity="7200")
    reserve(work, gi, authorisation, 7_200)
    make_cap(work, gi, status="final", per_mu="400", decided_on=date(2025, 11, 1))
    use(work, gi, authorisation, 4_800, batch)
    with pytest.raises(QuotaExceeded, match="4\u2009800") as refusal:
        use(work, gi, authorisation, 1, batch, source_id=2)
    assert "第 2 版" in str(refusal.value)


def test_a_form_harvest_names_its_plots_where_there_are_any(work, farm):
    _gi, authorisation, product, plot = farm
    with pytest.raises(Invalid) as refusal:
        declare(work, authorisation, product, quantity="500")
    assert [item.field for item in refusal.value.fields] == ["plots"]
    assert declare(work, authorisation, product, [Share(plot.id, "500")]).quantity == 500


def test_without_any_plot_a_harvest_is_stored_and_raises_nothing(work, farm):
    gi, _authorisation, _product, _plot = farm
    landless = make_authorisation(work, protection=make_protection(work, gi))
    declare(work, landless, make_product(work, landless), quantity="500")
    assert service.entitlement(work.session, landless.id, gi_id=gi.id, year=2025, unit="piece").total == 0


def test_old_stock_of_a_year_on_the_ledger_is_what_that_year_still_holds(work, farm):
    _gi, authorisation, product, _plot = farm
    make_batch(work, authorisation, harvest_year=2022, harvested_on=date(2022, 9, 25), quantity="300")
    with pytest.raises(Invalid, match=r"300 件.*301 件"):
        declare(work, authorisation, product, quantity="301", **OPENING)
    assert declare(work, authorisation, product, quantity="300", **OPENING).warnings == []
    with pytest.raises(Invalid, match="还有 0 件"):
        declare(work, authorisation, product, quantity="1", **OPENING)


def test_old_stock_from_before_the_ledger_awaits_evidence(work, farm):
    _gi, authorisation, product, _plot = farm
    opening = declare(work, authorisation, product, quantity="300", **OPENING)
    assert ["待提交证明材料" in str(unpacked(item)) for item in opening.warnings] == [True]


def test_a_sale_takes_nothing_that_the_sellers_labels_hold(work, farm):
    gi, seller, _product, plot = farm
    make_batch(work, seller, plot=plot, quantity="7200")
    reserve(work, gi, seller, 7_100)
    purchase = bought(work, farm)
    with pytest.raises(Conflict, match="不足 100"):
        service.confirm_sale(work, purchase.id)
    assert queries.get_batch(work.session, purchase.id).sale_confirmed_on is None


def test_a_withdrawn_purchase_is_not_confirmed_and_a_confirmed_one_not_withdrawn(work, farm):
    _gi, seller, _product, plot = farm
    make_batch(work, seller, plot=plot, quantity="1000")
    withdrawn = bought(work, farm)
    service.withdraw_batch(work, withdrawn.id, why="撤回")
    with pytest.raises(Conflict, match="已撤回"):
        service.confirm_sale(work, withdrawn.id)
    kept = bought(work, farm)
    with pytest.raises(StaleVersion):
        service.confirm_sale(work, kept.id, version=99)
    service.confirm_sale(work, kept.id, version=kept.version)
    with pytest.raises(Conflict, match="售出方已确认"):
        service.withdraw_batch(work, kept.id, why="撤回")


def test_nobody_buys_from_oneself(work, farm):
    _gi, authorisation, product, _plot = farm
    with pytest.raises(Invalid, match="同一单位"):
        declare(work, authorisation, product, kind="purchase", harvested_on=None, quantity="5", supplier_number=authorisation.number)


def test_an_act_reads_the_batch_as_it_stands_not_as_it_was_read_before(work, farm):
    gi, authorisation, _product, plot = farm
    batch = make_batch(work, authorisation, plot=plot, quantity="100")
    reserve(work, gi, authorisation, 10)
    work.flush()
    assert batch.state == "declared"
    work.session.execute(text("UPDATE batch SET state = 'recalled' WHERE id = :id"), {"id": batch.id})
    with pytest.raises(Conflict, match="已召回"):
        use(work, gi, authorisation, 1, batch)
