"""Bring the facts of US-04 before its rule: where each step happened, and what the area version in force on the day says of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session

from gi_registry.anomalies.queries.steps import Goods, Listed, Site, UserYear, Worked, listed_areas, user_years
from gi_registry.anomalies.rules import us_04
from gi_registry.anomalies.rules.us_04 import Located, StepFacts
from gi_registry.anomalies.service.judged import Judged, Parameters, kept
from gi_registry.batches.rules.life import Kind
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.verdict import OriginVerdict, judge_plot
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service.judging import default_tolerance_m
from gi_registry.registry.rules import Step


def steps_outside(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """US-04 for every user with goods of some account years, step by step."""
    users, parameters = user_years(session, years, condition), Parameters(session, us_04.GROUND)
    areas = listed_areas(session, (user.gi_id for user in users))
    ground = _Ground(session, areas)
    judged: list[Judged] = []
    for user in users:
        parameter = parameters.at(user.division, min(date(user.year, 12, 31), as_of))
        rule = us_04.Thresholds(int(parameter.value["severity"]))
        for step in user.steps:
            facts = _on_plots(user, ground) if step == Step.RAW_MATERIAL else _at_sites(user, step, areas.get(user.gi_id, []))
            judged += kept(us_04.judge(facts, rule), parameter, user.division)
    return judged


class _Ground:
    """Verdicts on plots by day: a plot is judged once per area version."""

    def __init__(self, session: Session, areas: Mapping[int, Sequence[Listed]]) -> None:
        self._session, self._areas = session, areas
        self._tolerances: dict[date, int] = {}
        self._verdicts: dict[tuple[int, int | None, int], OriginVerdict] = {}

    def verdict(self, plot: Plot, on: date) -> OriginVerdict:
        """Return the verdict by the area version in force on the day."""
        if on not in self._tolerances:
            self._tolerances[on] = default_tolerance_m(self._session, on)
        version, tolerance = _version(self._areas.get(plot.gi_id, ()), plot.zone, on), self._tolerances[on]
        key = (plot.id or 0, version.outline.id if version else None, tolerance)
        if key not in self._verdicts:
            versions = (version.outline,) if version else ()
            self._verdicts[key] = judge_plot(plot.geometry, versions, on=on, accuracy_m=plot.accuracy_m, default_m=tolerance)
        return self._verdicts[key]


def _on_plots(user: UserYear, ground: _Ground) -> StepFacts:
    batches: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    judged: dict[tuple[int, int | None], tuple[Plot, date, OriginVerdict]] = {}
    for share in user.shares:
        verdict = ground.verdict(share.plot, share.on)
        key = (share.plot.id or 0, verdict.area_version_id)
        batches[key].append(share.batch)
        judged.setdefault(key, (share.plot, share.on, verdict))
    return StepFacts(
        user.authorisation_id,
        user.year,
        Step.RAW_MATERIAL.value,
        located=tuple(_plot(*found, batches=batches[key]) for key, found in judged.items()),
        unlocated=tuple(_from_nowhere(user)),
    )


def _plot(plot: Plot, on: date, verdict: OriginVerdict, *, batches: list[str]) -> Located:
    return Located(
        kind="plot",
        id=plot.id or 0,
        name=plot.number,
        verdict=verdict.verdict.value,
        on=on,
        batches=tuple(batches),
        distance_m=verdict.distance_m,
        tolerance_m=verdict.tolerance_m,
        area_version_id=verdict.area_version_id,
    )


def _from_nowhere(user: UserYear) -> Iterable[str]:
    grown = {share.batch for share in user.shares}
    for goods in user.goods:
        bought = goods.kind == Kind.PURCHASE
        if goods.number not in grown and not (bought and goods.supplier_known):
            yield goods.number


def _at_sites(user: UserYear, step: str, areas: list[Listed]) -> StepFacts:
    found: dict[tuple[int, int | None], Located] = {}
    unlocated: list[str] = []
    for goods in user.goods:
        on = _day(goods, step)
        if on is None or not user.sites:
            unlocated.append(goods.number)
            continue
        version = _version(areas, goods.zone, on)
        for site in user.sites:
            key = (site.id, version.outline.id if version else None)
            known = found.get(key)
            found[key] = _site(site, version, on=on, batches=(*(known.batches if known else ()), goods.number))
    worked = [_process(item, _version(areas, item.zone, item.on)) for item in user.worked if item.step == step]
    return StepFacts(user.authorisation_id, user.year, step, (*worked, *found.values()), tuple(unlocated))


def _day(goods: Goods, step: str) -> date | None:
    packed, grown = goods.packed_on or goods.harvested_on, goods.harvested_on or goods.packed_on
    return packed if step == Step.PACKING else grown


def _version(areas: Sequence[Listed], zone: str, on: date) -> Listed | None:
    """The zone's own version in force, or the whole area's where the zone has none."""
    for wanted in dict.fromkeys((zone, "")):
        own = [area for area in areas if area.zone == wanted]
        if own:
            return next((area for area in own if covers(area.outline.valid_from, area.outline.valid_to, on)), None)
    return None


def _process(item: Worked, version: Listed | None) -> Located:
    verdict = us_04.site_verdict(item.site.path, version.places) if version else us_04.UNCERTAIN
    outline = version.outline.id if version else None
    return Located("process", item.process_id, item.site.name, verdict, item.on, item.batches, area_version_id=outline)


def _site(site: Site, version: Listed | None, *, on: date, batches: tuple[str, ...]) -> Located:
    verdict = us_04.site_verdict(site.path, version.places) if version else us_04.UNCERTAIN
    return Located("site", site.id, site.name, verdict, on, batches, area_version_id=version.outline.id if version else None)
