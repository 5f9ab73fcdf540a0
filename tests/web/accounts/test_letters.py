"""A letter lets a person in: issued, printed, typed, used up; and the county helps a farmer who lost everything."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation, Person
from gi_registry.workflow import Work
from tests.builders.accounts import PASSWORD, make_person, post, sign_in, token
from tests.builders.registry import make_organisation

NEW_PASSWORD = "three crabs and a boat"  # noqa: S105
MEMBER = {"login": "laoli", "name": "老李", "role": "producer_operator", "phone": "138 0000 0000"}


@pytest.fixture
def firm(work: Work, client: Any) -> Organisation:
    """A firm in county 999999, handlers there and next door; the client is the handler."""
    organisation = make_organisation(work)
    make_person(work, "county_handler", division="999999", login="handler")
    make_person(work, "county_handler", division="999998", login="neighbour")
    make_person(work, "producer_approver", organisation=organisation, login="boss")
    work.commit()
    sign_in(client, "handler")
    return organisation


def person_of(work: Work, login: str) -> Person:
    work.session.rollback()
    work.session.expire_all()
    found = queries.find_person(work.session, login)
    assert found is not None
    work.session.expunge(found)
    work.session.rollback()
    return found


def letter_of(work: Work, login: str) -> Any:
    """Return the open letter, and let go of its row again."""
    found = queries.open_letter(work.session, person_of(work, login).id or 0)
    kept = found and (found.id, found.code_hash)
    work.session.rollback()
    return kept


def code_on(page: str) -> str:
    found = re.search(r'name="code" value="([0-9A-Z-]{19})"', page)
    assert found, page[:3000]
    return found[1]


def invited(work: Work, client: Any, firm: Organisation) -> tuple[int, str]:
    """Invite 老李 and return the person and the code."""
    assert post(client, f"/office/organisations/{firm.id}/people/new", MEMBER).status_code == 303
    person_id = person_of(work, "laoli").id or 0
    return person_id, code_on(post(client, f"/office/people/{person_id}/invitation").text)


def redeem(client: Any, code: str, *, login: str = "laoli", password: str = NEW_PASSWORD) -> Any:
    form = {"csrf_token": token(client, "/invitation"), "login": login, "code": code, "password": password, "again": password}
    return client.post("/invitation", data=form)


def test_a_farmer_comes_in_by_the_letter_and_the_code_is_used_up(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    _, code = invited(work, client, firm)
    farmer = app.test_client()
    assert redeem(farmer, code.lower().replace("-", " ")).headers["Location"] == "/home"
    assert "老李" in farmer.get("/home").text
    assert person_of(work, "laoli").phone == "13800000000"
    assert sign_in(app.test_client(), "laoli", NEW_PASSWORD).status_code == 303
    again = redeem(app.test_client(), code, password="something else entirely")
    assert again.status_code == 422 and "代码不正确" in again.text


def test_the_letter_is_printed_from_the_page_and_only_with_its_code(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    _, code = invited(work, client, firm)
    letter_id, kept = letter_of(work, "laoli")
    assert code not in kept
    path = f"/office/letters/{letter_id}/print"
    answer = post(client, path, {"code": code})
    assert answer.status_code == 200 and answer.data.startswith(b"%PDF") and answer.headers["Cache-Control"] == "no-store"
    assert post(client, path, {"code": "0000-0000-0000-0000"}).status_code == 422
    sign_in(client, "neighbour")
    assert post(client, path, {"code": code}).status_code == 404


def test_a_new_letter_ends_the_old_one_and_a_voided_one_opens_nothing(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    person_id, first = invited(work, client, firm)
    second = code_on(post(client, f"/office/people/{person_id}/invitation").text)
    assert redeem(app.test_client(), first).status_code == 422
    letter_id, _ = letter_of(work, "laoli")
    assert post(client, f"/office/letters/{letter_id}/void").status_code == 303
    assert post(client, f"/office/letters/{letter_id}/void").status_code == 409
    assert redeem(app.test_client(), second).status_code == 422


def test_a_letter_ends_with_its_days_and_after_ten_wrong_codes(
    work: Work, open_work: Any, client: Any, app: Any, firm: Organisation
) -> None:
    from gi_registry.accounts.service import note_wrong_code

    person_id, code = invited(work, client, firm)
    with open_work() as own:
        for _ in range(9):
            note_wrong_code(own, "laoli")
        assert queries.open_letter(own.session, person_id) is not None
        note_wrong_code(own, "laoli")
    assert redeem(app.test_client(), code).status_code == 422
    code = code_on(post(client, f"/office/people/{person_id}/invitation").text)
    with open_work() as own:
        letter = queries.open_letter(own.session, person_id)
        assert letter is not None
        letter.expires_at = letter.issued_at - timedelta(seconds=1)
        own.record(letter, "letter:changed")
    assert redeem(app.test_client(), code).status_code == 422


def test_an_unknown_login_a_wrong_code_and_an_ended_one_read_the_same(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    invited(work, client, firm)
    texts = {
        re.sub(r'value="[^"]*"', "", redeem(app.test_client(), "7777-7777-7777-7777", login=login).text)
        for login in ("nobody", "laoli", "boss")
    }
    assert len(texts) == 1


def test_codes_and_passwords_are_tried_from_one_purse(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    _, code = invited(work, client, firm)
    guesser = app.test_client()
    for _ in range(3):
        assert redeem(guesser, "7777-7777-7777-7777").status_code == 422
    for _ in range(2):
        assert sign_in(guesser, "laoli", "not this one").status_code == 422
    assert redeem(guesser, code).status_code == 429


def test_the_county_helps_a_farmer_who_lost_everything(work: Work, client: Any, app: Any, firm: Organisation) -> None:
    boss = app.test_client()
    sign_in(boss, "boss")
    person_id = person_of(work, "boss").id
    path = f"/office/people/{person_id}/recovery"
    assert post(client, path).status_code == 422  # nobody was recognised
    code = code_on(post(client, path, {"identity": "id_seen"}).text)
    assert boss.get("/home").status_code == 303  # the old sessions ended
    assert sign_in(app.test_client(), "boss", PASSWORD).status_code == 422  # and so did the old password
    assert redeem(boss, code, login="boss").status_code == 303
    assert "正在恢复" in boss.get("/notices").text
    letters = queries.letters_of(work.session, person_id or 0)
    assert [(letter.purpose, letter.identity) for letter in letters] == [("recovery", "id_seen")]


def test_a_recovery_cannot_be_had_by_an_invitation(work: Work, client: Any, firm: Organisation) -> None:
    """Without a password after a recovery letter, the next letter still needs a look at the person."""
    person_id = person_of(work, "boss").id
    assert post(client, f"/office/people/{person_id}/recovery", {"identity": "id_seen"}).status_code == 200
    assert post(client, f"/office/people/{person_id}/invitation").status_code == 409


def test_letters_per_person_and_day_are_counted(work: Work, client: Any, firm: Organisation) -> None:
    person_id, _ = invited(work, client, firm)
    path = f"/office/people/{person_id}/invitation"
    assert [post(client, path).status_code for _ in range(3)] == [200, 200, 429]


def test_another_county_an_officer_and_oneself_are_out_of_reach(work: Work, client: Any, firm: Organisation) -> None:
    boss, officer, handler = (person_of(work, login).id for login in ("boss", "neighbour", "handler"))
    assert post(client, f"/office/people/{officer}/recovery", {"identity": "id_seen"}).status_code == 404
    assert post(client, f"/office/people/{handler}/recovery", {"identity": "id_seen"}).status_code == 404
    sign_in(client, "neighbour")
    assert post(client, f"/office/people/{boss}/recovery", {"identity": "id_seen"}).status_code == 404
    assert client.get(f"/office/people/{boss}/letters").status_code == 404
    assert post(client, f"/office/organisations/{firm.id}/people/new", MEMBER).status_code == 404


def test_officers_are_recovered_by_the_security_administrator_but_never_oneself(work: Work, client: Any, firm: Organisation) -> None:
    admin = make_person(work, "security_admin", login="admin")
    work.commit()
    sign_in(client, "admin")
    handler = person_of(work, "handler").id
    assert post(client, f"/office/people/{handler}/recovery", {"identity": "known_in_person"}).status_code == 200
    assert post(client, f"/office/people/{admin.id}/recovery", {"identity": "id_seen"}).status_code == 409


def test_a_county_cannot_invite_an_officer(work: Work, client: Any, firm: Organisation) -> None:
    answer = post(client, f"/office/organisations/{firm.id}/people/new", MEMBER | {"role": "county_approver"})
    assert answer.status_code == 422
    assert post(client, f"/office/organisations/{firm.id}/people/new", MEMBER | {"phone": "12345"}).status_code == 422
