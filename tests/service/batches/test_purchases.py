"""Files of purchases: stated with what the seller said, stored as stated, and unchanged when they come again."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from gi_registry.batches import queries, service
from gi_registry.batches.bulk import KINDS
from gi_registry.batches.purchases_bulk import PURCHASES
from gi_registry.bulk import service as bulk
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer, make_record
from tests.builders.registry import make_authorisation, make_gi, make_protection

KIND = {kind.name: kind for kind in (*KINDS, PURCHASES)}
HEAD = "number,buyer,seller,farmer,farmer_contract,unit,year,traded_on,quantity,evidence,state,seller_quantity,answered_on,reason\n"


@pytest.fixture
def village(work):
    """A seller with 1,000 pieces, a buyer with a farmer who harvested 100."""
    gi = make_gi(work)
    protection = make_protection(work, gi, capacity_basis="kiln")
    seller, buyer = make_authorisation(work, protection=protection), make_authorisation(work, protection=protection)
    make_batch(work, seller, quantity="1000", number="H-1")
    make_batch(work, buyer, quantity="100", number="H-2", farmer_id=make_farmer(work, buyer).id)
    return seller, buyer


def load(work, text, kind="purchases"):
    return bulk.load_file(work, KIND[kind], text.encode(), name="x.csv")


def rows(seller, buyer):
    both = f"{buyer.number},{seller.number},,"
    farmer = f"{buyer.number},,示例农户,HT-001"
    return HEAD + (
        f"G-1,{both},piece,2025,2025-09-25,200,过磅单 1,confirmed,,2025-09-28,\n"
        f"G-2,{both},piece,2025,2025-09-26,100,,disputed,80,2025-09-29,只交了 80 件\n"
        f"G-3,{both},piece,2025,2025-09-27,50,,,,,\n"
        f"G-4,{both},piece,2025,2025-09-27,60,,lapsed,,,\n"
        f"G-5,{farmer},piece,2025,2025-09-27,70,清单 5,confirmed,,,\n"
        f"G-6,{farmer},piece,2025,2025-09-27,40,清单 6,confirmed,,,\n"
        f"G-7,{both},piece,2025,2025-09-27,900,,confirmed,,2025-10-01,\n"
    )


def states(work):
    return {batch.number: trade.state for trade, batch in queries.every_trade(work.session)}


def test_a_file_of_purchases_is_stored_as_stated_and_an_export_changes_nothing(work, village):
    seller, buyer = village
    result = load(work, rows(seller, buyer))
    assert (result.stored, result.errors) == (7, ())
    assert {warning.row for warning in result.warnings} == {7, 8}, "the farmer's harvest and the seller's stock hold less"
    assert states(work) == {
        **{f"G-{number}": "confirmed" for number in (1, 5, 6, 7)},
        "G-2": "disputed",
        "G-3": "stated",
        "G-4": "lapsed",
    }
    assert queries.find_batch(work.session, "G-1").sale_confirmed_on == date(2025, 9, 28)
    assert queries.broken_books(work.session) == []
    for kind in ("batches", "purchases"):
        again = load(work, bulk.dump_file(work.session, KIND[kind], name="x.csv").decode(), kind)
        assert (again.stored, again.errors) == (0, ())
    assert load(work, rows(seller, buyer)).stored == 0
    work.commit()


def test_a_later_file_brings_the_sellers_word(work, village):
    seller, buyer = village
    load(work, rows(seller, buyer))
    later = rows(seller, buyer).replace("50,,,,,", "50,,confirmed,,2025-10-02,").replace("60,,lapsed,", "60,,stated,")
    result = load(work, later)
    assert (result.stored, result.errors) == (2, ())
    assert (states(work)["G-3"], states(work)["G-4"]) == ("confirmed", "stated")


@pytest.mark.parametrize(
    ("change", "to", "column"),
    [
        ("SELLER,,,piece,2025,2025-09-25,200", "SELLER,农户,,piece,2025,2025-09-25,200", "seller"),
        ("SELLER,,,piece,2025,2025-09-25,200", ",,,piece,2025,2025-09-25,200", "seller"),
        ("SELLER,,,piece,2025,2025-09-25,200", "SQ-NONE,,,piece,2025,2025-09-25,200", "seller"),
        ("disputed,80,2025-09-29,只交了 80 件", "disputed,,2025-09-29,", "reason"),
        ("200,过磅单 1,confirmed", "二百,过磅单 1,confirmed", "quantity"),
        ("200,过磅单 1,confirmed", "200,过磅单 1,sold", "state"),
    ],
)
def test_a_row_that_cannot_be_names_its_column_and_nothing_of_the_file_stays(work, village, change, to, column):
    seller, buyer = village
    text = rows(seller, buyer).replace(change.replace("SELLER", seller.number), to.replace("SELLER", seller.number), 1)
    result = load(work, text)
    assert not result.kept
    assert column in [error.column for error in result.errors]


def test_what_was_withdrawn_goes_out_and_in_as_withdrawn(work, village):
    seller, buyer = village
    load(work, rows(seller, buyer))
    make_batch(work, seller, number="H-3", quantity="30")
    make_batch(work, seller, number="H-4", quantity="40")
    for number in ("G-3", "G-5", "H-3"):
        service.withdraw_batch(work, queries.find_batch(work.session, number).id, why="误报")
    service.close_batch(work, queries.find_batch(work.session, "H-4").id)
    told = {kind: bulk.dump_file(work.session, KIND[kind], name="x.csv").decode("utf-8-sig") for kind in ("batches", "purchases")}
    assert told_state(told["batches"], "H-3", "G-3", "G-5", "H-4", "H-1") == ["withdrawn"] * 3 + ["closed", "declared"]
    assert told_state(told["purchases"], "G-3", "G-5", "G-1") == ["withdrawn", "withdrawn", "confirmed"]
    for kind, text in told.items():
        assert load(work, text, kind).stored == 0
        edited = text.replace(",withdrawn", ",closed" if kind == "batches" else ",stated", 1)
        assert "内容不同" in str(load(work, edited, kind).errors[0].reason), "a file brings nothing withdrawn back to life"
    elsewhere = {kind: text.replace("H-", "I-").replace("G-", "J-") for kind, text in told.items()}
    assert load(work, elsewhere["batches"], "batches").errors == ()
    assert load(work, elsewhere["purchases"]).errors == ()
    copies = {batch.number: batch.state for batch, _number, _product in queries.every_batch(work.session)}
    assert [copies[number] for number in ("I-3", "J-3", "J-5", "I-4", "I-1")] == ["withdrawn"] * 3 + ["closed", "declared"]
    assert states(work)["J-3"] == "withdrawn"
    assert queries.broken_books(work.session) == []


def told_state(text, *numbers):
    found = {row["number"]: row["state"] for row in csv.DictReader(io.StringIO(text))}
    return [found[number] for number in numbers]


def test_a_file_states_what_a_batch_cannot_be(work, village):
    seller, _buyer = village
    head = "number,authorisation,kind,unit,harvest_year,harvested_on,quantity,supplier,packed_on,state\n"
    for row, column in (
        (f"K-1,{seller.number},harvest,piece,2025,2025-09-25,10,,,gone\n", "state"),
        (f"K-2,{seller.number},pre_printed,piece,2025,2025-09-25,10,示例印务,2025-09-26,withdrawn\n", ""),
    ):
        result = load(work, head + row, "batches")
        assert [error.column for error in result.errors] == [column]
        assert not result.kept


def test_a_purchase_on_file_is_not_rewritten(work, village):
    seller, buyer = village
    load(work, rows(seller, buyer))
    result = load(work, rows(seller, buyer).replace("2025-09-25,200", "2025-09-25,250"))
    assert not result.kept
    assert "内容不同" in str(result.errors[0].reason)


def test_goods_of_farmers_old_stock_and_raw_material_go_out_and_in_by_file(work, village):
    seller, buyer = village
    farmer = make_farmer(work, buyer, name="另一农户", contract_number="HT-002")
    make_batch(work, buyer, number="F-1", quantity="10", farmer_id=farmer.id)
    make_batch(work, buyer, number="F-2", quantity="10", commodity="鲜叶")
    make_batch(work, seller, number="F-3", quantity="7", harvest_year=2021, harvested_on=None)
    for year in (2023, 2025):
        stock = {"kind": "opening", "harvest_year": 2021, "account_year": year, "from_year": 2021 if year == 2023 else 2023}
        make_batch(work, seller, number=f"F-{year}", quantity="7", harvested_on=None, **stock)
    graded = make_batch(work, seller, number="F-4", quantity="5", grade="特级")
    make_record(work, seller, "regrade", quantity="5", batch_id=graded.id, to_grade="一级")
    text = bulk.dump_file(work.session, KIND["batches"], name="x.csv").decode()
    assert "另一农户" in text
    assert "鲜叶" in text
    assert load(work, text, "batches").stored == 0
    again = text.replace("F-1,", "G-1,").replace("F-2,", "G-2,")
    assert load(work, again, "batches").stored == 2
    copied = queries.find_batch(work.session, "G-1")
    assert (copied.farmer_id, queries.find_batch(work.session, "G-2").commodity) == (farmer.id, "鲜叶")
    assert [row.left for row in service.aged_stock(work, seller.id) if row.harvest_year == 2021] == [7]
