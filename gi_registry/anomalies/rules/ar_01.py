"""AR-01: report missing (未按规定报送年度报告). Test: nothing submitted when ten working days have passed after the deadline.

A user approved in year Y files first for Y. A nil report is a report. Late filing stays possible for ever and cures the ground.
Where the working-day calendar does not reach, the rule does not answer. Source: domain, sections 5, 6 and 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged
from gi_registry.kernel.words import say

GROUND = "AR-01"
RULE_VERSION = "1"


@dataclass(frozen=True)
class ReportFacts:
    """What AR-01 needs: the obligation, the last day of the grace (``grace_ends_on``), and what was submitted.

    ``grace_provisional``: that day was computed without a loaded calendar. ``submitted_on``: first submission, nil reports too.
    """

    authorisation_id: int
    year: int
    valid_from: date
    valid_to: date | None
    matched: bool
    deadline: date
    grace_ends_on: date
    grace_provisional: bool
    submitted_on: date | None = None


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: working days after the deadline, severity."""

    working_days: int
    severity: int


def owes_report(facts: ReportFacts) -> bool:
    """Say whether the authorisation was in force on some day of the report year (``valid_to`` itself no longer)."""
    begun = facts.valid_from.year <= facts.year
    ended = facts.valid_to is not None and facts.valid_to <= date(facts.year, 1, 1)
    return begun and not ended


def judge(facts: ReportFacts, thresholds: Thresholds, *, as_of: date) -> Outcome:
    """Return a draft where nothing was submitted and the grace is over, Unjudged where the calendar is missing, else None."""
    if not owes_report(facts) or facts.submitted_on is not None or as_of <= facts.deadline:
        return None
    if facts.grace_provisional:
        reason = say("%(year)s 年的工作日历尚未载入，宽限期届满日仅为暂定，暂不判断。", year=facts.grace_ends_on.year)
        return Unjudged(GROUND, facts.authorisation_id, facts.year, reason)
    if as_of <= facts.grace_ends_on:
        return None
    if not facts.matched:
        return Unjudged(GROUND, facts.authorisation_id, facts.year, say("该授权尚未匹配到单位，无人可以报送。"))
    return _draft(facts, thresholds)


def _draft(facts: ReportFacts, thresholds: Thresholds) -> FindingDraft:
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="",
        facts={
            "authorisation_id": facts.authorisation_id,
            "year": facts.year,
            "deadline": facts.deadline.isoformat(),
            "grace_ends_on": facts.grace_ends_on.isoformat(),
            "submitted_on": None,
        },
        lines=(
            Line(say("报告年度"), str(facts.year)),
            Line(say("报送截止日"), facts.deadline.isoformat()),
            Line(
                say("宽限期届满日"),
                say(
                    "%(due)s + %(days)s 个工作日 = %(ends)s",
                    due=facts.deadline.isoformat(),
                    days=thresholds.working_days,
                    ends=facts.grace_ends_on.isoformat(),
                ),
            ),
            Line(say("截至届满日收到的报告"), "", 0, "report"),
        ),
        summary=say("%(year)s 年度报告在截止日后 %(days)s 个工作日仍未报送。", year=facts.year, days=thresholds.working_days),
    )
