"""A producer declares a harvest and reads the ledger; an officer corrects a cap; a neighbour sees nothing."""

from __future__ import annotations

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.batches import queries, service
from gi_registry.batches.routes import batches as routes
from gi_registry.registry.models import Authorisation, Protection
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection


@pytest.fixture
def farm(open_work):
    """A crab farm of ``chen``, a neighbour ``li``, a county approver ``qian``, a province officer ``zhao``."""
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi)
        authorisation = make_authorisation(work, protection=protection)
        product = make_product(work, authorisation)
        make_area(work, gi)
        make_cap(work, gi)
        inside, outside = make_plot(work, authorisation), make_plot(work, authorisation, square(100, east_m=9_000), name="湖外塘")
        other = make_authorisation(work, protection=work.session.get(Protection, protection.id))
        for login, of in (("chen", authorisation), ("li", other)):
            organisation = work.session.get(Organisation, of.organisation_id)
            make_person(work, "producer_operator", "producer_approver", login=login, organisation=organisation)
        make_person(work, "county_approver", login="qian", division="999999")
        make_person(work, "province_officer", login="zhao", division="99")
        found = {"gi": gi, "authorisation": authorisation, "product": product, "inside": inside, "outside": outside, "other": other}
        return {name: row.id for name, row in found.items()}


def declare(client, farm, **data):
    values = {"kind": "harvest", "product_id": farm["product"], "harvested_on": "2025-09-25", "harvest_year": "2025"}
    return post(client, f"/authorisations/{farm['authorisation']}/batches/new", values | data)


def test_a_harvest_is_declared_plot_by_plot_and_the_ledger_shows_its_arithmetic(client, farm):
    sign_in(client, "chen")
    base = f"/authorisations/{farm['authorisation']}"
    assert "往年库存" in client.get(f"{base}/batches/new").text
    assert "东塘" in client.get(f"{base}/batches/new?kind=harvest").text
    answer = declare(client, farm, **{f"plot_{farm['inside']}": "1,000", f"plot_{farm['outside']}": "50"})
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"]).text
    for words in ("1\u2009050", "在产地范围外", "容差 50 米", "采收", "申报批次"):
        assert words in shown
    ledger = client.get(f"{base}/ledger").text
    assert "12.000 亩 × 600 件/亩 = 7\u2009200 件" in ledger
    assert "产地范围外，不计入" in ledger
    entries = client.get(f"{base}/ledger?format=json&year=2025").json["items"]
    assert sum(row["amount"] for row in entries) == 0
    assert client.get(f"{base}/batches?format=csv").text.count("\r\n") == 2


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"harvested_on": "2026-12-01", "quantity": "5"}, "还没有到"),
        ({"quantity": ""}, "没有填写数量"),
        ({"quantity": "五百"}, "不是整数"),
        ({"quantity": "5.5"}, "不是整数"),
        ({"quantity": "5", "harvest_year": "去年"}, "整数"),
        ({"quantity": "5", "product_id": "999999"}, "不属于"),
        ({"kind": "opening", "quantity": "5"}, "早于计入年度"),
        ({"kind": "purchase", "quantity": "5"}, "供货方"),
        ({"kind": "purchase", "quantity": "5", "supplier_number": "SQ-NONE"}, "没有登记号"),
        ({"kind": "theft", "quantity": "5"}, "可选"),
    ],
)
def test_what_cannot_be_comes_back_with_its_reason(client, farm, open_work, data, words):
    sign_in(client, "chen")
    answer = declare(client, farm, **data)
    assert answer.status_code == 422
    assert words in answer.text
    with open_work() as work:
        assert queries.list_batches(work.session, farm["authorisation"]) == []


def test_a_bad_batch_for_a_neighbour_is_not_there_either(client, farm):
    sign_in(client, "li")
    assert declare(client, farm, quantity="x").status_code == 404
    assert declare(client, farm, kind="").status_code == 404


