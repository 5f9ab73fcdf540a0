"""US-01: unused for two years (连续两年未使用专用标志). Test by marking mode, over the months of policy ``authorisation.unused-months``:

- item codes: no code was activated;
- batch code: no batch of such a product was declared;
- pre-printed packages: no marked quantity was reported, and no batch of packages declared. What is not due yet cannot be missed, so for
  them the months are counted up to the end of the last report year whose deadline has passed.

Every mode of the user must be unused, and no evidence accepted: an accepted annual report that states labels used or goods marked.
Nothing is counted before the registry's records begin, nor before the user was authorised. A user without a product on file gives no
answer. Source: CNIPA Announcement 354 (loss of qualification: no use within two years); domain, sections 3 and 6.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from gi_registry.anomalies.rules.finding import FindingDraft, Line, Outcome, Unjudged
from gi_registry.kernel.words import Words, say

GROUND = "US-01"
RULE_VERSION = "1"
ITEM_CODE, BATCH_CODE, PRE_PRINTED = "item_code", "batch_code", "pre_printed"
PAGES = {ITEM_CODE: "codes", BATCH_CODE: "batches", PRE_PRINTED: "batches"}


@dataclass(frozen=True)
class UsageFacts:
    """What US-01 needs of one user that is authorised now.

    ``last_used``: by marking mode, the last day of use on file. ``accepted_until``: the last day of a year whose accepted report states
    use. ``records_begin_on``: before it the registry knows nothing. ``reported_until``: the end of the last report year that is due.
    """

    authorisation_id: int
    valid_from: date | None
    records_begin_on: date
    reported_until: date
    modes: tuple[str, ...] = ()
    last_used: tuple[tuple[str, date], ...] = ()
    accepted_until: date | None = None


@dataclass(frozen=True)
class Thresholds:
    """The parameters in force: months without use, severity."""

    months: int
    severity: int


def later_by(day: date, months: int) -> date:
    """Return the day ``months`` calendar months later, the last of the month where that day does not exist."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def unused_since(facts: UsageFacts) -> date:
    """Return the last day of use or accepted evidence, or the day from which use could be expected."""
    used = [day for _mode, day in facts.last_used]
    known = [facts.records_begin_on, *used, *([facts.accepted_until] if facts.accepted_until else [])]
    return max(known if facts.valid_from is None else [*known, facts.valid_from])


def judge(facts: UsageFacts, thresholds: Thresholds, *, as_of: date) -> Outcome:
    """Return a draft where no mode was used for the months, Unjudged where it is not known how the user marks, else None."""
    since = unused_since(facts)
    ends = later_by(since, thresholds.months)
    if ends > as_of:
        return None
    if not facts.modes or facts.valid_from is None:
        missing = say("没有登记产品和标示方式，不能判断是否用标。") if not facts.modes else say("授权起始日期不明，不能判断是否用标。")
        return Unjudged(GROUND, facts.authorisation_id, as_of.year, missing)
    if ends > (min(as_of, facts.reported_until) if PRE_PRINTED in facts.modes else as_of):
        return None
    return _draft(facts, thresholds, since=since, ends=ends, periods=_periods(since, thresholds.months, as_of))


def _periods(since: date, months: int, as_of: date) -> int:
    """How many times the months have passed: after a dismissal, another whole period is a new fact."""
    count = 1
    while later_by(since, months * (count + 1)) <= as_of:
        count += 1
    return count


def _draft(facts: UsageFacts, thresholds: Thresholds, *, since: date, ends: date, periods: int) -> FindingDraft:
    used = dict(facts.last_used)
    return FindingDraft(
        ground=GROUND,
        authorisation_id=facts.authorisation_id,
        year=ends.year,
        severity=thresholds.severity,
        rule_version=RULE_VERSION,
        key="",
        facts={
            "authorisation_id": facts.authorisation_id,
            "modes": sorted(facts.modes),
            "unused_since": since.isoformat(),
            "last_used": {mode: day.isoformat() for mode, day in sorted(facts.last_used)},
            "periods": periods,
        },
        lines=(
            Line(say("授权起始日"), _day(facts.valid_from), href=f"/office/authorisations/{facts.authorisation_id}"),
            *(_mode_line(facts.authorisation_id, mode, used.get(mode)) for mode in sorted(facts.modes)),
            Line(say("已接受的年报载明用标，截至"), _day(facts.accepted_until), href="/reports"),
            Line(say("本系统记录开始于"), _day(facts.records_begin_on)),
            Line(
                say("未使用满"),
                say("%(since)s + %(months)s 个月 = %(ends)s", since=since.isoformat(), months=thresholds.months, ends=ends.isoformat()),
                thresholds.months,
                "month",
            ),
        ),
        summary=say("自 %(since)s 起连续 %(months)s 个月没有使用专用标志的记录。", since=since.isoformat(), months=thresholds.months),
    )


def _mode_line(authorisation_id: int, mode: str, last: date | None) -> Line:
    labels = {
        ITEM_CODE: say("一物一码：最近一次激活"),
        BATCH_CODE: say("批次码：最近一个批次"),
        PRE_PRINTED: say("预印包装：最近一次用标记录"),
    }
    return Line(labels.get(mode, say("最近一次用标")), _day(last), href=f"/authorisations/{authorisation_id}/{PAGES.get(mode, 'batches')}")


def _day(day: date | None) -> Words | str:
    return day.isoformat() if day else say("没有记录")
