"""Schedulers that are killed at random give each due time its effect once; without the ledger they do not.

The due times are the seconds of a demonstration's clock, which the test moves on while it kills: what lies between two positions of the
clock is a downtime, and is caught up second by second.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gi_registry.db import Installation
from gi_registry.jobs import ledger
from gi_registry.kernel.clock import utc_now
from tests.conftest import NOW, ROOT
from tests.jobs.scheduler_process import JOB

PROCESSES = 3
PATIENCE_S = 120.0
SEED = 20_260_310

pytestmark = pytest.mark.slow


class Schedulers:
    """Three processes; one that was killed is started again at once."""

    def __init__(self, url: str, manner: str) -> None:
        self._command = [sys.executable, str(Path(__file__).with_name("scheduler_process.py")), url, manner]
        self._running = [self._start() for _number in range(PROCESSES)]
        for process in self._running:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        self.kills = 0

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )

    def kill_one(self, choice: random.Random) -> None:
        """Kill one of them, whichever, whatever it does at this moment."""
        victim = choice.randrange(PROCESSES)
        self._running[victim].send_signal(signal.SIGKILL)
        self._running[victim].wait()
        self._running[victim] = self._start()
        self.kills += 1

    def stop(self) -> None:
        """Let each finish what it does."""
        for process in self._running:
            assert process.stdin is not None
            process.stdin.close()
        for process in self._running:
            try:
                process.wait(PATIENCE_S)
            finally:
                process.kill()


@contextmanager
def schedulers(url: str, manner: str) -> Iterator[Schedulers]:
    started = Schedulers(url, manner)
    try:
        yield started
    finally:
        started.stop()


class Seconds:
    """The clock of the installation and the effects of its seconds."""

    def __init__(self, database: Any, open_work: Any) -> None:
        self._database, self._open_work = database, open_work
        with open_work() as work:
            made = "CREATE TABLE effect (due_at VARCHAR NOT NULL, half INTEGER NOT NULL)"
            work.session.connection().execute(text(made))
        self.move_to(NOW)
        with open_work(now=NOW) as work:
            ledger.begin(work.session, [JOB], NOW)

    def move_to(self, moment: datetime) -> None:
        offset = int((moment - utc_now()).total_seconds())
        with self._open_work() as work:
            work.session.merge(Installation(id=1, demo=True, clock_offset_s=offset))

    def effects(self) -> Counter[str]:
        with self._database.engine.connect() as connection:
            return Counter(connection.execute(text("SELECT due_at FROM effect")).scalars())

    def worked(self) -> int:
        with self._database.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(DISTINCT due_at) FROM effect")).scalar_one())

    def wait_for(self, count: int) -> None:
        """Wait until so many due times are worked."""
        deadline = time.monotonic() + PATIENCE_S
        while self.worked() < count:
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.02)

    def owed(self) -> list[str]:
        """Every second from the first to the last one that was worked."""
        last = datetime.fromisoformat(max(self.effects()))
        return [(NOW + timedelta(seconds=count)).isoformat() for count in range(1, int((last - NOW).total_seconds()) + 1)]


@pytest.fixture
def seconds(database: Any, open_work: Any) -> Seconds:
    return Seconds(database, open_work)


def _keep(seconds: Seconds, url: str, *, manner: str, due_times: int, kills: int) -> Counter[str]:
    """Let the schedulers work ``due_times`` seconds in steps, each with a kill somewhere in it; return how often each was done."""
    choice, step = random.Random(SEED), due_times // max(kills, 1)
    with schedulers(url, manner) as running:
        for count in range(step, due_times + 1, step):
            seconds.move_to(NOW + timedelta(seconds=count))
            if kills:
                seconds.wait_for(count - choice.randrange(2, step))
                running.kill_one(choice)
        seconds.wait_for(due_times)
    assert running.kills == (due_times // step if kills else 0)
    return seconds.effects()


def test_a_thousand_due_times_have_each_effect_once_whoever_is_killed(database_url: str, seconds: Seconds) -> None:
    done = _keep(seconds, database_url, manner="sound", due_times=1000, kills=20)
    assert len(done) >= 1000
    assert sorted(done) == seconds.owed(), "none is missing"
    assert set(done.values()) == {2}, "each both halves once"


def test_leaders_that_do_not_know_of_each_other_double_nothing(database_url: str, seconds: Seconds) -> None:
    done = _keep(seconds, database_url, manner="unled", due_times=300, kills=3)
    assert sorted(done) == seconds.owed()
    assert set(done.values()) == {2}


def test_control_without_a_claim_due_times_are_done_twice(database_url: str, seconds: Seconds) -> None:
    done = _keep(seconds, database_url, manner="unclaimed", due_times=100, kills=0)
    assert max(done.values()) > 2


def test_control_a_mark_in_a_transaction_of_its_own_is_lost_with_a_kill(database_url: str, seconds: Seconds) -> None:
    done = _keep(seconds, database_url, manner="afterwards", due_times=120, kills=10)
    assert max(done.values()) > 2


# ---- told to stop --------------------------------------------------------------------------------------------------------------------


def _stopped_in_the_middle(seconds: Seconds, url: str, mark: Path, *, by: int) -> tuple[int, Counter[str]]:
    """Signal a scheduler while a job runs; return its exit code and the effects."""
    seconds.move_to(NOW + timedelta(seconds=1))
    command = [sys.executable, str(Path(__file__).with_name("scheduler_process.py")), url, "slow", str(mark)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}) as process:
        deadline = time.monotonic() + PATIENCE_S
        while not mark.exists():
            assert time.monotonic() < deadline, "the job does not begin"
            time.sleep(0.01)
        process.send_signal(by)
        return process.wait(PATIENCE_S), seconds.effects()


def test_a_scheduler_that_is_told_to_stop_finishes_its_job(database_url: str, seconds: Seconds, tmp_path: Path) -> None:
    code, done = _stopped_in_the_middle(seconds, database_url, tmp_path / "mark", by=signal.SIGTERM)
    assert code == 0
    assert set(done.values()) == {2}


def test_control_a_scheduler_that_is_killed_leaves_nothing(database_url: str, seconds: Seconds, tmp_path: Path) -> None:
    code, done = _stopped_in_the_middle(seconds, database_url, tmp_path / "mark", by=signal.SIGKILL)
    assert code == -signal.SIGKILL
    assert done == {}
