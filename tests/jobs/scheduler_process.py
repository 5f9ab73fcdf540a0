"""A real scheduler process over a timetable of the test: ``python scheduler_process.py URL MANNER [MARK]``.

Its job writes each due time into the table ``effect``, which has no unique key: what was done twice stands there twice. Manners:
``sound`` the program as it is; ``unled`` every process believes that it leads; ``unclaimed`` the same, and nobody asks the ledger;
``afterwards`` the due time is marked done in a transaction of its own, after the work; ``slow`` as ``gi-registry scheduler`` runs it,
and each due time takes a second; the file MARK says that one is under way.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

from sqlalchemy import text

from gi_registry.config import Settings
from gi_registry.db import Database
from gi_registry.jobs import ledger, runner
from gi_registry.jobs.job import CatchUp, Job, Occasion
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, open_work

WORK_S = {"unled": 0.01, "slow": 1.0}
GAP_S = 0.02


def leave_a_trace(work: Work, occasion: Occasion) -> None:
    """The effect: half of it, some work, the other half."""
    line = text("INSERT INTO effect (due_at, half) VALUES (:due_at, :half)")
    work.session.connection().execute(line, {"due_at": occasion.due_at.isoformat(), "half": 1})
    if len(sys.argv) > 3:
        Path(sys.argv[3]).touch()
    time.sleep(WORK_S.get(sys.argv[2], 0.002))
    work.session.connection().execute(line, {"due_at": occasion.due_at.isoformat(), "half": 2})


JOB = Job("test:dense", {"second": "*"}, leave_a_trace, say("测试"), catch_up=CatchUp.EACH)


class Everyone:
    """A lock that everyone holds: what a leader that was cut off believes."""

    def acquire(self) -> bool:
        return True

    def held(self) -> bool:
        return True

    def release(self) -> None:
        return None


def unclaimed(database: Database, settings: Settings, due: ledger.Due) -> bool:
    """Work without asking whether someone else has."""
    with open_work(database) as work:
        due.job.function(work, Occasion(due.due_at, settings))
        ledger._insert(work.session, due.job.id, due.due_at, done_at=work.now)
    time.sleep(GAP_S)
    return True


def afterwards(database: Database, settings: Settings, due: ledger.Due) -> bool:
    """Work, and mark it as done in another transaction."""
    with open_work(database) as work:
        due.job.function(work, Occasion(due.due_at, settings))
    time.sleep(GAP_S)
    with open_work(database) as work:
        ledger._insert(work.session, due.job.id, due.due_at, done_at=work.now)
    return True


def main(url: str, manner: str) -> None:
    """Keep the timetable until killed, or until the other end of the pipe is closed."""
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), stop.set()), daemon=True).start()
    broken: dict[str, Any] = {"unclaimed": unclaimed, "afterwards": afterwards}
    runner._inside = broken.get(manner, runner._inside)
    if manner == "slow":
        runner.keep_timetable_until_stopped(Database(url), Settings(database_url=url), (JOB,))
        return
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    lead = Everyone() if manner in {"unled", "unclaimed"} else None
    runner.keep_timetable(Database(url), Settings(database_url=url), stop=stop, timetable=(JOB,), lead=lead)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
