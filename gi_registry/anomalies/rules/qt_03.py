"""QT-03: land counted twice (土地重复计算). Three tests of the plots on file in a year, each a finding of its own:

- ``overlap``: a plot shares more ground with another of the same GI and season than surveying explains (> max(1 %, 50 m², half the
  outline × accuracy)); rice and crab in one field are different seasons. Both users get the finding; its lines name the own plots only.
- ``township``: the land on file in a place is more than its official figure. It is told to a user only where his is the only land there
  that no record backs: a sum accuses nobody in particular. Where several have such land the county is asked to verify.
- ``growth``: the user's land grew by more than ``growth_permille`` against the year before, without a record (land record, verification).

Source: domain, section 6; ``origin.rules.shared_land`` and ``origin.rules.townships`` compute the figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from gi_registry.anomalies.rules.ar_03 import in_mu
from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.words import Words, say

GROUND = "QT-03"
RULE_VERSION = "1"
PER_MILLE = 1_000
SHOWN = 40


@dataclass(frozen=True)
class Shared:
    """Ground that a plot of the user shares with another: ``own_other`` where the other is the user's own plot too (its number)."""

    plot_id: int
    number: str
    other_id: int
    shared_m2: int
    own_other: str = ""


@dataclass(frozen=True)
class Place:
    """A place whose land on file is beyond its official figure, in thousandths of a mu.

    ``unrecorded_milli_mu``: the user's land there that no record backs; ``others_unrecorded``: how many other users have such land.
    """

    code: str
    name: str
    crop: str
    stated_milli_mu: int
    official_milli_mu: int
    source: str
    unrecorded_milli_mu: int
    others_unrecorded: int


@dataclass(frozen=True)
class LandFacts:
    """The land of one user and GI in a year, in thousandths of a mu; ``before_milli_mu`` 0: none the year before."""

    authorisation_id: int
    gi_id: int
    year: int
    shared: tuple[Shared, ...] = ()
    places: tuple[Place, ...] = ()
    before_milli_mu: int = 0
    after_milli_mu: int = 0
    recorded_milli_mu: int = 0


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: growth in thousandths that needs a record, severity."""

    growth_permille: int
    severity: int


def judge(facts: LandFacts, thresholds: Thresholds) -> tuple[Outcome, ...]:
    """Return what each of the three tests answers, silence left out."""
    answers = (_overlap(facts, thresholds), *_townships(facts, thresholds), _growth(facts, thresholds))
    return tuple(answer for answer in answers if answer is not None)


def _overlap(facts: LandFacts, thresholds: Thresholds) -> Outcome:
    if not facts.shared:
        return None
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="overlap",
        facts={"authorisation_id": facts.authorisation_id, "year": facts.year, "shared": [asdict(item) for item in facts.shared]},
        lines=(
            *(_shared_line(item) for item in facts.shared[:SHOWN]),
            Line(say("测量误差可以解释的重叠已扣除"), say("较小地块的百分之一、50 平方米、半周长 × 定位精度，取最大")),
        ),
        summary=say("%(year)s 年有 %(count)s 处地块与同一产品、同一季节的其他地块重叠。", year=facts.year, count=len(facts.shared)),
    )


def _shared_line(item: Shared) -> Line:
    whose = say("与自己的地块 %(number)s 重叠", number=item.own_other) if item.own_other else say("与另一地块重叠")
    return Line(say("地块 %(number)s", number=item.number), whose, item.shared_m2, "square_metre", f"/plots/{item.plot_id}")


def _townships(facts: LandFacts, thresholds: Thresholds) -> Iterator[Outcome]:
    for place in facts.places:
        key = f"township|{place.code}|{place.crop}"
        if not place.unrecorded_milli_mu:
            continue
        if place.others_unrecorded:
            why = say("%(place)s在册面积超过官方面积，未核实的地块属于几家，需要县级逐块核实。", place=place.name)
            yield Unjudged(GROUND, facts.authorisation_id, facts.year, why, key)
        elif place.stated_milli_mu - place.unrecorded_milli_mu > place.official_milli_mu:
            why = say("%(place)s已核实的面积也超过官方面积，需要核对官方面积。", place=place.name)
            yield Unjudged(GROUND, facts.authorisation_id, facts.year, why, key)
        else:
            yield _township(facts, thresholds, place, key=key)


def _township(facts: LandFacts, thresholds: Thresholds, place: Place, *, key: str) -> FindingDraft:
    over = place.stated_milli_mu - place.official_milli_mu
    page = f"/authorisations/{facts.authorisation_id}/plots"
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=key,
        facts={"authorisation_id": facts.authorisation_id, "year": facts.year, "place": asdict(place)},
        lines=(
            Line(say("%(place)s在册面积合计", place=place.name), _mu(place.stated_milli_mu)),
            Line(say("官方面积（%(source)s）", source=place.source or "–"), _mu(place.official_milli_mu)),
            Line(
                say("超出官方面积"),
                say(
                    "%(stated)s − %(official)s = %(over)s 亩",
                    stated=in_mu(place.stated_milli_mu),
                    official=in_mu(place.official_milli_mu),
                    over=in_mu(over),
                ),
            ),
            Line(say("其中本户没有土地记录或者核实的地块"), _mu(place.unrecorded_milli_mu), href=page),
        ),
        summary=say(
            "%(year)s 年%(place)s在册面积超过官方面积 %(over)s 亩，未核实的地块只属于本户。",
            year=facts.year,
            place=place.name,
            over=in_mu(over),
        ),
    )


def _growth(facts: LandFacts, thresholds: Thresholds) -> Outcome:
    before, grown = facts.before_milli_mu, facts.after_milli_mu - facts.recorded_milli_mu - facts.before_milli_mu
    if before <= 0 or grown * PER_MILLE <= before * thresholds.growth_permille:
        return None
    page = f"/authorisations/{facts.authorisation_id}/plots"
    share = grown * PER_MILLE // before
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="growth",
        facts={
            "authorisation_id": facts.authorisation_id,
            "year": facts.year,
            "before": before,
            "after": facts.after_milli_mu,
            "recorded": facts.recorded_milli_mu,
        },
        lines=(
            Line(say("%(year)s 年在册面积", year=facts.year - 1), _mu(before), href=page),
            Line(say("%(year)s 年在册面积", year=facts.year), _mu(facts.after_milli_mu), href=page),
            Line(say("新增中有土地记录或者核实的"), _mu(facts.recorded_milli_mu), href=page),
            Line(
                say("没有记录的增长"),
                say(
                    "(%(after)s − %(recorded)s − %(before)s) ÷ %(before)s = %(share)s‰，超过 %(limit)s‰",
                    after=in_mu(facts.after_milli_mu),
                    recorded=in_mu(facts.recorded_milli_mu),
                    before=in_mu(before),
                    share=grouped(share),
                    limit=thresholds.growth_permille,
                ),
            ),
        ),
        summary=say("%(year)s 年在册面积比上年增长 %(share)s‰，没有相应的土地记录或者核实。", year=facts.year, share=grouped(share)),
    )


def _mu(milli_mu: int) -> Words:
    return say("%(area)s 亩", area=in_mu(milli_mu))
