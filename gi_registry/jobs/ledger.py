"""The ledger: which due times are open, who may work one, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from gi_registry.jobs.due import due_times, latest_due, next_try
from gi_registry.jobs.job import CatchUp, Job
from gi_registry.jobs.models import JobRun
from gi_registry.workflow import Work

KEEP = timedelta(days=40)
"""How long a line is kept; no job may look back further, or what was tidied away would be done again."""

AT_ONCE = 1000
LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Due:
    """A due time that waits to be worked."""

    job: Job
    due_at: datetime


@dataclass(frozen=True)
class LastRuns:
    """What the ledger knows of one job: where its ledger begins, its last success, and its newest failure that is not made good."""

    begins_at: datetime
    done_due_at: datetime | None = None
    done_at: datetime | None = None
    failed_due_at: datetime | None = None
    error: str = ""


# ---- what is open --------------------------------------------------------------------------------------------------------------------


def begin(session: Session, jobs: Iterable[Job], now: datetime) -> None:
    """Open the ledger of jobs that have none: what was due before this moment is not owed."""
    for job in jobs:
        if _first_due(session, job.id) is None:
            _insert(session, job.id, latest_due(job, now) or now, done_at=now)


def open_dues(session: Session, jobs: Iterable[Job], now: datetime) -> list[Due]:
    """Return the due times that wait to be worked, oldest first; of equal ones in the order of the timetable."""
    found = [Due(job, due_at) for job in jobs for due_at in (_each if job.catch_up == CatchUp.EACH else _latest)(session, job, now)]
    return sorted(found, key=lambda due: due.due_at)


def _latest(session: Session, job: Job, now: datetime) -> list[datetime]:
    due_at = latest_due(job, now)
    if due_at is None:
        return []
    run = find_run(session, job.id, due_at)
    return [due_at] if run is None or _tries_again(run, now) else []


def _each(session: Session, job: Job, now: datetime) -> list[datetime]:
    first = _first_due(session, job.id)
    since = max(now - job.look_back, first or now)
    rows = session.exec(select(JobRun).where(col(JobRun.job) == job.id, col(JobRun.due_at) > since)).all()
    closed = {run.due_at for run in rows if not _tries_again(run, now)}
    return [due_at for due_at in due_times(job, since, now) if due_at not in closed][:AT_ONCE]


def _tries_again(run: JobRun, now: datetime) -> bool:
    return run.done_at is None and run.try_at is not None and run.try_at <= now


def _first_due(session: Session, job: str) -> datetime | None:
    return session.exec(select(col(JobRun.due_at)).where(col(JobRun.job) == job).order_by(col(JobRun.due_at)).limit(1)).first()


def find_run(session: Session, job: str, due_at: datetime) -> JobRun | None:
    """Return the line of a due time as it is in the database."""
    wanted = select(JobRun).where(col(JobRun.job) == job, col(JobRun.due_at) == due_at)
    return session.exec(wanted, execution_options={"populate_existing": True}).first()


# ---- working one ---------------------------------------------------------------------------------------------------------------------


def claim(work: Work, due: Due) -> JobRun | None:
    """Take the line of a due time for the length of this transaction, or None when someone has done it.

    Two claims of one due time cannot both go on: the second waits at the unique key (PostgreSQL) or for the file (SQLite) until the first
    commits, and then finds it done, or rolls back, and then has it.
    """
    _insert(work.session, due.job.id, due.due_at)
    locked = select(JobRun).where(col(JobRun.job) == due.job.id, col(JobRun.due_at) == due.due_at).with_for_update()
    run = work.session.exec(locked, execution_options={"populate_existing": True}).one()
    if run.done_at is not None:
        return None
    run.attempts += 1
    run.started_at = work.now
    return run


def fulfil(work: Work, run: JobRun, result: object, *, took_ms: int) -> None:
    """Mark a claimed due time as done; it is so when the Work is committed."""
    run.done_at, run.try_at, run.took_ms = work.now + timedelta(milliseconds=took_ms), None, took_ms
    run.result, run.error = str(result)[:LONGEST_TEXT], ""
    work.session.add(run)
    work.flush()


def note_failure(work: Work, due: Due, problem: BaseException) -> JobRun | None:
    """Write down that a run failed and when it is tried again; None when someone else has done the due time meanwhile."""
    run = claim(work, due)
    if run is not None:
        run.try_at = next_try(run.attempts, work.now)
        first, *_values = str(problem).splitlines() or [""]  # what follows may quote a statement with people in it
        run.error = f"{type(problem).__name__}: {first}"[:LONGEST_TEXT]
        work.session.add(run)
        work.flush()
    return run


def _insert(session: Session, job: str, due_at: datetime, *, done_at: datetime | None = None) -> None:
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    line = dialect.insert(JobRun).values(job=job, due_at=due_at, done_at=done_at, attempts=0, took_ms=0, result="", error="")
    session.execute(line.on_conflict_do_nothing(index_elements=["job", "due_at"]))


# ---- looking back --------------------------------------------------------------------------------------------------------------------


def last_runs(session: Session, job: str) -> LastRuns | None:
    """Return what became of the newest due times of a job; None when no scheduler has ever led with it."""
    begins_at = _first_due(session, job)
    if begins_at is None:
        return None
    newest = select(JobRun).where(col(JobRun.job) == job, col(JobRun.attempts) > 0).order_by(col(JobRun.due_at).desc())
    done = session.exec(newest.where(col(JobRun.done_at).is_not(None))).first()
    failed = session.exec(newest.where(col(JobRun.done_at).is_(None))).first()
    if failed and done and failed.due_at < done.due_at:
        failed = None
    return LastRuns(
        begins_at=begins_at,
        done_due_at=done.due_at if done else None,
        done_at=done.done_at if done else None,
        failed_due_at=failed.due_at if failed else None,
        error=failed.error if failed else "",
    )


def tidy(work: Work, frequent: Iterable[str] = (), *, frequent_for: timedelta = timedelta(days=2)) -> int:
    """Delete old lines, of the ``frequent`` jobs after two days; the newest line of each job stays. Return how many were deleted."""
    newest = select(func.max(col(JobRun.id))).group_by(col(JobRun.job))
    old = (col(JobRun.due_at) < work.now - KEEP) | (col(JobRun.job).in_(list(frequent)) & (col(JobRun.due_at) < work.now - frequent_for))
    done = work.session.connection().execute(delete(JobRun).where(old, col(JobRun.id).not_in(newest)))
    return int(done.rowcount)
