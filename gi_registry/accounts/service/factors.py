"""The second factor of a person: set up, asked for, reset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from gi_registry.accounts import queries
from gi_registry.accounts.models import Person, RecoveryCode, SecondFactor
from gi_registry.accounts.rules.factors import (
    address_of,
    as_recovery_code,
    matching_step,
    new_recovery_codes,
    new_secret,
    spaced,
)
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.sealing import keyed_digest, seal, unseal
from gi_registry.kernel.words import say
from gi_registry.policy.service import find
from gi_registry.workflow import Work, check_version, clock_offset_s, moment

ROLES_KEY = "accounts.second-factor-roles"
_PURPOSE = "gi-registry second factors v1"
ISSUER = "GI Registry"


@dataclass(frozen=True)
class Enrolment:
    """What an authenticator must learn: the secret to type, and the address for the QR symbol."""

    secret: str
    address: str


def needs_factor(session: Session, person_id: int) -> bool:
    """Say whether a role the person holds today needs a second factor where it is held (policy ``accounts.second-factor-roles``)."""
    today = legal_date(moment(session))
    for grant in queries.grants_of(session, person_id, today):
        value = find(session, ROLES_KEY, grant.division_code, today)
        if value is not None and grant.role in value.value:
            return True
    return False


def has_factor(session: Session, person_id: int) -> bool:
    """Say whether the person set up a second factor."""
    factor = queries.find_factor(session, person_id)
    return factor is not None and factor.confirmed_at is not None


def begin_enrolment(work: Work, person: Person, secret_key: str) -> None:
    """Make a fresh secret; it counts when a code made from it was typed. Raises Conflict where a factor is set up, Unavailable."""
    factor = queries.find_factor(work.session, person.id or 0)
    if factor is not None and factor.confirmed_at is not None:
        raise Conflict(say("已经启用第二重验证。"), remedy=say("换手机的，请用备用码登录，或请主管部门重置。"))
    sealed = seal(new_secret().encode(), secret_key=secret_key, purpose=_PURPOSE, label=str(person.id))
    if factor is None:
        factor = SecondFactor(person_id=person.id or 0, sealed=sealed, created_at=work.now)
    factor.sealed, factor.created_at, factor.last_step = sealed, work.now, 0
    work.session.add(factor)
    work.flush()


def enrolment_of(session: Session, person: Person, secret_key: str) -> Enrolment:
    """Return what to show while the factor is not confirmed. Raises Conflict where none waits."""
    factor = queries.find_factor(session, person.id or 0)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(say("没有正在设置的第二重验证。"), remedy=say("请重新登录。"))
    secret = _secret(factor, secret_key)
    return Enrolment(spaced(secret), address_of(secret, login=person.login, issuer=ISSUER))


def confirm_enrolment(work: Work, person: Person, code: str, *, secret_key: str) -> list[str]:
    """Confirm a new factor by a code of it, and return the ten recovery codes, shown once. Raises Invalid, Conflict."""
    factor = queries.lock_factor(work.session, person.id or 0)
    if factor is None or factor.confirmed_at is not None:
        raise Conflict(say("没有正在设置的第二重验证。"), remedy=say("请重新登录。"))
    _use_step(work, factor, code, secret_key)
    factor.confirmed_at = work.now
    _changed(work, person, "person:factor_set")
    return _new_codes(work, person, secret_key)


def check_factor(work: Work, person: Person, code: str, *, secret_key: str) -> None:
    """Take a code of the authenticator or a recovery code, once. Raises Invalid for a wrong, old or used one."""
    factor = queries.lock_factor(work.session, person.id or 0)
    recovery = as_recovery_code(code)
    if factor is None or factor.confirmed_at is None:
        raise _wrong()
    if recovery is None:
        _use_step(work, factor, code, secret_key)
        return
    digest = _digest(person, recovery, secret_key)
    kept = queries.lock_recovery_code(work.session, person.id or 0, digest)
    if kept is None:
        raise _wrong()
    kept.used_at = work.now
    _changed(work, person, "person:recovery_code_used")


def renew_recovery_codes(work: Work, person: Person, code: str, *, secret_key: str) -> list[str]:
    """Replace the recovery codes; needs a code of the authenticator. Raises Invalid."""
    check_factor(work, person, code, secret_key=secret_key)
    _changed(work, person, "person:recovery_codes_renewed")
    return _new_codes(work, person, secret_key)


def reset_factor(work: Work, person: Person) -> None:
    """Forget the factor and its recovery codes; the caller asked for the permission and ends the sessions."""
    factor = queries.find_factor(work.session, person.id or 0)
    queries.delete_recovery_codes(work.session, person.id or 0)
    if factor is not None:
        work.session.delete(factor)
        _changed(work, person, "person:factor_reset")


def reset_factor_of(work: Work, person_id: int, *, version: int) -> Person:
    """Reset the factor of another person, who sets up a new one at the next sign-in; sessions end. Raises Conflict, StaleVersion."""
    work.require("person:manage")
    person = queries.get_person(work.session, person_id)
    check_version(person, version)
    if person.id == work.actor.person_id:
        raise Conflict(say("不能重置自己的第二重验证。"), remedy=say("请由另一名安全管理员办理。"))
    reset_factor(work, person)
    person.epoch += 1
    _changed(work, person, "person:sessions_ended")
    return person


def _new_codes(work: Work, person: Person, secret_key: str) -> list[str]:
    queries.delete_recovery_codes(work.session, person.id or 0)
    codes = new_recovery_codes()
    for code in codes:
        work.session.add(RecoveryCode(person_id=person.id or 0, digest=_digest(person, code, secret_key)))
    work.flush()
    return codes


def _use_step(work: Work, factor: SecondFactor, code: str, secret_key: str) -> None:
    step = matching_step(_secret(factor, secret_key), code, at=_real_moment(work), last_step=factor.last_step)
    if step is None:
        raise _wrong()
    factor.last_step = step
    work.session.add(factor)
    work.flush()


def _real_moment(work: Work) -> datetime:
    """Return now as a phone knows it: the clock of a demonstration is moved, a phone's is not."""
    return work.now - timedelta(seconds=clock_offset_s(work.session))


def _secret(factor: SecondFactor, secret_key: str) -> str:
    return unseal(factor.sealed, secret_key=secret_key, purpose=_PURPOSE, label=str(factor.person_id)).decode()


def _digest(person: Person, code: str, secret_key: str) -> str:
    return keyed_digest(f"{person.id}:{code}", secret_key=secret_key, purpose=_PURPOSE)


def _changed(work: Work, person: Person, tag: str) -> None:
    person.version += 1
    work.record(person, tag)
    work.flush()


def _wrong() -> Exception:
    return invalid("code", say("验证码不正确或已经用过。"), say("请等手机上出现下一个验证码再输入；手机不在身边的，可用备用码。"))
