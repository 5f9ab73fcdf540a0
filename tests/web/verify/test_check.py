"""Without a code: may this firm use the mark for which GI on that packing date."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.registry import make_authorisation, make_gi, make_organisation, make_protection


@pytest.fixture
def crab(open_work):
    """Store a crab on a certification mark with a user, one who left, and one known by name only."""
    with open_work() as work:
        gi = make_gi(work, name="示例湖蟹")
        mark = make_protection(work, gi, track="C", trade_mark_no="5617102", number="C-1")
        user = make_organisation(work, name="示例湖蟹业(集团)有限公司")
        make_authorisation(work, protection=mark, organisation=user, valid_from=date(2020, 1, 1))
        left = make_organisation(work, name="示例湖退出合作社")
        make_authorisation(
            work, protection=mark, organisation=left, state="deregistered", valid_from=date(2018, 1, 1), valid_to=date(2024, 6, 1)
        )
        make_authorisation(work, protection=mark, matched=False, raw_name="示例按名登记茶厂", raw_uscc="")
        applicant = make_organisation(work, name="示例申请中的厂")
        make_authorisation(work, protection=mark, organisation=applicant, state="county_review")
        return {"user": user.uscc, "left": left.uscc, "applicant": applicant.uscc}


def ask(client, **question):
    return client.get("/check", query_string={**question, "format": "json"}).get_json()


def test_a_user_in_force_may(client, crab):
    found = ask(client, uscc=crab["user"], on="2026-01-05")
    assert found["verdict"] == "yes"
    assert found["entries"][0]["gi"] == "示例湖蟹"


def test_before_its_approval_it_might_not(client, crab):
    found = ask(client, uscc=crab["user"], on="2019-12-31")
    assert found["verdict"] == "no"
    assert "2020-01-01" in found["entries"][0]["reasons"][0]


@pytest.mark.parametrize(("on", "verdict"), [("2024-05-31", "yes"), ("2024-06-01", "no"), ("", "no")])
def test_the_packing_date_decides_not_today(client, crab, on, verdict):
    assert ask(client, uscc=crab["left"], on=on)["verdict"] == verdict


def test_a_name_is_found_however_its_brackets_and_blanks_are_typed(client, crab):
    assert ask(client, name="示例湖蟹业 （集团）有限公司")["verdict"] == "yes"


def test_a_name_without_a_uscc_on_file_is_a_yes_that_says_so(client, crab):
    found = ask(client, name="示例按名登记茶厂")
    assert (found["verdict"], found["entries"][0]["matched"]) == ("yes", False)
    assert "按名称登记，尚未核对统一社会信用代码" in client.get("/check", query_string={"name": "示例按名登记茶厂"}).get_data(as_text=True)


def test_a_mark_names_its_gi_and_its_users(client, crab):
    found = ask(client, mark="5617102")
    assert found["mark_of"] == ["示例湖蟹"]
    assert [entry["verdict"] for entry in found["entries"]] == ["yes", "yes", "no"]


def test_an_application_is_nobodys_business(client, crab):
    assert ask(client, uscc=crab["applicant"])["verdict"] == "not-on-file"


def test_a_firm_that_is_not_on_file_is_said_to_be_so_and_what_to_do(client, crab):
    page = client.get("/check", query_string={"name": "从未登记的公司"}).get_data(as_text=True)
    assert "没有登记" in page
    assert "12315" in page


@pytest.mark.parametrize(
    ("question", "field", "word"),
    [
        ({"uscc": "91999999MA0000123X"}, "uscc", "校验位"),
        ({"uscc": "9199"}, "uscc", "18 位"),
        ({"mark": "abc"}, "mark", "商标注册号"),
        ({"name": "示例", "on": "2999-01-01"}, "on", "不能晚于今天"),
        ({"name": "示例", "on": "昨天"}, "on", "日期格式"),
        ({"uscc": ""}, "uscc", "至少填写一项"),
    ],
)
def test_what_cannot_be_read_is_explained_at_its_field(client, question, field, word):
    page = client.get("/check", query_string=question)
    assert page.status_code == 422
    assert word in page.get_data(as_text=True)
    assert f"#field-{field}" in page.get_data(as_text=True)
    problem = client.get("/check", query_string={**question, "format": "json"})
    assert problem.status_code == 422
    assert problem.get_json()["errors"][0]["field"] == field


def test_the_form_comes_first(client):
    page = client.get("/check")
    assert page.status_code == 200
    assert "错误" not in page.get_data(as_text=True)
