"""What anyone may read of the register."""

from __future__ import annotations

from datetime import date
from typing import Any

from gi_registry.listings import service
from gi_registry.workflow import Work
from tests.builders.divisions import make_division
from tests.builders.listings import make_stage, to_proposed
from tests.builders.registry import make_authorisation, make_gi, make_organisation, make_protection


def test_home_leads_to_every_public_place(work: Work, client: Any) -> None:
    make_authorisation(work)
    work.commit()
    home = client.get("/").text
    for address in ("/verify", "/check", "/registry", "/abnormal-list", "/log", "/sign-in"):
        assert f'"{address}' in home, address
    assert "在册地理标志 1 个" in home


def test_a_gi_is_found_by_name_number_track_and_province(work: Work, client: Any) -> None:
    make_division(work, "320583")
    crab = make_gi(work, name="示例湖大闸蟹", division_code="320583", category="水产")
    make_protection(work, crab, track="C", number="5617102", trade_mark_no="5617102")
    make_gi(work, name="示例陈醋", category="调味品")
    work.commit()
    for question in ("q=大闸蟹", "q=5617102", "track=C", "division=32", "category=水产"):
        page = client.get(f"/registry?{question}").text
        assert "示例湖大闸蟹" in page and "示例陈醋" not in page, question
        assert "共 1 个地理标志" in page
    assert "江苏省苏州市昆山市" in client.get("/registry").text
    assert "没有符合条件" in client.get("/registry?q=不存在").text


def test_strange_filters_do_no_harm(client: Any) -> None:
    for question in (
        "page=-3",
        "page=x",
        "gi=abc",
        "gi=99999999999999999999",
        "kind=x",
        "state=x",
        "q=%25",
        "division='",
        "track=Z",
        "page=99999999",
    ):
        assert client.get(f"/registry?{question}").status_code == 200, question


def test_the_register_leaves_as_csv_and_json(work: Work, client: Any) -> None:
    row = make_authorisation(work)
    work.commit()
    gis = client.get("/registry?format=json").json["items"]
    assert gis[0]["users"] == 1 and gis[0]["tracks"] == "A"
    users = client.get("/registry?kind=users&format=json").json["items"]
    assert users[0]["uscc"] == row.raw_uscc and users[0]["state"] == "active"
    assert client.get("/registry?kind=users&format=csv").text.startswith("\ufeffnumber,name,uscc")


def test_the_entry_of_a_gi_says_what_must_lie_inside(work: Work, client: Any) -> None:
    vinegar = make_gi(work, name="示例陈醋")
    steps = {"raw_material": "allowed_outside", "production": "required_inside", "packing": "required_inside"}
    make_protection(work, vinegar, steps=steps, capacity_basis="cellar", announcement_raw="国家知识产权局公告第五〇八号")
    work.commit()
    page = client.get(f"/registry/gis/{vinegar.id}").text
    for words in ("可在产地范围外", "须在产地范围内", "按窖池", "第五〇八号", "地理标志产品"):
        assert words in page
    body = client.get(f"/registry/gis/{vinegar.id}?format=json").json
    assert body["protections"][0]["steps"]["raw_material"] == "allowed_outside"
    assert client.get("/registry/gis/999999").status_code == 404


def test_the_entry_of_a_user_says_for_what_it_may_use_the_mark(work: Work, client: Any) -> None:
    organisation = make_organisation(work, name="示例蟹业有限公司")
    make_authorisation(work, organisation=organisation)
    make_authorisation(work, organisation=organisation, state="deregistered", valid_to=date(2026, 1, 1))
    work.commit()
    page = client.get(f"/registry/users/{organisation.uscc.lower()}").text
    assert "示例蟹业有限公司" in page and "可以使用专用标志" in page and "不可以使用专用标志" in page and "已注销" in page
    body = client.get(f"/registry/users/{organisation.uscc}?format=json").json
    assert [entry["may_use_today"] for entry in body["authorisations"]] == [True, False]


def test_an_unknown_or_malformed_uscc_is_a_plain_404(work: Work, client: Any) -> None:
    lone = make_organisation(work)
    work.commit()
    for code in ("1", "91110000600037341L", lone.uscc):
        assert client.get(f"/registry/users/{code}").status_code == 404, code


def test_natural_persons_are_masked_everywhere(work: Work, client: Any) -> None:
    person = make_organisation(work, name="张三丰", natural_person=True)
    make_authorisation(work, organisation=person)
    work.commit()
    for address in (
        "/registry?kind=users",
        "/registry?kind=users&format=csv",
        "/registry?kind=users&format=json",
        f"/registry/users/{person.uscc}",
    ):
        text = client.get(address).get_data(as_text=True)
        assert "张三丰" not in text and "张" in text, address


def test_applications_and_orders_to_rectify_are_not_public(work: Work, client: Any) -> None:
    applying = make_organisation(work, name="示例申请人")
    make_authorisation(work, organisation=applying, state="county_review")
    rectifying = make_organisation(work, name="示例整改人")
    make_authorisation(work, organisation=rectifying, state="rectifying")
    work.commit()
    page = client.get("/registry?kind=users").text
    assert "示例申请人" not in page and "示例整改人" in page and "整改中" not in page
    assert client.get(f"/registry/users/{applying.uscc}").status_code == 404
    assert "整改中" not in client.get(f"/registry/users/{rectifying.uscc}").text
    assert client.get("/registry?kind=users&format=json").json["items"][0]["state"] == "active"


def test_a_person_whom_an_announcement_lists_by_name_only_is_masked(work: Work, client: Any) -> None:
    make_authorisation(work, matched=False, raw_name="李时珍")
    work.commit()
    page = client.get("/registry?kind=users").text
    assert "李时珍" not in page and "李**" in page


def test_the_entry_of_a_user_states_a_published_listing_and_not_an_open_case(work: Work, client: Any) -> None:
    stage = to_proposed(make_stage(work))
    user = stage.party
    work.session.commit()
    assert "专用标志使用异常名录" not in client.get(f"/registry/users/{user.uscc}").text
    stage.act("city", service.decide_listing, note="同意列入。")
    work.session.commit()
    page = client.get(f"/registry/users/{user.uscc}").text
    assert "列入专用标志使用异常名录，事由" in page
    body = client.get(f"/registry/users/{user.uscc}?format=json").json
    assert "异常名录" in body["authorisations"][0]["listing"]


def test_a_character_that_no_database_keeps_is_refused_in_words(client: Any) -> None:
    for address in ("/registry?q=%00", "/registry?track=A%00", "/registry/users/%00", "/verify?code=%00"):
        answer = client.get(address)
        assert answer.status_code == 422, address
        assert "控制字符" in answer.text
