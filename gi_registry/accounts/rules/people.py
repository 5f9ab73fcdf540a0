"""Rules of accounts: kinds of organisations, throttling of sign-in, what a password must be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.permissions import ROLES
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say

ORGANISATION_KINDS = ("producer", "holder", "authority", "printer", "institution", "platform", "market")
ORGANISED = ("producer_operator", "producer_approver", "holder_manager", "printer", "testing_institution")
REGIONAL = ("county_handler", "county_approver", "city_officer", "province_officer")
GIVEN = tuple(role for role in ROLES if role not in {"consumer", "system"})
ROLE_LABELS = {
    "producer_operator": say("生产者经办人"),
    "producer_approver": say("生产者负责人"),
    "holder_manager": say("权利人管理员"),
    "printer": say("印制单位"),
    "testing_institution": say("检测机构"),
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


PERSON_STATES = {"active": say("启用"), "invited": say("待启用"), "blocked": say("停用")}


@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people is narrowed to; empty means all. ``state`` is one of ``PERSON_STATES``."""

    q: str = ""
    role: str = ""
    organisation: str = ""
    state: str = ""


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


_AGENTS = ("MicroMessenger", "Edg", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("HarmonyOS", "Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")


def agent_name(header: str) -> str:
    """Return what a browser's User-Agent says in two words (``Chrome Android``): enough to know one's own device, no more."""
    found = (next((name for name in names if name in header), "") for names in (_AGENTS, _SYSTEMS))
    return " ".join(part for part in found if part)


def mobile_number(text: str) -> str:
    """Return a Chinese mobile number as eleven digits; empty stays empty. Raises Invalid for anything else (numbers begin 13 to 19)."""
    digits = re.sub(r"[\s-]", "", text).removeprefix("+86")
    if digits and not re.fullmatch(r"1[3-9][0-9]{9}", digits):
        raise invalid("phone", say("不是手机号码。"), say("请填写 11 位手机号码，例如 13800000000；没有手机可不填。"), value=text)
    return digits


def email_address(text: str) -> str:
    """Return an e-mail address; empty stays empty. Raises Invalid for what has no single ``@`` with a dotted domain."""
    if text and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+", text):
        raise invalid("email", say("不是电子邮箱地址。"), say("请核对，例如 lihua@example.org；没有邮箱可不填。"), value=text)
    return text


def check_reach(role: str, *, organised: bool, division_code: str) -> None:
    """Raise Invalid for a role that cannot be given, for one of an organisation without it, and for a regional one without a division."""
    if role not in GIVEN:
        raise invalid("role", say("没有“%(role)s”这个角色。", role=role), say("可用的角色：%(roles)s。", roles=", ".join(GIVEN)))
    if role in ORGANISED and not organised:
        raise invalid("uscc", say("这个角色属于一家单位，还没有写明是哪一家。"), say("请填写所在单位的统一社会信用代码。"))
    if role in REGIONAL and not division_code:
        raise invalid("division_code", say("这个角色须有管辖的行政区划。"), say("请填写行政区划代码，例如 320583。"))
