"""What every answer has in common: headers, a token for every change, a 404 that tells nothing, keys by role.

The addresses come from the application itself, so one that is added is tried without being named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from gi_registry.web.headers import HEADERS
from tests.architecture.answer_keys import KEYS, keys_by_role
from tests.architecture.test_access import doors, expected, rows
from tests.architecture.world import BODY, SCOPES, TESTED_ROLES, World

CHANGES = [door for door in doors() if door[1] not in {"GET", "HEAD"}]
READS = [door for door in doors() if door[1] == "GET"]
PERSONAL = {
    "password", "password_hash", "phone", "contact", "email", "client_key", "address_of_client", "secret", "sealed", "totp_secret",
    "code_hash", "sms",
}  # fmt: skip
WITHOUT_SESSION = {"supervision.send_doubt": "for anybody, without a cookie: its form carries a signed token of its own"}
NO_ROW = 987_654_321


def rule_of(world: World, endpoint: str, method: str) -> Any:
    return next(rule for rule in world.app.url_map.iter_rules(endpoint) if method in (rule.methods or set()))


def who(endpoint: str, method: str, ending: str) -> list[tuple[str, str]]:
    """Return every (role, scope) whose request ends so by the table."""
    lines = [row for row in rows() if (row["endpoint"], row["method"]) == (endpoint, method)]
    return [(role, scope) for role in TESTED_ROLES for scope in SCOPES if expected(lines, role, scope) == ending]


@contextmanager
def token_required(world: World) -> Iterator[None]:
    """The world is built without tokens; here they are asked for, as in a real installation."""
    world.app.config["WTF_CSRF_ENABLED"] = True
    try:
        yield
    finally:
        world.app.config["WTF_CSRF_ENABLED"] = False


# ---- headers -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method"), doors(), ids=str)
def test_every_answer_carries_the_headers(world: World, endpoint: str, method: str) -> None:
    path = world.path(rule_of(world, endpoint, method), method)
    for role, scope in [("consumer", "own"), *who(endpoint, method, "entered")[:1], *who(endpoint, method, "refused")[:1]]:
        answer = world.client(role, scope).open(path, method=method, data=BODY if method == "POST" else None)
        missing = [name for name in HEADERS if not answer.headers.get(name)]
        assert missing == [], f"{role}: {answer.status_code}"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert not re.search(r"unsafe-(inline|eval)|\*", policy)
        if role != "consumer" and answer.status_code == 200 and not path.startswith("/static/"):
            assert "no-store" in answer.headers["Cache-Control"]
        for cookie in answer.headers.getlist("Set-Cookie"):
            assert "HttpOnly" in cookie or cookie.startswith("gi_language=")
            assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("path", ["/T/10000000000000000000", "/T/nonsense", "/t/x?format=json", "/nothing-here", "/plots/1", "/verify"])
def test_pages_in_front_of_the_application_carry_them_too(world: World, path: str) -> None:
    answer = world.app.test_client().get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy or "script-src 'self'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"]


# ---- a token for every change --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method"), CHANGES, ids=str)
def test_a_change_without_the_token_of_a_page_is_refused(world: World, endpoint: str, method: str) -> None:
    path = world.path(rule_of(world, endpoint, method), method)
    admitted = who(endpoint, method, "entered") or who(endpoint, method, "missing") or [("auditor", "own")]
    with token_required(world):
        for role, scope in admitted[:2]:
            client = world.client(role, scope)
            as_form = client.open(path, method=method, data=BODY)
            as_json = client.open(path, method=method, json=BODY, headers={"Accept": "application/json"})
            if endpoint in WITHOUT_SESSION:
                assert as_form.status_code == 422, role
                continue
            assert (as_form.status_code, as_json.status_code) == (403, 403), role
            assert "刷新" in as_form.get_data(as_text=True)


def test_the_control_with_a_token_the_same_change_enters(world: World) -> None:
    with token_required(world):
        client = world.client("producer_operator", "own")
        page = client.get(f"/authorisations/{world.subject('', 'authorisation_id')}/plots/new").get_data(as_text=True)
        token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        path = f"/plots/{world.subject('', 'plot_id')}/retire"
        assert client.post(path, data={"csrf_token": token, "version": "1", "confirmed": "1"}).status_code in {303, 409}


# ---- a 404 that tells nothing --------------------------------------------------------------------------------------------------------


def _slots(world: World, endpoint: str, method: str) -> list[str]:
    rule = rule_of(world, endpoint, method)
    return [name for name in rule.arguments if name.endswith("_id") and isinstance(world.subject(endpoint, name), int)]


def _told(answer: Any, *numbers: object) -> tuple[int, str]:
    """Return what an answer says, without the number that was asked for and the keys of its forms."""
    text = answer.get_data(as_text=True)
    for number in numbers:
        text = text.replace(str(number), "N")
    return answer.status_code, re.sub(r'name="(csrf_token|form_key)" value="[^"]*"', "", text)


@contextmanager
def counted_statements(world: World) -> Iterator[list[str]]:
    seen: list[str] = []
    engine = world.app.extensions["gi_database"].engine

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method"), doors(), ids=str)
def test_what_is_not_mine_is_told_like_what_is_not_there(world: World, endpoint: str, method: str) -> None:
    """Same status, same words, about as many questions to the database (a clock would make a flaky test)."""
    strangers = [key for key in who(endpoint, method, "missing") if key[1] == "other" and key in world.people]
    for slot in _slots(world, endpoint, method):
        rule, here = rule_of(world, endpoint, method), world.subject(endpoint, slot)
        for role, scope in strangers:
            paths = world.path(rule, method), world.path(rule, method, **{slot: NO_ROW})
            answers, asked = [], []
            for path in paths:
                with counted_statements(world) as seen:
                    answers.append(world.client(role, scope).open(path, method=method, data=BODY if method == "POST" else None))
                asked.append(len(seen))
            theirs, nothing = (_told(answer, path, NO_ROW, here) for answer, path in zip(answers, paths, strict=True))
            assert theirs == nothing, role
            assert theirs[0] == 404
            assert abs(asked[0] - asked[1]) <= 4, f"{role}: {asked}"


# ---- keys by role --------------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_keys_of_each_role_are_those_on_file(world: World) -> None:
    """A key that appears for a role shows in the difference of a file that somebody reads."""
    now = keys_by_role(world)
    assert now == KEYS.read_text(encoding="utf-8").splitlines(), "write them anew with: python -m tests.accept, and read the difference"


def test_no_answer_has_a_key_of_a_person() -> None:
    keys = {part for line in KEYS.read_text(encoding="utf-8").splitlines() for part in re.split(r"[\s.\[\]]+", line.partition(": ")[2])}
    assert keys & PERSONAL == set()
    assert {"verdict", "items"} <= keys  # the control: keys were read at all
