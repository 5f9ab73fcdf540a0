"""The statement of goods: what came in, what went out, what is left, for one user, a place or a whole GI.

    opening + harvest + bought + conversion + unexplained − carried forward − sold − lost − labelled = closing

The figures are balances of accounts; what crossed from one year to another is read from its entries. The identity holds because every
transfer is zero-sum; ``balanced`` says so, and a statement for which it does not is a fault of the ledger, never rounded away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from gi_registry.batches.rules.ledger import ACCOUNT_WORDS, QUOTA, SOURCES, Account
from gi_registry.kernel.words import Words, say

CAME, WENT = "came", "went"
_OWN_WORDS: dict[str, Words] = {
    CAME: say("往年库存转入"),
    Account.FIELD: say("采收"),
    Account.SUPPLIER: say("购进"),
    Account.CONVERSION: say("加工折算"),
    Account.UNEXPLAINED: say("来源未申报"),
    WENT: say("结转以后年度"),
    Account.SOLD: say("售出"),
    Account.LOSS: say("损耗"),
    Account.LABELLED: say("已贴标"),
}
_ORDER = tuple(_OWN_WORDS)
_ALWAYS = (CAME, Account.FIELD, Account.LABELLED)
FULL = 1000


@dataclass(frozen=True)
class Line:
    """One line: signed quantity in grams or pieces. ``account`` is the account whose entries it opens (stock for what crossed years)."""

    name: str
    label: Words
    quantity: int
    account: str


@dataclass(frozen=True)
class Bar:
    """Where a bar begins and how long it is, in thousandths of the widest; ``tone`` is in, out or total."""

    start: int
    length: int
    tone: str


@dataclass(frozen=True)
class Goods:
    """Balances of the goods of one year by kind of account, and what crossed from and to other years (grams or pieces)."""

    balances: Mapping[str, int]
    came: int = 0
    went: int = 0

    @property
    def closing(self) -> int:
        """What stock holds."""
        return self.balances.get(Account.STOCK, 0)

    @property
    def labelled(self) -> int:
        """What bears labels."""
        return self.balances.get(Account.LABELLED, 0)

    @property
    def harvest(self) -> int:
        """What was harvested."""
        return -self.balances.get(Account.FIELD, 0)

    @property
    def bought(self) -> int:
        """What was bought, before conversion."""
        return -self.balances.get(Account.SUPPLIER, 0)

    @property
    def unexplained(self) -> int:
        """What bears labels, or was counted, without a declared source."""
        return -self.balances.get(Account.UNEXPLAINED, 0)

    @property
    def sold(self) -> int:
        """What went to other users."""
        return self.balances.get(Account.SOLD, 0)

    @property
    def lost(self) -> int:
        """What was lost."""
        return self.balances.get(Account.LOSS, 0)

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the order of the year; one that is nothing is left out, but for opening, harvest and labelled."""
        signed = {CAME: self.came, WENT: -self.went}
        for kind, balance in self.balances.items():
            if kind not in (Account.STOCK, Account.OPENING) and kind not in QUOTA:
                signed[kind] = -balance
        names = sorted(signed.keys() | set(_ALWAYS), key=lambda name: (_place(name), name))
        return tuple(
            Line(name, _OWN_WORDS.get(name) or ACCOUNT_WORDS[name], signed.get(name, 0), Account.STOCK if name in (CAME, WENT) else name)
            for name in names
            if signed.get(name) or name in _ALWAYS
        )

    @property
    def balanced(self) -> bool:
        """Whether the lines sum to the closing stock."""
        return sum(line.quantity for line in self.lines) == self.closing

    def __add__(self, other: Goods) -> Goods:
        """Return the goods of two together."""
        kinds = self.balances.keys() | other.balances.keys()
        summed = {kind: self.balances.get(kind, 0) + other.balances.get(kind, 0) for kind in kinds}
        return Goods(summed, self.came + other.came, self.went + other.went)


def _place(name: str) -> int:
    if name in _ORDER:
        return _ORDER.index(name)
    return _ORDER.index(Account.UNEXPLAINED) if name in SOURCES else _ORDER.index(Account.SOLD)


def together(goods: Iterable[Goods]) -> Goods:
    """Return the goods of several users as one."""
    total = Goods({})
    for item in goods:
        total += item
    return total


def waterfall(goods: Goods) -> tuple[Bar, ...]:
    """Return one bar for each line and one for the closing stock: each begins where the one before it ended.

    Below zero (only a fault of the ledger leads there) a bar is drawn from zero.
    """
    levels = [0]
    for line in goods.lines:
        levels.append(levels[-1] + line.quantity)
    widest = max(1, *levels, goods.closing)
    bars = [_bar(max(0, before), max(0, after), widest) for before, after in pairwise(levels)]
    return (*bars, Bar(0, _part(max(0, goods.closing), widest), "total"))


def _bar(before: int, after: int, widest: int) -> Bar:
    return Bar(_part(min(before, after), widest), _part(abs(after - before), widest), "in" if after >= before else "out")


def _part(quantity: int, widest: int) -> int:
    return quantity * FULL // widest


def permille(part: int, whole: int) -> int | None:
    """Return a share in thousandths, rounded down; None where there is no whole."""
    return part * FULL // whole if whole > 0 else None


@dataclass(frozen=True)
class Use:
    """What may be labelled (the entitlement E, None where it cannot be computed) and what is: L, both in grams or pieces."""

    entitled: int | None
    reserved: int
    used: int

    @property
    def left(self) -> int | None:
        """What may still be reserved; negative when more is spoken for than there is."""
        return None if self.entitled is None else self.entitled - self.reserved - self.used

    @property
    def over(self) -> int:
        """How much more is labelled than the entitlement allows, 0 where it is not."""
        return 0 if self.entitled is None else max(0, self.used - self.entitled)

    @property
    def share(self) -> int | None:
        """The part of the entitlement that is used, in thousandths."""
        return None if self.entitled is None else permille(self.used, self.entitled)

    def __add__(self, other: Use) -> Use:
        """Return the use of two together; what cannot be computed for one cannot be for both."""
        entitled = None if self.entitled is None or other.entitled is None else self.entitled + other.entitled
        return Use(entitled, self.reserved + other.reserved, self.used + other.used)


NO_USE = Use(0, 0, 0)


def shares_of_batches(
    ground: Mapping[int, Mapping[str, int]], whole: Mapping[int, int], inputs: Iterable[tuple[int, int, int]]
) -> dict[int, dict[str, Fraction]]:
    """Return which part of each batch comes from which place.

    ``ground`` is what places gave to harvested batches of ``whole`` quantity; ``inputs`` are (output, input, quantity taken) of
    processes: an input has a lower id than what was made of it. What has no place belongs to none: parts may sum to less than one.
    """
    shares = {
        batch: {place: Fraction(quantity, whole[batch]) for place, quantity in places.items() if whole[batch] > 0}
        for batch, places in ground.items()
    }
    taken: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for output, source, quantity in inputs:
        taken[output].append((source, quantity))
    for output in sorted(taken):
        total = sum(quantity for _source, quantity in taken[output])
        mixed: dict[str, Fraction] = defaultdict(Fraction)
        for source, quantity in taken[output]:
            for place, share in shares.get(source, {}).items():
                mixed[place] += share * quantity / total
        shares[output] = dict(mixed)
    return shares
