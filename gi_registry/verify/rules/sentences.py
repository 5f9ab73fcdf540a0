"""What the page says for each verdict: the word, the fact, and what to do next. No adjectives about anybody, nothing about genuineness."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from gi_registry.kernel.clock import SHANGHAI, legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules.answer import Answer, Cause
from gi_registry.verify.rules.record import Checks, Counting


@dataclass(frozen=True)
class Look:
    """How a verdict looks: tone (a CSS class), icon (a symbol drawn in ``style``), word."""

    tone: str
    icon: str
    word: Words


LOOKS = {
    Verdict.FIRST_CHECK: Look("ok", "tick", say("首次查询")),
    Verdict.REPEAT: Look("info", "again", say("再次查询")),
    Verdict.SUSPECT: Look("wait", "alert", say("查询异常")),
    Verdict.NOT_ACTIVATED: Look("wait", "clock", say("尚未激活")),
    Verdict.VOID: Look("bad", "cross", say("已作废")),
    Verdict.RECALLED: Look("bad", "back", say("已召回")),
    Verdict.FROZEN: Look("wait", "pause", say("暂停使用")),
    Verdict.UNKNOWN: Look("bad", "ask", say("查无此码")),
}
MISTYPED = Look("wait", "ask", say("可能输入有误"))

VOID_LEADS = {
    Cause.VOID: say("使用人或主管部门已将这个标识码登记作废。"),
    Cause.DAMAGED: say("这个标识码的标签已登记为损坏，不应再出现在商品上。"),
    Cause.RETURNED: say("这个标识码的标签已登记退回，不应再出现在商品上。"),
    Cause.ALLOTMENT: say("这一批标识码已整批作废，不应出现在商品上。"),
    Cause.KEY: say("签发这个标识码的密钥在标识码激活之前已被撤销，标识码无效。"),
    Cause.EXPIRED: say("使用人的用标登记已经终止，这个标识码在终止前没有使用过，现已失效。"),
}
LEADS = {
    Verdict.FIRST_CHECK: say("这个标识码由本系统签发，这是它第一次被查询。"),
    Verdict.NOT_ACTIVATED: say("这个标识码已签发给下列使用人，但还没有登记用于任何批次。"),
    Verdict.RECALLED: say("这件商品所属的批次或标识码已被决定召回。"),
    Verdict.FROZEN: say("经决定，这个标识码目前暂停使用。"),
    Verdict.UNKNOWN: say("本系统没有签发过这个标识码。"),
}
NEXTS = {
    Verdict.FIRST_CHECK: say("请核对下面的产品、净含量和生产者，与您手中的实物是否一致。"),
    Verdict.SUSPECT: say("请不要只凭这个标识码判断商品。请核对包装与下面的登记信息；如有疑问，请保留包装和票据，拨打 12315。"),
    Verdict.NOT_ACTIVATED: say("正常出售的商品，标识码应当已经激活。请向销售者询问；如有疑问，请保留包装和票据，拨打 12315。"),
    Verdict.VOID: say("请不要以这个标识码作为购买依据。如果它贴在在售商品上，请保留包装和票据，拨打 12315。"),
    Verdict.RECALLED: say("请停止食用或使用，保留包装和票据，联系销售者或下面的生产者办理退换。"),
    Verdict.FROZEN: say("购买前请向销售者或下面的生产者了解情况；如有疑问，请拨打 12315。"),
    Verdict.UNKNOWN: say("请再核对一次标识码。如果标识码是扫商品上的二维码得到的，请保留包装和票据，拨打 12315。"),
}
NEXT_REPEAT = say("如果首次查询不是您或家人、店员所为，请核对包装与下面的登记信息；如有疑问，请拨打 12315。")
NEXT_SAME = say("请核对下面的产品、净含量和生产者，与您手中的实物是否一致。")
NEXT_MISTYPED = say("请对照标签逐位核对，或重新扫描二维码。标识码共 20 位，不含字母 I、L、O、U。")
NOT_PROOF = say("首次查询只说明这个标识码以前没有被查过，不能证明包装里的产品。")


def lead(answer: Answer) -> Words:
    """Return the fact behind the verdict, in one sentence."""
    if answer.verdict is Verdict.VOID:
        return VOID_LEADS[answer.cause]
    if answer.verdict is Verdict.SUSPECT:
        return _counted(answer.record.checks)
    if answer.verdict is Verdict.REPEAT:
        return _repeated(answer.record.checks)
    if answer.verdict is Verdict.FROZEN:
        return _frozen(answer)
    return LEADS[answer.verdict]


def next_step(answer: Answer) -> Words:
    """Return what the reader can do now."""
    if answer.verdict is not Verdict.REPEAT:
        return NEXTS[answer.verdict]
    return NEXT_SAME if answer.record.checks.counting is not Counting.COUNTED else NEXT_REPEAT


def day_words(day: date) -> Words:
    """Return a date as people read it."""
    return say("%(year)s年%(month)s月%(day)s日", year=day.year, month=day.month, day=day.day)


def moment_words(moment: datetime) -> Words:
    """Return a moment as people in China read it."""
    local = moment.astimezone(SHANGHAI)
    return say("%(day)s %(time)s", day=day_words(local.date()), time=local.strftime("%H:%M"))


def content_words(quantity: int, unit: str) -> Words:
    """Return a net content: grams (kilograms from 1,000 g) or pieces."""
    if unit == "piece":
        return say("%(number)s 件", number=quantity)
    if quantity >= 1000:
        return say("%(number)s 千克", number=f"{quantity / 1000:.3f}".rstrip("0").rstrip("."))
    return say("%(number)s 克", number=quantity)


def _frozen(answer: Answer) -> Words:
    """Say on whose word the code is frozen: the user's own statement is told as that, with its date."""
    stated = next((mark.at for mark in answer.record.marks if mark.status == "frozen" and mark.by_user and mark.holds(answer.at)), None)
    if stated is None:
        return LEADS[Verdict.FROZEN]
    day = day_words(legal_date(stated))
    return say("下列使用人于%(day)s声明，这个标识码的标签不是其在用的标签，标识码因此暂停使用。", day=day)


def _counted(checks: Checks) -> Words:
    found = checks.suspicion
    if found is None or found.provinces < 2:
        hours, times = (found.hours, found.client_days) if found else (0, 0)
        return say("这个标识码曾在 %(hours)s 小时内被 %(times)s 个不同的终端查询。", hours=hours, times=times)
    return say(
        "这个标识码曾在 %(hours)s 小时内被 %(times)s 个不同的终端查询，涉及 %(provinces)s 个省级地区。",
        hours=found.hours,
        times=found.client_days,
        provinces=found.provinces,
    )


def _repeated(checks: Checks) -> Words:
    if checks.counting is Counting.UNAVAILABLE:
        return say("这个标识码由本系统签发并已激活。查询次数暂不可用，本次没有计入。")
    if checks.counting is Counting.PREVIEW:
        return say("这个标识码由本系统签发并已激活。这是预览，没有计入查询次数。")
    first = moment_words(checks.first_at) if checks.first_at else say("不详")
    if checks.counting is Counting.MERGED and checks.count == 1:
        return say("这个标识码的首次查询就在刚才（%(first)s），来自与您相同的网络和终端，不重复计数。", first=first)
    return say("这个标识码已被查询 %(count)s 次，首次查询在 %(first)s。", count=checks.count, first=first)
