"""Channels, when a failed message is tried again, and how many text messages may leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MOST_TRIES = 8
FIRST_WAIT = timedelta(minutes=1)
DAY = timedelta(days=1)
LIMIT_WAIT = timedelta(hours=1)
SMS_LASTS = timedelta(days=3)
LONGEST_SMS = 300


class Channel(StrEnum):
    """How a message leaves the house."""

    EMAIL = "email"
    SMS = "sms"


class Refused(Exception):
    """The gateway will never take this message (a number that does not exist, a text it forbids): trying again is of no use."""


class SwitchedOff(Refused):
    """There is no gateway for this channel."""


@dataclass(frozen=True)
class SmsLimits:
    """Policy ``notices.sms-limits``: text messages in 24 hours, to one number and in all."""

    per_number_per_day: int = 5
    per_day: int = 5000


def sms_limits(value: Mapping[str, int]) -> SmsLimits:
    """Return the limits that a parameter states."""
    return SmsLimits(int(value["per_number_per_day"]), int(value["per_day"]))


def next_try(tries: int, now: datetime) -> datetime | None:
    """Return when to try again after ``tries`` failures (waits double from one minute), or None when it is given up."""
    return None if tries >= MOST_TRIES else now + FIRST_WAIT * 2 ** (tries - 1)


def over_limit(to_number: int, in_all: int, limits: SmsLimits) -> bool:
    """Say whether one more text message would exceed the limits; the counts are those sent in the last 24 hours."""
    return to_number >= limits.per_number_per_day or in_all >= limits.per_day


def too_old(created_at: datetime, now: datetime) -> bool:
    """Say whether a text message would confuse more than help: what it reminds of is over; the inbox has it anyway."""
    return now - created_at > SMS_LASTS


def masked(recipient: str) -> str:
    """Return a number or address as it may stand in a log: ``138****0000``, ``l***@example.org``."""
    name, at, domain = recipient.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    return f"{recipient[:3]}****{recipient[-4:]}" if len(recipient) > 7 else "****"
