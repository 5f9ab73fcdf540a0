"""Use cases of accounts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation, Person, RoleGrant, SignInAttempt
from gi_registry.accounts.rules import ORGANISATION_KINDS, check_password, check_reach, may_try
from gi_registry.accounts.schemas import GrantForm, NewPerson, OrganisationForm, PasswordForm
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import Conflict, Duplicate, TooMany, invalid
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, check_version, moment

_hasher = PasswordHasher()
_DUMMY = _hasher.hash(secrets.token_hex(16))  # an unknown login costs the same time as a wrong password


def actor_of(session: Session, person_id: int, *, epoch: int | None = None) -> Actor:
    """Return the Actor of a person; ANONYMOUS for one who is gone, inactive, or whose sessions were ended."""
    person = session.get(Person, person_id)
    if person is None or not person.active or (epoch is not None and epoch != person.epoch):
        return ANONYMOUS
    grants = queries.grants_of(session, person_id, legal_date(moment(session)))
    codes = [grant.division_code for grant in grants if grant.division_code]
    return Actor(
        person_id=person_id,
        pseudonym=person.pseudonym,
        roles=frozenset(grant.role for grant in grants),
        organisation_id=person.organisation_id,
        division_paths=queries.paths_of(session, codes) if codes else (),
        cases=queries.assistance_of(session, person_id),
        name=person.name,
    )


def check_sign_in(work: Work, login: str, password: str, *, client: str) -> Person:
    """Return the person who may sign in.

    Raises TooMany when throttled, Invalid for a wrong login or password (the two are not told apart; both cost the same time).
    """
    login = login.strip().lower()
    verdict = may_try(queries.attempts(work.session, login, client, work.now))
    if isinstance(verdict, Failed):
        raise TooMany(verdict.reason, remedy=verdict.remedy)
    person = queries.find_person(work.session, login)
    if not _matches(person.password_hash if person else _DUMMY, password) or person is None or not person.active:
        raise invalid("login", say("登录名或密码不正确。"), say("请核对后重试；忘记密码请联系本单位管理员。"))
    return person


def note_failure(work: Work, login: str, *, client: str) -> None:
    """Count a failed sign-in."""
    work.session.add(SignInAttempt(login=login.strip().lower(), client=client, at=work.now))


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def add_person(work: Work, fields: NewPerson) -> Person:
    """Create a person with one role.

    Raises Invalid for an unknown role, one without the organisation or division it needs, and a weak password; Duplicate for a taken login.
    """
    work.require("person:manage")
    organisation_id = _organisation_id(work, fields)
    check_reach(fields.role, organised=organisation_id is not None, division_code=fields.division_code)
    check_password(fields.password, login=fields.login)
    if queries.find_person(work.session, fields.login):
        raise Duplicate(say("登录名“%(login)s”已被使用。", login=fields.login), remedy=say("请换一个登录名。"))
    person = Person(
        login=fields.login.lower(),
        name=fields.name,
        pseudonym=f"p-{secrets.token_hex(6)}",
        organisation_id=organisation_id,
        password_hash=_hasher.hash(fields.password),
        created_at=work.now,
    )
    work.record(person, "person:added")
    work.flush()
    grant_role(work, person, fields.role, division_code=fields.division_code)
    return person


def grant_role(work: Work, person: Person, role: str, *, division_code: str = "") -> RoleGrant:
    """Give a person one more role from today on.

    Raises Invalid for an unknown role or division and for one without what it needs, Duplicate for one that is held.
    """
    work.require("person:manage")
    check_reach(role, organised=person.organisation_id is not None, division_code=division_code)
    _check_division(work, division_code)
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


def _check_division(work: Work, code: str) -> None:
    if code and not queries.paths_of(work.session, [code]):
        raise invalid("division_code", say("没有代码为 %(code)s 的行政区划。", code=code), say("请先导入行政区划，或核对代码。"))


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
    person.password_hash = _hasher.hash(fields.password)
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


def edit_organisation(work: Work, organisation_id: int, fields: OrganisationForm) -> Organisation:
    """Change what an office keeps of an organisation. Raises NotFound outside the region, Invalid for an unknown division, StaleVersion."""
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("organisation:edit", organisation)
    values = fields.model_dump(exclude={"version"})
    theirs = {name: getattr(organisation, name) for name in values}
    check_version(organisation, fields.version, mine={**values}, theirs=theirs)
    _check_division(work, fields.division_code)
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.version += 1
    work.record(organisation, "organisation:changed")
    work.flush()
    return organisation


def add_organisation(work: Work, organisation: Organisation) -> Organisation:
    """Store a new organisation. Raises Duplicate when its USCC is already on file, Invalid for an unknown kind."""
    if organisation.kind not in ORGANISATION_KINDS:
        raise invalid(
            "kind", say("“%(kind)s”不是机构类型。", kind=organisation.kind), say("可用：%(kinds)s。", kinds="、".join(ORGANISATION_KINDS))
        )
    if organisation.uscc and queries.find_organisation(work.session, organisation.uscc):
        raise Duplicate(say("统一社会信用代码 %(uscc)s 已登记。", uscc=organisation.uscc), remedy=say("请直接使用已有的机构记录。"))
    work.record(organisation, "organisation:added")
    work.flush()
    return organisation


def sign_out(work: Work) -> None:
    """End every session of the person who acts; nothing for a visitor who is not signed in."""
    if work.actor.person_id is not None:
        end_sessions(work, [queries.get_person(work.session, work.actor.person_id)])


def end_sessions(work: Work, people: Sequence[Person]) -> None:
    """End every session of these people."""
    for person in people:
        person.epoch += 1
        person.version += 1
        work.record(person, "person:sessions_ended")
