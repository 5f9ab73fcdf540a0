"""Password and authenticator: set up at the first sign-in, asked for afterwards, replaced by a recovery code, reset by another."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pyotp
import pytest

from gi_registry.accounts.models import Person, SecondFactor
from gi_registry.policy.models import PolicyParameter
from gi_registry.workflow import Work
from tests.builders.accounts import PASSWORD, make_person, post, sign_in, token
from tests.conftest import NOW


def require_factor(work: Work, *roles: str) -> None:
    """State, from today on, which roles need a second factor."""
    key = "accounts.second-factor-roles"
    work.record(
        PolicyParameter(key=key, division="", valid_from=date(2020, 1, 1), value=list(roles), version="2020-01-01", basis="", why="试"),
        "policy:adopt",
    )


@pytest.fixture
def admin(work: Work) -> Person:
    require_factor(work, "security_admin", "county_handler")
    made = make_person(work, "security_admin", login="admin")
    make_person(work, "security_admin", login="second")
    work.commit()
    return made


def secret_on(page: str) -> str:
    found = re.search(r"<dd>((?:[A-Z2-7]{4} ){7}[A-Z2-7]{4})</dd>", page)
    assert found, page[:3000]
    return found[1].replace(" ", "")


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * steps))


def enter(client: Any, path: str, typed: str) -> Any:
    return client.post(path, data={"csrf_token": token(client, path), "code": typed})


def enrolled(client: Any, login: str = "admin") -> tuple[str, list[str]]:
    """Sign in for the first time; return the secret and the recovery codes."""
    assert sign_in(client, login).headers["Location"] == "/sign-in/set-up"
    secret = secret_on(client.get("/sign-in/set-up").text)
    shown = enter(client, "/sign-in/set-up", code(secret, -1))
    assert shown.status_code == 200
    return secret, re.findall(r"<li>([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})</li>", shown.text)


def test_a_role_that_needs_it_sets_up_the_authenticator_at_sign_in(admin: Person, client: Any, app: Any, work: Work) -> None:
    secret, codes = enrolled(client)
    assert len(set(codes)) == 10 and client.get("/home").status_code == 200
    other = app.test_client()
    assert sign_in(other, "admin").headers["Location"] == "/sign-in/code"
    assert other.get("/home").status_code == 303  # the password alone opens nothing
    assert enter(other, "/sign-in/code", code(secret)).headers["Location"] == "/home"
    assert other.get("/home").status_code == 200
    stored = work.session.get(SecondFactor, 1)
    assert stored is not None and secret.encode() not in stored.sealed


def test_a_code_works_once_even_within_its_half_minute(admin: Person, client: Any, app: Any) -> None:
    secret, _ = enrolled(client)
    now = code(secret)
    sign_in(client, "admin")
    assert enter(client, "/sign-in/code", now).status_code == 303
    thief = app.test_client()
    sign_in(thief, "admin")
    assert enter(thief, "/sign-in/code", now).status_code == 422
    assert enter(thief, "/sign-in/code", code(secret, 5)).status_code == 422


def test_a_recovery_code_stands_in_once(admin: Person, client: Any, app: Any) -> None:
    _, codes = enrolled(client)
    sign_in(client, "admin")
    assert enter(client, "/sign-in/code", codes[0].lower()).status_code == 303
    assert "还有 9 个备用码" in client.get("/profile").text
    sign_in(client, "admin")
    assert enter(client, "/sign-in/code", codes[0]).status_code == 422


def test_wrong_codes_and_wrong_passwords_are_counted_together(admin: Person, client: Any, app: Any) -> None:
    secret, _ = enrolled(client)
    guesser = app.test_client()
    sign_in(guesser, "admin")
    for _ in range(4):
        assert enter(guesser, "/sign-in/code", "000000").status_code == 422
    assert sign_in(app.test_client(), "admin", "not this one").status_code == 422
    assert enter(guesser, "/sign-in/code", code(secret)).status_code == 429


def test_the_second_page_needs_the_first(admin: Person, client: Any, app: Any) -> None:
    for path in ("/sign-in/code", "/sign-in/set-up"):
        assert client.get(path).status_code == 409
        assert client.post(path, data={"csrf_token": token(client), "code": "000000"}).status_code == 409


def test_the_step_ends_when_the_sessions_do(admin: Person, client: Any, app: Any, open_work: Any) -> None:
    secret, _ = enrolled(client)
    waiting = app.test_client()
    sign_in(waiting, "admin")
    with open_work() as own:
        person = own.session.get(Person, admin.id)
        person.epoch += 1
        own.record(person, "person:sessions_ended")
    assert waiting.post("/sign-in/code", data={"csrf_token": token(waiting), "code": code(secret)}).status_code == 409


def test_a_role_given_later_asks_at_the_next_sign_in(work: Work, client: Any, app: Any) -> None:
    require_factor(work, "county_approver")
    make_person(work, "county_handler", division="999999", login="clerk")
    make_person(work, "security_admin", login="admin")
    work.commit()
    assert sign_in(client, "clerk").headers["Location"] == "/home"
    sign_in(client, "admin")
    clerk = 1
    assert (
        post(client, f"/office/people/{clerk}/roles", {"version": "1", "role": "county_approver", "division_code": "999999"}).status_code
        == 303
    )
    assert sign_in(app.test_client(), "clerk").headers["Location"] == "/sign-in/set-up"


def test_only_another_administrator_resets_it(admin: Person, client: Any, app: Any, work: Work) -> None:
    enrolled(client)
    version = {"version": "2"}
    assert post(client, f"/office/people/{admin.id}/factor/reset", version).status_code == 409
    other = app.test_client()
    enrolled(other, "second")
    assert post(other, f"/office/people/{admin.id}/factor/reset", version).status_code == 303
    assert client.get("/home").status_code == 303
    assert sign_in(client, "admin").headers["Location"] == "/sign-in/set-up"


def test_a_producer_may_use_one_and_changes_the_recovery_codes(work: Work, client: Any, app: Any) -> None:
    make_person(work, "national_officer", login="guest")
    work.commit()
    sign_in(client, "guest")
    assert post(client, "/profile/factor/begin").headers["Location"] == "/profile/factor"
    secret = secret_on(client.get("/profile/factor").text)
    assert post(client, "/profile/factor", {"code": "123"}).status_code == 422
    assert post(client, "/profile/factor", {"code": code(secret, -1)}).status_code == 200
    assert post(client, "/profile/factor/begin").status_code == 409
    assert post(client, "/profile/factor/codes", {"code": "000000"}).status_code == 422
    assert "备用码" in post(client, "/profile/factor/codes", {"code": code(secret)}).text
    assert sign_in(app.test_client(), "guest", PASSWORD).headers["Location"] == "/sign-in/code"
