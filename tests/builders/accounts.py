"""People for tests. ``sign_in`` signs a browserless client in the way a person does."""

from __future__ import annotations

from itertools import count
from typing import Any

from gi_registry.accounts.models import Organisation, Person
from gi_registry.accounts.schemas import NewPerson
from gi_registry.accounts.service import actor_of, add_person, grant_role
from gi_registry.kernel.actor import Actor
from gi_registry.workflow import Work
from tests.builders.divisions import make_division

PASSWORD = "a long enough sentence"  # noqa: S105
_serial = count(1)


def make_person(work: Work, *roles: str, division: str = "", organisation: Organisation | None = None, login: str = "") -> Person:
    """Return a person with these roles, office roles for ``division``."""
    login = login or f"person{next(_serial)}"
    first, *more = roles
    if division:
        make_division(work, division)
    fields = NewPerson(
        login=login,
        name=f"示例{login}",
        password=PASSWORD,
        role=first,
        division_code=division,
        organisation_id=organisation.id if organisation else None,
    )
    person = add_person(work, fields)
    for role in more:
        grant_role(work, person, role, division_code=division)
    return person


def make_actor(work: Work, *roles: str, division: str = "", organisation: Organisation | None = None) -> Actor:
    """Return the Actor of a new person."""
    person = make_person(work, *roles, division=division, organisation=organisation)
    return actor_of(work.session, person.id or 0)


def token(client: Any, path: str = "/sign-in") -> str:
    """Return the CSRF token of a page, as its form carries it."""
    text = client.get(path).text
    return text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]


def sign_in(client: Any, login: str, password: str = PASSWORD) -> Any:
    """Sign the client in and return the answer."""
    return client.post("/sign-in", data={"csrf_token": token(client), "login": login, "password": password})


def post(client: Any, path: str, data: dict[str, Any] | None = None, **more: Any) -> Any:
    """Post a form with the session's CSRF token."""
    return client.post(path, data={"csrf_token": token(client, "/home"), **(data or {})}, **more)
