"""QT-04: impossible tempo (用标进度不合常理). Three tests of one user and account year, each a finding of its own:

- ``harvest``: labels of a batch were activated before the day of its harvest.
- ``tempo``: on one day more labels of a product were activated than its line can have put on since the harvest of the batches they were
  bound to: count > declared labels a day × days from the harvest to that day, both included. Activating a roll after a week of packing is
  no haste. Where no capacity was declared the rule asks for it once a day's count is beyond ``asks``.
- ``opening``: marked goods were harvested, or labels bound to goods of the season, before the opening day (开捕日、开采日) of that year; a
  reminder (severity 1) unless the use rules forbid it.

Source: domain, sections 6 and 7.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged, grouped
from gi_registry.kernel.words import Words, say

GROUND = "QT-04"
RULE_VERSION = "1"
SHOWN = 40


@dataclass(frozen=True)
class Bound:
    """Labels of one product bound to a batch on a day; ``opening_on``: the opening day of the batch's harvest year, where there is one."""

    batch_id: int
    number: str
    product_id: int
    product: str
    on: date
    count: int
    harvested_on: date | None = None
    opening_on: date | None = None
    per_day: int | None = None


@dataclass(frozen=True)
class TempoFacts:
    """All labels that a user bound to batches of an account year."""

    authorisation_id: int
    year: int
    bound: tuple[Bound, ...]


@dataclass(frozen=True)
class Thresholds:
    """The parameter in force: severity, that of labels before the opening day, labels a day beyond which a capacity is asked for."""

    severity: int
    opening_severity: int
    asks: int


@dataclass(frozen=True)
class _Day:
    """A product's labels of one day, against what its line can have put on since the earliest harvest of the batches."""

    product: str
    on: date
    count: int
    since: date | None
    per_day: int | None
    bound: tuple[Bound, ...]

    @property
    def days(self) -> int:
        """The days on which the labels can have been put on."""
        return max(1, (self.on - self.since).days + 1) if self.since else 1


def judge(facts: TempoFacts, thresholds: Thresholds) -> tuple[Outcome, ...]:
    """Return what each of the three tests answers, silence left out."""
    answers = (_early(facts, thresholds), *_hasty(facts, thresholds), _unopened(facts, thresholds))
    return tuple(answer for answer in answers if answer is not None)


def _early(facts: TempoFacts, thresholds: Thresholds) -> Outcome:
    early = [item for item in facts.bound if item.harvested_on and item.on < item.harvested_on]
    if not early:
        return None
    lines = tuple(
        Line(
            say("批次 %(number)s", number=item.number),
            say("%(on)s 激活，早于采收日期 %(harvested)s", on=str(item.on), harvested=str(item.harvested_on)),
            item.count,
            "label",
            f"/batches/{item.batch_id}",
        )
        for item in early[:SHOWN]
    )
    count = len({item.batch_id for item in early})
    summary = say("%(year)s 年有 %(count)s 个批次的标识在采收之前激活。", year=facts.year, count=count)
    return _draft(facts, "harvest", early, lines=lines, severity=thresholds.severity, summary=summary)


def _hasty(facts: TempoFacts, thresholds: Thresholds) -> Iterator[Outcome]:
    hasty: list[_Day] = []
    for day in _days(facts):
        if day.per_day is not None and day.count > day.per_day * day.days and day.since is not None:
            hasty.append(day)
        elif day.count > (thresholds.asks if day.per_day is None else day.per_day * day.days):
            yield Unjudged(GROUND, facts.authorisation_id, facts.year, _asked(day), "tempo")
    if hasty:
        bound = [item for day in hasty for item in day.bound]
        summary = say("%(year)s 年有 %(count)s 天激活的标识多于贴标能力。", year=facts.year, count=len(hasty))
        lines = tuple(line for day in hasty[:SHOWN] for line in _day_lines(day))
        yield _draft(facts, "tempo", bound, lines=lines, severity=thresholds.severity, summary=summary)


def _asked(day: _Day) -> Words:
    told = {"product": day.product, "on": day.on.isoformat(), "count": grouped(day.count)}
    if day.per_day is None:
        return say("%(product)s 在 %(on)s 激活 %(count)s 枚，没有申报每日贴标能力，需要补充。", **told)
    return say("%(product)s 在 %(on)s 激活 %(count)s 枚，批次没有采收日期，需要补充。", **told)


def _days(facts: TempoFacts) -> list[_Day]:
    grouped_by: dict[tuple[int, date], list[Bound]] = defaultdict(list)
    for item in facts.bound:
        grouped_by[item.product_id, item.on].append(item)
    return [
        _Day(
            product=items[0].product,
            on=on,
            count=sum(item.count for item in items),
            since=None
            if any(item.harvested_on is None for item in items)
            else min(item.harvested_on for item in items if item.harvested_on),
            per_day=items[0].per_day,
            bound=tuple(items),
        )
        for (_product, on), items in sorted(grouped_by.items(), key=lambda entry: (entry[0][1], entry[0][0]))
    ]


def _day_lines(day: _Day) -> tuple[Line, ...]:
    most = (day.per_day or 0) * day.days
    return (
        *(
            Line(say("批次 %(number)s", number=b.number), day.product, b.count, "label", f"/batches/{b.batch_id}")
            for b in day.bound[:SHOWN]
        ),
        Line(say("%(on)s 激活合计", on=day.on.isoformat()), "", day.count, "label"),
        Line(
            say("自采收起最多可贴"),
            say(
                "每日 %(each)s × %(days)s 天（%(since)s 至 %(on)s）",
                each=grouped(day.per_day or 0),
                days=day.days,
                since=str(day.since),
                on=day.on.isoformat(),
            ),
            most,
            "label",
        ),
        Line(say("超出贴标能力"), f"{grouped(day.count)} − {grouped(most)}", day.count - most, "label"),
    )


def _unopened(facts: TempoFacts, thresholds: Thresholds) -> Outcome:
    early = [item for item in facts.bound if item.opening_on and min(item.on, item.harvested_on or item.on) < item.opening_on]
    if not early:
        return None
    lines = tuple(
        Line(
            say("批次 %(number)s", number=item.number),
            say(
                "采收 %(harvested)s，激活 %(on)s，开捕（采）日 %(opening)s",
                harvested=str(item.harvested_on or "–"),
                on=str(item.on),
                opening=str(item.opening_on),
            ),
            item.count,
            "label",
            f"/batches/{item.batch_id}",
        )
        for item in early[:SHOWN]
    )
    count = len({item.batch_id for item in early})
    summary = say("%(year)s 年有 %(count)s 个批次在开捕（采）日之前采收或者激活。", year=facts.year, count=count)
    return _draft(facts, "opening", early, lines=lines, severity=thresholds.opening_severity, summary=summary)


def _draft(facts: TempoFacts, key: str, bound: list[Bound], *, lines: tuple[Line, ...], severity: int, summary: Words) -> FindingDraft:
    kept = [{name: str(value) if isinstance(value, date) else value for name, value in asdict(item).items()} for item in bound]
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=facts.year,
        severity=severity,
        rule_version=RULE_VERSION,
        key=key,
        facts={"authorisation_id": facts.authorisation_id, "year": facts.year, "bound": kept},
        lines=lines,
        summary=summary,
    )
