"""US-04: a step outside the area (规定环节不在产地范围内). Judged per step that the protection requires inside.

- raw material: each plot that gave to a batch, by the area version in force on its day of harvest; harvests that name no plot and goods
  bought from a supplier who is not on file have no place;
- production and packing: the site that a recorded process names, on its day, by the places listed in the area version in force; for the
  rest the sites of the authorisation, which do not say which step they serve: only a user all of whose sites lie outside is found.

Only *outside* is a ground; uncertain (near the edge, no version, no outline, a place that cannot be resolved) is never held against
anybody. A step that has no located fact at all is answered "more information needed". Source: Order 80 Art. 2(2); domain, sections 1, 6, 8.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged
from gi_registry.kernel.words import Words, say

GROUND = "US-04"
RULE_VERSION = "1"
INSIDE, UNCERTAIN, OUTSIDE = "inside", "uncertain", "outside"
STEP_NAMES: dict[str, Words] = {"raw_material": say("原料"), "production": say("生产"), "packing": say("包装")}


@dataclass(frozen=True)
class Located:
    """Where a step happened: a plot, the site that a process names (``kind`` process), or any site of the user; the day and the verdict.

    ``distance_m`` beyond the edge and ``tolerance_m`` in metres, None where the verdict rests on the list of places.
    """

    kind: str
    id: int
    name: str
    verdict: str
    on: date
    batches: tuple[str, ...] = ()
    distance_m: int | None = None
    tolerance_m: int | None = None
    area_version_id: int | None = None


@dataclass(frozen=True)
class StepFacts:
    """One step of one user and year that the protection requires inside; ``unlocated``: batches whose place nobody stated."""

    authorisation_id: int
    year: int
    step: str
    located: tuple[Located, ...] = ()
    unlocated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: severity."""

    severity: int


def outside(facts: StepFacts) -> tuple[Located, ...]:
    """Return the places that are certainly outside, as far as they may be held against the user.

    Of sites, one that is inside or uncertain under an area version clears the others under it: the step may have been done there.
    """
    found = tuple(place for place in facts.located if place.verdict == OUTSIDE)
    cleared = {place.area_version_id for place in facts.located if place.kind == "site" and place.verdict != OUTSIDE}
    return tuple(place for place in found if place.kind != "site" or place.area_version_id not in cleared)


def judge(facts: StepFacts, thresholds: Thresholds) -> Outcome:
    """Return a draft where the step lies outside, Unjudged where no place is known, else None."""
    found = outside(facts)
    if found:
        return _draft(facts, found, thresholds)
    if not facts.located or all(place.verdict == UNCERTAIN for place in facts.located):
        return Unjudged(GROUND, facts.authorisation_id, facts.year, _missing(facts), facts.step)
    return None


def _missing(facts: StepFacts) -> Words:
    step = STEP_NAMES[facts.step]
    if facts.located:
        return say("%(step)s环节的地点不能确定在产地范围内还是外，需要补充资料。", step=step)
    return say("%(step)s环节没有登记地点，需要补充资料。", step=step)


def _draft(facts: StepFacts, found: tuple[Located, ...], thresholds: Thresholds) -> FindingDraft:
    stored = [asdict(place) | {"on": place.on.isoformat(), "batches": list(place.batches)} for place in found]
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=facts.step,
        facts={"authorisation_id": facts.authorisation_id, "year": facts.year, "step": facts.step, "outside": stored},
        lines=(
            Line(say("保护要求在产地范围内的环节"), STEP_NAMES[facts.step]),
            *(line for place in found for line in _lines(facts.authorisation_id, place)),
        ),
        summary=say(
            "%(year)s 年%(step)s环节有 %(count)s 处确定在产地范围外。", year=facts.year, step=STEP_NAMES[facts.step], count=len(found)
        ),
    )


def _lines(authorisation_id: int, place: Located) -> tuple[Line, ...]:
    batches = "、".join(place.batches)
    if place.kind == "plot":
        told = say(
            "%(on)s 的产地范围外；容差 %(tolerance)s 米；批次 %(batches)s",
            on=place.on.isoformat(),
            tolerance=place.tolerance_m,
            batches=batches,
        )
        return (Line(say("地块 %(name)s 超出边界", name=place.name), told, place.distance_m, "metre", f"/plots/{place.id}"),)
    if place.kind == "process":
        happened = say("%(on)s 在此办理，不在当日有效的产地范围所列地点；产出批次 %(batches)s", on=place.on.isoformat(), batches=batches)
        return (Line(say("加工记录所填场所 %(name)s", name=place.name), happened, href=f"/processes/{place.id}"),)
    told = say("不在 %(on)s 有效的产地范围所列地点；批次 %(batches)s", on=place.on.isoformat(), batches=batches)
    return (Line(say("生产场所 %(name)s", name=place.name), told, href=f"/office/authorisations/{authorisation_id}"),)


def site_verdict(path: str, places: tuple[tuple[str, ...], ...]) -> str:
    """Return whether a site lies in an area that is told as a list of places.

    ``path``: tree path of the site's division, '' where it is not known. ``places``: of each place the tree paths of the divisions that
    bear its name. *Outside* only where every place is resolved and none of its namesakes holds the site or lies in the site's division.
    """
    if not path or not places:
        return UNCERTAIN
    if any(path.startswith(candidate) for place in places for candidate in place):
        return INSIDE
    if any(not place for place in places) or any(candidate.startswith(path) for place in places for candidate in place):
        return UNCERTAIN
    return OUTSIDE
