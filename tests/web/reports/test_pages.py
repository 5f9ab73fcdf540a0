"""A producer files on a phone without a script; an officer compares, checks, accepts or returns."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from tests.builders.accounts import post, sign_in
from tests.builders.reports import LABELS, TYPED, draft_of, make_draft, make_farm, make_filed

NOW = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
FIELDS = TYPED | {"version": "0"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """The reporting season of 2026, whatever day it is."""
    monkeypatch.setattr("gi_registry.web.work.moment", lambda _session: NOW)


@pytest.fixture
def farm(open_work):
    with open_work(now=NOW) as work:
        return make_farm(work)


@pytest.fixture
def filed(open_work):
    with open_work(now=NOW) as work:
        return make_filed(work, make_farm(work))


@pytest.fixture
def form(farm):
    return f"/authorisations/{farm.authorisation_id}/reports/2025"


def version_in(text):
    return re.search(r'name="version" value="(\d+)"', text)[1]


def test_a_producer_files_from_the_list_to_the_receipt(client, form):
    sign_in(client, "approver")
    assert f'href="{form}/sections"' in client.get("/reports").text
    assert f'href="{form}"' in client.get(f"{form}/sections").text
    page = client.get(form)
    assert 'name="gi_output" inputmode="decimal" autocomplete="off" value="7500"' in page.text
    assert "1 个在册地块" in page.text
    answer = post(client, form, FIELDS | {"next": "check"})
    check = client.get(answer.headers["Location"])
    assert "报送 2025 年度年报" in check.text
    assert f"{form}#field-sales" in check.text
    report = answer.headers["Location"].removesuffix("/check")
    sent = {"version": version_in(check.text), "declared": "1", "signed_name": "示例approver"}
    answer = post(client, f"{report}/file", sent)
    assert answer.status_code == 303
    receipt = client.get(answer.headers["Location"])
    assert re.search(r"NB2025-\d{6}-01-01", receipt.text)
    assert re.search(r"[0-9a-f]{64}", receipt.text)
    again = post(client, f"{report}/file", sent)
    assert again.headers["Location"] == answer.headers["Location"]
    assert client.get(report).text.count("示例approver 报送") == 1


def test_values_stay_as_typed_when_a_figure_cannot_be_read(client, form):
    sign_in(client, "operator")
    answer = post(client, form, FIELDS | {"output": "八千", "sales": "151.5", "next": "check"})
    assert answer.status_code == 422
    assert "错误：" in answer.text.split("</title>")[0]
    assert 'value="八千"' in answer.text
    assert 'value="151.5"' in answer.text
    assert 'href="#field-output"' in answer.text


def test_a_draft_is_kept_without_going_on_and_says_when(client, form):
    sign_in(client, "operator")
    answer = post(client, form, FIELDS | {"sales": "", "next": "stay"})
    assert answer.headers["Location"] == form
    assert "草稿保存于 2026-02-10 10:00" in client.get(form).text


def test_an_incomplete_draft_says_what_is_missing_and_offers_no_button(client, form):
    sign_in(client, "approver")
    answer = post(client, form, FIELDS | {"sales": "", "next": "check"})
    page = client.get(answer.headers["Location"])
    assert "“销售额”没有填写" in page.text
    assert "请先补全上面列出的内容" in page.text
    assert 'name="declared"' not in page.text


def test_an_operator_prepares_and_is_told_who_files(client, form):
    sign_in(client, "operator")
    check = post(client, form, FIELDS | {"next": "check"}).headers["Location"]
    page = client.get(check)
    assert "须由本单位的报送人登录办理" in page.text
    assert post(client, check.replace("check", "file"), {"version": "1", "declared": "1", "signed_name": "示例operator"}).status_code == 403


def test_a_stale_form_shows_both_values(client, form):
    sign_in(client, "operator")
    post(client, form, FIELDS)
    post(client, form, FIELDS | {"version": "1", "sales": "160"})
    answer = post(client, form, FIELDS | {"version": "1", "sales": "170"})
    assert answer.status_code == 409
    assert 'value="170"' in answer.text
    assert "<td>170</td><td>160</td>" in answer.text
    again = post(client, form, FIELDS | {"version": version_in(answer.text), "sales": "170"})
    assert again.status_code == 303


def test_a_filed_report_refuses_forms_that_were_left_open(client, filed):
    form = f"/authorisations/{filed.authorisation_id}/reports/2025"
    sign_in(client, "approver")
    for path, sent in (
        (form, FIELDS | {"output": "八千"}),
        (form, FIELDS),
        (f"{form}/nil", {"version": "1", "nil_since": "2025-01-01", "nil_reason": "停产改造", "next": "save"}),
        (f"/reports/{filed.id}/file", {"version": "1"}),
        (f"/reports/{filed.id}/file", {"version": "9", "declared": "1", "signed_name": "示例approver"}),
    ):
        assert post(client, path, sent).status_code == 409, path


def test_a_nil_report_is_one_screen(client, form):
    sign_in(client, "approver")
    assert f"{form}/nil" in client.get(form).text
    sent = {"version": "0", "nil_since": "2025-01-01", "nil_reason": "本年度停产改造", "next": "file", "signed_name": "示例approver"}
    missing = post(client, f"{form}/nil", sent)
    assert missing.status_code == 422
    assert "没有勾选声明" in missing.text
    assert "本年度停产改造" in missing.text
    answer = post(client, f"{form}/nil", sent | {"declared": "1"})
    assert answer.status_code == 303
    assert "自 2025-01-01 起未使用" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize("year", [1999, 2014, 2027, 999999])
def test_a_year_that_is_not_owed_is_a_helping_page(client, farm, year):
    sign_in(client, "operator")
    answer = client.get(f"/authorisations/{farm.authorisation_id}/reports/{year}")
    assert answer.status_code == 409
    assert "现在应报送的是 2023 年度" in answer.text


def test_what_is_not_mine_is_a_plain_404(client, filed, open_work):
    for login in ("neighbour", "elsewhere"):
        sign_in(client, login)
        for path in (f"/reports/{filed.id}", f"/reports/{filed.id}/receipt", f"/office/reports/{filed.id}"):
            assert client.get(path).status_code in ({404} if login == "elsewhere" or "office" not in path else {403, 404}), (login, path)
        client.post("/sign-out")


def test_a_filed_year_is_not_filled_in_again(client, filed):
    sign_in(client, "operator")
    answer = client.get(f"/authorisations/{filed.authorisation_id}/reports/2025")
    assert answer.status_code == 409
    assert filed.number in answer.text


def test_the_county_checks_and_another_officer_accepts(client, filed):
    review = f"/office/reports/{filed.id}"
    sign_in(client, "handler")
    page = client.get(review)
    assert "记录县级核查" in page.text
    assert "一致" in page.text
    assert post(client, f"{review}/check", {"version": version_in(page.text)}).status_code == 303
    assert post(client, f"{review}/accept", {"version": "3"}).status_code == 403
    post(client, "/sign-out")
    sign_in(client, "county")
    page = client.get(review)
    assert post(client, f"{review}/accept", {"version": version_in(page.text)}).status_code == 303
    assert "已接受" in client.get(review).text
    assert post(client, f"{review}/accept", {"version": "4"}).status_code == 409


def test_a_return_needs_reasons_and_shows_them_to_the_producer(client, filed):
    review = f"/office/reports/{filed.id}"
    sign_in(client, "handler")
    sent = {"version": version_in(client.get(review).text)}
    empty = post(client, f"{review}/return", sent | {"reasons": " "})
    assert empty.status_code == 422
    assert post(client, f"{review}/return", sent | {"reasons": "年末结存与台账不符"}).status_code == 303
    post(client, "/sign-out")
    sign_in(client, "operator")
    assert "修改并重新报送" in client.get("/reports").text
    assert "年末结存与台账不符" in client.get(f"/authorisations/{filed.authorisation_id}/reports/2025").text


def test_an_amendment_opens_the_form_with_the_filed_figures(client, filed):
    sign_in(client, "operator")
    page = client.get(f"/reports/{filed.id}")
    answer = post(client, f"/reports/{filed.id}/amend", {"version": version_in(page.text)})
    opened = client.get(answer.headers["Location"])
    assert "原报告在更正被接受之前一直有效" in opened.text
    assert 'value="150"' in opened.text


def test_an_officers_list_filters_in_the_address_and_exports(client, filed):
    sign_in(client, "county")
    page = client.get("/reports?year=2025&status=filed")
    assert "示例湖蟹业有限公司" in page.text
    assert "示例湖蟹业有限公司" not in client.get("/reports?year=2025&status=overdue").text
    assert "示例湖蟹业有限公司" in client.get("/reports?year=2025&state=filed&q=湖蟹").text
    assert "没有符合条件的记录" in client.get("/reports?year=2025&q=100%25").text
    rows = client.get("/reports?year=2025&format=json").json["items"]
    assert [(row["status"], row["number"]) for row in rows] == [("filed", filed.number)]
    assert client.get("/reports?year=2025&format=csv").mimetype == "text/csv"
    assert client.get("/reports?year=nonsense&status=nonsense&page=x").status_code == 200


def test_a_draft_is_not_shown_to_officers(client, open_work):
    with open_work(now=NOW) as work:
        draft = make_draft(work, make_farm(work), draft=draft_of())
    sign_in(client, "county")
    assert client.get(f"/office/reports/{draft.id}").status_code == 404
    assert draft.number not in client.get("/reports?year=2025").text


def test_json_is_refused_and_accepted_in_one_shape(client, form):
    sign_in(client, "operator")
    headers = {"X-CSRFToken": re.search(r'name="csrf_token" value="([^"]+)"', client.get("/home").text)[1]}
    body = {"version": 0, "values": {"output": "much"}, "reasons": {}}
    answer = client.post(form, json=body, headers=headers | {"Accept": "application/json"})
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert answer.json["errors"][0]["field"] == "output"
    assert client.post(form, json=["x"], headers=headers | {"Accept": "application/json"}).status_code == 422
    labels = {f"item_code.{key}": value for key, value in LABELS.items()}
    assert client.post(form, json=body | {"values": labels}, headers=headers).status_code == 303


@pytest.mark.parametrize("path", ["/reports", "/reports/1", "/reports/1/receipt", "/office/reports/1"])
def test_visitors_are_asked_to_sign_in(client, path):
    assert client.get(path).status_code == 303
