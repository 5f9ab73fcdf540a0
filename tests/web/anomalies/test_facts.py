"""Recorded facts over HTTP: from the officer's form to a case."""

from __future__ import annotations

import io
from typing import Any

import pytest

from gi_registry.accounts.queries import get_person
from tests.builders.accounts import PASSWORD, make_person, post, sign_in
from tests.builders.divisions import make_division
from tests.builders.listings import PDF, make_stage


@pytest.fixture
def county(app: Any, open_work: Any) -> Any:
    """Return (client_of, authorisation id)."""
    with open_work() as work:
        stage = make_stage(work)
        make_division(work, "999998")
        stage.people["stranger"] = make_person(work, "county_handler", division="999998").id or 0
        stage.commit()
        logins = {name: get_person(work.session, number).login for name, number in stage.people.items()}
        number = stage.finding.authorisation_id

    def client_of(name: str) -> Any:
        client = app.test_client()
        assert sign_in(client, logins[name], PASSWORD).status_code == 303
        return client

    return client_of, number


def record(client: Any, number: int, *, content: bytes = PDF, **changed: str) -> Any:
    fields = {"ground": "CO-02", "established_on": "2026-03-02", "statement": "拒绝提供台账。", "source": "现场检查笔录 7 号"}
    data = {**fields, **changed, "document": (io.BytesIO(content), "现场检查笔录.pdf")}
    return post(client, f"/office/authorisations/{number}/facts/new", data, content_type="multipart/form-data")


def test_a_recorded_fact_leads_to_a_case(county: Any) -> None:
    client_of, number = county
    client = client_of("handler")
    assert f"/office/authorisations/{number}/facts/new" in client.get(f"/office/authorisations/{number}").text
    assert "登记事实" in client.get("/findings").text
    form = client.get(f"/office/authorisations/{number}/facts/new").text
    assert 'value="CO-02"' in form
    assert 'value="QT-01"' not in form, "what is computed is not recorded"
    answer = record(client, number)
    assert answer.status_code == 303
    finding = answer.headers["Location"]
    shown = client.get(finding).text
    assert "拒绝提供台账。" in shown
    assert "现场检查笔录 7 号" in shown
    paper = f"/documents/{shown.split('/documents/')[1].split(chr(34))[0]}"
    assert client.get(paper).data == PDF
    assert client_of("owner").get(paper).status_code == 404, "the office's paper until the case shows it"
    assert finding in client.get("/findings?ground=CO-02").text
    opened = post(client, f"{finding}/case", {"version": "1"})
    assert opened.status_code == 303
    assert "CO-02" in client.get(opened.headers["Location"]).text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"established_on": "2026-03-11"}, "认定日期不能晚于今天。"),
        ({"ground": "XX-99"}, "没有这一事由。"),
        ({"ground": ""}, "没有这一事由。"),
        ({"ground": "QT-01"}, "这一事由由系统计算，不能登记。"),
        ({"statement": " "}, "field-statement"),
        ({"content": b"name,count\na,1\n"}, "文件不是扫描件或者照片。"),
    ],
)
def test_what_is_no_fact_is_refused_and_shown_again(county: Any, changed: dict[str, Any], said: str) -> None:
    client_of, number = county
    client = client_of("handler")
    answer = record(client, number, **changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert "现场检查笔录 7 号" in answer.text, "what was typed is still there"
    assert "CO-02" not in client.get("/findings?format=json&state=").text


def test_the_same_fact_is_recorded_once(county: Any) -> None:
    client_of, number = county
    client = client_of("handler")
    assert record(client, number).status_code == 303
    again = record(client, number)
    assert again.status_code == 422
    assert "同样的事实已经登记。" in again.text


def test_who_records_facts(county: Any) -> None:
    client_of, number = county
    address = f"/office/authorisations/{number}/facts/new"
    for role in ("approver", "city", "owner"):
        assert client_of(role).get(address).status_code == 403
        assert record(client_of(role), number).status_code == 403
    assert "登记事实" not in client_of("approver").get("/findings").text
    stranger = client_of("stranger")
    assert stranger.get(address).status_code == 404
    assert record(stranger, number).status_code == 404
