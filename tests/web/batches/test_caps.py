"""A cap is proposed by the holder and decided by the province; a user declares kilns and the county verifies them: pages and refusals."""

from __future__ import annotations

import re

import pytest

from gi_registry.accounts.models import Organisation
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch, make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_product, make_protection

CUT = {
    "year": "2025", "unit": "piece", "per": "mu", "per_mu": "400", "status": "final", "effective_on": "2025-10-01",
    "basis": "示例省核定〔2025〕1 号", "note": "测产低于预估",
}  # fmt: skip
KILNS = {"kind": "kiln", "name": "一号窑", "quantity": "2", "valid_from": "2025-01-01"}


@pytest.fixture
def place(open_work):
    """A crab GI of a holder ``hui`` with a user ``chen``, two officers of the province, one of the next, two of the county."""
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        make_cap(work, gi)
        user = make_authorisation(work, protection=make_protection(work, gi))
        make_plot(work, user)
        make_batch(work, user, product=make_product(work, user), quantity="1000")
        kiln = make_authorisation(work, protection=make_protection(work, make_gi(work), capacity_basis="kiln"))
        make_person(work, "holder_manager", login="hui", organisation=work.session.get(Organisation, gi.holder_org_id))
        for login, of in (("chen", user), ("yao", kiln)):
            make_person(work, "producer_approver", login=login, organisation=work.session.get(Organisation, of.organisation_id))
        for login, role, division in (
            ("zhao", "province_officer", "99"), ("sun", "province_officer", "99"), ("wai", "province_officer", "11"),
            ("qian", "county_approver", "999999"), ("bie", "county_approver", "999998"),
        ):  # fmt: skip
            make_person(work, role, login=login, division=division)
        return {"gi": gi.id, "user": user.raw_name, "kiln": kiln.id}


def propose(client, place, **differs):
    return post(client, f"/office/gis/{place['gi']}/caps/new", CUT | differs)


def test_before_a_cut_is_proposed_the_holder_sees_who_loses_what_and_nothing_is_stored(client, place):
    sign_in(client, "hui")
    check = f"/office/gis/{place['gi']}/caps/check"
    shown = post(client, check, CUT, headers={"Accept": "text/html"}).text
    for words in (place["user"], "7\u2009200", "4\u2009800"):
        assert words in shown
    for field, value, words in (
        ("per_mu", "许多", "不是整数"), ("per_mu", "9" * 20, "field-per_mu"), ("year", "3000", "field-year"),
        ("note", "", "field-note"), ("effective_on", "2026-02-30", "field-effective_on"),
        ("effective_on", "0001-01-01", "1900 年至 2200 年"), ("effective_on", "9999-12-31", "1900 年至 2200 年"),
        ("zone", "月球区", "没有分区，请留空"),
    ):  # fmt: skip
        refused = post(client, check, CUT | {field: value}, headers={"Accept": "text/html"})
        assert (refused.status_code, words in refused.text) == (422, True), (field, value)


def test_the_province_decides_once_never_on_a_stale_page_and_no_other_province(client, place):
    sign_in(client, "hui")
    address = propose(client, place).headers["Location"]
    assert post(client, f"{address}/approve", {"version": "1"}).status_code == 403
    sign_in(client, "wai")
    assert (client.get(address).status_code, post(client, f"{address}/approve", {"version": "1"}).status_code) == (404, 404)
    sign_in(client, "qian")
    assert post(client, f"{address}/approve", {"version": "1"}).status_code == 403
    sign_in(client, "zhao")
    shown = client.get(address).text
    assert place["user"] in shown
    seen = {name: re.search(rf'name="{name}" value="([^"]*)"', shown)[1] for name in ("version", "seen")}
    assert post(client, f"{address}/reject", seen).status_code == 422, "a refusal has a reason"
    assert post(client, f"{address}/approve", seen | {"version": "9"}).status_code == 409
    assert post(client, f"{address}/approve", seen | {"seen": "别的数字"}).status_code == 409
    assert post(client, f"{address}/approve", seen).status_code == 303
    assert post(client, f"{address}/approve", seen).status_code == 409
    assert "已核准" in client.get(address).text
    assert "400" in client.get(f"/office/gis/{place['gi']}/caps").text


def test_who_proposed_does_not_approve_and_may_take_it_back(client, place):
    sign_in(client, "zhao")
    address = propose(client, place).headers["Location"]
    shown = client.get(address).text
    seen = {name: re.search(rf'name="{name}" value="([^"]*)"', shown)[1] for name in ("version",)}
    assert post(client, f"{address}/approve", seen).status_code == 403
    sign_in(client, "sun")
    assert post(client, f"{address}/withdraw", seen).status_code == 403
    sign_in(client, "zhao")
    assert post(client, f"{address}/withdraw", seen).status_code == 303
    sign_in(client, "sun")
    assert post(client, f"{address}/approve", seen).status_code == 409


def test_kilns_count_once_the_county_of_the_place_verified_them(client, place):
    sign_in(client, "yao")
    page = f"/authorisations/{place['kiln']}/capacity"
    refused = post(client, page, KILNS | {"quantity": "-2"}, headers={"Accept": "text/html"})
    assert (refused.status_code, "field-quantity" in refused.text) == (422, True)
    assert post(client, page, KILNS).status_code == 303
    unit = re.search(r"/capacity-units/\d+", client.get(page).text)[0]
    assert post(client, f"{unit}/verify", {"version": "1"}).status_code == 403
    sign_in(client, "bie")
    assert post(client, f"{unit}/verify", {"version": "1"}).status_code == 404
    sign_in(client, "chen")
    assert (client.get(page).status_code, post(client, f"{unit}/withdraw", {"version": "1"}).status_code) == (404, 404)
    sign_in(client, "qian")
    assert post(client, f"{unit}/refuse", {"version": "1"}).status_code == 422
    assert post(client, f"{unit}/verify", {"version": "7"}).status_code == 409
    assert post(client, f"{unit}/verify", {"version": "1"}).status_code == 303
    assert "已核实" in client.get(page).text
