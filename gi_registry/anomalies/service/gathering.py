"""Bring the facts of AR-03, US-01, US-06, CL-01 and CL-02 before their rules, for many subjects at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session

from gi_registry.anomalies.queries.copies import suspect_ranges
from gi_registry.anomalies.queries.dated import doubtful_batches
from gi_registry.anomalies.queries.early import early_looks
from gi_registry.anomalies.queries.statements import statements
from gi_registry.anomalies.queries.usage import Usage, usages
from gi_registry.anomalies.rules import ar_03, cl_01, cl_02, us_01, us_06
from gi_registry.anomalies.service.judged import Judged, Parameters, kept
from gi_registry.policy.service import at
from gi_registry.reports.queries import first_year, window_for
from gi_registry.scans.rules.clones import RingTest, read_counting_test

LABELS, MONTHS, COPIES = "report.label-identity", "authorisation.unused-months", "verify.suspect"
EVERYWHERE = ""
DEFAULT_AREA_PERMILLE, DEFAULT_CODES, DEFAULT_ON_ONE = 5, 3, 60
DEFAULT_EARLY, DEFAULT_DAYS, LONGEST_LOOK_BACK = 20, 30, timedelta(days=366)


def reports_inconsistent(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """AR-03 for every report in force of some years; the parameter of the day of filing decides."""
    parameters = Parameters(session, ar_03.GROUND, also=LABELS)
    judged: list[Judged] = []
    for facts, division, filed_on in statements(session, years, condition):
        parameter = parameters.at(division, min(filed_on, as_of))
        value = parameter.value
        rule = ar_03.Thresholds(
            label_permille=int(value["also"]["value"]["tolerance_permille"]),
            area_permille=int(value.get("area_permille", DEFAULT_AREA_PERMILLE)),
            severity=int(value["severity"]),
        )
        judged += kept(ar_03.judge(facts, rule), parameter, division)
    return judged


def unused(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """US-01 for every user that is authorised now, where the months ran out in one of the years."""
    parameters, terms = Parameters(session, us_01.GROUND, also=MONTHS), _Terms(session, as_of)
    judged: list[Judged] = []
    for usage in usages(session, condition):
        parameter = parameters.at(usage.division, as_of)
        rule = us_01.Thresholds(int(parameter.value["also"]["value"]), int(parameter.value["severity"]))
        answers = kept(us_01.judge(_usage_facts(usage, terms), rule, as_of=as_of), parameter, usage.division)
        judged += [answer for answer in answers if answer.outcome.year in years]
    return judged


def _usage_facts(usage: Usage, terms: _Terms) -> us_01.UsageFacts:
    begins, reported = terms.of(usage.division)
    return us_01.UsageFacts(
        authorisation_id=usage.authorisation_id,
        valid_from=usage.valid_from,
        records_begin_on=begins,
        reported_until=reported,
        modes=tuple(sorted(usage.modes)),
        last_used=tuple(sorted(usage.last_used.items())),
        accepted_until=date(usage.accepted_year, 12, 31) if usage.accepted_year else None,
    )


class _Terms:
    """From when a jurisdiction's records begin, and until when reports are due, asked for once per division."""

    def __init__(self, session: Session, as_of: date) -> None:
        self._session, self._as_of = session, as_of
        self._known: dict[str, tuple[date, date]] = {}

    def of(self, division: str) -> tuple[date, date]:
        """Return the first day of the records and the last day of the last report year that is due."""
        if division not in self._known:
            begins = date(first_year(self._session, division, today=self._as_of) or 1, 1, 1)
            self._known[division] = (begins, date(self._last_due(division), 12, 31))
        return self._known[division]

    def _last_due(self, division: str) -> int:
        last = self._as_of.year - 1
        return last if self._as_of > window_for(self._session, division, last).due_on else last - 1


def used_out_of_term(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """US-06 for every user with marked goods of some account years that are dated outside its term."""
    parameters = Parameters(session, us_06.GROUND)
    judged: list[Judged] = []
    for facts, division in doubtful_batches(session, years, condition):
        parameter = parameters.at(division, min(date(facts.year, 12, 31), as_of))
        judged += kept(us_06.judge(facts, us_06.Thresholds(int(parameter.value["severity"]))), parameter, division)
    return judged


def codes_copied(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """CL-01 for every range of labels of some years; one national parameter decides here and on the trace page."""
    test = read_counting_test(at(session, COPIES, EVERYWHERE, as_of).value)
    if test is None:
        return []
    parameter = Parameters(session, cl_01.GROUND, also=COPIES).at(EVERYWHERE, as_of)
    value: dict[str, Any] = parameter.value
    ring = RingTest(int(value.get("codes", DEFAULT_CODES)), int(value.get("client_days_on_one", DEFAULT_ON_ONE)))
    rule = cl_01.Thresholds(test, ring, int(value["severity"]))
    judged: list[Judged] = []
    for facts in suspect_ranges(session, years, test.hours, condition=condition):
        judged += kept(cl_01.judge(facts, rule), parameter, EVERYWHERE)
    return judged


def looked_up_early(session: Session, years: list[int], as_of: date, condition: ColumnElement[bool]) -> list[Judged]:
    """CL-02 for every user whose labels of some years were looked up before they were activated."""
    parameters = Parameters(session, cl_02.GROUND)
    judged: list[Judged] = []
    for facts, division in early_looks(session, years, as_of - LONGEST_LOOK_BACK, condition=condition):
        parameter = parameters.at(division, as_of)
        value = parameter.value
        rule = cl_02.Thresholds(int(value.get("codes", DEFAULT_EARLY)), int(value.get("days", DEFAULT_DAYS)), int(value["severity"]))
        judged += kept(cl_02.judge(facts, rule, as_of=as_of), parameter, division)
    return judged
