"""Letters with a one-time code: issued by an officer, redeemed by the person. The code itself is never stored."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from gi_registry.accounts import queries
from gi_registry.accounts.models import Invitation, Person, RoleGrant
from gi_registry.accounts.rules import ORGANISED, check_password, check_reach
from gi_registry.accounts.rules.letters import (
    Limits,
    Purpose,
    check_identity,
    limits_of,
    may_issue,
    new_code,
    read_code,
    valid_until,
)
from gi_registry.accounts.schemas import Invitee, Redeemed
from gi_registry.accounts.service.factors import reset_factor
from gi_registry.accounts.service.passwords import hashed, matches
from gi_registry.accounts.service.sessions import end_sessions
from gi_registry.accounts.service.signing_in import check_tries
from gi_registry.kernel.errors import Conflict, Duplicate, TooMany, invalid
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import say
from gi_registry.policy.service import at
from gi_registry.workflow import Work

LIMITS_KEY = "accounts.letters"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Issued:
    """A letter that was just issued, with its code: the only moment the code is known to anyone but the person."""

    letter: Invitation
    person: Person
    code: str


def add_invitee(work: Work, organisation_id: int, fields: Invitee) -> Person:
    """Create a person of an organisation, without a password, who comes in by a letter.

    Raises NotFound outside the region, Invalid for a role that is no organisation's, Duplicate for a taken login.
    """
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("person:invite", organisation)
    if fields.role not in ORGANISED:
        raise invalid("role", say("这里只能增加单位的人员。"), say("主管部门的人员由安全管理员增加。"))
    check_reach(fields.role, organised=True, division_code="")
    return create_person(work, fields, organisation_id)


def create_person(work: Work, fields: Invitee, organisation_id: int | None, *, password_hash: str = "", division_code: str = "") -> Person:
    """Store a person and the first role; the caller asked for the permission. Raises Duplicate for a taken login."""
    if queries.find_person(work.session, fields.login):
        raise Duplicate(say("登录名“%(login)s”已被使用。", login=fields.login), remedy=say("请换一个登录名。"))
    person = Person(
        login=fields.login.lower(),
        name=fields.name,
        pseudonym=f"p-{secrets.token_hex(6)}",
        organisation_id=organisation_id,
        password_hash=password_hash,
        email=fields.email,
        phone=fields.phone,
        created_at=work.now,
    )
    work.record(person, "person:added")
    work.flush()
    work.record(RoleGrant(person_id=person.id or 0, role=fields.role, division_code=division_code, valid_from=work.today), "role:granted")
    work.flush()
    return person


def invite(work: Work, person_id: int) -> Issued:
    """Issue the letter of a person who never had a password; an older one ends.

    Raises NotFound outside the region, Conflict for one who signs in already or is inactive, TooMany beyond the day's letters.
    """
    person = may_write_to(work, person_id, "person:invite")
    known = any(letter.used_at or letter.purpose == Purpose.RECOVERY for letter in queries.letters_of(work.session, person_id))
    if person.password_hash or known:
        raise Conflict(say("这个人已经设置过密码。"), remedy=say("忘记密码的，请核实身份后开恢复函。"))
    return _issue(work, person, Purpose.INVITATION)


def recover(work: Work, person_id: int, *, identity: str) -> Issued:
    """Issue a recovery letter: from now on neither the old password nor the old authenticator lets anybody in, and all sessions end.

    Raises NotFound outside the region, Conflict for oneself, Invalid without a way of recognising the person, TooMany.
    """
    person = may_write_to(work, person_id, "person:recover")
    check_identity(identity)
    issued = _issue(work, person, Purpose.RECOVERY, identity=identity)
    person.password_hash = ""
    reset_factor(work, person)
    end_sessions(work, [person])
    work.flush()
    return issued


def may_write_to(work: Work, person_id: int, permission: str) -> Person:
    """Return the person a letter may be issued to.

    A county writes to the people of its region's organisations; to officers and administrators only the security administrator does.
    Raises NotFound outside, Conflict for oneself and for an inactive account.
    """
    person = queries.get_person(work.session, person_id)
    work.require(permission, person_scope(work, person))
    if person.id == work.actor.person_id:
        raise Conflict(say("不能为自己开函。"), remedy=say("请由另一名有权的人员办理。"))
    if not person.active:
        raise Conflict(say("账号已停用。"), remedy=say("请先由安全管理员启用。"))
    return person


def person_scope(work: Work, person: Person) -> object:
    """Return the row that says whose business a person is: their organisation; for an officer nobody's region (only ``any`` reaches it)."""
    grants = queries.grants_of(work.session, person.id or 0, work.today)
    if person.organisation_id is None or any(grant.role not in ORGANISED for grant in grants):
        return person
    return queries.get_organisation(work.session, person.organisation_id)


