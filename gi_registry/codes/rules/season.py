"""When labels of a year's season stop being good: law is silent, so it is policy ``codes.season-end``.

A season of year Y ends on ``month``-``day`` of year Y + ``years``: labels are good on that day and void from the next.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any


@dataclass(frozen=True)
class SeasonEnd:
    """The last day of a season, and how many days before it users with labels left are told."""

    years: int
    month: int
    day: int
    notice_days: int

    def last_day(self, year: int) -> date:
        """Return the last day of the season of ``year``; the 31st of a shorter month is its last day."""
        ends = year + self.years
        return date(ends, self.month, min(self.day, calendar.monthrange(ends, self.month)[1]))

    def is_over(self, year: int, today: date) -> bool:
        """Say whether labels of ``year`` are void today."""
        return today > self.last_day(year)

    def is_told(self, year: int, today: date) -> bool:
        """Say whether today is the day on which users are told of the end."""
        return today == self.last_day(year) - timedelta(days=self.notice_days)


def season_end(value: Mapping[str, Any]) -> SeasonEnd:
    """Read the policy's value; raise KeyError where a part is missing."""
    return SeasonEnd(value["years"], value["month"], value["day"], value["notice_days"])
