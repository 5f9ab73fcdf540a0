"""A demonstration whose clock is moved gets its nightly work by the same ledger: a jump of the clock is a downtime."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlmodel import col, select

from gi_registry.anomalies.models import Finding
from gi_registry.config import Settings
from gi_registry.db import Database, Installation
from gi_registry.desk.service import move_clock
from gi_registry.jobs.leadership import leadership
from gi_registry.jobs.runner import LOOK_S, begin, keep_timetable, work_off
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.errors import NotFound
from tests.builders.anomalies import correct_cap, make_labelled
from tests.conftest import NOW

PATIENCE_S = 30.0
NIGHTLY = tuple(job for job in TIMETABLE if job.daily)
DAILY = {job.id for job in NIGHTLY}
IN_ORDER = [job.id for job in sorted(NIGHTLY, key=lambda job: (int(job.when["hour"]), int(job.when["minute"])))]


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
    settings = Settings(database_url=database.url)
    thread = threading.Thread(target=keep_timetable, args=(database, settings), kwargs={"stop": stop, "timetable": TIMETABLE})
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
    assert nightly == IN_ORDER, "each once, in the order of the night"


def test_the_nights_of_a_skipped_fortnight_are_worked_once(database: Any, open_work: Any) -> None:
    make_installation(open_work, demo=True)
    settings = Settings(database_url=database.url)
    begin(database, NIGHTLY)
    assert work_off(database, settings, NIGHTLY) == 0
    move(open_work, 10)
    assert [work_off(database, settings, NIGHTLY), work_off(database, settings, NIGHTLY)] == [len(NIGHTLY), 0]
    assert overruns(open_work) == 1


def test_the_clock_of_a_real_installation_is_not_moved(database: Any, open_work: Any) -> None:
    make_installation(open_work, demo=False)
    begin(database, NIGHTLY)
    with pytest.raises(NotFound):
        move(open_work, 10)
    assert work_off(database, Settings(database_url=database.url), NIGHTLY) == 0


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
