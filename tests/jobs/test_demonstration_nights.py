"""A demonstration whose clock is moved gets its nightly work; a real installation never does."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from gi_registry.anomalies.models import Finding
from gi_registry.config import Settings
from gi_registry.db import Database, Installation
from gi_registry.desk.service import move_clock
from gi_registry.jobs import LOOK_S, TIMETABLE, DemonstrationNights, Job, _scheduler, keep_timetable, leadership
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.words import say
from tests.builders.anomalies import correct_cap, make_labelled
from tests.conftest import NOW

PATIENCE_S = 30.0
DAILY = {"anomalies:run", "reports:remind", "cases:daily"}


def make_installation(open_work: Any, *, demo: bool) -> None:
    with open_work() as work:
        work.session.merge(Installation(id=1, demo=demo, clock_offset_s=int((NOW - utc_now()).total_seconds()) if demo else 0))
        correct_cap(work, make_labelled(work))


def move(open_work: Any, count: int) -> None:
    with open_work() as work:
        move_clock(work, count)


def overruns(open_work: Any) -> int:
    with open_work(writable=False) as work:
        return len(work.session.exec(select(Finding).where(col(Finding.ground) == "QT-01")).all())


def _wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def scheduler(database: Database) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=keep_timetable, args=(database, Settings(database_url=database.url)), kwargs={"stop": stop})
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


def ran(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [str(record.args[0]) for record in caplog.records if record.msg.startswith("job %s: ") and isinstance(record.args, tuple)]


def leads(caplog: pytest.LogCaptureFixture) -> bool:
    return any(record.msg.startswith("leading") for record in caplog.records)


def test_ten_working_days_bring_the_nightly_work_and_its_findings(database: Any, open_work: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="gi_registry.jobs")
    make_installation(open_work, demo=True)
    with scheduler(database):
        _wait_for(lambda: leads(caplog))
        time.sleep(LOOK_S + 0.5)
        assert overruns(open_work) == 0, "nothing runs while the date stands"
        move(open_work, 10)
        _wait_for(lambda: set(ran(caplog)) >= DAILY)
        time.sleep(LOOK_S + 0.5)
    assert overruns(open_work) == 1
    nightly = [name for name in ran(caplog) if name in DAILY]
    assert nightly == ["anomalies:run", "cases:daily", "reports:remind"], "each once, in the order of the night"


def test_a_real_installation_never_does(database: Any, open_work: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    make_installation(open_work, demo=False)
    nights = DemonstrationNights(database, Settings(database_url=database.url), TIMETABLE)
    nights.look()
    monkeypatch.setattr("gi_registry.workflow.utc_now", lambda offset=timedelta(): utc_now(offset) + timedelta(days=14))
    nights.look()
    assert overruns(open_work) == 0


@pytest.mark.parametrize("demo", [True, False])
def test_only_a_demonstration_is_looked_at(database: Any, open_work: Any, demo: bool) -> None:
    make_installation(open_work, demo=demo)
    jobs = {job.id for job in _scheduler(database, Settings(database_url=database.url), TIMETABLE).get_jobs()}
    assert jobs - {job.id for job in TIMETABLE} == ({"demonstration:nights"} if demo else set())


def test_who_does_not_lead_does_not_look(database: Any, open_work: Any) -> None:
    make_installation(open_work, demo=True)
    leader = leadership(database)
    assert leader.acquire()
    try:
        with scheduler(database):
            move(open_work, 10)
            time.sleep(LOOK_S + 0.5)
            assert overruns(open_work) == 0
    finally:
        leader.release()


def test_a_job_that_fails_keeps_no_other_back_and_frequent_jobs_stay_out(database: Any, open_work: Any) -> None:
    make_installation(open_work, demo=True)
    runs: list[str] = []

    def fail(_work: Any, _settings: Settings) -> None:
        runs.append("first")
        raise LookupError("this night it fails")

    jobs = (
        Job("test:second", {"hour": 3}, lambda _work, _settings: runs.append("second"), say("测试")),
        Job("test:first", {"hour": 2, "minute": 30}, fail, say("测试")),
        Job("test:often", {"second": "*"}, lambda _work, _settings: runs.append("often"), say("测试")),
    )
    nights = DemonstrationNights(database, Settings(database_url=database.url), jobs)
    nights.look()
    move(open_work, 1)
    nights.look()
    nights.look()
    assert runs == ["first", "second"]
