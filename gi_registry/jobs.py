"""The timetable, and the one scheduler that keeps it.

A job is a row of data: its name, when it is due (Shanghai time) and the service it calls with a Work of the system. Any number of
scheduler processes may run; the leader is the one that holds the advisory lock of the PostgreSQL database, or the lock of a file
beside the SQLite database. When the leader dies its lock goes with it and another takes over.

The timetable follows the clock on the wall. A demonstration moves its own clock by days at once, so there the leader also looks whether
its date has moved and then does what the nights between would have done. A real installation never does.
"""

from __future__ import annotations

import fcntl
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from gi_registry.anomalies import service as anomalies
from gi_registry.config import Settings
from gi_registry.db import Database, Installation
from gi_registry.kernel.clock import SHANGHAI, legal_date
from gi_registry.kernel.words import Words, say
from gi_registry.listings import service as listings
from gi_registry.outbox import service as outbox
from gi_registry.reports.service import send_reminders
from gi_registry.workflow import Work, moment, open_work

logger = logging.getLogger(__name__)

LOCK_KEY = 0x67695F6A6F6273  # "gi_jobs"
RETRY_S = 0.2
LATE_S = 3600
LOOK_S = 2


@dataclass(frozen=True)
class Job:
    """One line of the timetable: ``when`` are the fields of a cron expression in Shanghai time."""

    id: str
    when: Mapping[str, str | int]
    function: Callable[[Work, Settings], object]
    purpose: Words

    @property
    def daily(self) -> bool:
        """Whether it runs once a day, at an hour of its own."""
        return "hour" in self.when


def _find_anomalies(work: Work, _settings: Settings) -> object:
    return anomalies.run(work)


def _move_cases(work: Work, _settings: Settings) -> object:
    return listings.daily(work)


def _send_messages(work: Work, settings: Settings) -> object:
    return outbox.send_due(work.session, now=work.now, deliver=outbox.mail_through(settings.smtp_url))


def _remind_of_reports(work: Work, _settings: Settings) -> object:
    return send_reminders(work)


TIMETABLE: tuple[Job, ...] = (
    Job("anomalies:run", {"hour": 2, "minute": 30}, _find_anomalies, say("每夜核算各项异常疑点")),
    Job("reports:remind", {"hour": 8, "minute": 30}, _remind_of_reports, say("提醒临近截止仍未报送年报的用标人")),
    Job("cases:daily", {"hour": 3, "minute": 0}, _move_cases, say("办理到期的送达、预警和公示，撤回事由已消除的案件")),
    Job("outbox:send", {"second": "*/20"}, _send_messages, say("发送到期的邮件和短信")),
)


def run_job(database: Database, settings: Settings, job: Job) -> object:
    """Run one job as the system, in one Work: committed when it ends well, rolled back when it raises."""
    started = time.monotonic()
    with open_work(database) as work:
        result = job.function(work, settings)
    logger.info("job %s: %s (%.1f s)", job.id, result, time.monotonic() - started)
    return result


# ---- nights of a demonstration -------------------------------------------------------------------------------------------------------


class DemonstrationNights:
    """Do the daily jobs when the demonstration's Shanghai date has moved on since the last look.

    However many nights were skipped, each daily job runs once, for the new date: the jobs are idempotent and judge what is due by that
    date, as after nights on which no scheduler ran. The first look only remembers the date. On a real installation nothing happens.
    """

    def __init__(self, database: Database, settings: Settings, timetable: tuple[Job, ...]) -> None:
        self._database, self._settings = database, settings
        self._jobs = sorted(
            (job for job in timetable if job.daily), key=lambda job: (int(job.when["hour"]), int(job.when.get("minute", 0)))
        )
        self._seen: date | None = None

    def look(self) -> None:
        """Look at the date once. A job that fails is told to the operator and does not keep the others back."""
        today = demonstration_date(self._database)
        if today is None:
            return
        seen, self._seen = self._seen, today
        if seen is None or today <= seen:
            return
        logger.info("the demonstration's date moved from %s to %s", seen, today)
        for job in self._jobs:
            try:
                run_job(self._database, self._settings, job)
            except Exception:
                logger.exception("job %s failed after the demonstration's date moved", job.id)


