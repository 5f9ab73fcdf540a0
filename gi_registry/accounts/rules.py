"""Rules of accounts: kinds of organisations, throttling of sign-in, what a password must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say

ORGANISATION_KINDS = ("producer", "holder", "authority", "printer", "institution", "platform", "market")
WINDOW = timedelta(minutes=15)
TRIES_PER_LOGIN = 5
TRIES_PER_CLIENT = 40
LEAST_PASSWORD = 10


@dataclass(frozen=True)
class Attempts:
    """Failed sign-ins of the last ``WINDOW``."""

    of_login: int
    of_client: int


def may_try(attempts: Attempts) -> Verdict:
    """Say whether another sign-in may be tried: 5 failures per login, 40 per client, in 15 minutes (OWASP ASVS 2.2.1)."""
    if attempts.of_login >= TRIES_PER_LOGIN or attempts.of_client >= TRIES_PER_CLIENT:
        return Failed(say("登录失败次数过多。"), say("请 15 分钟后再试，或联系本单位管理员重置密码。"))
    return Passed()


def check_password(password: str, *, login: str) -> None:
    """Raise Invalid for a password that is too short or contains the login (NIST SP 800-63B: length over composition)."""
    if len(password) < LEAST_PASSWORD:
        raise invalid("password", say("密码过短。"), say("至少 %(least)s 个字符，可以用一句话。", least=LEAST_PASSWORD))
    if login and login.lower() in password.lower():
        raise invalid("password", say("密码中含有登录名。"), say("请换一个与登录名无关的密码。"))
