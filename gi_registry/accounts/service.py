"""Use cases of accounts."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation, Person, RoleGrant, SignInAttempt
from gi_registry.accounts.rules import ORGANISATION_KINDS, check_password, may_try
from gi_registry.accounts.schemas import NewPerson
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import Duplicate, TooMany, invalid
from gi_registry.kernel.permissions import ROLES
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, moment

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
    """Create a person with one role. Raises Invalid for an unknown role or a weak password, Duplicate for a taken login."""
    work.require("person:manage")
    if fields.role not in ROLES:
        raise invalid("role", say("没有“%(role)s”这个角色。", role=fields.role), say("可用的角色：%(roles)s。", roles=", ".join(ROLES)))
    check_password(fields.password, login=fields.login)
    if queries.find_person(work.session, fields.login):
        raise Duplicate(say("登录名“%(login)s”已被使用。", login=fields.login), remedy=say("请换一个登录名。"))
    person = Person(
        login=fields.login.lower(),
        name=fields.name,
        pseudonym=f"p-{secrets.token_hex(6)}",
        organisation_id=fields.organisation_id,
        password_hash=_hasher.hash(fields.password),
        created_at=work.now,
    )
    work.record(person, "person:added")
    work.flush()
    grant_role(work, person, fields.role, division_code=fields.division_code)
    return person


def grant_role(work: Work, person: Person, role: str, *, division_code: str = "") -> RoleGrant:
    """Give a person one more role from today on."""
    work.require("person:manage")
    grant = RoleGrant(person_id=person.id or 0, role=role, division_code=division_code, valid_from=work.today)
    work.record(grant, "role:granted")
    work.flush()
    return grant


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


def end_sessions(work: Work, people: Sequence[Person]) -> None:
    """End every session of these people."""
    for person in people:
        person.epoch += 1
        person.version += 1
        work.record(person, "person:sessions_ended")