def demonstration_date(database: Database) -> date | None:
    """Return today in Shanghai by a demonstration's clock; None for a real installation or a database that cannot say."""
    with suppress(SQLAlchemyError), database.session(writable=False) as session:
        installation = session.get(Installation, 1)
        if installation is not None and installation.demo:
            return legal_date(moment(session))
    return None


# ---- who leads -----------------------------------------------------------------------------------------------------------------------


class Leadership(Protocol):
    """A lock that one process holds and that dies with it."""

    def acquire(self) -> bool:
        """Try to take the lock; say whether this process holds it now."""

    def held(self) -> bool:
        """Say whether the lock is still ours."""

    def release(self) -> None:
        """Give the lock back."""


class FileLeadership:
    """The lock of a file beside an SQLite database."""

    def __init__(self, database_file: str) -> None:
        self._path = Path(f"{database_file}-scheduler.lock")
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Try to lock the file."""
        handle = self._path.open("w", encoding="ascii")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._file = handle
        return True

    def held(self) -> bool:
        """A file lock is held until it is given back."""
        return self._file is not None

    def release(self) -> None:
        """Unlock by closing."""
        if self._file:
            self._file.close()
        self._file = None


class AdvisoryLeadership:
    """A session-level advisory lock of PostgreSQL, on a connection of its own that no pool recycles."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Try to take the lock; a database that is away is a lock that is not ours."""
        with suppress(SQLAlchemyError):
            connection = self._engine.connect()
            if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar_one():
                self._connection = connection
                return True
            connection.close()
        return False

    def held(self) -> bool:
        """Ask over the very connection that holds the lock: when it is gone, so is the lock."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Close the connection, and the lock with it."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
        self._connection = None


def leadership(database: Database) -> Leadership:
    """Return the lock that fits the database."""
    if database.is_sqlite:
        return FileLeadership(str(database.engine.url.database))
    return AdvisoryLeadership(database.url)


# ---- the process ---------------------------------------------------------------------------------------------------------------------


def keep_timetable(
    database: Database, settings: Settings, *, stop: threading.Event, timetable: tuple[Job, ...] = TIMETABLE, lead: Leadership | None = None
) -> None:
    """Wait to lead, then run the jobs when they are due, until ``stop`` is set. Losing the lock means waiting again."""
    lock = lead or leadership(database)
    while not stop.is_set():
        if not lock.acquire():
            stop.wait(RETRY_S)
            continue
        logger.info("leading: %s", ", ".join(job.id for job in timetable))
        scheduler = _scheduler(database, settings, timetable)
        scheduler.start()
        while lock.held() and not stop.wait(RETRY_S):
            pass
        scheduler.shutdown(wait=lock.held())
        lock.release()


def keep_timetable_until_stopped(database: Database, settings: Settings) -> None:
    """Keep the timetable in this process until it is told to end (SIGTERM, SIGINT); a running job is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    keep_timetable(database, settings, stop=stop)


def _scheduler(database: Database, settings: Settings, timetable: tuple[Job, ...]) -> BackgroundScheduler:
    scheduler = BackgroundScheduler(timezone=SHANGHAI, executors={"default": ThreadPoolExecutor(2)})
    for job in timetable:
        scheduler.add_job(
            run_job,
            CronTrigger(timezone=SHANGHAI, **job.when),
            args=(database, settings, job),
            id=job.id,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=LATE_S,
        )
    if demonstration_date(database) is not None:
        nights = DemonstrationNights(database, settings, timetable)
        nights.look()  # the date from which it counts is that of taking the lead
        scheduler.add_job(nights.look, IntervalTrigger(seconds=LOOK_S), id="demonstration:nights", coalesce=True, max_instances=1)
    return scheduler
