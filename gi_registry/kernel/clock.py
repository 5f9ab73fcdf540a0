"""One clock. Moments are aware UTC; legal dates are dates in Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def utc_now(offset: timedelta = timedelta()) -> datetime:
    """Return the moment now, moved by ``offset`` (only a demo database has one)."""
    return datetime.now(UTC) + offset if offset else datetime.now(UTC)


def legal_date(moment: datetime) -> date:
    """Return the date in Shanghai on which ``moment`` falls."""
    return moment.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a Shanghai day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).astimezone(UTC)