def _issue(work: Work, person: Person, purpose: Purpose, *, identity: str = "") -> Issued:
    limits = letter_limits(work)
    since = work.now - _DAY
    verdict = may_issue(
        queries.letters_to(work.session, person.id or 0, since), queries.letters_by(work.session, work.actor.person_id, since), limits
    )
    if isinstance(verdict, Failed):
        raise TooMany(verdict.reason, remedy=verdict.remedy)
    _end_open(work, person.id or 0)
    code = new_code()
    letter = Invitation(
        person_id=person.id or 0,
        purpose=purpose.value,
        identity=identity,
        code_hash=hashed(code),
        issued_at=work.now,
        issued_by=work.actor.person_id,
        expires_at=valid_until(work.now, limits),
    )
    work.record(letter, f"letter:{purpose.value}")
    work.flush()
    return Issued(letter, person, code)


def letter_limits(work: Work) -> Limits:
    """Return the limits of letters in force."""
    return limits_of(at(work.session, LIMITS_KEY, "", work.today).value)


def _end_open(work: Work, person_id: int) -> None:
    letter = queries.open_letter(work.session, person_id)
    if letter is not None:
        letter.voided_at = work.now
        work.record(letter, "letter:voided")
        work.flush()


def void_letter(work: Work, letter_id: int) -> Person:
    """End a letter that is not used yet. Raises NotFound outside the region, Conflict for one that has ended."""
    letter = queries.get_letter(work.session, letter_id)
    person = queries.get_person(work.session, letter.person_id)
    work.require("person:invite", person_scope(work, person))
    if letter.used_at is not None or letter.voided_at is not None:
        raise Conflict(say("这封函件已经失效。"), remedy=say("请刷新页面。"))
    _end_open(work, letter.person_id)
    return person


def open_letter_with(work: Work, letter_id: int, code: str) -> Issued:
    """Return an open letter, to be printed by who still has its code. Raises NotFound outside the region, Invalid for another code."""
    letter = queries.get_letter(work.session, letter_id)
    person = queries.get_person(work.session, letter.person_id)
    work.require("person:invite", person_scope(work, person))
    if letter.used_at or letter.voided_at or not matches(letter.code_hash, read_code(code)):
        raise invalid("code", say("这封函件已经失效，或代码不对。"), say("代码不保存，关闭页面后不能再打印；请重新开函。"))
    return Issued(letter, person, read_code(code))


def redeem(work: Work, fields: Redeemed, *, client: str) -> Person:
    """Let a person in by login and code, with the password they chose; the code is used up.

    Raises TooMany when throttled; Invalid for a wrong login or code, for one that ended (not told apart, same time), for a weak password.
    """
    check_tries(work, fields.login, client=client)
    person = queries.find_person(work.session, fields.login)
    letter = queries.open_letter(work.session, person.id or 0) if person else None
    right = matches(letter.code_hash if letter else "", read_code(fields.code))
    if not right or person is None or letter is None or not person.active or letter.expires_at <= work.now:
        raise invalid("code", say("登录名或一次性代码不正确，或代码已失效。"), say("请对照信函核对；仍不行的，请联系寄信单位重新开函。"))
    check_password(fields.password, login=person.login)
    if fields.password != fields.again:
        raise invalid("again", say("两次输入的密码不一致。"), say("请重新输入。"))
    letter.used_at = work.now
    work.record(letter, "letter:used")
    person.password_hash = hashed(fields.password)
    person.epoch += 1
    person.version += 1
    work.record(person, "person:password_set")
    work.flush()
    return person


def note_wrong_code(work: Work, login: str) -> None:
    """Count a wrong code on the open letter of a login; after its last try the letter ends."""
    person = queries.find_person(work.session, login)
    letter = queries.open_letter(work.session, person.id or 0) if person else None
    if letter is None:
        return
    letter.tries += 1
    if letter.tries >= letter_limits(work).tries:
        letter.voided_at = work.now
        work.record(letter, "letter:exhausted")
    work.flush()
