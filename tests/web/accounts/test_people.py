"""People, their roles, and organisations, as an administrator and an officer manage them."""

from __future__ import annotations

from typing import Any

import pytest

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation, Person
from gi_registry.workflow import Work
from tests.builders.accounts import PASSWORD, make_person, post, sign_in
from tests.builders.divisions import make_division
from tests.builders.registry import make_organisation

NEW = {"login": "lihua", "name": "李华", "password": PASSWORD, "role": "county_handler", "division_code": "999999"}


@pytest.fixture
def admin(work: Work, client: Any) -> Person:
    """A signed-in security administrator, and a county with its handler."""
    made = make_person(work, "security_admin", login="admin")
    make_person(work, "county_handler", division="999999", login="handler")
    make_division(work, "999998")
    work.commit()
    sign_in(client, "admin")
    return made


def person_of(work: Work, login: str) -> Person:
    work.session.rollback()
    work.session.expire_all()
    found = queries.find_person(work.session, login)
    assert found is not None
    return found


def test_an_administrator_starts_at_what_the_role_can_open(admin: Person, client: Any) -> None:
    home = client.get("/home").text
    assert 'href="/office/people"' in home and "没有用标授权" not in home


def test_a_person_is_added_found_and_signs_in(admin: Person, client: Any, app: Any) -> None:
    answer = post(client, "/office/people/new", NEW, follow_redirects=True)
    assert answer.status_code == 200 and "已增加账号 lihua" in answer.text and "县级经办" in answer.text
    found = client.get("/office/people?q=李华").text
    assert "lihua" in found and "handler" not in found.split("<tbody>", 1)[1].split("</tbody>", 1)[0].replace("county_handler", "")
    assert sign_in(app.test_client(), "lihua").status_code == 303


@pytest.mark.parametrize(
    ("differs", "words"),
    [
        ({"division_code": ""}, "须有管辖的行政区划"),
        ({"division_code": "123456"}, "没有代码为 123456 的行政区划"),
        ({"role": "producer_operator"}, "还没有写明是哪一家"),
        ({"role": "system"}, "没有“system”这个角色"),
        ({"password": "short"}, "密码过短"),
        ({"uscc": "1"}, "应为 18 位"),
    ],
)
def test_a_person_without_what_the_role_needs_is_refused(admin: Person, client: Any, differs: dict[str, str], words: str) -> None:
    answer = post(client, "/office/people/new", NEW | differs)
    assert answer.status_code == 422 and words in answer.text and PASSWORD not in answer.text


def test_a_producer_belongs_to_the_organisation_of_the_code(work: Work, admin: Person, client: Any) -> None:
    organisation = make_organisation(work)
    work.commit()
    form = NEW | {"role": "producer_operator", "division_code": "", "uscc": organisation.uscc or ""}
    assert post(client, "/office/people/new", form).status_code == 303
    assert person_of(work, "lihua").organisation_id == organisation.id


def test_roles_are_given_and_ended(work: Work, admin: Person, client: Any) -> None:
    person = person_of(work, "handler")
    path = f"/office/people/{person.id}"
    more = {"version": "1", "role": "county_approver", "division_code": "999998"}
    assert post(client, f"{path}/roles", more).status_code == 303
    assert post(client, f"{path}/roles", more).status_code == 409  # the version is stale now
    assert post(client, f"{path}/roles", more | {"version": "2"}).status_code == 409  # and the role is held
    grants = queries.all_grants_of(work.session, [person.id or 0])
    assert post(client, f"{path}/roles/{grants[0].id}/end", {"version": "2"}).status_code == 303
    person = person_of(work, "handler")
    held = {grant.role for grant in queries.grants_of(work.session, person.id or 0, work.today)}
    assert held == {"county_approver"} and person.version == 3


def test_a_new_password_and_deactivation_end_sessions(work: Work, admin: Person, client: Any, app: Any) -> None:
    other = app.test_client()
    sign_in(other, "handler")
    assert other.get("/home").status_code == 200
    path = f"/office/people/{person_of(work, 'handler').id}"
    assert post(client, f"{path}/password", {"version": "1", "password": "another long sentence"}).status_code == 303
    assert other.get("/home").status_code == 303
    assert sign_in(other, "handler", "another long sentence").status_code == 303
    assert post(client, f"{path}/sessions/end", {"version": "2"}).status_code == 303
    assert other.get("/home").status_code == 303
    assert post(client, f"{path}/deactivate", {"version": "3"}).status_code == 303
    assert sign_in(other, "handler", "another long sentence").status_code == 422
    assert post(client, f"{path}/activate", {"version": "3"}).status_code == 409
    assert post(client, f"{path}/activate", {"version": "4"}).status_code == 303
    assert sign_in(other, "handler", "another long sentence").status_code == 303


def test_nobody_shuts_themselves_out(admin: Person, client: Any) -> None:
    assert post(client, f"/office/people/{admin.id}/deactivate", {"version": "1"}).status_code == 409


def test_an_officer_does_not_manage_people(admin: Person, client: Any) -> None:
    sign_in(client, "handler")
    assert client.get("/office/people").status_code == 403
    assert post(client, "/office/people/new", NEW).status_code == 403


def test_an_office_edits_organisations_of_its_region(work: Work, admin: Person, client: Any) -> None:
    organisation = make_organisation(work)
    make_person(work, "producer_operator", organisation=organisation, login="worker")
    make_person(work, "county_handler", division="999998", login="neighbour")
    work.commit()
    path = f"/office/organisations/{organisation.id}"
    form = {"version": "1", "name": "改名后的示例合作社", "address": "新址", "phone": "0512", "contact": "李华", "division_code": "999999"}
    sign_in(client, "handler")
    assert "worker" in client.get(path).text
    assert post(client, path, form | {"division_code": "123456"}).status_code == 422
    assert post(client, path, form | {"natural_person": "true"}).status_code == 303
    assert post(client, path, form).status_code == 409
    work.session.rollback()
    kept = work.session.get(Organisation, organisation.id, populate_existing=True)
    assert kept is not None and (kept.name, kept.natural_person, kept.version) == ("改名后的示例合作社", True, 2)
    sign_in(client, "neighbour")
    assert client.get(path).status_code == 404
    sign_in(client, "worker")
    assert client.get(path).status_code == 403
