"""Of several schedulers one leads; when it dies, another does."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gi_registry.config import Settings
from gi_registry.db import Database
from gi_registry.jobs.job import Job
from gi_registry.jobs.leadership import leadership
from gi_registry.jobs.runner import RETRY_S, keep_timetable
from gi_registry.kernel.words import say

PATIENCE_S = 15.0
HOLD = """
import sys, time
from gi_registry.db import Database
from gi_registry.jobs.leadership import leadership
lead = leadership(Database(sys.argv[1]))
print("leads" if lead.acquire() else "waits", flush=True)
time.sleep(600)
"""


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def _other_process(url: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen([sys.executable, "-c", HOLD, url], stdout=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        child.kill()
        child.wait()


def test_only_one_process_leads_and_another_takes_over_after_a_kill(database: Any) -> None:
    with _other_process(database.url) as first:
        assert first.stdout is not None
        assert first.stdout.readline().strip() == "leads"
        second = leadership(database)
        assert not second.acquire()
        first.send_signal(signal.SIGKILL)
        first.wait()
        _wait_for(second.acquire)
        assert second.held()
        second.release()


def test_a_released_lead_is_free(database: Any) -> None:
    first, second = leadership(database), leadership(database)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert not first.held()
    assert second.acquire()
    second.release()


@contextmanager
def _scheduler(database: Database, job: Job) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=keep_timetable, args=(database, Settings()), kwargs={"stop": stop, "timetable": (job,)})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def test_a_job_runs_when_due_and_a_failure_does_not_stop_the_timetable(database: Any) -> None:
    runs: list[float] = []

    def sometimes(_work: Any, _occasion: Any) -> None:
        runs.append(time.monotonic())
        if len(runs) == 1:
            raise LookupError("the first time it fails")

    with _scheduler(database, Job("test:often", {"second": "*"}, sometimes, say("测试"))):
        _wait_for(lambda: len(runs) >= 2)


def test_who_does_not_lead_runs_nothing(database: Any) -> None:
    runs: list[int] = []
    with _other_process(database.url) as leader:
        assert leader.stdout is not None
        assert leader.stdout.readline().strip() == "leads"
        with _scheduler(database, Job("test:often", {"second": "*"}, lambda _work, _occasion: runs.append(1), say("测试"))):
            time.sleep(1.2 + 2 * RETRY_S)
            assert runs == []
            leader.kill()
            _wait_for(lambda: bool(runs))


@pytest.mark.databases("postgresql")
def test_a_leader_that_loses_its_connection_knows(database: Any) -> None:
    lead = leadership(database)
    assert lead.acquire()
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
    assert not lead.held()
