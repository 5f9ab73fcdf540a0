"""QT-05: bathed stock (洗澡蟹): animals from elsewhere put into the water for a few days. Two tests of one user, GI and account year:

- ``survival``: pieces marked > stocked × maximum survival + opening stock + purchases (whatever came of them: QT-02 judges those).
- ``residence``: by some day of harvest more had been harvested than what was stocked at least ``residence_days`` earlier can have given.
  So a late top-up of the pond is no ground as long as the harvest can come from the earlier stocking.

Stocking stands in the books as date, count and source. A user without any is asked for it only where a parameter is set for its GI: a pond
fish may be bred on the spot. Pieces only; seedlings weighed instead of counted need more information. Source: domain, section 6.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.words import Words, say

GROUND = "QT-05"
RULE_VERSION = "1"
PER_MILLE = 1_000
SHOWN = 40


@dataclass(frozen=True)
class Stocking:
    """What was put into the water on a day, in pieces."""

    record_id: int
    on: date
    count: int
    source: str = ""


@dataclass(frozen=True)
class Harvested:
    """What came out of the water on a day, in pieces."""

    batch_id: int
    number: str
    on: date
    count: int


@dataclass(frozen=True)
class StockFacts:
    """One user, GI and account year, in pieces; ``weighed``: some stocking is on file by weight."""

    authorisation_id: int
    gi_id: int
    year: int
    marked: int
    stocked: tuple[Stocking, ...] = ()
    harvested: tuple[Harvested, ...] = ()
    opening: int = 0
    bought: int = 0
    weighed: bool = False


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force for the GI; ``residence_days`` 0: no residence is asked. ``of_gi``: the GI has a value of its own."""

    survival_permille: int
    residence_days: int
    severity: int
    of_gi: bool = False


def judge(facts: StockFacts, thresholds: Thresholds) -> tuple[Outcome, ...]:
    """Return what each of the two tests answers, silence left out."""
    if facts.marked <= 0:
        return ()
    missing = _missing(facts, thresholds)
    if missing is not None:
        return (Unjudged(GROUND, facts.authorisation_id, facts.year, missing, f"{facts.gi_id}|survival"),)
    if not facts.stocked:
        return ()
    answers = (_survival(facts, thresholds), _residence(facts, thresholds))
    return tuple(answer for answer in answers if answer is not None)


def _missing(facts: StockFacts, thresholds: Thresholds) -> Words | None:
    if facts.weighed:
        return say("投放按重量登记，不能与件数比较，需要补充投放的只数。")
    if not facts.stocked and thresholds.of_gi:
        return say("没有登记投放（日期、数量、来源），需要补充。")
    return None


def _survival(facts: StockFacts, thresholds: Thresholds) -> Outcome:
    stocked = sum(item.count for item in facts.stocked)
    most = stocked * thresholds.survival_permille // PER_MILLE
    allowed = most + facts.opening + facts.bought
    if facts.marked <= allowed:
        return None
    batches = f"/authorisations/{facts.authorisation_id}/batches?year={facts.year}"
    lines = (
        *_stockings(facts),
        Line(
            say("投放最多可得"),
            say("%(stocked)s × 最高成活率 %(rate)s‰", stocked=grouped(stocked), rate=thresholds.survival_permille),
            most,
            "piece",
        ),
        Line(say("往年库存"), "", facts.opening, "piece", batches),
        Line(say("购进"), "", facts.bought, "piece", batches),
        Line(say("已用标"), "", facts.marked, "piece", f"/authorisations/{facts.authorisation_id}/ledger"),
        Line(say("多于投放最多可得"), f"{grouped(facts.marked)} − {grouped(allowed)}", facts.marked - allowed, "piece"),
    )
    summary = say(
        "%(year)s 年用标 %(marked)s 件，多于投放、库存和购进最多可得的 %(allowed)s 件。",
        year=facts.year,
        marked=grouped(facts.marked),
        allowed=grouped(allowed),
    )
    return _draft(facts, "survival", thresholds, lines=lines, summary=summary)


def _residence(facts: StockFacts, thresholds: Thresholds) -> Outcome:
    if thresholds.residence_days <= 0:
        return None
    came_out = 0
    for harvest in sorted(facts.harvested, key=lambda item: (item.on, item.batch_id)):
        came_out += harvest.count
        since = harvest.on - timedelta(days=thresholds.residence_days)
        settled = tuple(item for item in facts.stocked if item.on <= since)
        most = sum(item.count for item in settled) * thresholds.survival_permille // PER_MILLE
        if came_out > most:
            return _short(facts, thresholds, harvest, came_out=came_out, most=most)
    return None


def _short(facts: StockFacts, thresholds: Thresholds, harvest: Harvested, *, came_out: int, most: int) -> FindingDraft:
    lines = (
        *_stockings(facts),
        Line(
            say("批次 %(number)s 采收", number=harvest.number),
            harvest.on.isoformat(),
            harvest.count,
            "piece",
            f"/batches/{harvest.batch_id}",
        ),
        Line(say("截至该日采收合计"), "", came_out, "piece"),
        Line(
            say("满 %(days)s 天的投放最多可得", days=thresholds.residence_days),
            say(
                "%(until)s 及以前投放 × 最高成活率 %(rate)s‰",
                until=(harvest.on - timedelta(days=thresholds.residence_days)).isoformat(),
                rate=thresholds.survival_permille,
            ),
            most,
            "piece",
        ),
        Line(say("养殖不足最短天数的"), f"{grouped(came_out)} − {grouped(most)}", came_out - most, "piece"),
    )
    summary = say(
        "%(year)s 年至 %(on)s 采收 %(count)s 件，其中至少 %(short)s 件养殖不满 %(days)s 天。",
        year=facts.year,
        on=harvest.on.isoformat(),
        count=grouped(came_out),
        short=grouped(came_out - most),
        days=thresholds.residence_days,
    )
    return _draft(facts, "residence", thresholds, lines=lines, summary=summary)


def _stockings(facts: StockFacts) -> tuple[Line, ...]:
    stocked = facts.stocked
    shown = tuple(
        Line(say("投放 %(on)s", on=item.on.isoformat()), item.source, item.count, "piece", f"/goods-records/{item.record_id}")
        for item in stocked[:SHOWN]
    )
    return (*shown, Line(say("投放合计"), "", sum(item.count for item in stocked), "piece"))


def _draft(facts: StockFacts, key: str, thresholds: Thresholds, *, lines: tuple[Line, ...], summary: Words) -> FindingDraft:
    kept = asdict(facts)
    for rows in (kept["stocked"], kept["harvested"]):
        for row in rows:
            row["on"] = row["on"].isoformat()
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key=f"{facts.gi_id}|{key}",
        facts=kept,
        lines=lines,
        summary=summary,
    )
