"""QT-01: more labels than capacity (标识用量超过产能). Test: L > E × (1 + tolerance), per user, allocation unit and harvest year.

L = item codes activated to the harvest year (void, returned and replaced deducted) + pre-printed marked quantity.
E = Σ inside area × final cap + Σ heads, cellars, kilns × final cap + two-sided purchases × conversion + opening stock − sales.
Each plot and unit takes the narrowest cap of its zone and variety.

The allotment gate refuses an overdraft, so the ground arises from caps cut later, plots corrected, imported history and outside
printers. Source: domain, section 6; capacity bases: Order 80 Art. 2(2).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gi_registry.anomalies.rules.finding import UNITS, FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.quantities import yield_of
from gi_registry.kernel.words import Words, say

GROUND = "QT-01"
RULE_VERSION = "1"
COMPUTED_BASES = frozenset({"area", "water", "purchased"})
COUNTED_BASES = frozenset({"head", "cellar", "kiln"})
"""Computed where a cap a head, cellar or kiln was decided."""
PER_MILLE = 1_000


@dataclass(frozen=True)
class PlotFact:
    """A plot inside the area in the harvest year: thousandths of a mu, units per mu, the cap's version and whether it is final."""

    number: str
    area_milli_mu: int
    per_mu: int | None
    cap_version: str = ""
    cap_final: bool = True


@dataclass(frozen=True)
class CountFact:
    """Verified heads, cellars or kilns in the harvest year, the cap of each in grams or pieces, its version and whether it is final."""

    name: str
    quantity: int
    per_unit: int | None
    cap_version: str = ""
    cap_final: bool = True


@dataclass(frozen=True)
class StockFact:
    """An amount from a document: a batch bought from another user, an opening stock, a sale; ``conversion_ppm`` raw to product."""

    reference: str
    quantity: int
    conversion_ppm: int = 1_000_000


@dataclass(frozen=True)
class LabelFact:
    """Labels or packages of one product: how many, and grams or pieces each."""

    product: str
    count: int
    content_per_label: int


@dataclass(frozen=True)
class CapacityFacts:
    """All that QT-01 needs of one user, allocation unit and harvest year, in grams or pieces.

    ``capped``: a cap a head, cellar or kiln was decided; ``awaits``: a conversion of purchased input is not final.
    """

    authorisation_id: int
    gi_id: int
    zone: str
    year: int
    unit: str
    capacity_basis: str
    plots: tuple[PlotFact, ...] = ()
    purchases: tuple[StockFact, ...] = ()
    opening: tuple[StockFact, ...] = ()
    sales: tuple[StockFact, ...] = ()
    activated: tuple[LabelFact, ...] = ()
    deducted: tuple[LabelFact, ...] = ()
    pre_printed: tuple[StockFact, ...] = ()
    counted: tuple[CountFact, ...] = ()
    capped: bool = False
    awaits: bool = False

    @property
    def key(self) -> str:
        """The allocation unit."""
        return f"{self.gi_id}|{self.zone}|{self.unit}"


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: tolerance in thousandths, severity."""

    tolerance_permille: int
    severity: int


def labelled(facts: CapacityFacts) -> int:
    """Return L in the unit of the facts."""
    return _labels(facts.activated) - _labels(facts.deducted) + sum(fact.quantity for fact in facts.pre_printed)


def entitled(facts: CapacityFacts) -> int:
    """Return E in the unit of the facts; a plot without a cap yields nothing."""
    grown = sum(yield_of(plot.area_milli_mu, plot.per_mu or 0) for plot in facts.plots)
    grown += sum(item.quantity * (item.per_unit or 0) for item in facts.counted)
    bought = sum(_converted(fact) for fact in facts.purchases)
    return grown + bought + _total(facts.opening) - _total(facts.sales)


def judge(facts: CapacityFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft where L exceeds E with its tolerance, Unjudged where capacity cannot be computed, else None."""
    used = labelled(facts)
    if used <= 0:
        return None
    missing = _missing(facts)
    if missing is not None:
        return Unjudged(GROUND, facts.authorisation_id, facts.year, missing, facts.key)
    allowed = entitled(facts)
    if used * PER_MILLE <= allowed * (PER_MILLE + thresholds.tolerance_permille):
        return None
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=facts.key,
        facts=_told(facts),
        lines=_arithmetic(facts, thresholds),
        summary=say(
            "%(year)s 年产标识用量 %(used)s %(unit)s，超过产能 %(allowed)s %(unit)s。",
            year=facts.year,
            used=grouped(used),
            allowed=grouped(allowed),
            unit=UNITS[facts.unit],
        ),
    )


