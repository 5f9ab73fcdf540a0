"""CL-02: labels looked up before they were activated (标签未激活即被查验).

Test, per user and label year: on one of the last ``days`` days, at least ``codes`` codes of one range were looked up by the public while
they were bound to no batch. The goods are on the market, most often somebody forgot to activate: a reminder. It ends by itself when
``days`` days pass without such a day. The other half of the ground, forged codes by an unknown person, has no user: such look-ups are
refused and not kept. Source: domain, section 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome
from gi_registry.kernel.words import say

GROUND = "CL-02"
RULE_VERSION = "1"
SHOWN = 20


@dataclass(frozen=True)
class EarlyDay:
    """The look-ups of codes of one range that were not activated, on one day: how many, and of how many codes."""

    day: date
    label: str
    allotment_id: int
    allotment: str
    looks: int
    codes: int


@dataclass(frozen=True)
class EarlyFacts:
    """The days of one user with such look-ups, labels made for ``year``."""

    authorisation_id: int
    year: int
    days: tuple[EarlyDay, ...]


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force."""

    codes: int
    days: int
    severity: int


def since(as_of: date, thresholds: Thresholds) -> date:
    """Return the first day that is looked at."""
    return as_of - timedelta(days=thresholds.days)


def judge(facts: EarlyFacts, thresholds: Thresholds, *, as_of: date) -> Outcome:
    """Return a draft with the days on which enough codes were looked up before they were activated, else None."""
    first = since(as_of, thresholds)
    bursts = sorted(
        (day for day in facts.days if first <= day.day <= as_of and day.codes >= thresholds.codes),
        key=lambda day: (-day.codes, day.day, day.label),
    )
    if not bursts:
        return None
    worst = bursts[0]
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="early",
        facts={"year": facts.year, "days": [[day.day.isoformat(), day.label, day.looks, day.codes] for day in bursts]},
        lines=(
            Line(say("一日内被查验的未激活标识码"), say("同一号段达到多少枚才提醒"), thresholds.codes, "label"),
            *(_line(day) for day in bursts[:SHOWN]),
        ),
        summary=say(
            "%(day)s 有 %(codes)s 枚尚未激活的标签被查验 %(looks)s 次（申领 %(number)s）：货已上市，标签没有激活到批次。",
            day=worst.day.isoformat(),
            codes=worst.codes,
            looks=worst.looks,
            number=worst.allotment,
        ),
    )


def _line(day: EarlyDay) -> Line:
    told = say("号段 %(label)s，被查验 %(looks)s 次", label=day.label, looks=day.looks)
    return Line(
        say("%(day)s，申领 %(number)s", day=day.day.isoformat(), number=day.allotment),
        told,
        day.codes,
        "label",
        f"/allotments/{day.allotment_id}",
    )
