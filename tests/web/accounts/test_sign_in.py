"""Signing in, being refused, being slowed, and what headers and cookies carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gi_registry.accounts.models import Person
from gi_registry.accounts.rules import TRIES_PER_CLIENT, TRIES_PER_LOGIN
from gi_registry.accounts.service import end_sessions
from tests.builders.accounts import make_person, post, sign_in, token


@pytest.fixture
def person(open_work: Any) -> Person:
    with open_work() as work:
        return make_person(work, "security_admin", login="wangfang")


def test_a_person_signs_in_works_and_signs_out(client: Any, person: Person) -> None:
    assert client.get("/home").headers["Location"] == "/sign-in?next=/home"
    answer = sign_in(client, "WangFang")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/home")
    home = client.get("/home")
    assert home.status_code == 200 and person.name in home.text
    assert home.headers["Cache-Control"] == "no-store"
    post(client, "/sign-out")
    assert client.get("/home").status_code == 303


def test_a_wrong_password_and_an_unknown_login_read_the_same(client: Any, person: Person) -> None:
    wrong, unknown = sign_in(client, "wangfang", "not this one"), sign_in(client, "nobody", "not this one")
    assert wrong.status_code == unknown.status_code == 422
    assert "登录名或密码不正确" in wrong.text and "登录名或密码不正确" in unknown.text
    assert "not this one" not in wrong.text


def test_guessing_is_refused_after_five_failures_even_with_the_right_password(client: Any, person: Person) -> None:
    for _ in range(TRIES_PER_LOGIN):
        assert sign_in(client, "wangfang", "not this one").status_code == 422
    assert sign_in(client, "wangfang").status_code == 429


@pytest.mark.parametrize(("proxies", "status"), [(1, 303), (0, 429)])
def test_behind_a_proxy_the_guesses_of_one_address_stop_nobody_else(
    app: Any, client: Any, person: Person, proxies: int, status: int
) -> None:
    app.extensions["gi_settings"] = replace(app.extensions["gi_settings"], trusted_proxies=proxies)
    for guess in range(TRIES_PER_CLIENT):
        fields = {"csrf_token": token(client), "login": f"nobody{guess}", "password": "not this one"}
        assert client.post("/sign-in", data=fields, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 422
    fields = {"csrf_token": token(client), "login": "wangfang", "password": "a long enough sentence"}
    assert client.post("/sign-in", data=fields, headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 429
    assert client.post("/sign-in", data=fields, headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}).status_code == status


def test_a_form_without_its_token_is_refused(client: Any, person: Person) -> None:
    answer = client.post("/sign-in", data={"login": "wangfang", "password": "a long enough sentence"})
    assert answer.status_code == 403 and "刷新" in answer.text


def test_ended_sessions_are_ended_everywhere(client: Any, person: Person, open_work: Any) -> None:
    sign_in(client, "wangfang")
    with open_work() as work:
        end_sessions(work, [work.session.get(Person, person.id)])
    assert client.get("/home").status_code == 303


@pytest.mark.parametrize("target", [
    "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil.example", "/a\\..//evil.example",
    "/\n/evil.example", "/\r\nSet-Cookie: a=b", "/\u2028/evil.example", "/home\x7f",
])  # fmt: skip
def test_sign_in_leads_to_this_site_only(client: Any, person: Person, target: str) -> None:
    answer = client.post(
        "/sign-in", data={"csrf_token": token(client), "login": "wangfang", "password": "a long enough sentence", "next": target}
    )
    assert answer.headers["Location"] == "/home"


def test_pages_carry_the_headers_that_keep_scripts_and_frames_out(client: Any) -> None:
    headers = client.get("/sign-in").headers
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_cookie_is_http_only_and_same_site(client: Any, person: Person) -> None:
    cookie = sign_in(client, "wangfang").headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_what_is_not_there_is_a_page_that_helps(client: Any) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404 and "没有找到" in answer.text


def test_a_machine_gets_one_shape_of_refusal(client: Any, person: Person) -> None:
    answer = client.get("/home", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == "/problems/not-signed-in"


def test_only_a_demonstration_has_a_clock_to_move(client: Any, open_work: Any) -> None:
    from gi_registry.db import Installation
    from gi_registry.workflow import clock_offset_s

    with open_work() as work:
        work.session.merge(Installation(id=1, demo=False, clock_offset_s=0))
    assert client.post("/demo/clock", data={"csrf_token": token(client), "working_days": 1}).status_code == 404
    with open_work() as work:
        work.session.merge(Installation(id=1, demo=True, clock_offset_s=0))
    assert client.post("/demo/clock", data={"csrf_token": token(client), "working_days": 1}).status_code == 303
    with open_work() as work:
        assert clock_offset_s(work.session) >= 86_400


def test_a_copied_cookie_dies_with_the_sign_out(client: Any, app: Any, person: Person) -> None:
    sign_in(client, "wangfang")
    copied = client.get_cookie("gi_session").value
    post(client, "/sign-out")
    thief = app.test_client()
    thief.set_cookie("gi_session", copied)
    assert thief.get("/home").status_code == 303


def test_a_session_ends_after_its_idle_time(client: Any, app: Any, person: Person) -> None:
    sign_in(client, "wangfang")
    assert client.get("/home").status_code == 200
    app.permanent_session_lifetime = timedelta(seconds=-1)
    assert client.get("/home").status_code == 303


@pytest.mark.parametrize("path", ["/check?uscc=91110000600037341L", "/check?name=x&format=json", "/sign-in"])
def test_verdicts_and_forms_are_never_cached(client: Any, path: str) -> None:
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_chosen_language_outlives_the_sign_in_and_a_browsers_preference_changes_no_page(client: Any, person: Person) -> None:
    assert 'lang="zh-CN"' in client.get("/sign-in", headers={"Accept-Language": "en-GB,en"}).text
    assert 'lang="en"' in client.get("/sign-in?lang=en").text
    sign_in(client, "wangfang")
    assert '<html lang="en">' in client.get("/home").text
