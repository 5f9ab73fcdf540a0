"""The register's pages, as officers and producers use them."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.registry import queries
from gi_registry.registry.models import Authorisation, Product
from gi_registry.workflow import Work
from tests.builders.accounts import make_person, post, sign_in, token
from tests.builders.divisions import make_division
from tests.builders.registry import example_uscc, make_authorisation, make_gi, make_organisation, make_product, make_protection


@pytest.fixture
def county(work: Work) -> str:
    """An invented county with its handler, approver, its province's officer, and a neighbour's handler."""
    make_division(work, "999998")
    make_division(work, "999999")
    make_person(work, "county_handler", division="999999", login="handler")
    make_person(work, "county_approver", division="999999", login="approver")
    make_person(work, "province_officer", division="99", login="province")
    make_person(work, "county_handler", division="999998", login="neighbour")
    return "999999"


def producer(work: Work, authorisation: Authorisation, login: str = "producer") -> None:
    organisation = work.session.get(Organisation, authorisation.organisation_id)
    make_person(work, "producer_operator", organisation=organisation, login=login)


def fresh(work: Work, row: Any) -> Any:
    work.session.rollback()
    return work.session.get(type(row), row.id, populate_existing=True)


def test_an_officer_finds_registers_and_opens_a_gi(work: Work, county: str, client: Any) -> None:
    make_gi(work, name="示例湖大闸蟹", category="水产")
    make_gi(work, name="示例陈醋", category="调味品")
    work.commit()
    sign_in(client, "province")
    found = client.get("/office/gis?q=大闸蟹")
    assert "示例湖大闸蟹" in found.text and "示例陈醋" not in found.text
    assert "共 2 个地理标志" in client.get("/office/gis").text
    answer = post(
        client,
        "/office/gis/new",
        {"code": "GI-NEW", "name": "示例山茶", "category": "茶叶", "division_code": county, "country": "CN"},
        follow_redirects=True,
    )
    assert answer.status_code == 200 and "示例山茶" in answer.text and "还没有保护" in answer.text


def test_a_gi_form_with_errors_keeps_what_was_typed(work: Work, county: str, client: Any) -> None:
    work.commit()
    sign_in(client, "province")
    answer = post(client, "/office/gis/new", {"code": "GI-X", "name": "", "division_code": "999997", "holder_uscc": "123", "country": "CN"})
    assert answer.status_code == 422
    assert 'value="GI-X"' in answer.text and 'value="123"' in answer.text
    assert "统一社会信用代码应为 18 位" in answer.text and "错误：" in answer.text


def test_a_county_does_not_register_gis_and_a_neighbour_does_not_see_them(work: Work, county: str, client: Any) -> None:
    gi = make_gi(work)
    work.commit()
    sign_in(client, "handler")
    assert client.get("/office/gis/new").status_code == 403
    assert client.get(f"/office/gis/{gi.id}").status_code == 200
    sign_in(client, "neighbour")
    assert client.get(f"/office/gis/{gi.id}").status_code == 404
    assert gi.name not in client.get("/office/gis").text


def test_a_stale_gi_form_is_refused(work: Work, county: str, client: Any) -> None:
    gi = make_gi(work)
    work.commit()
    sign_in(client, "province")
    form = {"code": gi.code, "name": "新名称", "division_code": county, "country": "CN", "version": "1"}
    assert post(client, f"/office/gis/{gi.id}/edit", form).status_code == 303
    again = post(client, f"/office/gis/{gi.id}/edit", form | {"name": "另一个名称"})
    assert again.status_code == 409
    assert "两个版本的对照" in again.text and "新名称" in again.text and 'value="另一个名称"' in again.text
    assert 'name="version" value="2"' in again.text  # whoever has compared may save again
    assert fresh(work, gi).name == "新名称"


def test_protections_on_two_tracks(work: Work, county: str, client: Any) -> None:
    gi = make_gi(work)
    work.commit()
    sign_in(client, "province")
    path = f"/office/gis/{gi.id}/protection"
    steps = {"raw_material": "allowed_outside", "production": "required_inside", "packing": "required_inside", "capacity_basis": "cellar"}
    assert (
        post(client, path, {"track": "A", "number": "第五〇八号", "announcement": "国家知识产权局公告第五〇八号", **steps}).status_code
        == 303
    )
    refused = post(client, path, {"track": "C", "number": "5617102", **steps})
    assert refused.status_code == 422 and "商标注册号" in refused.text
    assert post(client, path, {"track": "C", "number": "5617102", "trade_mark_no": "5617102", **steps}).status_code == 303
    again = post(client, path, {"track": "C", "number": "5617102", "trade_mark_no": "5617102", **steps})
    assert again.status_code == 409 and "5617102 已经登记" in again.text
    page = client.get(f"/office/gis/{gi.id}").text
    assert "证明商标" in page and "按窖池" in page and "可在产地范围外" in page


def authorisation_form(protection: Any, **differs: str) -> dict[str, str]:
    return {
        "protection_id": str(protection.id),
        "number": "SQ-100",
        "name": "示例蟹庄",
        "uscc": example_uscc(77),
        "announcement": "国家知识产权局公告第508号",
        "valid_from": "2024-01-06",
    } | differs


def test_an_officer_registers_an_announced_user(work: Work, county: str, client: Any) -> None:
    protection = make_protection(work)
    work.commit()
    sign_in(client, "handler")
    assert client.get("/office/authorisations/new").status_code == 200
    answer = post(client, "/office/authorisations/new", authorisation_form(protection), follow_redirects=True)
    assert answer.status_code == 200
    assert "示例蟹庄" in answer.text and "有效" in answer.text and "2024-01-06" in answer.text


def test_a_double_click_registers_once(work: Work, county: str, client: Any) -> None:
    protection = make_protection(work)
    work.commit()
    sign_in(client, "handler")
    first = post(client, "/office/authorisations/new", authorisation_form(protection))
    second = post(client, "/office/authorisations/new", authorisation_form(protection))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "登记号 SQ-100 已存在" in second.text
    assert "共 1 条" in client.get("/office/authorisations?q=SQ-100").text


def test_wrong_fields_of_an_authorisation_are_named(work: Work, county: str, client: Any) -> None:
    protection = make_protection(work)
    work.commit()
    sign_in(client, "handler")
    form = authorisation_form(protection, uscc="91110000600037342L", announcement="农业农村部公示", valid_from="2024-02-30")
    answer = post(client, "/office/authorisations/new", form)
    assert answer.status_code == 422
    for words in ("校验位不符", "读不出公告号", "不是日期", "有 3 处需要更正"):
        assert words in answer.text


def test_an_unmatched_user_is_matched_by_its_code(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work, protection=make_protection(work), matched=False)
    work.commit()
    sign_in(client, "handler")
    assert "待匹配" in client.get("/office/authorisations?matched=no").text
    path = f"/office/authorisations/{row.id}/match"
    assert post(client, path, {"version": "1", "uscc": "1"}).status_code == 422
    assert post(client, path, {"version": "1", "uscc": example_uscc(5)}).status_code == 303
    assert post(client, path, {"version": "1", "uscc": example_uscc(5)}).status_code == 409
    now = fresh(work, row)
    assert now.matched and now.organisation_id is not None


def test_a_change_makes_a_new_version_and_keeps_the_old_values(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work, protection=make_protection(work))
    before = row.raw_name
    work.commit()
    sign_in(client, "approver")
    path = f"/office/authorisations/{row.id}/change"
    form = {"version": "1", "name": "改名后的示例蟹庄", "announcement": "国家知识产权局公告第520号", "effective_on": "2026-03-01"}
    assert post(client, path, form).status_code == 303
    assert post(client, path, form).status_code == 409
    now = fresh(work, row)
    (kept,) = queries.changes_of(work.session, row.id or 0)
    assert (now.state, now.announcement_number, now.raw_name) == ("active", 520, "改名后的示例蟹庄")
    assert kept.before["raw_name"] == before
    assert "改名后的示例蟹庄" in client.get(f"/office/authorisations/{row.id}").text


@pytest.mark.parametrize(
    ("steps", "state"),
    [
        (["order_rectification"], "rectifying"),
        (["order_rectification", "verify_rectified"], "active"),
        (["deregister"], "deregistered"),
        (["order_rectification", "deregister"], "deregistered"),
    ],
)
def test_rectification_and_deregistration(work: Work, county: str, client: Any, steps: list[str], state: str) -> None:
    row = make_authorisation(work, protection=make_protection(work))
    work.commit()
    sign_in(client, "approver")
    for version, step in enumerate(steps, start=1):
        form = {"version": str(version), "reason": "未按标准生产", "on": "2026-03-10"}
        assert post(client, f"/office/authorisations/{row.id}/steps/{step}", form).status_code == 303
    assert fresh(work, row).state == state
    assert "未按标准生产" in client.get(f"/office/authorisations/{row.id}").text


def test_an_illegal_step_a_missing_reason_and_an_unknown_step(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work, protection=make_protection(work))
    work.commit()
    sign_in(client, "approver")
    base = f"/office/authorisations/{row.id}/steps"
    assert post(client, f"{base}/verify_rectified", {"version": "1", "reason": "合格"}).status_code == 409
    assert post(client, f"{base}/order_rectification", {"version": "1", "reason": ""}).status_code == 422
    assert post(client, f"{base}/deregister", {"version": "1", "reason": "公告注销"}).status_code == 422
    assert post(client, f"{base}/announce", {"version": "1", "reason": "x"}).status_code == 404
    assert fresh(work, row).state == "active"


def test_what_belongs_to_another_office_or_producer_is_not_there(work: Work, county: str, client: Any) -> None:
    row, other = make_authorisation(work), make_authorisation(work)
    product = make_product(work, other)
    producer(work, row)
    work.commit()
    sign_in(client, "neighbour")
    assert client.get(f"/office/authorisations/{row.id}").status_code == 404
    assert post(client, f"/office/authorisations/{row.id}/match", {"version": "1", "uscc": example_uscc(5)}).status_code == 404
    sign_in(client, "producer")
    assert client.get(f"/authorisations/{row.id}").status_code == 200
    for path in (
        f"/authorisations/{other.id}",
        f"/authorisations/{other.id}/products",
        f"/products/{product.id}",
        f"/authorisations/{other.id}/products/new",
    ):
        assert client.get(path).status_code == 404, path
    form = {"name": "甲", "unit": "piece", "content_per_label": "1", "version": "1"}
    assert post(client, f"/products/{product.id}", form).status_code == 404
    assert client.get("/office/authorisations").status_code == 403


def test_a_producer_sees_what_to_do_and_adds_a_product(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work)
    producer(work, row)
    work.commit()
    sign_in(client, "producer")
    home = client.get(f"/authorisations/{row.id}").text
    for part in ("plots", "batches", "codes", "ledger", "products"):
        assert f"/authorisations/{row.id}/{part}" in home
    assert f"/reports?q={row.number}" in home
    assert client.get(f"/reports?q={row.number}").status_code == 200
    path = f"/authorisations/{row.id}/products/new"
    wrong = post(client, path, {"name": "示例蟹", "unit": "piece", "content_per_label": "一"})
    assert wrong.status_code == 422 and "须是整数" in wrong.text
    form = {"name": "示例蟹", "grade": "特级", "unit": "piece", "content_per_label": "1", "marking_mode": "item_code"}
    assert post(client, path, form).status_code == 303
    assert post(client, path, form).status_code == 409
    assert "示例蟹" in client.get(f"/authorisations/{row.id}/products").text


def test_a_stale_product_form_is_refused(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work)
    product = make_product(work, row)
    producer(work, row)
    work.commit()
    sign_in(client, "producer")
    form = {"name": "改名", "unit": "piece", "content_per_label": "2", "marking_mode": "item_code", "version": "1"}
    assert post(client, f"/products/{product.id}", form).status_code == 303
    assert post(client, f"/products/{product.id}", form | {"name": "再改"}).status_code == 409
    kept: Product = fresh(work, product)
    assert (kept.name, kept.content_per_label, kept.version) == ("改名", 2, 2)


def test_lists_leave_as_csv_and_json(work: Work, county: str, client: Any) -> None:
    make_authorisation(work, protection=make_protection(work), organisation=make_organisation(work, name="=示例公司"))
    work.commit()
    sign_in(client, "handler")
    assert "'=示例公司" in client.get("/office/authorisations?format=csv").text
    assert client.get("/office/authorisations?format=json").json["items"][0]["name"] == "=示例公司"
    assert client.get("/office/gis?format=json").json["items"]


def test_empty_lists_teach(work: Work, county: str, client: Any) -> None:
    work.commit()
    sign_in(client, "province")
    assert "还没有地理标志" in client.get("/office/gis").text
    assert "还没有用标授权" in client.get("/office/authorisations").text
    assert "没有符合条件" in client.get("/office/authorisations?q=x").text


def test_json_with_a_character_that_no_database_keeps_is_refused(work: Work, county: str, client: Any) -> None:
    row = make_authorisation(work)
    producer(work, row)
    work.commit()
    sign_in(client, "producer")
    body = {"name": "示例\x00蟹", "unit": "piece", "content_per_label": 1}
    headers = {"X-CSRFToken": token(client, "/home"), "Accept": "application/json"}
    answer = client.post(f"/authorisations/{row.id}/products/new", json=body, headers=headers)
    assert answer.status_code == 422 and "控制字符" in answer.json["errors"][0]["reason"]
    assert answer.content_type == "application/problem+json"
    accepted = client.post(f"/authorisations/{row.id}/products/new", json=body | {"name": "示例蟹"}, headers=headers)
    assert accepted.status_code == 303
