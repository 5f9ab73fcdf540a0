"""How much may bear the mark: E(user, GI, year) with its arithmetic in words (domain §6).

    Σ area inside × cap + Σ heads, cellars, kilns × cap + purchases × conversion + opening stock − carried forward − sales

Each plot and each unit of the register counts with the narrowest cap of its zone and variety (``rules/caps.py``). Land counts where its
verdict is inside or uncertain, not where it is outside. Before the final cap the provisional one counts. Bought-in material counts
where the protection lets raw material come from outside, or where the selling user confirmed the sale. Where a protection has no
capacity that the register can compute (no basis, or heads, cellars and kilns for which no cap was decided), the answer is "more
information needed" and the declared batches limit what may be labelled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gi_registry.batches.rules.amounts import thousandths, unit_words, write_amount
from gi_registry.batches.rules.caps import PER_WORDS, UNIT_NAMES, Cap, Per
from gi_registry.batches.rules.ledger import Quota
from gi_registry.batches.rules.life import CAP_WORDS, CapStatus
from gi_registry.kernel.quantities import grouped, yield_of
from gi_registry.kernel.words import Words, say

BY_GROUND = frozenset({"area", "water"})
BY_PURCHASE = "purchased"
BY_COUNT = frozenset({"head", "cellar", "kiln"})

__all__ = [
    "BY_COUNT",
    "BY_GROUND",
    "BY_PURCHASE",
    "Cap",
    "Counted",
    "Entitlement",
    "Facts",
    "Goods",
    "Land",
    "Line",
    "computable",
    "compute",
]


@dataclass(frozen=True)
class Land:
    """A plot: its area in milli-mu and its verdict; ``source`` points to it (``plot:12``), ``cap`` is the one of its zone and variety."""

    number: str
    name: str
    area_milli_mu: int
    verdict: str
    source: str
    cap: Cap | None = None


@dataclass(frozen=True)
class Counted:
    """Heads, cellars or kilns of the register, and the cap of their zone and variety."""

    name: str
    kind: str
    quantity: int
    source: str
    cap: Cap | None = None


@dataclass(frozen=True)
class Goods:
    """A purchase, an opening stock, a sale or a harvest, in grams or pieces."""

    number: str
    quantity: int
    source: str
    conversion_permille: int = 1000
    counts: bool = True
    cap: Cap | None = None

    @property
    def product(self) -> int:
        """What it yields as product, rounded down."""
        return self.quantity * self.conversion_permille // 1000


@dataclass(frozen=True)
class Line:
    """One summand: signed quantity in grams or pieces, its arithmetic as a sentence, and where it comes from."""

    label: Words
    quantity: int
    arithmetic: Words
    source: str


@dataclass(frozen=True)
class Facts:
    """What the entitlement is computed from.

    ``cap`` is the one of the zone and every variety, for what has none of its own; ``capped`` says whether any cap of the basis was
    decided.
    """

    basis: str
    unit: str
    land: tuple[Land, ...] = ()
    cap: Cap | None = None
    counted: tuple[Counted, ...] = ()
    capped: bool = False
    purchases: tuple[Goods, ...] = ()
    openings: tuple[Goods, ...] = ()
    carried: tuple[Goods, ...] = ()
    sales: tuple[Goods, ...] = ()
    harvests: tuple[Goods, ...] = ()


@dataclass(frozen=True)
class Entitlement:
    """The answer: lines, their total, what is reserved and used of it, and which cap it rests on."""

    lines: tuple[Line, ...]
    total: int
    reserved: int
    used: int
    unit: str
    basis: str
    limited_by: str
    cap_status: str | None
    cap_version: int | None
    caps: tuple[Cap, ...] = ()

    @property
    def left(self) -> int:
        """What may still be reserved; negative when a cap was cut afterwards."""
        return self.quota.left

    @property
    def quota(self) -> Quota:
        """The figures the ledger asks for."""
        return Quota(self.total, self.reserved, self.used)

    @property
    def sufficient(self) -> bool:
        """Whether the register knows enough to compute a capacity."""
        return self.limited_by == "capacity"

    @property
    def cap_words(self) -> Words:
        """The cap it rests on, as a phrase."""
        if self.cap_status is None:
            return say("尚未核定单产上限") if self.sufficient else say("不按产能核定")
        if len(self.caps) > 1:
            return say("%(status)s上限共 %(n)s 项，见逐项算式", status=CAP_WORDS[self.cap_status], n=len(self.caps))
        if self.caps and self.caps[0].per != Per.MU:
            return say("%(status)s产能上限第 %(version)s 版", status=CAP_WORDS[self.cap_status], version=self.cap_version)
        return say("%(status)s单产上限第 %(version)s 版", status=CAP_WORDS[self.cap_status], version=self.cap_version)

    @property
    def remedy(self) -> Words:
        """What to do when it does not suffice."""
        if not self.sufficient:
            return say("这一产品不按产能核定，可贴标数量以已申报的批次为限；请先申报批次。")
        if self.cap_status is None and self.basis in BY_GROUND:
            return say("请联系主管部门录入本年度的单产上限。")
        if self.basis in BY_COUNT and not self.lines:
            return say("请在“产能”页申报存栏、窖池或窑口，经县级核实后计入。")
        return say("请减少数量；有未申报的地块、购进原料或往年库存，请先申报；对上限有异议请联系主管部门。")


def compute(facts: Facts, *, reserved: int = 0, used: int = 0) -> Entitlement:
    """Return the entitlement of one authorisation, GI, year, zone and unit, in grams or pieces."""
    sufficient = computable(facts.basis, capped=_own_cap(facts))
    own = (*_land_lines(facts), *_counted_lines(facts)) if sufficient else _batch_lines(facts)
    lines = (*own, *_purchase_lines(facts), *_opening_lines(facts), *_deductions(facts))
    if (below := sum(line.quantity for line in lines)) < 0:
        lines += (Line(say("不足部分"), -below, say("核定额度不为负，按零计"), "rule:floor"),)
    caps = _caps_used(facts) if sufficient else ()
    return Entitlement(
        lines=lines,
        total=sum(line.quantity for line in lines),
        reserved=reserved,
        used=used,
        unit=facts.unit,
        basis=facts.basis,
        limited_by="capacity" if sufficient else "batches",
        cap_status=_weakest(caps),
        cap_version=max((cap.revision for cap in caps), default=None),
        caps=caps,
    )


def computable(basis: str, *, capped: bool) -> bool:
    """Say whether a capacity follows from a basis: heads, cellars and kilns only where a cap of them was decided."""
    return basis in BY_GROUND or basis == BY_PURCHASE or (basis in BY_COUNT and capped)


def _own_cap(facts: Facts) -> bool:
    return facts.capped or (facts.cap is not None and facts.cap.per == facts.basis)


def _caps_used(facts: Facts) -> tuple[Cap, ...]:
    """Return the caps that the lines rest on; the general one where no line has a cap."""
    own = [land.cap or facts.cap for land in facts.land if land.verdict != "outside"]
    own += [item.cap or facts.cap for item in facts.counted]
    own += [goods.cap for goods in facts.purchases]
    used = tuple(dict.fromkeys(cap for cap in own if cap is not None))
    return used or ((facts.cap,) if facts.cap is not None else ())


def _weakest(caps: tuple[Cap, ...]) -> str | None:
    """Return ``provisional`` as soon as one cap is: the sum is not final before its last part is."""
    stated = {cap.status for cap in caps}
    return next((status for status in (CapStatus.PROVISIONAL, CapStatus.FINAL) if status in stated), None)


def _land_lines(facts: Facts) -> Iterable[Line]:
    for land in facts.land:
        label = say("地块 %(number)s %(name)s", number=land.number, name=land.name)
        area, cap = thousandths(land.area_milli_mu), land.cap or facts.cap
        if land.verdict == "outside":
            yield Line(label, 0, say("%(area)s 亩在产地范围外，不计入", area=area), land.source)
        elif cap is None:
            yield Line(label, 0, say("%(area)s 亩，本年度单产上限尚未核定，暂不计入", area=area), land.source)
        else:
            quantity = yield_of(land.area_milli_mu, cap.per_mu)
            yield Line(label, quantity, _of_variety(cap, _times(area, cap.per_mu, quantity, unit=facts.unit)), land.source)


def _of_variety(cap: Cap, arithmetic: Words) -> Words:
    return say("%(variety)s：%(arithmetic)s", variety=cap.variety, arithmetic=arithmetic) if cap.variety else arithmetic


def _counted_lines(facts: Facts) -> Iterable[Line]:
    for item in facts.counted:
        label = say("%(kind)s %(name)s", kind=UNIT_NAMES[item.kind], name=item.name)
        cap, per = item.cap or facts.cap, PER_WORDS[item.kind]
        if cap is None:
            sentence = say("%(n)s %(per)s，本年度上限尚未核定，暂不计入", n=grouped(item.quantity), per=per)
            yield Line(label, 0, sentence, item.source)
            continue
        quantity = item.quantity * cap.per_mu
        arithmetic = say(
            "%(n)s %(per)s × %(each)s %(unit)s = %(total)s %(unit)s",
            n=grouped(item.quantity),
            per=per,
            each=write_amount(cap.per_mu, facts.unit),
            total=write_amount(quantity, facts.unit),
            unit=unit_words(facts.unit),
        )
        yield Line(label, quantity, _of_variety(cap, arithmetic), item.source)


def _times(area: str, per_mu: int, quantity: int, *, unit: str) -> Words:
    return say(
        "%(area)s 亩 × %(per)s %(unit)s/亩 = %(total)s %(unit)s",
        area=area,
        per=write_amount(per_mu, unit),
        total=write_amount(quantity, unit),
        unit=unit_words(unit),
    )


def _batch_lines(facts: Facts) -> Iterable[Line]:
    for goods in facts.harvests:
        label = say("已申报批次 %(number)s", number=goods.number)
        yield Line(label, goods.quantity, _plain(goods.quantity, facts.unit), goods.source)


def _purchase_lines(facts: Facts) -> Iterable[Line]:
    for goods in facts.purchases:
        label = say("购进 %(number)s", number=goods.number)
        if not goods.counts:
            yield Line(label, 0, say("原料须产自产地范围内，且售出方尚未确认，不计入"), goods.source)
            continue
        arithmetic = say(
            "%(raw)s %(unit)s × 折算 %(rate)s = %(total)s %(unit)s",
            raw=write_amount(goods.quantity, facts.unit),
            rate=thousandths(goods.conversion_permille),
            total=write_amount(goods.product, facts.unit),
            unit=unit_words(facts.unit),
        )
        yield Line(label, goods.product, arithmetic, goods.source)


def _opening_lines(facts: Facts) -> Iterable[Line]:
    for goods in facts.openings:
        yield Line(say("往年库存 %(number)s", number=goods.number), goods.quantity, _plain(goods.quantity, facts.unit), goods.source)


def _deductions(facts: Facts) -> Iterable[Line]:
    for goods in facts.carried:
        yield Line(say("结转下年 %(number)s", number=goods.number), -goods.quantity, _plain(-goods.quantity, facts.unit), goods.source)
    for goods in facts.sales:
        yield Line(say("售出原料 %(number)s", number=goods.number), -goods.quantity, _plain(-goods.quantity, facts.unit), goods.source)


def _plain(quantity: int, unit: str) -> Words:
    return say("%(total)s %(unit)s", total=write_amount(quantity, unit), unit=unit_words(unit))
