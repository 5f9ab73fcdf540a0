"""People and their roles, as an administrator manages them."""

from __future__ import annotations

from gi_registry.accounts import queries
from gi_registry.accounts.models import Person, RoleGrant
from gi_registry.accounts.rules import check_password, check_reach
from gi_registry.accounts.schemas import GrantForm, NewPerson, PasswordForm
from gi_registry.accounts.service.invitations import create_person
from gi_registry.accounts.service.organisations import check_division
from gi_registry.accounts.service.passwords import hashed
from gi_registry.accounts.service.sessions import end_sessions
from gi_registry.kernel.errors import Conflict, Duplicate, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, check_version


def add_person(work: Work, fields: NewPerson) -> Person:
    """Create a person with one role.

    Raises Invalid for an unknown role, one without the organisation or division it needs, and a weak password; Duplicate for a taken login.
    """
    work.require("person:manage")
    organisation_id = _organisation_id(work, fields)
    check_reach(fields.role, organised=organisation_id is not None, division_code=fields.division_code)
    if fields.password:
        check_password(fields.password, login=fields.login)
    check_division(work, fields.division_code)
    password_hash = hashed(fields.password) if fields.password else ""
    return create_person(work, fields, organisation_id, password_hash=password_hash, division_code=fields.division_code)


def grant_role(work: Work, person: Person, role: str, *, division_code: str = "") -> RoleGrant:
    """Give a person one more role from today on.

    Raises Invalid for an unknown role or division and for one without what it needs, Duplicate for one that is held.
    """
    work.require("person:manage")
    check_reach(role, organised=person.organisation_id is not None, division_code=division_code)
    check_division(work, division_code)
    held = queries.grants_of(work.session, person.id or 0, work.today)
    if any((grant.role, grant.division_code) == (role, division_code) for grant in held):
        raise Duplicate(say("这个人已有这个角色。"), remedy=say("请核对角色和行政区划。"))
    grant = RoleGrant(person_id=person.id or 0, role=role, division_code=division_code, valid_from=work.today)
    work.record(grant, "role:granted")
    work.flush()
    return grant


def _organisation_id(work: Work, fields: NewPerson) -> int | None:
    if not fields.uscc:
        return fields.organisation_id
    found = queries.find_organisation(work.session, fields.uscc)
    if found is None:
        raise invalid("uscc", say("没有统一社会信用代码为 %(uscc)s 的单位。", uscc=fields.uscc), say("请先登记用标授权或导入机构名单。"))
    return found.id


def _person_to_change(work: Work, person_id: int, version: int) -> Person:
    work.require("person:manage")
    person = queries.get_person(work.session, person_id)
    check_version(person, version)
    return person


def _changed(work: Work, person: Person, tag: str) -> Person:
    person.version += 1
    work.record(person, tag)
    work.flush()
    return person


def give_role(work: Work, person_id: int, fields: GrantForm) -> Person:
    """Give a person one more role by a form. Raises what ``grant_role`` raises, StaleVersion for an old form."""
    person = _person_to_change(work, person_id, fields.version)
    grant_role(work, person, fields.role, division_code=fields.division_code)
    return _changed(work, person, "person:role_given")


def end_role(work: Work, person_id: int, grant_id: int, *, version: int) -> Person:
    """End a role from today on. Raises Conflict for one that has ended and for one's own, which would lock everybody out."""
    person = _person_to_change(work, person_id, version)
    grant = queries.get_grant(work.session, person_id, grant_id)
    if grant.valid_to is not None:
        raise Conflict(say("这个角色已经结束。"), remedy=say("请刷新页面。"))
    _not_oneself(work, person)
    grant.valid_to = work.today
    work.record(grant, "role:ended")
    return _changed(work, person, "person:role_ended")


def set_password(work: Work, person_id: int, fields: PasswordForm) -> Person:
    """Set a new password and end every session. Raises Invalid for a weak one, StaleVersion for an old form."""
    person = _person_to_change(work, person_id, fields.version)
    check_password(fields.password, login=person.login)
    person.password_hash = hashed(fields.password)
    person.epoch += 1
    return _changed(work, person, "person:password_set")


def set_active(work: Work, person_id: int, *, active: bool, version: int) -> Person:
    """Let a person sign in again, or no longer; deactivating ends every session. Raises Conflict for oneself and for no change."""
    person = _person_to_change(work, person_id, version)
    if person.active == active:
        raise Conflict(say("账号已经是这个状态。"), remedy=say("请刷新页面。"))
    _not_oneself(work, person)
    person.active = active
    person.epoch += 1
    return _changed(work, person, "person:activated" if active else "person:deactivated")


def end_sessions_of(work: Work, person_id: int, *, version: int) -> Person:
    """End every session of a person by a form. Raises StaleVersion for an old one."""
    person = _person_to_change(work, person_id, version)
    end_sessions(work, [person])
    work.flush()
    return person


def _not_oneself(work: Work, person: Person) -> None:
    if person.id == work.actor.person_id:
        raise Conflict(say("不能停用自己或结束自己的角色。"), remedy=say("请由另一名安全管理员办理。"))
