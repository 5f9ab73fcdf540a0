"""Who owes a report for which year. The year is always named, never derived from a date field (domain: annual report)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.window import Window


class Status(StrEnum):
    """How an obligation stands today; derived, never stored."""

    NOT_OPEN = "not_open"
    OPEN = "open"
    OVERDUE = "overdue"
    FILED = "filed"
    LATE = "late"


LABELS: dict[Status, Words] = {
    Status.NOT_OPEN: say("尚未开放"),
    Status.OPEN: say("待报送"),
    Status.OVERDUE: say("逾期未报"),
    Status.FILED: say("按期报送"),
    Status.LATE: say("逾期报送"),
}


@dataclass(frozen=True)
class Term:
    """From when until when (exclusive; None: open-ended) an authorisation is valid, in Shanghai dates.

    ``first_year`` is the first report year of its jurisdiction (policy ``report.first-year``): nothing is owed for the time before.
    """

    valid_from: date
    valid_to: date | None = None
    first_year: int = 0


def owes(term: Term, year: int) -> bool:
    """Say whether the year is owed: authorised on at least one day of it. A user approved in year Y files first for Y."""
    if year < term.first_year:
        return False
    begins_in_time = term.valid_from <= date(year, 12, 31)
    return begins_in_time and (term.valid_to is None or term.valid_to > date(year, 1, 1))


def owed_years(term: Term, *, until: int) -> tuple[int, ...]:
    """Return every owed year up to and including ``until``, oldest first."""
    return tuple(year for year in range(max(term.valid_from.year, term.first_year), until + 1) if owes(term, year))


def status_of(window: Window, *, today: date, first_filed_on: date | None) -> Status:
    """Return how the obligation stands; lateness is judged on the first filing, so a returned report does not become late by it."""
    if first_filed_on is not None:
        return Status.LATE if first_filed_on > window.due_on else Status.FILED
    if not window.is_open(today):
        return Status.NOT_OPEN
    return Status.OPEN if today <= window.due_on else Status.OVERDUE


def year_due_next(term: Term, *, today: date, filed: Collection[int]) -> int | None:
    """Return the oldest owed year without a report whose turn has come (it is over), else the current one, else None."""
    years = [year for year in owed_years(term, until=today.year) if year not in filed]
    return years[0] if years else None


def refuse_unowed(term: Term, year: int, *, today: date, filed: Collection[int]) -> None:
    """Raise Conflict for a year that is not owed or has not begun; the refusal names the year that is due next."""
    if term.valid_from.year <= year <= today.year and owes(term, year):
        return
    raise Conflict(_why_unowed(term, year, today), remedy=_remedy(year_due_next(term, today=today, filed=filed)))


def _why_unowed(term: Term, year: int, today: date) -> Words:
    if year > today.year:
        return say("%(year)s 年度尚未开始，不能填写。", year=year)
    if year < term.first_year:
        return say("年报自 %(first)s 年度起实行，%(year)s 年度无须补报。", first=term.first_year, year=year)
    return say("该使用人 %(year)s 年度没有报送义务：核准期间为 %(term)s。", year=year, term=_words_of(term))


def refuse_unopened(window: Window, *, today: date, due_next: int | None) -> None:
    """Raise Conflict before the window opens; the refusal says when it opens and which year is due next."""
    if window.is_open(today):
        return
    reason = say("%(year)s 年度年报自 %(opens)s 起报送。", year=window.year, opens=window.opens_on.isoformat())
    raise Conflict(reason, remedy=_remedy(due_next, besides=window.year), basis=window.version)


def _remedy(due_next: int | None, *, besides: int | None = None) -> Words:
    if due_next is None:
        return say("目前没有需要报送的年度。")
    if due_next == besides:
        return say("您可以先保存草稿，待开放后报送。")
    return say("现在应报送的是 %(year)s 年度。", year=due_next)


def _words_of(term: Term) -> Words:
    if term.valid_to is None:
        return say("%(begin)s 起", begin=term.valid_from.isoformat())
    return say("%(begin)s 至 %(end)s（不含）", begin=term.valid_from.isoformat(), end=term.valid_to.isoformat())
