"""QT-02: outside goods mixed in (外来货混装). Test: marked output > (opening + confirmed GI input) × maximum conversion × (1 + tolerance).

Marked are labels activated (void, returned and replaced ones deducted) and pre-printed packages. GI input is what was harvested, and what
was bought from another user who confirmed the sale. The seller has a period to confirm; while it runs the purchase counts. Goods from
outside that stand apart and are not marked appear on neither side: they are lawful. Where the protection lets raw material come from
outside, every purchase counts. What was sold is not deducted: it may have been sold under the mark.
Source: domain, section 6.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gi_registry.anomalies.rules.finding import UNITS, FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.words import Words, say

GROUND = "QT-02"
RULE_VERSION = "1"
PER_MILLE = 1_000
SHOWN = 40

CONFIRMED, WAITING, LAPSED, DISPUTED, OUTSIDE, ALLOWED = "confirmed", "waiting", "lapsed", "disputed", "outside", "allowed"
COUNTS = frozenset({CONFIRMED, WAITING, ALLOWED})
STANDINGS: dict[str, Words] = {
    CONFIRMED: say("售出方已确认"),
    WAITING: say("售出方确认期未满，先计入"),
    ALLOWED: say("该保护的原料可以来自产地范围外"),
    LAPSED: say("售出方逾期未确认，不计入"),
    DISPUTED: say("售出方有异议，不计入"),
    OUTSIDE: say("供货方不是用标人，不计入"),
}
KINDS: dict[str, Words] = {"harvest": say("采收 %(number)s"), "opening": say("往年库存 %(number)s"), "purchase": say("购进 %(number)s")}


@dataclass(frozen=True)
class Came:
    """Goods that came in with a batch: ``quantity`` as they came, ``commodity`` what they were ('' the product itself).

    ``most_permille``: how much product a thousand gives at most. ``standing`` says of a purchase whether it counts; harvest and opening
    stock always do.
    """

    batch_id: int
    number: str
    kind: str
    quantity: int
    commodity: str = ""
    standing: str = CONFIRMED
    most_permille: int = PER_MILLE

    @property
    def product(self) -> int:
        """The most that the goods can give as product."""
        return self.quantity * self.most_permille // PER_MILLE


@dataclass(frozen=True)
class MixFacts:
    """Marked output and input of one user, GI, account year and unit (g or piece).

    ``only_packages``: nothing but pre-printed packages bears the mark. ``across_units``: a process turned one unit or year into another.
    """

    authorisation_id: int
    gi_id: int
    year: int
    unit: str
    labelled: int
    pre_printed: int = 0
    came: tuple[Came, ...] = ()
    across_units: bool = False

    @property
    def key(self) -> str:
        """GI and unit; zones are taken together, goods may be merged across them."""
        return f"{self.gi_id}|{self.unit}"

    @property
    def marked(self) -> int:
        """All that bears the mark."""
        return self.labelled + self.pre_printed


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: tolerance in thousandths, severity."""

    tolerance_permille: int
    severity: int


def judge(facts: MixFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft where more is marked than can have come in, Unjudged where the input is not on file, else None."""
    allowed = sum(came.product for came in facts.came if came.standing in COUNTS)
    if facts.marked * PER_MILLE <= allowed * (PER_MILLE + thresholds.tolerance_permille):
        return None
    if not facts.came and not facts.labelled:
        return _unjudged(facts, say("只有预印包装，没有申报采收、购进或者库存，需要补充台账。"))
    if facts.across_units:
        return _unjudged(facts, say("加工前后的计量单位或者年度不同，不能直接比较，需要核对加工记录。"))
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=facts.key,
        facts=asdict(facts),
        lines=_arithmetic(facts, thresholds, allowed=allowed),
        summary=say(
            "%(year)s 年用标产出 %(marked)s %(unit)s，多于有来源的投入最多可产的 %(allowed)s %(unit)s。",
            year=facts.year,
            marked=grouped(facts.marked),
            allowed=grouped(allowed),
            unit=UNITS[facts.unit],
        ),
    )


def _unjudged(facts: MixFacts, why: Words) -> Unjudged:
    return Unjudged(GROUND, facts.authorisation_id, facts.year, why, facts.key)


def _arithmetic(facts: MixFacts, thresholds: Thresholds, *, allowed: int) -> tuple[Line, ...]:
    unit, batches = facts.unit, f"/authorisations/{facts.authorisation_id}/batches?year={facts.year}"
    counted = [came for came in facts.came if came.standing in COUNTS]
    left_out = [came for came in facts.came if came.standing not in COUNTS]
    rest = sum(came.product for came in counted[SHOWN:])
    return (
        *(_counted(came, unit) for came in counted[:SHOWN]),
        *((Line(say("其余 %(count)s 批", count=len(counted) - SHOWN), "", rest, unit, batches),) if counted[SHOWN:] else ()),
        Line(say("有来源的投入最多可产"), "", allowed, unit, batches),
        *(_left_out(came, unit) for came in left_out[:SHOWN]),
        Line(say("已激活标识（已扣作废、退回）"), "", facts.labelled, unit, f"/authorisations/{facts.authorisation_id}/ledger"),
        *((Line(say("预印包装"), "", facts.pre_printed, unit, batches),) if facts.pre_printed else ()),
        Line(
            say("用标产出多出"),
            say(
                "%(marked)s − %(allowed)s（容差 %(tolerance)s‰）",
                marked=grouped(facts.marked),
                allowed=grouped(allowed),
                tolerance=thresholds.tolerance_permille,
            ),
            facts.marked - allowed,
            unit,
        ),
    )


def _counted(came: Came, unit: str) -> Line:
    label, page = Words(KINDS[came.kind].template, {"number": came.number}), f"/batches/{came.batch_id}"
    if came.commodity:
        told = say("%(what)s %(amount)s × %(rate)s‰", what=came.commodity, amount=grouped(came.quantity), rate=came.most_permille)
        return Line(label, told, came.product, unit, page)
    return Line(label, STANDINGS[came.standing] if came.kind == "purchase" else "", came.product, unit, page)


def _left_out(came: Came, unit: str) -> Line:
    label = Words(KINDS[came.kind].template, {"number": came.number})
    amount = say("%(what)s：%(amount)s", what=STANDINGS[came.standing], amount=grouped(came.quantity))
    return Line(label, amount, 0, unit, f"/batches/{came.batch_id}")
