"""A purchase goes back and forth between two users; losses, counts and stocking are recorded on a phone; the county decides."""

from __future__ import annotations

import io

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.batches import queries
from gi_registry.batches.queries import LedgerKey
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Protection
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch
from tests.builders.goods import make_farmer, make_trade
from tests.builders.registry import make_authorisation, make_gi, make_protection

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def village(open_work):
    """A seller ``chen`` with 1,000 pieces in two grades, a buyer ``li`` with a farmer, a county approver ``qian``."""
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi, capacity_basis="kiln")
        seller = make_authorisation(work, protection=protection)
        buyer = make_authorisation(work, protection=work.session.get(Protection, protection.id))
        for login, of in (("chen", seller), ("li", buyer)):
            organisation = work.session.get(Organisation, of.organisation_id)
            make_person(work, "producer_operator", "producer_approver", login=login, organisation=organisation)
        make_person(work, "county_approver", login="qian", division="999999")
        make_batch(work, seller, quantity="700", grade="特级")
        make_batch(work, seller, quantity="300")
        farmer = make_farmer(work, buyer)
        make_batch(work, buyer, quantity="80", farmer_id=farmer.id)
        batch, trade = make_trade(work, buyer, seller)
        found = {"gi": gi, "seller": seller, "buyer": buyer, "batch": batch, "trade": trade, "farmer": farmer}
        return {name: row.id for name, row in found.items()}


def stock(open_work, village, user="seller"):
    with open_work() as work:
        return queries.stock_by_grade(work.session, LedgerKey(village[user], village["gi"], 2025, "", "piece"))


def test_a_dispute_shows_both_figures_to_both_sides_and_to_the_county(client, village, open_work):
    page = f"/trades/{village['trade']}"
    sign_in(client, "chen")
    assert "等待您确认的销售（1 笔）" in client.get(f"/authorisations/{village['seller']}/ledger").text
    assert "其中 1 笔等您处理" in client.get(f"/authorisations/{village['seller']}/trades").text
    shown = client.get(page).text
    assert "确认售出 200 件" in shown
    assert "特级（库存 700 件）" in shown
    assert "查看购进方的批次" not in shown, "the buyer's batch is the buyer's"
    refused = post(client, f"{page}/dispute", {"version": "1", "quantity": "200", "reason": "不符"})
    assert refused.status_code == 422
    assert "相同" in refused.text
    assert post(client, f"{page}/dispute", {"version": "1", "quantity": "150", "reason": "过磅单只有 150 件"}).status_code == 303
    sign_in(client, "qian")
    desk = client.get("/home").text
    assert "双方数量不一致的购销" in desk
    assert "过磅单只有 150 件" in client.get(page).text
    sign_in(client, "li")
    shown = client.get(page).text
    assert "采纳 150 件" in shown
    assert "确认售出" not in shown
    assert post(client, f"{page}/accept", {"version": "2"}).status_code == 303
    assert "双方一致" in client.get(page).text
    assert stock(open_work, village) == {"": 150, "特级": 700}
    listed = client.get(f"/authorisations/{village['buyer']}/trades?format=json").json["items"]
    assert [(row["side"], row["quantity"], row["state"]) for row in listed] == [("buyer", 150, "confirmed")]


def test_a_seller_confirms_from_the_grade_it_names(client, village, open_work):
    sign_in(client, "chen")
    answer = post(client, f"/trades/{village['trade']}/confirm", {"version": "1", "grade": "特级"})
    assert answer.status_code == 303
    assert stock(open_work, village) == {"": 300, "特级": 500}
    stale = post(client, f"/trades/{village['trade']}/confirm", {"version": "1"})
    assert stale.status_code == 409


def test_a_buyer_takes_back_what_it_stated_by_mistake(client, village, open_work):
    sign_in(client, "li")
    assert post(client, f"/trades/{village['trade']}/withdraw", {"version": "1", "reason": "误报"}).status_code == 303
    assert "已撤回" in client.get(f"/batches/{village['batch']}").text
    with open_work() as work:
        assert queries.get_trade(work.session, village["trade"]).state == "withdrawn"


def test_a_strangers_sale_is_not_there(client, village, open_work):
    with open_work() as work:
        stranger = make_authorisation(work)
        organisation = work.session.get(Organisation, stranger.organisation_id)
        make_person(work, "producer_operator", login="sun", organisation=organisation)
    sign_in(client, "sun")
    assert client.get(f"/trades/{village['trade']}").status_code == 404
    assert client.get(f"/authorisations/{village['seller']}/trades").status_code == 404
    assert post(client, f"/trades/{village['trade']}/confirm", {}).status_code == 404


