"""AR-03: report inconsistent (年度报告前后不一致). Three tests of one filed report against itself and the register:

- label identity: |closing − (opening + received − activated − spoiled − returned)| > tolerance × (opening + received), per marking mode;
- marked quantity > opening stock + output + purchases;
- area > Σ own and contracted plots on file for some part of the year.

One report is one finding, with a line for each test that fails. A nil report has no figures and is never met. Where the area is
stated but the protection rests on land and no plot is on file, the rule asks for more information. Source: domain, sections 5 and 6.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.words import Words, say

GROUND = "AR-03"
RULE_VERSION = "1"
PER_MILLE = 1_000


@dataclass(frozen=True)
class LabelAccount:
    """The label account of one marking mode as filed, in labels or packages; ``name`` is the mode in words."""

    mode: str
    name: Words
    opening: int
    received: int
    activated: int
    spoiled: int
    returned: int
    closing: int

    @property
    def expected(self) -> int:
        """What should be left at the end of the year."""
        return self.opening + self.received - self.activated - self.spoiled - self.returned


@dataclass(frozen=True)
class StatementFacts:
    """A filed report beside the register. Goods in ``unit`` (g or piece), areas in thousandths of a mu; None: not stated or not on file.

    ``opening_stock`` and ``purchases`` are the larger of what was stated and what batches say, in the user's favour.
    """

    authorisation_id: int
    report_id: int
    year: int
    unit: str
    labels: tuple[LabelAccount, ...] = ()
    marked: int | None = None
    output: int | None = None
    opening_stock: int = 0
    purchases: int = 0
    area_milli_mu: int | None = None
    plots_milli_mu: int | None = None
    rests_on_land: bool = True


@dataclass(frozen=True)
class Thresholds:
    """The parameters in force: tolerance of the label identity and of the area in thousandths, severity."""

    label_permille: int
    area_permille: int
    severity: int


def judge(facts: StatementFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft where a test fails, Unjudged where the area cannot be compared and no other test fails, else None."""
    off = tuple(account for account in facts.labels if _is_off(account, thresholds.label_permille))
    over, wide = _marked_too_much(facts), _too_wide(facts, thresholds.area_permille)
    if off or over or wide:
        return _draft(facts, thresholds, lines=(*_label_lines(facts, off), *_goods_lines(facts, over), *_area_lines(facts, wide)))
    if facts.area_milli_mu and facts.plots_milli_mu is None and facts.rests_on_land:
        return Unjudged(GROUND, facts.authorisation_id, facts.year, say("年报填写了生产面积，但没有登记地块，需要补充地块资料。"))
    return None


def _is_off(account: LabelAccount, permille: int) -> bool:
    return abs(account.closing - account.expected) * PER_MILLE > (account.opening + account.received) * permille


def _available(facts: StatementFacts) -> int | None:
    return None if facts.output is None else facts.opening_stock + facts.output + facts.purchases


def _marked_too_much(facts: StatementFacts) -> bool:
    available = _available(facts)
    return facts.marked is not None and available is not None and facts.marked > available


def _too_wide(facts: StatementFacts, permille: int) -> bool:
    stated, plots = facts.area_milli_mu, facts.plots_milli_mu
    return stated is not None and plots is not None and stated * PER_MILLE > plots * (PER_MILLE + permille)


def _label_lines(facts: StatementFacts, off: tuple[LabelAccount, ...]) -> tuple[Line, ...]:
    page = f"/office/reports/{facts.report_id}"
    return tuple(
        Line(
            say("%(mode)s：填报年末结存与账目相差", mode=account.name),
            say(
                "%(closing)s −（%(opening)s + %(received)s − %(activated)s − %(spoiled)s − %(returned)s）",
                **{
                    part: grouped(getattr(account, part)) for part in ("closing", "opening", "received", "activated", "spoiled", "returned")
                },
            ),
            account.closing - account.expected,
            "label",
            page,
        )
        for account in off
    )


def _goods_lines(facts: StatementFacts, over: bool) -> tuple[Line, ...]:  # noqa: FBT001  # whether the test failed
    if not over:
        return ()
    page, batches = f"/office/reports/{facts.report_id}", f"/authorisations/{facts.authorisation_id}/batches?year={facts.year}"
    available = _available(facts) or 0
    return (
        Line(say("填报的用标产品数量"), "", facts.marked, facts.unit, page),
        Line(say("期初库存"), "", facts.opening_stock, facts.unit, batches),
        Line(say("填报的地理标志产品产量"), "", facts.output, facts.unit, page),
        Line(say("购进"), "", facts.purchases, facts.unit, batches),
        Line(
            say("用标数量超出库存、产量与购进之和"),
            f"{grouped(facts.marked or 0)} − {grouped(available)}",
            (facts.marked or 0) - available,
            facts.unit,
        ),
    )


def _area_lines(facts: StatementFacts, wide: bool) -> tuple[Line, ...]:  # noqa: FBT001  # whether the test failed
    if not wide:
        return ()
    stated, plots = facts.area_milli_mu or 0, facts.plots_milli_mu or 0
    return (
        Line(say("填报的生产面积"), say("%(area)s 亩", area=in_mu(stated)), href=f"/office/reports/{facts.report_id}"),
        Line(
            say("已登记的自有和合同地块合计"),
            say("%(area)s 亩", area=in_mu(plots)),
            href=f"/authorisations/{facts.authorisation_id}/plots",
        ),
        Line(say("面积超出"), say("%(area)s 亩", area=f"{in_mu(stated)} − {in_mu(plots)} = {in_mu(stated - plots)}")),
    )


def in_mu(milli_mu: int) -> str:
    """Write thousandths of a mu as mu."""
    whole, part = divmod(milli_mu, 1_000)
    return grouped(whole) + (f".{part:03d}".rstrip("0") if part else "")


def _draft(facts: StatementFacts, thresholds: Thresholds, *, lines: tuple[Line, ...]) -> FindingDraft:
    stored = asdict(facts) | {"labels": [{k: v for k, v in asdict(a).items() if k != "name"} for a in facts.labels]}
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="",
        facts=stored,
        lines=lines,
        summary=say("%(year)s 年度报告：%(what)s。", year=facts.year, what=_what(facts, thresholds)),
    )


def _what(facts: StatementFacts, thresholds: Thresholds) -> Words:
    off = any(_is_off(account, thresholds.label_permille) for account in facts.labels)
    over, wide = _marked_too_much(facts), _too_wide(facts, thresholds.area_permille)
    if off + over + wide > 1:
        return say("有 %(count)s 项填报与账目或者登记不符", count=off + over + wide)
    if off:
        return say("标签账目收支不平")
    return say("用标数量多于库存、产量与购进之和") if over else say("生产面积大于已登记地块")
