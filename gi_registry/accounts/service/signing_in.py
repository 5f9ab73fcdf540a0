"""Who may sign in: login, password, and how often one may try."""

from __future__ import annotations

from gi_registry.accounts import queries
from gi_registry.accounts.models import Person, SignInAttempt
from gi_registry.accounts.rules import may_try
from gi_registry.accounts.service.passwords import matches
from gi_registry.kernel.errors import TooMany, invalid
from gi_registry.kernel.verdict import Failed
from gi_registry.kernel.words import say
from gi_registry.workflow import Work


def check_tries(work: Work, login: str, *, client: str) -> None:
    """Raise TooMany when this login or client failed too often; whoever cannot count (database down) lets nobody in."""
    verdict = may_try(queries.attempts(work.session, login.strip().lower(), client, work.now))
    if isinstance(verdict, Failed):
        raise TooMany(verdict.reason, remedy=verdict.remedy)


def check_sign_in(work: Work, login: str, password: str, *, client: str) -> Person:
    """Return the person who may sign in.

    Raises TooMany when throttled, Invalid for a wrong login or password (the two are not told apart; both cost the same time).
    """
    check_tries(work, login, client=client)
    person = queries.find_person(work.session, login)
    if not matches(person.password_hash if person else "", password) or person is None or not person.active:
        raise invalid("login", say("登录名或密码不正确。"), say("请核对后重试；忘记密码请联系本单位管理员。"))
    return person


def note_failure(work: Work, login: str, *, client: str) -> None:
    """Count a failed sign-in."""
    work.session.add(SignInAttempt(login=login.strip().lower(), client=client, at=work.now))
