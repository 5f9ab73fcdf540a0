"""Bring the facts of QT-02, QT-03, QT-04, QT-05 and QL-02 before their rules, for many users at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from gi_registry.anomalies.queries import capacity, land, mixing, stocked, tempo, tested
from gi_registry.anomalies.rules import ql_02, qt_02, qt_03, qt_04, qt_05
from gi_registry.anomalies.rules.finding import Outcome
from gi_registry.anomalies.service.conversions import Conversions
from gi_registry.anomalies.service.judged import Judged, Parameters, kept
from gi_registry.batches.rules.quality import base_of
from gi_registry.policy.rules import Parameter

Admitted = ColumnElement[bool]
DEFAULT_TOLERANCE, DEFAULT_GROWTH, WHOLE = 20, 300, 1_000
ASKS = 100_000


def goods_mixed_in(session: Session, years: list[int], as_of: date, condition: Admitted) -> list[Judged]:
    """QT-02 for every user with marked goods of some account years."""
    marked = mixing.marked_goods(capacity.gather_marks(session, years, condition))
    if not marked:
        return []
    mixing.add_input(session, marked, condition, as_of=as_of, rate=Conversions(session).rate)
    divisions = mixing.divisions_of(session, (unit.authorisation_id for unit in marked))
    parameters, judged = Parameters(session, qt_02.GROUND), list[Judged]()
    for unit, goods in sorted(marked.items()):
        division = divisions[unit.authorisation_id]
        parameter = parameters.at(division, _end_of(unit.year, as_of))
        value = parameter.value
        rule = qt_02.Thresholds(int(value.get("tolerance_permille", DEFAULT_TOLERANCE)), int(value["severity"]))
        judged += kept(qt_02.judge(mixing.facts_of(unit, goods), rule), parameter, division)
    return judged


def land_counted_twice(session: Session, years: list[int], as_of: date, condition: Admitted) -> list[Judged]:
    """QT-03 for every user with plots, year by year."""
    parameters, judged = Parameters(session, qt_03.GROUND), list[Judged]()
    for year in years:
        for facts, division in land.land_facts(session, year, condition):
            parameter = parameters.at(division, _end_of(year, as_of))
            rule = qt_03.Thresholds(int(parameter.value.get("growth_permille", DEFAULT_GROWTH)), int(parameter.value["severity"]))
            judged += _all(qt_03.judge(facts, rule), parameter, division)
    return judged


def impossible_tempo(session: Session, years: list[int], as_of: date, condition: Admitted) -> list[Judged]:
    """QT-04 for every user that bound labels to batches of some account years."""
    parameters, judged = Parameters(session, qt_04.GROUND), list[Judged]()
    openings = _openings(parameters.at("", as_of))
    for facts, division, gi_code in tempo.bound_labels(session, years, condition, openings=openings):
        parameter = parameters.at(division, _end_of(facts.year, as_of))
        value = parameter.value
        severity = int(value["severity"])
        forbidden = gi_code in value.get("opening_forbidden", [])
        opening = severity if forbidden else int(value.get("opening_severity", 1))
        rule = qt_04.Thresholds(severity, opening, int(value.get("asks", ASKS)))
        judged += _all(qt_04.judge(facts, rule), parameter, division)
    return judged


def _openings(parameter: Parameter) -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = parameter.value.get("openings", {})
    return found


def bathed_stock(session: Session, years: list[int], as_of: date, condition: Admitted) -> list[Judged]:
    """QT-05 for every user with marked pieces of some account years."""
    marked = mixing.marked_goods(capacity.gather_marks(session, years, condition))
    divisions = mixing.divisions_of(session, (unit.authorisation_id for unit in marked))
    parameters, judged = Parameters(session, qt_05.GROUND), list[Judged]()
    for facts, gi_code in stocked.stock_facts(session, marked, condition):
        division = divisions[facts.authorisation_id]
        parameter = parameters.at(division, _end_of(facts.year, as_of))
        own: Mapping[str, Any] | None = parameter.value.get("gis", {}).get(gi_code)
        value = {**parameter.value, **(own or {})}
        rule = qt_05.Thresholds(
            survival_permille=int(value.get("survival_permille", WHOLE)),
            residence_days=int(value.get("residence_days", 0)),
            severity=int(value["severity"]),
            of_gi=own is not None,
        )
        judged += _all(qt_05.judge(facts, rule), parameter, division)
    return judged


def untested(session: Session, years: list[int], as_of: date, condition: Admitted) -> list[Judged]:
    """QL-02 for every user with marked batches of some account years whose standard asks for reports."""
    parameters, judged = Parameters(session, ql_02.GROUND), list[Judged]()
    for facts, about in tested.tested_goods(session, years, condition):
        parameter = parameters.at(about.division, _end_of(facts.year, as_of))
        value = parameter.value
        rule = ql_02.Thresholds(
            months=_months(value, about.gi_code, facts.standard_no),
            severity=int(value["severity"]),
            severity_without_any=int(value.get("severity_without_any", value["severity"])),
        )
        judged += kept(ql_02.judge(facts, rule), parameter, about.division)
    return judged


def _months(value: Mapping[str, Any], gi_code: str, standard_no: str) -> int:
    """The months of the GI before those of the standard (any edition) before the general ones."""
    standards = {base_of(number): months for number, months in value.get("standards", {}).items()}
    return int(value.get("gis", {}).get(gi_code, standards.get(base_of(standard_no), value.get("months", 0))))


def _end_of(year: int, as_of: date) -> date:
    return min(date(year, 12, 31), as_of)


def _all(outcomes: Iterable[Outcome], parameter: Parameter, division: str) -> list[Judged]:
    return [answer for outcome in outcomes for answer in kept(outcome, parameter, division)]
