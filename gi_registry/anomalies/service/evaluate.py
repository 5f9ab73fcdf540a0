"""Gather the facts of a ground for many users, set-wise, and let its rule judge."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col

from gi_registry.anomalies.models import Finding
from gi_registry.anomalies.queries import capacity
from gi_registry.anomalies.rules import ar_01, ar_03, cl_01, cl_02, ql_02, qt_01, qt_02, qt_03, qt_04, qt_05, us_01, us_04, us_06
from gi_registry.anomalies.service.gathering import codes_copied, looked_up_early, reports_inconsistent, unused, used_out_of_term
from gi_registry.anomalies.service.goods import bathed_stock, goods_mixed_in, impossible_tempo, land_counted_twice, untested
from gi_registry.anomalies.service.judged import Judged, Parameters, kept
from gi_registry.anomalies.service.places import steps_outside
from gi_registry.divisions.queries import working_days
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say
from gi_registry.origin.service import judge_plots, only_counting
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_authorisation
from gi_registry.reports.queries import obligations


def evaluate(session: Session, code: str, *, years: Iterable[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """Return what the rule of a derived ground answers for the authorisations that ``condition`` admits; silence is left out."""
    return _GATHER[code](session, sorted(set(years)), as_of, condition)


def still_holds(session: Session, finding: Finding, *, as_of: date) -> Verdict:
    """Ask the rule again about one finding: Passed while the ground is met or cannot be judged, Failed when it is cured."""
    if finding.ground not in DERIVED or finding.authorisation_id is None:
        return Passed()
    only = col(Authorisation.id) == finding.authorisation_id
    answers = evaluate(session, finding.ground, years=[finding.year], as_of=as_of, condition=only)
    if any(judged.outcome.fingerprint == finding.fingerprint for judged in answers):
        return Passed()
    return Failed(say("重新核算后事由已不成立。"))


def _reports_missing(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    calendar, parameters = working_days(session), Parameters(session, ar_01.GROUND)
    judged: list[Judged] = []
    for year in years:
        for owed in obligations(session, year, today=as_of, condition=condition):
            user = owed.authorisation
            parameter = parameters.at(user.authority_division, owed.due_on)
            rule = ar_01.Thresholds(int(parameter.value["working_days"]), int(parameter.value["severity"]))
            grace = calendar.add(owed.due_on, rule.working_days)
            facts = ar_01.ReportFacts(
                authorisation_id=user.id or 0,
                year=year,
                valid_from=user.valid_from or date(year, 1, 1),
                valid_to=user.valid_to,
                matched=user.matched,
                deadline=owed.due_on,
                grace_ends_on=grace.on,
                grace_provisional=grace.provisional,
                submitted_on=owed.report.first_filed_on if owed.report else None,
            )
            judged += kept(ar_01.judge(facts, rule, as_of=as_of), parameter, user.authority_division)
    return judged


def _over_capacity(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    units = capacity.gather_marks(session, years, condition)
    if not units:
        return []
    capacity.add_stock(session, units, condition)
    terms, caps, land = capacity.terms(session, units), capacity.caps_of(session, units, as_of=as_of), _land(session, units, as_of)
    counted = capacity.counted_of(session, units, as_of=as_of)
    parameters = Parameters(session, qt_01.GROUND)
    judged: list[Judged] = []
    for unit, gathered in sorted(units.items(), key=lambda item: (item[0].authorisation_id, item[0].year, item[0].zone)):
        division = get_authorisation(session, unit.authorisation_id).authority_division
        parameter = parameters.at(division, min(date(unit.year, 12, 31), as_of))
        rule = qt_01.Thresholds(int(parameter.value["tolerance_permille"]), int(parameter.value["severity"]))
        basis, plots = terms[unit.authorisation_id][0], land.get(unit, [])
        facts = capacity.facts_of(unit, gathered, basis=basis, land=plots, caps=caps[unit], counted=counted[unit])
        judged += kept(qt_01.judge(facts, rule), parameter, division)
    return judged


def _land(session: Session, units: Iterable[capacity.Unit], as_of: date) -> dict[capacity.Unit, list[Any]]:
    rows = capacity.land_of(session, units, as_of=as_of)
    by_day: dict[date, dict[int, Any]] = defaultdict(dict)
    for row in rows:
        by_day[row.judged_on][row.plot.id or 0] = row.plot
    verdicts = {day: judge_plots(session, plots.values(), day) for day, plots in by_day.items()}
    counting = {day: {plot.id for plot in only_counting(session, plots.values(), min(day, as_of))} for day, plots in by_day.items()}
    land: dict[capacity.Unit, list[Any]] = defaultdict(list)
    for row in rows:
        if row.plot.id in counting[row.judged_on] and verdicts[row.judged_on][row.plot.id or 0].counts:
            land[row.unit].append(row.plot)
    return land


_GATHER: dict[str, Callable[[Session, list[int], date, ColumnElement[bool]], list[Judged]]] = {
    ar_01.GROUND: _reports_missing,
    ar_03.GROUND: reports_inconsistent,
    us_01.GROUND: unused,
    us_04.GROUND: steps_outside,
    us_06.GROUND: used_out_of_term,
    qt_01.GROUND: _over_capacity,
    qt_02.GROUND: goods_mixed_in,
    qt_03.GROUND: land_counted_twice,
    qt_04.GROUND: impossible_tempo,
    qt_05.GROUND: bathed_stock,
    ql_02.GROUND: untested,
    cl_01.GROUND: codes_copied,
    cl_02.GROUND: looked_up_early,
}
DERIVED = tuple(_GATHER)
"""The grounds that are computed; one gatherer of facts each."""
