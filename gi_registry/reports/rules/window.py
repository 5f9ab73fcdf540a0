"""When a report year opens and falls due. The dates are policy, versioned; the law names none (domain: the idea, point 4)."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

KEY = "report.window"


@dataclass(frozen=True)
class Window:
    """The dates of one report year, all in the year after it. ``due_on`` is the last day in time; ``version`` names the parameter."""

    year: int
    opens_on: date
    due_on: date
    county_by: date
    province_by: date
    version: str = ""

    def is_open(self, today: date) -> bool:
        """Say whether filing is possible: from the opening day on, and late for ever after."""
        return today >= self.opens_on

    def days_left(self, today: date) -> int:
        """Return the days until the due date: 0 on the day itself, negative after it."""
        return (self.due_on - today).days


def window_of(year: int, value: Mapping[str, object], version: str) -> Window:
    """Return the window of report ``year`` under a policy value such as ``{"opens": "01-01", "due": "02-last", …}``.

    Each date is month-day of the year after the report year; ``last`` is the last day of that month. Raises ValueError for a value
    that cannot be read.
    """
    return Window(
        year=year,
        opens_on=_day(year + 1, value, "opens"),
        due_on=_day(year + 1, value, "due"),
        county_by=_day(year + 1, value, "county_by"),
        province_by=_day(year + 1, value, "province_by"),
        version=version,
    )


def due_step(days_left: int, steps: Sequence[int]) -> int | None:
    """Return the smallest step that is not below the days left: with 30, 15, 7, 3, 1 and 5 days left the step of 7."""
    return min((step for step in steps if step >= days_left), default=None)


def _day(year: int, value: Mapping[str, object], name: str) -> date:
    month, _, day = str(value[name]).partition("-")
    if day == "last":
        return date(year, int(month), calendar.monthrange(year, int(month))[1])
    return date(year, int(month), int(day))
