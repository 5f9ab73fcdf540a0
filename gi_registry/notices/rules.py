"""How a document is served, and from which day it counts as served."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import Words, say


class Method(StrEnum):
    """Ways of service (送达方式)."""

    ELECTRONIC = "electronic"
    POST = "post"
    PERSONAL = "personal"
    PUBLIC_NOTICE = "public_notice"


METHOD_NAMES: dict[str, Words] = {
    Method.ELECTRONIC: say("电子送达"),
    Method.POST: say("邮寄送达"),
    Method.PERSONAL: say("直接送达"),
    Method.PUBLIC_NOTICE: say("公告送达"),
}


@dataclass(frozen=True)
class Service:
    """What is known of one service: method, day sent, day served (None: not yet), whether its proof is stored."""

    method: Method
    sent_on: date
    served_on: date | None = None
    has_proof: bool = False


def may_serve(method: Method, *, consent_on: date | None, today: date) -> Verdict:
    """Electronic service needs a recorded confirmation by the party (电子送达确认书), not later than the day of sending."""
    if method is Method.ELECTRONIC and (consent_on is None or consent_on > today):
        return Failed(
            say("没有登记该当事人的电子送达确认书，电子送达不发生送达效力。"),
            say("请先登记当事人签署的电子送达确认书，或改用直接、邮寄、公告送达。"),
        )
    return Passed()


def notice_period_ends(sent_on: date, days: int) -> date:
    """Return the day a public notice counts as served: ``days`` after the day it was put up."""
    return sent_on + timedelta(days=days)


def is_served(service: Service, today: date) -> Verdict:
    """Say whether the document counts as served today; post and personal delivery need their receipt stored."""
    if service.served_on is None:
        return Failed(say("送达尚未证明。"), _what_is_missing(service.method))
    if service.method in {Method.POST, Method.PERSONAL} and not service.has_proof:
        return Failed(say("送达回证尚未存入。"), say("请上传送达回证或签收凭证。"))
    if service.served_on > today:
        return Failed(say("公告期至 %(on)s 届满，尚不视为送达。", on=service.served_on), say("公告期届满后继续。"))
    return Passed()


def _what_is_missing(method: Method) -> Words:
    if method is Method.ELECTRONIC:
        return say("当事人在消息中确认收到之日为送达之日；长期未确认的，请改用其他方式。")
    return say("请登记送达日期，并上传送达回证或签收凭证。")


_MOBILE = re.compile(r"1[3-9][0-9]{9}")


def numbers(of_people: Sequence[str], of_organisation: str) -> list[str]:
    """Return the mobile numbers a text message goes to: the people's, each once; without any the organisation's, if it is a mobile one."""
    own = [number for number in of_people if _MOBILE.fullmatch(number)]
    return sorted(set(own)) or [number for number in [re.sub(r"[\s-]", "", of_organisation)] if _MOBILE.fullmatch(number)]


def short_text(title: str) -> Words:
    """Return what a text message says: the title and where to read on; what a case is about is not for a screen in a pocket."""
    return say("【地理标志登记系统】%(title)s。请登录收件箱查看。", title=title)


def may_end(confirmed_on: date, ended_on: date | None, today: date) -> Verdict:
    """Say whether a confirmation of electronic service can be withdrawn today: it is in force."""
    if ended_on is not None:
        return Failed(say("这份确认书已经撤回。"), say("请刷新页面。"))
    if confirmed_on > today:
        return Failed(say("确认日期不能晚于今天。"))
    return Passed()


def ends_on(today: date) -> date:
    """Return the first day on which a confirmation withdrawn today no longer counts: tomorrow."""
    return today + timedelta(days=1)
