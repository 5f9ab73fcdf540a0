"""A tea maker turns leaf into tea on a phone's form, packs it, traces it and recalls it; the shopper's page follows."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.batches import queries, service
from gi_registry.batches.models import Batch
from gi_registry.batches.queries import process as reads
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Activation
from gi_registry.registry.models import Authorisation, Gi, Product, Protection
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch, make_cap
from tests.builders.codes import Season, make_allotment
from tests.builders.origin import make_area, make_plot
from tests.builders.processes import do, made
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection, make_site


@pytest.fixture
def garden(open_work):
    """1,000 kg of leaf of ``chen``; a neighbour ``li``, a county approver ``qian``."""
    with open_work() as work:
        gi = make_gi(work)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        product = make_product(work, authorisation, name="示例绿茶", unit="g", content_per_label=250)
        make_area(work, gi)
        make_cap(work, gi, unit="g", per_mu="100")
        site = make_site(work, authorisation)
        plot = make_plot(work, authorisation, name="上坡")
        leaf = make_batch(work, authorisation, plot=plot, unit="g", quantity="1000", commodity="鲜叶")
        other = make_authorisation(work, protection=work.session.get(Protection, authorisation.protection_id))
        for login, of in (("chen", authorisation), ("li", other)):
            organisation = work.session.get(Organisation, of.organisation_id)
            make_person(work, "producer_operator", "producer_approver", login=login, organisation=organisation)
        make_person(work, "county_approver", login="qian", division="999999")
        found = {"gi": gi, "authorisation": authorisation, "product": product, "leaf": leaf, "site": site}
        return {name: row.id for name, row in found.items()}


def path(garden):
    return f"/authorisations/{garden['authorisation']}/processes/new"


def transform(client, garden, **differs):
    values = {
        "kind": "transform",
        f"input_{garden['leaf']}": "400",
        "quantity_0": "95",
        "product_id_0": garden["product"],
        "quantity_2": "5",
        "commodity_2": "茶末",
        "loss": "300",
        "on_date": "2025-10-08",
        "site_id": garden["site"],
    }
    return post(client, path(garden), values | differs)


def test_leaf_becomes_tea_by_a_form(client, garden):
    sign_in(client, "chen")
    page = client.get(f"/batches/{garden['leaf']}").text
    assert "分批、合批、加工、包装" in page
    assert "鲜叶制茶" in client.get(f"{path(garden)}?batch={garden['leaf']}").text
    form = client.get(f"{path(garden)}?kind=transform&batch={garden['leaf']}").text
    assert 'value="1000"' in form
    answer = transform(client, garden)
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"]).text
    for words in ("茶末", "95 公斤", "400 公斤", "300 公斤", "2025-10-08"):
        assert words in shown
    batch = client.get(f"/batches/{garden['leaf']}").text
    assert "<svg" in batch
    assert "投入加工" in batch
    assert "600" in batch
    trace = client.get(f"/batches/{garden['leaf']}/trace").text
    assert "上坡" in trace
    assert "茶末" in trace


def test_a_row_that_cannot_be_is_shown_again_with_its_field(client, garden):
    sign_in(client, "chen")
    wrong = transform(client, garden, quantity_2="500")
    assert wrong.status_code == 422
    assert 'href="#field-quantity_2"' in wrong.text
    assert 'value="95"' in wrong.text
    none = transform(client, garden, quantity_0="", quantity_2="")
    assert none.status_code == 422
    assert "没有填写产出的数量" in none.text
    assert transform(client, garden, product_id_0="").status_code == 422
    assert transform(client, garden, on_date="2025-13-40").status_code == 422
    assert transform(client, garden, kind="sale").status_code == 422


def test_the_same_form_sent_twice_is_one_process(client, garden, open_work):
    sign_in(client, "chen")
    twice = {"form_key": "f" * 32}
    assert transform(client, garden, **twice).status_code == 303
    assert transform(client, garden, **twice).status_code == 303
    with open_work() as work:
        assert len(reads.processes_of(work.session, garden["authorisation"])) == 1


def test_a_mistake_is_undone_by_its_page(client, garden, open_work):
    sign_in(client, "chen")
    shown = transform(client, garden).headers["Location"]
    assert post(client, f"{shown}/undo", {"reason": ""}).status_code == 422
    assert post(client, f"{shown}/undo", {"reason": "数量填错", "version": "1"}).status_code == 303
    assert "已撤销" in client.get(shown).text
    with open_work() as work:
        assert queries.left_by_batch(work.session, garden["authorisation"], garden["leaf"])[garden["leaf"]] == 1_000_000


def test_a_neighbour_finds_no_form_and_no_process(client, garden):
    sign_in(client, "chen")
    shown = transform(client, garden).headers["Location"]
    sign_in(client, "li")
    for address in (path(garden), shown, f"/batches/{garden['leaf']}/trace", f"/batches/{garden['leaf']}/recall"):
        assert client.get(address).status_code == 404
    assert post(client, f"{shown}/undo", {"reason": "不是我的"}).status_code == 404
    assert post(client, path(garden), {"kind": "split"}).status_code == 404


@pytest.fixture
def labelled(open_work, garden):
    """100 packs of tea of that leaf with labels; the code of one, the batch of leaf and the batch of packs."""
    with open_work() as work:
        get = work.session.get
        authorisation, product = get(Authorisation, garden["authorisation"]), get(Product, garden["product"])
        (tea,) = made(work, do(work, "transform", [(get(Batch, garden["leaf"]), "400")], {"product_id": product.id, "quantity": "100"}))
        (packs,) = made(work, do(work, "pack", [(tea, "100")], {"product_id": product.id, "quantity": "100"}, on_date=date(2025, 10, 12)))
        season = Season(get(Gi, garden["gi"]), authorisation, product, packs)
        allotment = make_allotment(work, season, count=100)
        codes.activate(work, allotment.id, Activation(batch_id=packs.id, first=1, last=60))
        return {"allotment": allotment.id, "leaf": garden["leaf"], "packs": packs.id, "number": packs.number}


def test_the_shopper_sees_the_steps_and_then_the_recall(client, garden, labelled):
    sign_in(client, "chen")
    listed = client.get(f"/allotments/{labelled['allotment']}/codes.csv").text.splitlines()
    first, second = listed[1].split(",")[1], listed[2].split(",")[1]
    answer = client.get(f"/T/{first}").text
    for words in ("2025年10月8日", "2025年10月12日"):
        assert words in answer
    assert len(answer.encode()) <= 15_000
    assert client.get(f"/T/{first}?format=json").json["verdict"] in ("first-check", "repeat")
    sign_in(client, "qian")
    before = client.get(f"/batches/{labelled['leaf']}/recall").text
    assert "召回 3 个批次" in before
    assert ">60<" in before
    assert ">1<" in before
    assert post(client, f"/batches/{labelled['leaf']}/recall", {"reason": ""}).status_code == 422
    assert post(client, f"/batches/{labelled['leaf']}/recall", {"reason": "农残超标", "version": "1"}).status_code == 303
    for code in (first, second):
        assert client.get(f"/T/{code}?format=json").json["verdict"] == "recalled"
    after = client.get(f"/batches/{labelled['leaf']}/recall").text
    assert "农残超标" in after
    assert "召回 3 个批次" not in after
    listed = client.get(f"/batches/{labelled['leaf']}/recall?format=csv").text.splitlines()
    assert listed[0].lstrip("\ufeff") == "batch,allotment,range,first,last,labels"
    assert labelled["number"] in listed[1]
    assert sum(int(line.split(",")[-1]) for line in listed[1:]) == 60
    sign_in(client, "chen")
    assert "一并召回" in client.get("/notices").text


@pytest.fixture
def sold_on(open_work, garden):
    """400 kg of the leaf went to ``li``, who made 100 packs of tea and labelled 60: the purchase and the allotment."""
    with open_work() as work:
        authorisation, gi = work.session.get(Authorisation, garden["authorisation"]), work.session.get(Gi, garden["gi"])
        buyer = work.session.exec(select(Authorisation).where(Authorisation.id != authorisation.id)).one()
        bought = {"kind": "purchase", "unit": "g", "quantity": "400", "commodity": "鲜叶", "supplier_number": authorisation.number}
        purchase = make_batch(work, buyer, **bought)
        service.confirm_sale(work, purchase.id)
        product = make_product(work, buyer, name="示例绿茶", unit="g", content_per_label=250)
        (tea,) = made(work, do(work, "transform", [(purchase, "400")], {"product_id": product.id, "quantity": "100"}))
        allotment = make_allotment(work, Season(gi, buyer, product, tea), count=60)
        codes.activate(work, allotment.id, Activation(batch_id=tea.id, first=1, last=60))
        return {"purchase": purchase.id, "tea": tea.id, "allotment": allotment.id, "buyer": buyer.number}


def test_a_producers_recall_goes_on_at_the_buyers(client, garden, sold_on):
    sign_in(client, "li")
    code = client.get(f"/allotments/{sold_on['allotment']}/codes.csv").text.splitlines()[1].split(",")[1]
    assert client.get(f"/T/{code}?format=json").json["verdict"] == "first-check"

    sign_in(client, "chen")
    page = f"/batches/{garden['leaf']}/recall"
    unnamed = client.get(page).text
    assert "有 1 笔同年度、同品名的售出没有指明来自哪个批次" in unnamed
    assert sold_on["buyer"] not in unnamed
    assert post(client, f"/batches/{garden['leaf']}/sales", {"purchase_id": str(sold_on["purchase"])}).status_code == 303
    named = client.get(page).text
    assert "没有指明来自哪个批次" not in named
    assert "召回 3 个批次" in named
    assert "：2 个批次，60 枚标签已激活，1 枚已被查询" in named
    assert f"/batches/{sold_on['tea']}" not in named
    assert client.get(f"{page}?format=csv").text.splitlines()[1:] == []  # the buyer's runs are the buyer's

    assert post(client, page, {"reason": "农残超标", "version": "1"}).status_code == 303
    assert client.get(f"/T/{code}?format=json").json["verdict"] == "recalled"
    assert client.get(f"/batches/{sold_on['tea']}/recall").status_code == 404
    sign_in(client, "li")
    assert "您有 2 个批次一并召回" in client.get("/notices").text
    assert "农残超标" in client.get(f"/batches/{sold_on['tea']}").text
    assert "枚标签已激活" in client.get(f"/batches/{sold_on['purchase']}/recall").text
