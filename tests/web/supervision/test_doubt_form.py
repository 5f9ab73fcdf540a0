"""The doubt form over HTTP: for anybody, without a cookie, once however often it is sent, and closed to forms of others."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.supervision.models import Lead
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.scans import make_labels
from tests.builders.supervision import UNKNOWN_CODE, picture


@pytest.fixture
def code(open_work: Any) -> str:
    with open_work() as work:
        return make_labels(work).code(5)


def token(client: Any, code: str) -> str:
    return re.search(r'name="csrf_token" value="([^"]+\.\d+\.[0-9a-f]+)"', client.get(f"/T/{code}/doubt").text)[1]  # type: ignore[index]


def send(client: Any, code: str, **fields: Any) -> Any:
    values = {"csrf_token": token(client, code), "wrongs": ["count"], "text": "查了三次"} | fields
    return client.post(f"/T/{code}/doubt", data={name: value for name, value in values.items() if value is not None})


def leads(open_work: Any) -> list[Lead]:
    with open_work(writable=False) as work:
        return list(work.session.exec(select(Lead)).all())


def test_the_trace_page_leads_to_a_form_without_a_cookie(client: Any, code: str) -> None:
    assert f'href="/T/{code}/doubt"' in client.get(f"/T/{code}").text
    answer = client.get(f"/T/{code}/doubt")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<script" not in answer.text
    assert 'type="tel"' not in answer.text


def test_a_doubt_gets_a_receipt_that_tells_the_stage(client: Any, code: str, open_work: Any) -> None:
    answer = send(client, code, contact="13800000000")
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    receipt = client.get(answer.headers["Location"])
    assert "疑〔2026〕000001" in receipt.text
    assert "2026-03-31" in receipt.text
    assert "12315" in receipt.text
    assert "13800000000" not in receipt.text
    assert [lead.wrongs for lead in leads(open_work)] == [["count"]]


@pytest.mark.parametrize("address", ["/t/{}/doubt", "/T/{}/doubt"])
def test_a_code_of_nobody_is_the_interesting_one(client: Any, address: str, open_work: Any) -> None:
    path = address.format(UNKNOWN_CODE.lower())
    assert client.get(path).status_code == 200
    assert client.post(path, json={"wrongs": ["unknown"]}).status_code == 201
    assert [(lead.subject_kind, lead.code) for lead in leads(open_work)] == [("unknown", UNKNOWN_CODE)]


@pytest.mark.parametrize("text", ["12345", "10ABCDE1234567890ABC", "..", "x" * 300])
def test_what_is_no_code_is_not_found(client: Any, text: str) -> None:
    assert client.get(f"/T/{text}/doubt").status_code == 404
    assert client.post(f"/T/{text}/doubt", json={"wrongs": ["other"]}).status_code == 404


def test_json_gets_201_and_the_same_key_the_same_receipt(client: Any, code: str, open_work: Any) -> None:
    options: dict[str, Any] = {"json": {"text": "标签被撕"}, "headers": {"Idempotency-Key": "k1"}}
    first, second = (client.post(f"/T/{code}/doubt", **options) for _ in range(2))
    assert first.status_code == 201
    assert first.json == second.json
    assert set(first.json) == {"number", "check", "status_url", "stage", "received_at", "due_on", "at_the_longest_on", "closed_at"}
    assert first.headers["Location"] == first.json["status_url"]
    assert client.get(first.json["status_url"] + "?format=json").json["stage"] == "received"
    assert len(leads(open_work)) == 1


def test_a_double_click_is_one_doubt_and_a_change_is_another(client: Any, code: str, open_work: Any) -> None:
    kept = token(client, code)
    answers = [send(client, code, csrf_token=kept) for _ in range(2)]
    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    assert send(client, code, csrf_token=kept, text="查了四次").headers["Location"] != answers[0].headers["Location"]
    assert len(leads(open_work)) == 2


@pytest.mark.parametrize("forged", ["", "x", "a.1.b", "a" * 3000])
def test_a_form_that_is_not_ours_is_shown_again_and_stores_nothing(client: Any, code: str, forged: str, open_work: Any) -> None:
    answer = send(client, code, csrf_token=forged)
    assert answer.status_code == 422
    assert "查了三次" in answer.text
    assert leads(open_work) == []


def test_a_token_of_another_code_does_not_fit(client: Any, code: str, open_work: Any) -> None:
    assert send(client, code, csrf_token=token(client, UNKNOWN_CODE)).status_code == 422
    assert leads(open_work) == []


def test_what_a_browser_says_comes_from_elsewhere_is_refused(client: Any, code: str, open_work: Any) -> None:
    for options in ({"json": {"text": "x"}}, {"data": {"text": "x", "csrf_token": token(client, code)}}):
        assert client.post(f"/T/{code}/doubt", headers={"Sec-Fetch-Site": "cross-site"}, **options).status_code == 403
    assert leads(open_work) == []


def test_nothing_said_is_told_at_the_choices(client: Any, code: str) -> None:
    answer = send(client, code, wrongs=None, text="")
    assert answer.status_code == 422
    assert 'href="#field-wrongs"' in answer.text


@pytest.mark.parametrize("fields", [{"text": "长" * 501}, {"wrongs": ["nonsense"]}, {"bought_on": "2026-13-40"}, {"place_division": "abc"}])
def test_what_does_not_fit_is_refused_in_words(client: Any, code: str, fields: dict[str, Any], open_work: Any) -> None:
    assert send(client, code, **fields).status_code == 422
    assert leads(open_work) == []


def test_the_sixth_in_an_hour_is_too_many(client: Any, code: str, open_work: Any) -> None:
    answers = [client.post(f"/T/{code}/doubt", json={"text": f"第 {at} 次"}).status_code for at in range(6)]
    assert answers == [201] * 5 + [429]
    elsewhere = client.post(f"/T/{code}/doubt", json={"text": "别处"}, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})
    assert elsewhere.status_code == 201


def test_a_photo_comes_with_the_form_and_html_does_not(client: Any, code: str, open_work: Any) -> None:
    bad = send(client, code, photo=(io.BytesIO(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"), "label.png"))
    assert bad.status_code == 422
    assert 'href="#field-photo"' in bad.text
    assert send(client, code, photo=(io.BytesIO(picture()), "IMG_0001.jpg")).status_code == 303
    with open_work() as work:
        make_person(work, "county_handler", division="999999", login="here")
        make_person(work, "county_handler", division="999998", login="there")
    [lead] = leads(open_work)
    sign_in(client, "here")
    page = client.get(f"/leads/{lead.id}").text
    [picture_address] = set(re.findall(r'src="(/leads/[^"]+)"', page))
    photo = client.get(picture_address)
    assert (photo.status_code, photo.mimetype) == (200, "image/jpeg")
    assert photo.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in photo.headers["Cache-Control"]
    post(client, "/sign-out")
    sign_in(client, "there")
    assert client.get(f"/leads/{lead.id}").status_code == 404
    assert client.get(picture_address).status_code == 404


def test_the_public_sees_no_lead_and_no_photo(client: Any, code: str) -> None:
    send(client, code, photo=(io.BytesIO(picture()), "p.jpg"))
    for path in ("/leads", "/leads/1", "/leads/1/papers/1", "/documents/1"):
        assert client.get(path).status_code == 303, path
    assert client.get("/doubts/2026-000001-AAAAAAAA").status_code == 404


def test_a_lead_changes_no_public_page(client: Any, code: str) -> None:
    before = client.get(f"/T/{code}?format=json", headers={"User-Agent": "slurp"}).json
    for at in range(3):
        client.post(f"/T/{code}/doubt", json={"text": f"{at}", "wrongs": ["count"]})
    after = client.get(f"/T/{code}?format=json", headers={"User-Agent": "slurp"}).json
    assert {**after, "at": ""} == {**before, "at": ""}


def test_the_receipt_is_found_by_what_people_type(client: Any, code: str) -> None:
    location = send(client, code).headers["Location"]
    check = location[-8:]
    found = client.get("/doubts", query_string={"number": "疑〔2026〕000001", "check": f"{check[:4]} {check[4:].lower()}"})
    assert found.headers["Location"] == location
    assert client.get("/doubts").status_code == 200
