"""The scheduler's process: wait to lead, work what is due, stop when told to."""

from __future__ import annotations

import logging
import signal
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from gi_registry.config import Settings
from gi_registry.db import Database
from gi_registry.jobs import ledger
from gi_registry.jobs.job import Effect, Job, Occasion
from gi_registry.jobs.leadership import Leadership, leadership
from gi_registry.jobs.ledger import Due
from gi_registry.kernel.errors import RegistryError
from gi_registry.workflow import doors_of, moment, open_work

logger = logging.getLogger(__name__)

RETRY_S = 0.2
LOOK_S = 0.5
AWAY_S = 3.0
ROUNDS = 1000


# ---- one due time --------------------------------------------------------------------------------------------------------------------


def perform(database: Database, settings: Settings, due: Due) -> bool:
    """Work one due time and say whether its effect happened now. A failure is logged and written into the ledger, never raised."""
    started = time.monotonic()
    ways = {Effect.INSIDE: _inside, Effect.OUTSIDE: _outside, Effect.APART: _apart}
    try:
        done = ways[due.job.effect](database, settings, due)
    except Exception as problem:
        logger.exception("job %s failed (due %s)", due.job.id, due.due_at.isoformat())
        _note(database, due, problem)
        return False
    logger.info(
        "job %s: %s (due %s, %.1f s)", due.job.id, "done" if done else "was done", due.due_at.isoformat(), time.monotonic() - started
    )
    return done


def _inside(database: Database, settings: Settings, due: Due) -> bool:
    with open_work(database) as work:
        run = ledger.claim(work, due)
        if run is None:
            return False
        started = time.monotonic()
        result = due.job.function(work, Occasion(due.due_at, settings))  # type: ignore[arg-type]  # told by its effect
        ledger.fulfil(work, run, result, took_ms=_ms_since(started))
        return True


def _outside(database: Database, settings: Settings, due: Due) -> bool:
    """Do the work in short Works of its own, then write that it is done: a kill between them repeats the last of them."""
    if _was_done(database, due):
        return False
    started, count = time.monotonic(), 0
    for _round in range(ROUNDS):
        with open_work(database) as work:
            if not due.job.function(work, Occasion(due.due_at, settings)):  # type: ignore[arg-type]  # told by its effect
                break
        count += 1
    return _written_off(database, due, count, started)


def _apart(database: Database, settings: Settings, due: Due) -> bool:
    """Let the function open its own Works, then write that it is done."""
    if _was_done(database, due):
        return False
    started = time.monotonic()
    result = due.job.function(doors_of(database), Occasion(due.due_at, settings))  # type: ignore[arg-type]  # told by its effect
    return _written_off(database, due, result, started)


def _was_done(database: Database, due: Due) -> bool:
    with database.session(writable=False) as session:
        run = ledger.find_run(session, due.job.id, due.due_at)
        return run is not None and run.done_at is not None


def _written_off(database: Database, due: Due, result: object, started: float) -> bool:
    with open_work(database) as work:
        claimed = ledger.claim(work, due)
        if claimed is not None:
            ledger.fulfil(work, claimed, result, took_ms=_ms_since(started))
    return claimed is not None


def _note(database: Database, due: Due, problem: Exception) -> None:
    try:
        with open_work(database) as work:
            ledger.note_failure(work, due, problem)
    except (SQLAlchemyError, RegistryError):
        logger.exception("the failure of job %s could not be written down", due.job.id)


def _ms_since(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


# ---- what is due ---------------------------------------------------------------------------------------------------------------------


def work_off(database: Database, settings: Settings, jobs: tuple[Job, ...], *, halt: threading.Event | None = None) -> int:
    """Look once and work what is due, oldest first; ``halt`` ends it between two due times. Return how many took effect."""
    with database.session(writable=False) as session:
        dues = ledger.open_dues(session, jobs, moment(session))
    count = 0
    for due in dues:
        if halt is not None and halt.is_set():
            break
        count += perform(database, settings, due)
    return count


def begin(database: Database, jobs: tuple[Job, ...]) -> None:
    """Open the ledger of jobs that are new to this installation."""
    with open_work(database) as work:
        ledger.begin(work.session, jobs, work.now)


def _lane(database: Database, settings: Settings, jobs: tuple[Job, ...], halt: threading.Event) -> None:
    while not halt.is_set():
        try:
            work_off(database, settings, jobs, halt=halt)
        except SQLAlchemyError as problem:
            _tell_away(problem)
            halt.wait(AWAY_S)
        halt.wait(LOOK_S)


def _tell_away(problem: SQLAlchemyError) -> None:
    # one line, not a traceback: it is said again and again until the database is back
    logger.error("the database does not answer: %s", str(problem).splitlines()[0])


# ---- the process ---------------------------------------------------------------------------------------------------------------------


def keep_timetable(
    database: Database, settings: Settings, *, stop: threading.Event, timetable: tuple[Job, ...], lead: Leadership | None = None
) -> None:
    """Wait to lead, then work what is due, until ``stop`` is set; a running job is finished first. Losing the lock means waiting again."""
    lock = lead or leadership(database)
    while not stop.is_set():
        if not lock.acquire():
            stop.wait(RETRY_S)
            continue
        logger.info("leading: %s", ", ".join(job.id for job in timetable))
        try:
            _lead(database, settings, timetable, stop=stop, lock=lock)
        except SQLAlchemyError as problem:
            _tell_away(problem)
            stop.wait(AWAY_S)
        finally:
            lock.release()


def _lead(database: Database, settings: Settings, timetable: tuple[Job, ...], *, stop: threading.Event, lock: Leadership) -> None:
    begin(database, timetable)
    halt = threading.Event()
    # A long night does not hold up the messages: what is due at an hour and what is due all the time have a thread each.
    kinds = (tuple(job for job in timetable if job.daily), tuple(job for job in timetable if not job.daily))
    lanes = [threading.Thread(target=_lane, args=(database, settings, jobs, halt)) for jobs in kinds if jobs]
    for lane in lanes:
        lane.start()
    while lock.held() and not stop.wait(RETRY_S):
        pass
    halt.set()
    for lane in lanes:
        lane.join()


def keep_timetable_until_stopped(database: Database, settings: Settings, timetable: tuple[Job, ...]) -> None:
    """Keep the timetable in this process until it is told to end (SIGTERM, SIGINT); a running job is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    keep_timetable(database, settings, stop=stop, timetable=timetable)
