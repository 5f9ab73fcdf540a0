"""Declaring batches: forms refuse what cannot be, files are stored as stated."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.batches import queries, service
from gi_registry.batches.bulk import KINDS
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.schemas import BatchFields
from gi_registry.batches.service import Share
from gi_registry.bulk import service as bulk
from gi_registry.kernel.actor import Actor
from gi_registry.kernel.errors import Conflict, Duplicate, IllegalTransition, Invalid, MassBalanceExceeded, NotFound
from gi_registry.kernel.words import unpacked
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

KIND = {kind.name: kind for kind in KINDS}


@pytest.fixture
def farm(work):
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    product = make_product(work, authorisation)
    make_area(work, gi)
    make_cap(work, gi)
    return gi, authorisation, product, make_plot(work, authorisation)


def declare(work, authorisation, product, shares=(), **differs):
    values = {"kind": "harvest", "product_id": product.id, "harvest_year": 2025, "harvested_on": date(2025, 9, 25)} | differs
    return service.declare_batch(work, authorisation.id, fields=BatchFields(**values), shares=shares)


def test_a_harvest_keeps_each_plots_share_and_its_verdict_of_that_day(work, farm):
    gi, authorisation, product, plot = farm
    outside = make_plot(work, authorisation, square(100, east_m=9_000))
    batch = declare(work, authorisation, product, [Share(plot.id, "600"), Share(outside.id, "400")])
    assert batch.quantity == 1_000
    assert batch.number == f"{authorisation.number}-2025-001"
    verdicts = {share.plot_id: (share.verdict, share.judged_on) for share, _plot in queries.shares_of(work.session, batch.id)}
    assert verdicts == {plot.id: ("inside", date(2025, 9, 25)), outside.id: ("outside", date(2025, 9, 25))}
    assert "产地范围外" in str(unpacked(batch.warnings[0]))
    work.commit()


@pytest.mark.parametrize(
    ("differs", "field"),
    [
        ({"harvested_on": date(2026, 3, 11), "harvest_year": 2026}, "harvested_on"),
        ({"harvested_on": None}, "harvested_on"),
        ({"packed_on": date(2025, 9, 1)}, "packed_on"),
        ({"quantity": "999"}, "quantity"),
        ({"quantity": "abc"}, "quantity"),
        ({"kind": "opening"}, "harvest_year"),
        ({"kind": "purchase"}, "supplier"),
    ],
)
def test_a_form_refuses_what_cannot_be_and_a_file_is_warned(work, farm, differs, field):
    _gi, authorisation, product, plot = farm
    with pytest.raises(Invalid) as refusal:
        declare(work, authorisation, product, [Share(plot.id, "600")], **differs)
    assert field in [item.field for item in refusal.value.fields]
    assert queries.list_batches(work.session, authorisation.id) == []
    if differs.get("quantity") != "abc":
        stored = make_batch(work, authorisation, product=product, plots={plot.id: "600"}, **({"quantity": "600"} | differs))
        assert stored.warnings


def test_someone_elses_plot_and_product_are_refused(work, farm):
    _gi, authorisation, product, _plot = farm
    other = make_authorisation(work)
    with pytest.raises(Invalid, match="不属于"):
        declare(work, authorisation, product, [Share(make_plot(work, other).id, "5")])
    with pytest.raises(Invalid, match="不属于"):
        declare(work, authorisation, make_product(work, other), quantity="5")


def test_a_batch_is_declared_by_its_own_people_only(work, farm):
    _gi, authorisation, product, plot = farm
    work.actor = Actor(1, "p-1", frozenset({"producer_operator"}), organisation_id=authorisation.organisation_id)
    batch = declare(work, authorisation, product, [Share(plot.id, "5")])
    work.actor = Actor(2, "p-2", frozenset({"producer_operator"}), organisation_id=-1)
    with pytest.raises(NotFound):
        declare(work, authorisation, product, quantity="5")
    with pytest.raises(NotFound):
        service.view_batch(work, batch.id)


def test_old_stock_comes_from_the_ledger_of_its_year_as_far_as_it_reaches(work, farm):
    gi, authorisation, _product, _plot = farm
    make_batch(work, authorisation, harvest_year=2022, harvested_on=date(2022, 9, 25), quantity="300")
    opening = make_batch(
        work, authorisation, kind="opening", harvest_year=2022, account_year=2025, harvested_on=date(2022, 9, 25), quantity="500"
    )
    assert "少 200 件" in str(unpacked(opening.warnings[0]))
    stocks = {statement.key.year: statement.goods for statement in service.statements(work, authorisation.id)}
    assert (stocks[2022].harvest, stocks[2022].went, stocks[2022].closing) == (300, 300, 0)
    assert (stocks[2025].came, stocks[2025].closing) == (500, 500)
    assert all(flows.balanced for flows in stocks.values())
    granted = service.entitlement(work.session, authorisation.id, gi_id=gi.id, year=2025, unit="piece")
    assert granted.total == 7_200 + 500


def test_printed_packages_are_recorded_even_beyond_stock_and_entitlement(work, farm):
    gi, authorisation, _product, _plot = farm
    make_batch(work, authorisation, quantity="100")
    printed = make_batch(work, authorisation, kind="pre_printed", quantity="8000", supplier="示例印务")
    told = " ".join(str(unpacked(item)) for item in printed.warnings)
    assert "来源未申报" in told
    assert "剩余额度" in told
    granted = service.entitlement(work.session, authorisation.id, gi_id=gi.id, year=2025, unit="piece")
    assert (granted.used, granted.left) == (8_000, -800)
    [statement] = [item for item in service.statements(work, authorisation.id) if item.key.year == 2025]
    assert statement.goods.balanced
    assert statement.goods.unexplained == 7_900


def test_packages_that_name_no_product_stand_for_graded_goods_too(work, farm):
    _gi, authorisation, _product, _plot = farm
    make_batch(work, authorisation, quantity="100")
    make_batch(work, authorisation, quantity="300", grade="一级")
    make_batch(work, authorisation, quantity="300", grade="特级")
    make_batch(work, authorisation, kind="pre_printed", quantity="450", supplier="示例印务")
    key = LedgerKey(authorisation.id, authorisation.gi_id, 2025, "", "piece")
    assert queries.stock_by_grade(work.session, key) == {"": 0, "一级": 0, "特级": 250}
    printed = make_batch(work, authorisation, kind="pre_printed", quantity="40", supplier="示例印务", grade="一级")
    assert "比库存多 40 件" in " ".join(str(unpacked(item)) for item in printed.warnings)
    [statement] = [item for item in service.statements(work, authorisation.id) if item.key.year == 2025]
    assert (statement.goods.unexplained, statement.goods.labelled, statement.goods.balanced) == (40, 490, True)
    assert queries.broken_books(work.session) == []


def test_a_mistaken_batch_is_withdrawn_before_any_label_and_the_books_reverse(work, farm):
    gi, authorisation, product, plot = farm
    batch = declare(work, authorisation, product, [Share(plot.id, "600")])
    service.withdraw_batch(work, batch.id, why="重复申报", version=1)
    assert batch.state == "withdrawn"
    [statement] = [item for item in service.statements(work, authorisation.id) if item.key.year == 2025]
    assert (statement.goods.harvest, statement.goods.closing) == (0, 0)
    with pytest.raises(IllegalTransition):
        service.withdraw_batch(work, batch.id, why="再撤", version=2)
    labelled = declare(work, authorisation, product, [Share(plot.id, "600")])
    assert labelled.number.endswith("-002")
    service.record_use(work, authorisation, quantity=1, batch_id=labelled.id, source_kind="code_interval", source_id=1)
    with pytest.raises(Conflict, match="已有贴标"):
        service.withdraw_batch(work, labelled.id, why="想撤")


def test_a_recalled_batch_takes_no_more_labels(work, farm):
    _gi, authorisation, product, plot = farm
    batch = declare(work, authorisation, product, [Share(plot.id, "600")])
    service.close_batch(work, batch.id)
    assert service.available_of_batch(work.session, batch.id) == 600
    service.recall_batch(work, batch.id, why="抽检不合格")
    assert service.available_of_batch(work.session, batch.id) == 0
    with pytest.raises(IllegalTransition):
        service.close_batch(work, batch.id)


def test_a_seller_cannot_confirm_more_than_it_has(work, farm):
    _gi, seller, _product, _plot = farm
    buyer = make_authorisation(work)
    buyer.gi_id = seller.gi_id
    bought = make_batch(work, buyer, kind="purchase", quantity="200", supplier_number=seller.number, harvested_on=None)
    with pytest.raises(MassBalanceExceeded):
        service.confirm_sale(work, bought.id)


def load(work, kind, text):
    return bulk.load_file(work, KIND[kind], text.encode(), name="x.csv")


def test_files_of_caps_and_batches_come_in_and_an_export_changes_nothing(work, farm):
    gi, authorisation, product, plot = farm
    caps = (
        "gi,year,unit,per_mu,status,decided_on,basis\n"
        f"{gi.code},2024,piece,650,provisional,2024-03-01,甲\n"
        f"{gi.code},2024,piece,600,final,2024-12-01,乙\n"
    )
    assert load(work, "caps", caps).stored == 2
    assert queries.cap_in_force(work.session, gi_id=gi.id, zone="", year=2024, unit="piece").per_mu == 600
    rows = (
        "number,authorisation,kind,product,grade,harvest_year,account_year,harvested_on,quantity,plots,supplier\n"
        f"B-1,{authorisation.number},harvest,{product.name},{product.grade},2025,,2025-09-25,,{plot.number}=600,\n"
        f"B-2,{authorisation.number},opening,{product.name},{product.grade},2024,2025,2024-09-25,100,,\n"
        f"B-3,{authorisation.number},harvest,{product.name},{product.grade},2027,,2027-09-25,50,,\n"
    )
    result = load(work, "batches", rows)
    assert (result.stored, result.errors) == (3, ())
    assert {warning.row for warning in result.warnings} == {3, 4}
    for kind in ("caps", "batches"):
        again = load(work, kind, bulk.dump_file(work.session, KIND[kind], name="x.csv").decode())
        assert (again.stored, again.errors) == (0, ())
    changed = load(work, "batches", rows.replace("=600", "=700"))
    assert changed.kept is False or changed.stored == 0
    work.commit()


def test_rows_that_cannot_be_read_name_their_column(work, farm):
    gi, authorisation, _product, _plot = farm
    rows = (
        "number,authorisation,kind,unit,harvest_year,harvested_on,quantity,plots,product\n"
        f"B-1,{authorisation.number},harvest,piece,2025,2025-09-25,5.5,,\n"
        f"B-2,SQ-NONE,harvest,piece,2025,2025-09-25,5,,\n"
        f"B-3,{authorisation.number},gift,piece,2025,2025-09-25,5,,\n"
        f"B-4,{authorisation.number},harvest,piece,2025,2025-09-25,,DK-NONE=5,\n"
        f"B-5,{authorisation.number},harvest,,2025,2025-09-25,5,,没有的产品\n"
    )
    result = load(work, "batches", rows)
    assert not result.kept
    assert [error.column for error in result.errors] == ["quantity", "authorisation", "kind", "plots", "product"]
    assert queries.list_batches(work.session, authorisation.id) == []


def test_the_same_source_is_not_counted_twice(work, farm):
    _gi, authorisation, _product, _plot = farm
    batch = make_batch(work, authorisation)
    service.record_use(work, authorisation, quantity=1, batch_id=batch.id, source_kind="code_interval", source_id=1)
    with pytest.raises(Duplicate):
        service.record_use(work, authorisation, quantity=1, batch_id=batch.id, source_kind="code_interval", source_id=1)
