"""The double-entry ledger: every act is a transfer whose postings sum to zero, per family, commodity and unit.

Two families. *Goods*: field, supplier, opening, conversion and unexplained are sources (their balances run below zero);
stock, labelled, sold and loss hold goods. *Quota*: capacity is the source, reserved and used hold labels' worth of goods.
Integers of grams or pieces only; nothing here is ever changed or deleted, a mistake is answered by another transfer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from gi_registry.batches.rules.amounts import with_unit, write_amount
from gi_registry.kernel.errors import Conflict, MassBalanceExceeded, QuotaExceeded, invalid
from gi_registry.kernel.words import Words, say


class Account(StrEnum):
    """The kinds of account of one authorisation, GI, year, zone and unit."""

    FIELD = "field"
    SUPPLIER = "supplier"
    OPENING = "opening"
    CONVERSION = "conversion"
    UNEXPLAINED = "unexplained"
    STOCK = "stock"
    LABELLED = "labelled"
    SOLD = "sold"
    LOSS = "loss"
    CAPACITY = "capacity"
    RESERVED = "reserved"
    USED = "used"


SOURCES = frozenset({Account.FIELD, Account.SUPPLIER, Account.OPENING, Account.CONVERSION, Account.UNEXPLAINED, Account.CAPACITY})
QUOTA = frozenset({Account.CAPACITY, Account.RESERVED, Account.USED})

ACCOUNT_WORDS: dict[str, Words] = {
    Account.FIELD: say("地块"),
    Account.SUPPLIER: say("供货方"),
    Account.OPENING: say("往年库存"),
    Account.CONVERSION: say("加工折算"),
    Account.UNEXPLAINED: say("来源未申报"),
    Account.STOCK: say("库存"),
    Account.LABELLED: say("已贴标"),
    Account.SOLD: say("已售原料"),
    Account.LOSS: say("损耗"),
    Account.CAPACITY: say("可用额度"),
    Account.RESERVED: say("已预留"),
    Account.USED: say("已使用"),
}


TAG_WORDS: dict[str, Words] = {
    "batch:declare": say("申报批次"),
    "batch:withdraw": say("撤回批次"),
    "batch:sell": say("售出原料"),
    "process:take": say("投入加工"),
    "process:make": say("加工产出"),
    "process:lose": say("加工损耗"),
    "process:undo": say("撤销加工"),
    "sale:from_batch": say("售出归入批次"),
    "sale:unnamed": say("售出归入批次"),
    "quota:reserve": say("申领标识，预留额度"),
    "quota:use": say("激活贴标"),
    "quota:release": say("退回额度"),
    "trade:correct": say("按售出方的数量更正"),
    "record:enter": say("损耗、调整、投放、换级入账"),
    "record:reverse": say("冲回记录"),
}


@dataclass(frozen=True)
class Posting:
    """One side of a transfer; what is None is the transfer's own. Quota accounts have neither commodity, grade nor farmer."""

    account: Account
    amount: int
    year: int | None = None
    commodity: str | None = None
    unit: str | None = None
    grade: str | None = None
    farmer_id: int | None = None


@dataclass(frozen=True)
class Quota:
    """What may be labelled: the entitlement and how much of it is spoken for. ``left`` is negative after a cap was cut."""

    total: int
    reserved: int
    used: int

    @property
    def left(self) -> int:
        """What may still be reserved."""
        return self.total - self.reserved - self.used


Postings = tuple[Posting, ...]


def check(postings: Iterable[Posting], *, commodity: str = "", unit: str = "") -> None:
    """Raise ValueError unless the postings of each family, commodity and unit sum to zero and something moves: a bug, not a user's error.

    ``commodity`` and ``unit`` are the transfer's own, for postings that name none.
    """
    sums: Counter[tuple[bool, str, str]] = Counter()
    count = 0
    for posting in postings:
        quota = posting.account in QUOTA
        goods = "" if quota else _or(posting.commodity, commodity)
        sums[quota, goods, _or(posting.unit, unit)] += posting.amount
        count += posting.amount != 0
    if any(sums.values()) or count == 0:
        raise ValueError(f"a transfer must be zero-sum and move something: {dict(sums)}")


def _or(stated: str | None, own: str) -> str:
    return own if stated is None else stated


def _moved(source: Account, target: Account, quantity: int) -> Postings:
    return (Posting(source, -quantity), Posting(target, quantity))


def positive(quantity: int) -> int:
    """Return a quantity that moves something; raise Invalid otherwise."""
    if quantity <= 0:
        raise invalid("quantity", say("数量须大于零。"), say("请填写实际数量。"), value=quantity)
    return quantity


