"""Rules of accounts: kinds of organisations, throttling of sign-in, what a password must be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.permissions import ROLES
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say

ORGANISATION_KINDS = ("producer", "holder", "authority", "printer", "institution", "platform", "market")
ORGANISED = ("producer_operator", "producer_approver", "holder_manager", "printer")
REGIONAL = ("county_handler", "county_approver", "city_officer", "province_officer")
GIVEN = tuple(role for role in ROLES if role not in {"consumer", "system"})
ROLE_LABELS = {
    "producer_operator": say("生产者经办人"),
    "producer_approver": say("生产者负责人"),
    "holder_manager": say("权利人管理员"),
    "printer": say("印制单位"),
    "county_handler": say("县级经办"),
    "county_approver": say("县级审批"),
    "city_officer": say("市级主管"),
    "province_officer": say("省级主管"),
    "national_officer": say("国家级主管"),
    "auditor": say("审计员"),
    "system_admin": say("系统管理员"),
    "security_admin": say("安全管理员"),
    "audit_admin": say("审计管理员"),
}
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


def approves_alone(roles: frozenset[str], *, active_people: int, allowed: bool) -> bool:
    """Say whether an operator also answers for the firm: the only active person of it, where the policy allows (domain.md, section 2).

    Two people can check each other, one cannot; a farmer who works alone must still be able to file what only an approver files.
    """
    return allowed and active_people == 1 and "producer_operator" in roles and "producer_approver" not in roles


def check_password(password: str, *, login: str) -> None:
    """Raise Invalid for a password that is too short or contains the login (NIST SP 800-63B: length over composition)."""
    if len(password) < LEAST_PASSWORD:
        raise invalid("password", say("密码过短。"), say("至少 %(least)s 个字符，可以用一句话。", least=LEAST_PASSWORD))
    if login and login.lower() in password.lower():
        raise invalid("password", say("密码中含有登录名。"), say("请换一个与登录名无关的密码。"))


def check_reach(role: str, *, organised: bool, division_code: str) -> None:
    """Raise Invalid for a role that cannot be given, for one of an organisation without it, and for a regional one without a division."""
    if role not in GIVEN:
        raise invalid("role", say("没有“%(role)s”这个角色。", role=role), say("可用的角色：%(roles)s。", roles=", ".join(GIVEN)))
    if role in ORGANISED and not organised:
        raise invalid("uscc", say("这个角色属于一家单位，还没有写明是哪一家。"), say("请填写所在单位的统一社会信用代码。"))
    if role in REGIONAL and not division_code:
        raise invalid("division_code", say("这个角色须有管辖的行政区划。"), say("请填写行政区划代码，例如 320583。"))
