"""One's own account: password, contact, language, sessions; and the list of people, narrowed and exported."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from gi_registry.accounts import queries
from gi_registry.workflow import Work
from tests.builders.accounts import PASSWORD, make_person, post, sign_in

OTHER = "another long sentence"


@pytest.fixture
def person(work: Work, client: Any) -> int:
    made = make_person(work, "security_admin", login="admin")
    make_person(work, "county_handler", division="999999", login="handler")
    work.commit()
    sign_in(client, "admin")
    return made.id or 0


def test_a_new_password_ends_the_other_devices(person: int, client: Any, app: Any) -> None:
    phone = app.test_client()
    sign_in(phone, "admin")
    wrong = {"current": "not this one", "password": OTHER, "again": OTHER}
    assert post(client, "/profile/password", wrong).status_code == 422
    assert post(client, "/profile/password", wrong | {"current": PASSWORD, "again": "typo"}).status_code == 422
    assert post(client, "/profile/password", wrong | {"current": PASSWORD}).status_code == 303
    assert client.get("/profile").status_code == 200 and phone.get("/profile").status_code == 303
    assert sign_in(phone, "admin", OTHER).status_code == 303


def test_guessing_the_old_password_from_an_open_session_is_slowed(person: int, client: Any) -> None:
    form = {"current": "not this one", "password": OTHER, "again": OTHER}
    assert [post(client, "/profile/password", form | {"n": str(n)}).status_code for n in range(6)] == [422] * 5 + [429]


def test_sessions_are_listed_and_ended_one_by_one_or_all(work: Work, person: int, client: Any, app: Any) -> None:
    phone, tablet, stranger = app.test_client(), app.test_client(), app.test_client()
    sign_in(phone, "admin")
    sign_in(tablet, "admin")
    sign_in(stranger, "handler")
    running = [row.id for row in queries.sessions_of(work.session, person)]
    work.session.rollback()
    assert len(running) == 3
    assert post(stranger, f"/profile/sessions/{running[1]}/end").status_code == 404
    assert post(client, f"/profile/sessions/{running[1]}/end").status_code == 303
    assert phone.get("/profile").status_code == 303 and tablet.get("/profile").status_code == 200
    assert post(client, "/profile/sessions/end").headers["Location"] == "/sign-in"
    assert tablet.get("/profile").status_code == 303 and stranger.get("/profile").status_code == 200


def test_signing_out_here_leaves_the_other_device_signed_in(person: int, client: Any, app: Any) -> None:
    phone = app.test_client()
    sign_in(phone, "admin")
    post(client, "/sign-out")
    assert client.get("/home").status_code == 303 and phone.get("/home").status_code == 200


def test_language_and_contact_stay_with_the_person(work: Work, person: int, client: Any, app: Any) -> None:
    assert post(client, "/profile/language", {"language": "fr"}).status_code == 422
    assert post(client, "/profile/language", {"language": "en"}).status_code == 303
    assert post(client, "/profile/contact", {"email": "none", "phone": ""}).status_code == 422
    assert post(client, "/profile/contact", {"email": "a@example.org", "phone": "+86 138-0000-0000"}).status_code == 303
    elsewhere = app.test_client()
    sign_in(elsewhere, "admin")
    assert '<html lang="en">' in elsewhere.get("/profile").text
    work.session.expire_all()
    assert queries.get_person(work.session, person).phone == "13800000000"


def test_people_are_narrowed_by_the_address_and_exported(person: int, client: Any) -> None:
    def logins(query: str) -> list[str]:
        return [row["login"] for row in client.get(f"/office/people?format=json&{query}").json["items"]]

    assert logins("") == ["admin", "handler"] and logins("role=county_handler") == ["handler"]
    assert logins("state=active&q=adm") == ["admin"] and logins("state=blocked") == [] and logins("organisation=x") == []
    table = client.get("/office/people?format=csv").text
    assert table.lstrip("\ufeff").startswith("login,name,organisation") and "county_handler:999999" in table
    assert "password" not in table and "phone" not in table


def test_nobody_gets_in_while_failures_cannot_be_counted(person: int, app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_args: Any) -> None:
        raise OperationalError("select", {}, OSError("gone"))

    monkeypatch.setattr(queries, "attempts", gone)
    visitor = app.test_client()
    assert sign_in(visitor, "admin").status_code == 503
    assert visitor.get("/home").status_code == 303
