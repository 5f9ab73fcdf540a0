"""People and their roles, as the security administrator manages them."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from gi_registry.accounts import pages, service
from gi_registry.accounts.queries import PEOPLE_ORDERS
from gi_registry.accounts.rules import GIVEN, PERSON_STATES, ROLE_LABELS, PeopleFilter
from gi_registry.accounts.schemas import GrantForm, NewPerson, PasswordForm, VersionForm
from gi_registry.kernel.words import Words, say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work

bp = Blueprint("people", __name__)
COLUMNS = ("login", "name", "organisation", "uscc", "roles", "state", "last_sign_in")


@bp.get("/office/people")
@access("person:manage")
def list_people() -> str | Response:
    """List the people, narrowed by the address; ``?format=csv`` or ``json`` exports what is seen."""
    work, filters = current_work(), _filters()
    query = ordered(pages.people_for(work, filters), PEOPLE_ORDERS)
    if wanted() != "html":
        return table(pages.people_rows(work, all_rows(work.session, query)), columns=COLUMNS, name="people")
    found = paginate(work.session, query)
    numbers = [person.id or 0 for person, _ in found.rows]
    more = {"roles": pages.roles_of(work, numbers), "seen": pages.last_sign_ins_of(work, numbers), "state_of": pages.state_of}
    return page("accounts/people.html", found=found, filters=filters, labels=ROLE_LABELS, states=PERSON_STATES, given=_roles(), **more)


@bp.get("/office/people/new")
@access("person:manage")
def new_person() -> str:
    """Show the form of a new person."""
    return page("accounts/person_form.html", roles=_roles())


@bp.post("/office/people/new")
@access("person:manage")
def add_person() -> Response:
    """Add a person with a first role."""
    reshow(new_person)
    person = service.add_person(current_work(), read_form(NewPerson))
    if not person.password_hash:
        return redirect_with(say("已增加账号 %(login)s，请打印邀请函。", login=person.login), "letters.show_letters", person_id=person.id)
    return _back(say("已增加账号 %(login)s。", login=person.login), person.id or 0)


@bp.get("/office/people/<int:person_id>")
@access("person:manage")
def show_person(person_id: int) -> str:
    """Show a person, their roles, and what may be done."""
    work = current_work()
    return page("accounts/person.html", shown=pages.person_page(work, person_id), labels=ROLE_LABELS, roles=_roles())


@bp.post("/office/people/<int:person_id>/roles")
@access("person:manage")
def give_role(person_id: int) -> Response:
    """Give one more role."""
    reshow(show_person, person_id)
    service.give_role(current_work(), person_id, read_form(GrantForm))
    return _back(say("已授予角色。"), person_id)


@bp.post("/office/people/<int:person_id>/roles/<int:grant_id>/end")
@access("person:manage")
def end_role(person_id: int, grant_id: int) -> Response:
    """End a role."""
    reshow(show_person, person_id)
    service.end_role(current_work(), person_id, grant_id, version=read_form(VersionForm).version)
    return _back(say("已结束角色。"), person_id)


@bp.post("/office/people/<int:person_id>/password")
@access("person:manage")
def set_password(person_id: int) -> Response:
    """Set a new password."""
    reshow(show_person, person_id)
    service.set_password(current_work(), person_id, read_form(PasswordForm))
    return _back(say("已设置新密码，原有登录全部结束。"), person_id)


@bp.post("/office/people/<int:person_id>/deactivate")
@access("person:manage")
def deactivate(person_id: int) -> Response:
    """Let a person sign in no longer."""
    reshow(show_person, person_id)
    service.set_active(current_work(), person_id, active=False, version=read_form(VersionForm).version)
    return _back(say("已停用账号。"), person_id)


@bp.post("/office/people/<int:person_id>/activate")
@access("person:manage")
def activate(person_id: int) -> Response:
    """Let a person sign in again."""
    reshow(show_person, person_id)
    service.set_active(current_work(), person_id, active=True, version=read_form(VersionForm).version)
    return _back(say("已启用账号。"), person_id)


@bp.post("/office/people/<int:person_id>/sessions/end")
@access("person:manage")
def end_sessions(person_id: int) -> Response:
    """End every session of a person."""
    reshow(show_person, person_id)
    service.end_sessions_of(current_work(), person_id, version=read_form(VersionForm).version)
    return _back(say("已结束全部登录。"), person_id)


@bp.post("/office/people/<int:person_id>/factor/reset")
@access("person:manage")
def reset_factor(person_id: int) -> Response:
    """Forget a person's second factor."""
    reshow(show_person, person_id)
    service.reset_factor_of(current_work(), person_id, version=read_form(VersionForm).version)
    return _back(say("已重置第二重验证，原有登录全部结束。"), person_id)


def _filters() -> PeopleFilter:
    asked = {name: request.args.get(name, "").strip()[:160] for name in ("q", "role", "organisation", "state")}
    return PeopleFilter(**asked | {"role": asked["role"] if asked["role"] in GIVEN else "", "state": _state(asked["state"])})


def _state(asked: str) -> str:
    return asked if asked in PERSON_STATES else ""


def _roles() -> list[tuple[str, Words]]:
    return [(role, ROLE_LABELS[role]) for role in GIVEN]


def _back(words: Words, person_id: int) -> Response:
    return redirect_with(words, "people.show_person", person_id=person_id)
