"""Channels, and when a failed message is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)


class Channel(StrEnum):
    """How a message leaves the house."""

    EMAIL = "email"
    SMS = "sms"


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when to try again after ``tries`` failures (waits double from one minute), or None when it is given up."""
    return None if tries >= MOST_TRIES else now + FIRST_WAIT * 2 ** (tries - 1)