def test_a_neighbours_books_are_not_there(client, farm, open_work):
    with open_work() as work:
        batch = make_batch(work, work.session.get(Authorisation, farm["authorisation"]))
        batch_id = batch.id
    sign_in(client, "li")
    base = f"/authorisations/{farm['authorisation']}"
    for path in (f"{base}/batches", f"{base}/batches/new", f"{base}/ledger", f"/batches/{batch_id}"):
        assert client.get(path).status_code == 404
    for step in ("close", "withdraw", "recall", "confirm-sale"):
        assert post(client, f"/batches/{batch_id}/{step}", {"reason": "不是我的"}).status_code == 404


def test_a_batch_is_withdrawn_or_recalled_with_a_reason(client, farm, open_work):
    with open_work() as work:
        authorisation = work.session.get(Authorisation, farm["authorisation"])
        first, second = make_batch(work, authorisation).id, make_batch(work, authorisation).id
    sign_in(client, "chen")
    assert post(client, f"/batches/{first}/withdraw", {"version": "1"}).status_code == 422
    assert post(client, f"/batches/{first}/withdraw", {"version": "1", "reason": "重复申报"}).status_code == 303
    assert post(client, f"/batches/{first}/withdraw", {"version": "2", "reason": "重复申报"}).status_code == 409
    assert "重复申报" in client.get(f"/batches/{first}").text
    client.get("/home")
    post(client, "/sign-out")
    sign_in(client, "qian")
    assert post(client, f"/batches/{second}/recall", {"reason": "抽检不合格"}).status_code == 303
    assert "抽检不合格" in client.get(f"/batches/{second}").text


def test_a_seller_confirms_on_its_ledger_page(client, farm, open_work):
    with open_work() as work:
        seller, buyer = (work.session.get(Authorisation, farm[name]) for name in ("authorisation", "other"))
        make_batch(work, seller, quantity="500")
        bought = make_batch(work, buyer, kind="purchase", quantity="200", supplier_number=seller.number, harvested_on=None).id
    sign_in(client, "chen")
    assert "等待您确认" in client.get(f"/authorisations/{farm['authorisation']}/ledger").text
    assert post(client, f"/batches/{bought}/confirm-sale").status_code == 303
    assert "等待您确认" not in client.get(f"/authorisations/{farm['authorisation']}/ledger").text
    with open_work() as work:
        assert service.entitlement(work.session, farm["other"], gi_id=farm["gi"], year=2025, unit="piece").total == 200


def test_an_officer_raises_a_cap_and_the_old_one_stays_but_does_not_cut_it_alone(client, farm):
    sign_in(client, "zhao")
    path = f"/office/gis/{farm['gi']}/caps"
    form = {"year": "2025", "unit": "piece", "per_mu": "700", "status": "final", "decided_on": "2025-12-01", "basis": "更正"}
    alone = post(client, path, form | {"per_mu": "400"})
    assert alone.status_code == 403
    assert "两个人" in alone.text
    assert post(client, path, form).status_code == 303
    shown = client.get(path).text
    assert "已被代替" in shown
    assert "600" in shown
    assert post(client, path, form | {"per_mu": "许多"}).status_code == 422


def test_a_county_officer_reads_caps_and_sets_none(client, farm):
    sign_in(client, "qian")
    assert client.get(f"/office/gis/{farm['gi']}/caps").status_code == 200
    assert post(client, f"/office/gis/{farm['gi']}/caps", {"year": "2025"}).status_code == 403
    assert client.get(f"/authorisations/{farm['authorisation']}/ledger").status_code == 200


@pytest.mark.parametrize("key", ["plot_9999999999", "plot_" + "9" * 5000, "plot_²"])
def test_a_plot_that_cannot_be_a_number_is_left_out(key: str) -> None:
    assert routes.PLOT_ID.fullmatch(key.removeprefix("plot_")) is None
