"""When a job was due, and when a failed run is tried again: calculations without a database."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from gi_registry.jobs.job import Job

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=3))
_INSTANT = timedelta(microseconds=1)
_WINDOWS = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=31), timedelta(days=366))


def due_times(job: Job, after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the due times of ``job`` later than ``after`` and not later than ``until``, oldest first, in UTC."""
    last = after
    while (due := job.trigger.get_next_fire_time(None, last + _INSTANT)) is not None:
        last = due.astimezone(UTC)
        if last > until:
            return
        yield last


def latest_due(job: Job, now: datetime) -> datetime | None:
    """Return the last due time that is not later than ``now`` and not older than the job looks back, or None."""
    for window in _WINDOWS:
        found = list(due_times(job, now - min(window, job.look_back), now))
        if found or window >= job.look_back:
            return found[-1] if found else None
    return None


def next_try(attempts: int, now: datetime) -> datetime | None:
    """Return when to try again after ``attempts`` failures, or None when the due time is given up."""
    return None if attempts > len(WAITS) else now + WAITS[attempts - 1]