def test_a_farmers_harvest_is_bought_by_the_list_he_signed(client, village, open_work):
    sign_in(client, "li")
    base = f"/authorisations/{village['buyer']}"
    form = client.get(f"{base}/batches/new?kind=purchase").text
    assert "示例农户 HT-001" in form
    values = {"kind": "purchase", "harvest_year": "2025", "unit": "piece", "quantity": "60", "supplier_farmer_id": str(village["farmer"])}
    missing = post(client, f"{base}/batches/new", values)
    assert missing.status_code == 422
    assert "收购清单" in missing.text
    assert post(client, f"{base}/batches/new", values | {"evidence": "清单 2025-10-08"}).status_code == 303
    assert stock(open_work, village, "buyer")[""] == 260
    assert "示例农户" in client.get(f"{base}/trades").text


def record(client, village, kind, **data):
    values = {"kind": kind, "year": "2025", "unit": "piece", "on_date": "2025-10-08", "quantity": "10", "reason": "途中死亡"}
    return post(client, f"/authorisations/{village['seller']}/goods-records/new", values | data)


def test_a_loss_is_recorded_with_its_paper_and_taken_back(client, village, open_work):
    sign_in(client, "chen")
    base = f"/authorisations/{village['seller']}/goods-records"
    assert "向塘、湖、海投放苗种" in client.get(f"{base}/new").text
    assert "现有库存" in client.get(f"{base}/new?kind=loss").text
    answer = record(client, village, "loss", grade="特级", document=(io.BytesIO(PDF), "报损单.pdf"))
    assert answer.status_code == 303
    assert stock(open_work, village)["特级"] == 690
    shown = client.get(answer.headers["Location"]).text
    assert "查看凭证文件" in shown
    assert post(client, f"{answer.headers['Location']}/withdraw", {"version": "2", "reason": "重复"}).status_code == 303
    assert stock(open_work, village)["特级"] == 700
    assert client.get(f"{base}?format=csv").text.count("\r\n") == 2


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("loss", {"quantity": "701", "grade": "特级"}, "库存只有 700 件"),
        ("loss", {"quantity": "十"}, "不是整数"),
        ("loss", {"reason": ""}, "没有填写原因"),
        ("adjustment", {"quantity": "-5"}, "凭证"),
        ("stocking", {"source": ""}, "苗种来源"),
        ("regrade", {"grade": "特级", "to_grade": "特级"}, "相同"),
        ("theft", {}, "可选"),
    ],
)
def test_what_cannot_be_comes_back_with_its_reason(client, village, kind, data, words):
    sign_in(client, "chen")
    answer = record(client, village, kind, **data)
    assert answer.status_code in (409, 422)
    assert words in answer.text


def test_the_county_decides_a_count_that_is_far_off(client, village, open_work):
    sign_in(client, "chen")
    answer = record(client, village, "adjustment", quantity="-90", grade="特级", evidence="盘点表 7 号")
    page = answer.headers["Location"]
    assert "待县级核准" in client.get(page).text
    assert stock(open_work, village)["特级"] == 700
    assert post(client, f"{page}/decide", {"version": "1", "decision": "approve", "reason": "自批"}).status_code == 403
    sign_in(client, "qian")
    assert "待核准的盘点调整" in client.get("/home").text
    assert "20‰" in client.get(page).text
    assert post(client, f"{page}/decide", {"version": "1", "decision": "approve", "reason": "现场复核属实"}).status_code == 303
    assert stock(open_work, village)["特级"] == 610
    assert "现场复核属实" in client.get(page).text


def test_peel_of_several_harvests_lies_side_by_side_with_its_age(client, village, open_work):
    with open_work() as work:
        buyer = registry.get_authorisation(work.session, village["buyer"])
        for year, quantity in ((2021, "40"), (2023, "60")):
            make_batch(work, buyer, kind="opening", harvest_year=year, account_year=2025, quantity=quantity, harvested_on=None)
    sign_in(client, "li")
    shown = client.get(f"/authorisations/{village['buyer']}/goods-records").text
    assert "陈放库存" in shown
    assert shown.index(">2021<") < shown.index(">2023<")
