"""The trace page over HTTP: closed vocabulary, one request, no script, never cached, and nothing a stranger sends moves it."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from gi_registry.verify.exchange import HEADERS
from gi_registry.verify.rules.machine import KEYS
from tests.builders.scans import make_area, make_labels, say_of

PHONE = {"User-Agent": "Mozilla/5.0 (iPhone) MicroMessenger/8.0.50"}


@pytest.fixture
def labels(open_work):
    with open_work() as work:
        made = make_labels(work, batch={"packed_on": date(2025, 9, 28)})
        make_area(work, made.gi_id)
        say_of(work, made, "void", 490, 491)
        return made


def json_of(client, code, **options):
    answer = client.get(f"/T/{code}?format=json", headers=PHONE, **options)
    return answer.status_code, json.loads(answer.get_data(as_text=True))


def test_the_keys_of_the_contract_and_no_others(client, labels):
    status, body = json_of(client, labels.code(1))
    assert status == 200
    assert tuple(body) == KEYS
    assert body["verdict"] == "first-check"
    assert body["checks"].keys() == {"first_at", "count"}
    assert body["checks"]["count"] == 1
    assert body["batch"]["packed_on"] == "2025-09-28"
    assert body["origin"]["places"][0] == "示例镇"


def test_json_by_accept_too(client, labels):
    answer = client.get(f"/T/{labels.code(1)}", headers={**PHONE, "Accept": "application/json"})
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("write", [str.lower, lambda code: code.replace("1", "I").replace("0", "o"), lambda code: f"{code[:5]}-{code[5:]}"])
def test_a_code_may_be_typed_as_people_type(client, labels, write):
    assert client.get(f"/t/{write(labels.code(1))}", headers=PHONE).status_code == 200


def test_one_page_within_its_size_without_script_or_second_request(client, labels):
    for serial in (1, 490, 900):
        page = client.get(f"/T/{labels.code(serial)}", headers=PHONE)
        html = page.get_data(as_text=True)
        assert page.status_code == 200
        assert len(page.data) <= 15_000
        assert "<script" not in html
        assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", html)
        assert not re.search(r"<link(?! rel=\"icon\" href=\"data:,\")|<img|@import|url\(", html)
        assert not re.search(r"""\son\w+=""", html)
        assert "正品" not in html
        assert "！" not in html


def test_headers_keep_the_page_out_of_caches_and_scripts_out_of_it(client, labels):
    page = client.get(f"/T/{labels.code(1)}", headers=PHONE)
    for name, value in HEADERS:
        assert page.headers[name] == value
    assert page.headers["Cache-Control"] == "no-store"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers


def test_the_mark_slot_stands_only_beside_a_live_code(client, labels):
    live, void, idle = (client.get(f"/T/{labels.code(serial)}", headers=PHONE).get_data(as_text=True) for serial in (1, 490, 900))
    assert "专用标志位置" in live
    assert "专用标志位置" not in void
    assert "专用标志位置" not in idle
    assert "不能证明包装里的产品" in live


def test_a_text_that_is_no_code_is_a_404_in_the_same_words(client, labels):
    good = labels.code(1)
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    for text in (
        wrong,
        good[:-1],
        "U" * 20,
        "%E6%B1%89" * 20,
        "x",
        "A" * 10_000,
        "..%2F..%2Fetc%2Fpasswd",
        "%00%ff%fe",
        "<script>alert(1)</script>",
    ):
        page = client.get(f"/T/{text}", headers=PHONE)
        assert page.status_code == 404, text[:30]
        assert "可能输入有误" in page.get_data(as_text=True)
        assert "<script" not in page.get_data(as_text=True)
        status, body = json_of(client, text)
        assert (status, body["verdict"]) == (404, "unknown")
        assert set(KEYS) <= set(body)


def test_a_head_and_a_preview_leave_the_first_check_to_the_buyer(client, labels):
    head = client.head(f"/T/{labels.code(2)}", headers=PHONE)
    assert (head.status_code, head.data) == (200, b"")
    assert int(head.headers["Content-Length"]) > 1000
    for machine in (
        {"User-Agent": "WhatsApp/2.23"},
        {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {**PHONE, "Sec-Purpose": "prefetch"},
    ):
        page = client.get(f"/T/{labels.code(2)}", headers=machine)
        assert "这是预览" in page.get_data(as_text=True)
    assert json_of(client, labels.code(2))[1]["verdict"] == "first-check"


def test_the_address_of_the_client_is_the_peer_whatever_the_header_claims(client, labels, open_work):
    for claimed in ("1.1.1.1", "2.2.2.2", "' OR 1=1 --", "x" * 5000):
        client.get(f"/T/{labels.code(3)}", headers={**PHONE, "X-Forwarded-For": claimed}, environ_base={"REMOTE_ADDR": "203.0.113.9"})
    assert json_of(client, labels.code(3), environ_base={"REMOTE_ADDR": "203.0.113.9"})[1]["checks"]["count"] == 1
    with open_work() as work:
        rows = work.session.connection().exec_driver_sql("SELECT * FROM scan").all()
    assert len(rows) == 1
    assert "203.0.113.9" not in str(rows)
    assert "1.1.1.1" not in str(rows)


@pytest.mark.parametrize("accept", ["*/*", "", "text/html;q=x,,;;;", "application/json;q=0", "é\x80" * 50, "image/avif", "," * 5000])
def test_a_strange_accept_gets_the_page(client, labels, accept):
    answer = client.get(f"/T/{labels.code(4)}", headers={**PHONE, "Accept": accept, "Accept-Language": accept})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


@pytest.mark.parametrize("query", ["lang=xx", "lang=en&lang=zh", "format=xml", "format=csv", "&" * 3000, "%ff=%fe", "lang=" + "e" * 9000])
def test_a_strange_query_gets_the_page(client, labels, query):
    assert client.get(f"/T/{labels.code(4)}?{query}", headers=PHONE).status_code == 200


def test_other_methods_are_refused(client, labels):
    assert client.post(f"/T/{labels.code(4)}").status_code == 405


def test_everything_else_goes_on_to_the_registry(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/T").status_code == 404