def harvest(quantity: int) -> Postings:
    """Goods come from the field into stock."""
    return _moved(Account.FIELD, Account.STOCK, positive(quantity))


def purchase(quantity: int, *, product: int) -> Postings:
    """Raw material comes from a supplier and counts in stock as the product it yields; the difference is conversion."""
    postings = (
        Posting(Account.SUPPLIER, -positive(quantity)),
        Posting(Account.CONVERSION, quantity - product),
        Posting(Account.STOCK, product),
    )
    return tuple(posting for posting in postings if posting.amount)


def draw(quantity: int, held: Mapping[str, int], *, grade: str) -> dict[str, int]:
    """Return how much of ``quantity`` each grade's stock gives: the grade asked for, then what was never graded.

    Goods that name no grade are taken from ungraded stock first, then from the grades in order. The sum is less than ``quantity`` where
    the accounts hold less.
    """
    order = [grade, ""] if grade else ["", *sorted(name for name in held if name)]
    taken: dict[str, int] = {}
    for name in order:
        if (part := max(0, min(quantity - sum(taken.values()), held.get(name, 0)))) > 0:
            taken[name] = part
    return taken


def opening(quantity: int, *, from_year: int, account_year: int, held: Mapping[str, int], grade: str = "") -> Postings:
    """Stock of an earlier harvest is carried into a year: from that year's stock as far as it holds (by grade), the rest as declared."""
    taken = {} if from_year == account_year else draw(positive(quantity), held, grade=grade)
    postings = (
        *(Posting(Account.STOCK, -part, from_year, grade=name) for name, part in taken.items()),
        Posting(Account.OPENING, sum(taken.values()) - positive(quantity)),
        Posting(Account.STOCK, quantity),
    )
    return tuple(posting for posting in postings if posting.amount)


def sale(quantity: int, *, held: Mapping[str, int], unit: str, grade: str = "") -> Postings:
    """Unlabelled goods go to another user, by grade; raise MassBalanceExceeded with the figures where the stock holds less."""
    taken = draw(positive(quantity), held, grade=grade)
    refuse_beyond(quantity, sum(taken.values()), unit=unit)
    sides = ((Posting(Account.STOCK, -part, grade=name), Posting(Account.SOLD, part, grade=name)) for name, part in taken.items())
    return tuple(posting for pair in sides for posting in pair)


def refuse_beyond(quantity: int, on_hand: int, *, unit: str) -> None:
    """Raise MassBalanceExceeded where an act asks for more than an account of stock holds (grams or pieces)."""
    if positive(quantity) > on_hand:
        raise MassBalanceExceeded(
            say("要转出 %(asked)s，库存只有 %(held)s。", asked=with_unit(quantity, unit), held=with_unit(max(0, on_hand), unit)),
            remedy=say("请核对数量、年度和等级；有漏报的请先补报。"),
        )


def packages(quantity: int, *, held: Mapping[str, int], grade: str = "") -> Postings:
    """Packages printed elsewhere are used: a report of the world, stored as stated, out of the grades in the order of ``draw``.

    What stock lacks is unexplained, in the grade that the packages name.
    """
    taken = draw(positive(quantity), held, grade=grade)
    sides = ((Posting(Account.STOCK, -part, grade=name), Posting(Account.LABELLED, part, grade=name)) for name, part in taken.items())
    lacking = quantity - sum(taken.values())
    unexplained = _moved(Account.UNEXPLAINED, Account.LABELLED, lacking) if lacking else ()
    return (*(posting for pair in sides for posting in pair), *unexplained, *_moved(Account.CAPACITY, Account.USED, quantity))


def reserve(quantity: int, quota: Quota, *, unit: str, basis: str, remedy: Words) -> Postings:
    """Set part of the entitlement aside for labels; raise QuotaExceeded naming the figures when it is not there."""
    if positive(quantity) > quota.left:
        raise QuotaExceeded(
            say(
                "申请 %(asked)s，超过剩余额度：核定 %(total)s，已使用 %(used)s，已预留 %(reserved)s，剩余 %(left)s（%(basis)s）。",
                asked=write_amount(quantity, unit),
                total=write_amount(quota.total, unit),
                used=write_amount(quota.used, unit),
                reserved=write_amount(quota.reserved, unit),
                left=write_amount(quota.left, unit),
                basis=basis,
            ),
            remedy=remedy,
            basis=basis,
        )
    return _moved(Account.CAPACITY, Account.RESERVED, quantity)