_LATER = ("counted", "capped", "awaits")
"""Facts that came after the first release: left out where they say nothing, so that older evidence stays the same evidence."""


def _told(facts: CapacityFacts) -> dict[str, Any]:
    return {name: value for name, value in asdict(facts).items() if value or name not in _LATER}


def _missing(facts: CapacityFacts) -> Words | None:
    counted = facts.capacity_basis in COUNTED_BASES and facts.capped
    if facts.capacity_basis not in COMPUTED_BASES and not counted:
        return say("该保护的产能依据不是面积或者购进原料，系统不能计算产能，需要补充资料。")
    open_plots = any(not plot.cap_final or plot.per_mu is None for plot in facts.plots)
    open_units = any(not item.cap_final or item.per_unit is None for item in facts.counted)
    if open_plots or open_units or facts.awaits:
        return say("%(year)s 年的单产上限尚未最终确定，暂不判断。", year=facts.year)
    return None


def _arithmetic(facts: CapacityFacts, thresholds: Thresholds) -> tuple[Line, ...]:
    unit = facts.unit
    used, allowed = labelled(facts), entitled(facts)
    over = used - allowed
    return (
        *(_plot_line(plot, unit) for plot in facts.plots),
        *(_count_line(item, unit) for item in facts.counted),
        *(_stock_line(say("购进 %(ref)s", ref=fact.reference), fact, unit) for fact in facts.purchases),
        *(_stock_line(say("期初库存 %(ref)s", ref=fact.reference), fact, unit) for fact in facts.opening),
        *(_stock_line(say("售出 %(ref)s", ref=fact.reference), fact, unit, sign=-1) for fact in facts.sales),
        Line(say("产能合计 E"), "", allowed, unit),
        *(_label_line(say("已激活标识 %(product)s", product=fact.product), fact, unit) for fact in facts.activated),
        *(_label_line(say("作废、退回 %(product)s", product=fact.product), fact, unit, sign=-1) for fact in facts.deducted),
        *(_stock_line(say("预印包装 %(ref)s", ref=fact.reference), fact, unit) for fact in facts.pre_printed),
        Line(say("标识用量合计 L"), "", used, unit),
        Line(say("容差"), f"E × {thresholds.tolerance_permille}‰", allowed * thresholds.tolerance_permille // PER_MILLE, unit),
        Line(say("超出产能 L − E"), f"{grouped(used)} − {grouped(allowed)}", over, unit),
    )


def _plot_line(plot: PlotFact, unit: str) -> Line:
    per_mu = plot.per_mu or 0
    label = say("地块 %(number)s（上限版本 %(version)s）", number=plot.number, version=plot.cap_version or "–")
    return Line(
        label,
        say("%(area)s 亩 × %(per_mu)s", area=f"{plot.area_milli_mu / 1000:g}", per_mu=grouped(per_mu)),
        yield_of(plot.area_milli_mu, per_mu),
        unit,
    )


def _count_line(item: CountFact, unit: str) -> Line:
    each = item.per_unit or 0
    label = say("%(name)s（上限版本 %(version)s）", name=item.name, version=item.cap_version or "–")
    return Line(label, f"{grouped(item.quantity)} × {grouped(each)}", item.quantity * each, unit)


def _stock_line(label: Words, fact: StockFact, unit: str, *, sign: int = 1) -> Line:
    whole = fact.conversion_ppm == 1_000_000
    return Line(label, "" if whole else f"{grouped(fact.quantity)} × {fact.conversion_ppm / 1_000_000:g}", sign * _converted(fact), unit)


def _label_line(label: Words, fact: LabelFact, unit: str, *, sign: int = 1) -> Line:
    return Line(label, f"{grouped(fact.count)} × {grouped(fact.content_per_label)}", sign * fact.count * fact.content_per_label, unit)


def _converted(fact: StockFact) -> int:
    return fact.quantity * fact.conversion_ppm // 1_000_000


def _labels(facts: tuple[LabelFact, ...]) -> int:
    return sum(fact.count * fact.content_per_label for fact in facts)


def _total(facts: tuple[StockFact, ...]) -> int:
    return sum(fact.quantity for fact in facts)
