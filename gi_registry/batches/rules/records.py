"""What else happens to goods: stocking of ponds, losses, adjustments after a count, and goods that change their grade.

An adjustment beyond a share of what came in during the year waits for the county: it could hide goods from outside.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from gi_registry.batches.rules.ledger import Account, Posting, Postings, positive, refuse_beyond
from gi_registry.kernel.errors import FieldError, invalid
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say


class RecordKind(StrEnum):
    """What a record of goods says."""

    STOCKING = "stocking"
    LOSS = "loss"
    ADJUSTMENT = "adjustment"
    REGRADE = "regrade"


STOCKED = "投放"
"""The commodity of what was put into ponds: no goods yet, and never mixed with them."""

YEARS_IN_WATER = 5

RECORD_WORDS: dict[str, Words] = {
    RecordKind.STOCKING: say("投放"),
    RecordKind.LOSS: say("报损"),
    RecordKind.ADJUSTMENT: say("盘点调整"),
    RecordKind.REGRADE: say("换级"),
}

RECORD_LIFE = Machine(
    subject="goods_record",
    initial="proposed",
    steps={
        ("proposed", "enter"): "entered",
        ("proposed", "approve"): "entered",
        ("proposed", "refuse"): "refused",
        ("proposed", "withdraw"): "withdrawn",
        ("entered", "reverse"): "reversed",
    },
    labels={
        "proposed": say("待县级核准"),
        "entered": say("已入账"),
        "refused": say("未予核准"),
        "withdrawn": say("已撤回"),
        "reversed": say("已冲回"),
        "enter": say("入账"),
        "approve": say("核准入账"),
        "refuse": say("不予核准"),
        "withdraw": say("撤回"),
        "reverse": say("冲回"),
    },
)

RECORD_TONES = {"proposed": "waiting", "entered": "settled", "refused": "refused", "withdrawn": "ended", "reversed": "ended"}


def stocking(quantity: int) -> Postings:
    """Seedlings of a source go into the water: counted in pieces or grams of their own commodity, apart from the goods."""
    return (
        Posting(Account.SUPPLIER, -positive(quantity), commodity=STOCKED, grade=""),
        Posting(Account.FIELD, quantity, commodity=STOCKED, grade=""),
    )


def loss(quantity: int, *, on_hand: int, unit: str) -> Postings:
    """Goods are lost (spoiled, dried, thrown away); raise MassBalanceExceeded with the figures beyond what is there."""
    refuse_beyond(quantity, on_hand, unit=unit)
    return (Posting(Account.STOCK, -quantity), Posting(Account.LOSS, quantity))


def adjustment(quantity: int, *, on_hand: int, unit: str) -> Postings:
    """A count found more (positive, from ``unexplained``) or less (negative, to ``loss``) than the books; raise Invalid for nothing."""
    if quantity == 0:
        raise invalid("quantity", say("盘点数与账面一致，不需要调整。"), say("请填写盘盈或盘亏的数量。"))
    if quantity > 0:
        return (Posting(Account.UNEXPLAINED, -quantity), Posting(Account.STOCK, quantity))
    return loss(-quantity, on_hand=on_hand, unit=unit)


def regrade(quantity: int, *, on_hand: int, unit: str, grade: str, to_grade: str) -> Postings:
    """Goods of one grade become another's; raise Invalid for the same grade, MassBalanceExceeded beyond what the grade holds."""
    if grade == to_grade:
        raise invalid("to_grade", say("换级前后的等级相同。"), say("请选择另一个等级。"), value=to_grade)
    refuse_beyond(quantity, on_hand, unit=unit)
    return (Posting(Account.STOCK, -quantity, grade=grade), Posting(Account.STOCK, quantity, grade=to_grade))


def needs_approval(quantity: int, came_in: int, *, permille: int) -> bool:
    """Say whether an adjustment (either sign) is more than ``permille`` of what came in during the year (grams or pieces)."""
    return abs(quantity) * 1000 > came_in * permille


def record_problems(
    kind: RecordKind, *, on_date: date, today: date, year: int, source: str, reason: str, evidence: str
) -> tuple[FieldError, ...]:
    """Return what a record lacks, field by field: a source of what was stocked, a reason of a loss, a paper for an adjustment.

    ``year`` is the account year: goods are lost, counted or regraded at the earliest in the year before it, ponds are stocked up to
    ``YEARS_IN_WATER`` before.
    """
    found: list[FieldError] = []
    if on_date > today:
        found.append(FieldError("on_date", say("日期 %(on)s 还没有到。", on=on_date.isoformat()), say("请填写实际发生的日期。")))
    if year - on_date.year > (YEARS_IN_WATER if kind is RecordKind.STOCKING else 1):
        odd = say("日期 %(on)s 比计入年度 %(year)s 早得太多。", on=on_date.isoformat(), year=year)
        found.append(FieldError("on_date", odd, say("请核对日期和计入年度。")))
    if kind is RecordKind.STOCKING and not source:
        found.append(FieldError("source", say("没有填写苗种来源。"), say("请填写供苗单位或自繁。")))
    if kind in (RecordKind.LOSS, RecordKind.ADJUSTMENT, RecordKind.REGRADE) and len(reason) < 2:
        found.append(FieldError("reason", say("没有填写原因。"), say("请写明原因，将随记录留存。")))
    if kind is RecordKind.ADJUSTMENT and not evidence:
        found.append(FieldError("evidence", say("盘点调整没有凭证。"), say("请填写盘点表编号，或上传盘点表。")))
    return tuple(found)


def age_years(harvest_year: int, year: int) -> int:
    """Return for how many years goods have been kept, by calendar years (陈皮: harvested 2021, asked in 2025 → 4)."""
    return max(0, year - harvest_year)