def use(quantity: int, *, reserved: int, batch_left: int, unit: str) -> Postings:
    """Labels go onto goods of a batch: reservation becomes use, stock becomes labelled; raise MassBalanceExceeded beyond the batch."""
    if positive(quantity) > reserved:
        raise QuotaExceeded(
            say("要使用 %(asked)s，已预留的只有 %(held)s。", asked=write_amount(quantity, unit), held=write_amount(reserved, unit)),
            remedy=say("请核对激活数量，或先申领标识。"),
        )
    if quantity > batch_left:
        raise MassBalanceExceeded(
            say("要贴标 %(asked)s，这个批次只剩 %(left)s。", asked=write_amount(quantity, unit), left=write_amount(batch_left, unit)),
            remedy=say("请减少数量，或先申报新的批次。"),
        )
    return _moved(Account.RESERVED, Account.USED, quantity) + _moved(Account.STOCK, Account.LABELLED, quantity)


def refuse_overuse(quantity: int, quota: Quota, *, unit: str, basis: str, remedy: Words) -> None:
    """Raise QuotaExceeded when labels already used and ``quantity`` more (grams or pieces) are beyond the entitlement of this moment."""
    if quota.used + quantity > quota.total:
        raise QuotaExceeded(
            say(
                "已使用 %(used)s，本次激活 %(asked)s，合计超过核定额度 %(total)s（%(basis)s）。",
                used=write_amount(quota.used, unit),
                asked=write_amount(quantity, unit),
                total=write_amount(quota.total, unit),
                basis=basis,
            ),
            remedy=remedy,
            basis=basis,
        )


def refuse_overdraft(before: Quota, after: Quota, *, unit: str) -> None:
    """Raise Conflict when an act of the user's own leaves less entitlement (grams or pieces) than is reserved and used."""
    if after.left < 0 and after.left < before.left:
        raise Conflict(
            say(
                "办理后核定额度由 %(before)s 减为 %(after)s，已使用 %(used)s，已预留 %(reserved)s，不足 %(short)s。",
                before=write_amount(before.total, unit),
                after=write_amount(after.total, unit),
                used=write_amount(after.used, unit),
                reserved=write_amount(after.reserved, unit),
                short=write_amount(-after.left, unit),
            ),
            remedy=say("额度已被预留或使用，请先退回标识。"),
        )


def use_as_stated(quantity: int, *, on_hand: int) -> Postings:
    """An activation that someone reports (imported history): stored whatever the quota says."""
    return _moved(Account.CAPACITY, Account.USED, positive(quantity)) + _labelled_as_stated(quantity, on_hand)


def _labelled_as_stated(quantity: int, on_hand: int) -> Postings:
    covered = max(0, min(quantity, on_hand))
    postings = (
        Posting(Account.STOCK, -covered),
        Posting(Account.UNEXPLAINED, covered - quantity),
        Posting(Account.LABELLED, quantity),
    )
    return tuple(posting for posting in postings if posting.amount)


def release_reserved(quantity: int, *, reserved: int) -> Postings:
    """Labels that were never activated give their reservation back; more than is reserved is a Conflict."""
    if positive(quantity) > reserved:
        raise Conflict(say("释放的数量超过已预留的数量。"), remedy=say("请刷新页面，核对预留数量。"))
    return _moved(Account.RESERVED, Account.CAPACITY, quantity)


def release_used(quantity: int, *, used: int, labelled: int) -> Postings:
    """Activated labels become void: use goes back to capacity, the goods go back to stock."""
    if positive(quantity) > min(used, labelled):
        raise Conflict(say("退回的数量超过已使用的数量。"), remedy=say("请刷新页面，核对已使用的数量。"))
    return _moved(Account.USED, Account.CAPACITY, quantity) + _moved(Account.LABELLED, Account.STOCK, quantity)


def reverse(postings: Iterable[Posting]) -> Postings:
    """Return the transfer that takes another one back."""
    return tuple(replace(posting, amount=-posting.amount) for posting in postings)


def post(balances: Mapping[Account, int], postings: Postings) -> dict[Account, int]:
    """Return balances after a transfer; raise ValueError where an account that holds goods or labels would fall below zero."""
    check(postings)
    after = dict(balances)
    for posting in postings:
        after[posting.account] = after.get(posting.account, 0) + posting.amount
        if posting.account not in SOURCES and after[posting.account] < 0:
            raise ValueError(f"{posting.account} below zero")
    return after
