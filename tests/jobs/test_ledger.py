"""A due time is worked once; what was missed is caught up; what failed is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.config import Settings
from gi_registry.db import Installation
from gi_registry.jobs import ledger
from gi_registry.jobs.due import WAITS, due_times, latest_due, next_try
from gi_registry.jobs.job import CatchUp, Effect, Job, Occasion
from gi_registry.jobs.ledger import KEEP, Due
from gi_registry.jobs.models import JobRun
from gi_registry.jobs.runner import perform, work_off
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

START = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai
NIGHT = datetime(2026, 3, 9, 18, 30, tzinfo=UTC)  # half past two of that morning
DAY = timedelta(days=1)


class Calls:
    """A function of a job that remembers for which due times it was called, and fails when it is told to."""

    def __init__(self) -> None:
        self.made: list[datetime] = []
        self.fails = False

    def __call__(self, _work: Work, occasion: Occasion) -> int:
        if self.fails:
            raise LookupError("the register is away")
        self.made.append(occasion.due_at)
        return 1


@pytest.fixture
def calls() -> Calls:
    return Calls()


@pytest.fixture
def clock(database: Any, open_work: Any) -> Any:
    """Set the installation's clock: a demonstration's, for a real one cannot be moved."""

    def to(moment: datetime) -> None:
        with open_work() as work:
            work.session.merge(Installation(id=1, demo=True, clock_offset_s=int((moment - utc_now()).total_seconds())))

    to(START)
    return to


def nightly(calls: Any, **differs: Any) -> Job:
    return Job("test:nightly", {"hour": 2, "minute": 30}, calls, say("测试"), **differs)


def begun(open_work: Any, *jobs: Job) -> None:
    with open_work() as work:
        ledger.begin(work.session, jobs, START)


def look(database: Any, *jobs: Job) -> int:
    return work_off(database, Settings(), jobs)


# ---- when ----------------------------------------------------------------------------------------------------------------------------


def test_the_last_due_time_is_the_night_before(calls: Calls) -> None:
    assert latest_due(nightly(calls), START) == NIGHT
    assert latest_due(nightly(calls), NIGHT) == NIGHT
    assert latest_due(nightly(calls), NIGHT - timedelta(seconds=1)) == NIGHT - DAY


def test_a_due_time_beyond_the_look_back_is_not_seen(calls: Calls) -> None:
    assert latest_due(nightly(calls, look_back=timedelta(hours=7)), START) is None
    assert latest_due(nightly(calls, look_back=timedelta(hours=8)), START) == NIGHT


def test_due_times_are_those_after_and_until(calls: Calls) -> None:
    assert list(due_times(nightly(calls), NIGHT, NIGHT + 2 * DAY)) == [NIGHT + DAY, NIGHT + 2 * DAY]


def test_waits_grow_and_end() -> None:
    tries = [next_try(count, START) for count in range(1, len(WAITS) + 2)]
    assert tries == [*(START + wait for wait in WAITS), None]
    assert sorted(WAITS) == list(WAITS)


# ---- once ----------------------------------------------------------------------------------------------------------------------------


def test_what_was_due_before_the_first_start_is_not_owed(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    begun(open_work, nightly(calls))
    assert look(database, nightly(calls)) == 0
    assert calls.made == []


def test_a_due_time_is_worked_once_however_often_one_looks(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    begun(open_work, nightly(calls))
    clock(START + DAY)
    assert [look(database, nightly(calls)) for _look in range(3)] == [1, 0, 0]
    assert calls.made == [NIGHT + DAY]


def test_a_second_leader_with_an_old_list_does_nothing(database: Any, clock: Any, calls: Calls) -> None:
    due = Due(nightly(calls), NIGHT)
    assert perform(database, Settings(), due)
    assert not perform(database, Settings(), due)
    assert calls.made == [NIGHT]


def test_a_clock_set_back_neither_repeats_nor_stops_the_job(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    often = Job("test:often", {"second": "*/20"}, calls, say("测试"))
    begun(open_work, often)
    clock(START + DAY)
    assert look(database, often) == 1
    clock(START + timedelta(minutes=5))
    assert look(database, often) == 1, "the hours until the wrong clock's are not skipped"
    clock(START + DAY)
    assert look(database, often) == 0


# ---- missed --------------------------------------------------------------------------------------------------------------------------


def test_of_many_missed_nights_the_latest_stands_for_all(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    begun(open_work, nightly(calls))
    clock(START + 12 * DAY)
    look(database, nightly(calls))
    assert calls.made == [NIGHT + 12 * DAY]


def test_a_job_that_counts_each_night_gets_each_in_order(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    job = nightly(calls, catch_up=CatchUp.EACH)
    begun(open_work, job)
    clock(START + 4 * DAY)
    look(database, job)
    look(database, job)
    assert calls.made == [NIGHT + count * DAY for count in (1, 2, 3, 4)]


def test_nobody_catches_up_beyond_the_look_back(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    job = nightly(calls, catch_up=CatchUp.EACH, look_back=3 * DAY)
    begun(open_work, job)
    clock(START + 30 * DAY)
    look(database, job)
    assert calls.made == [NIGHT + count * DAY for count in (28, 29, 30)]


# ---- failed --------------------------------------------------------------------------------------------------------------------------


def test_a_failed_night_is_tried_again_when_its_wait_is_over(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    begun(open_work, nightly(calls))
    clock(START + DAY)
    calls.fails = True
    assert look(database, nightly(calls)) == 0
    calls.fails = False
    assert look(database, nightly(calls)) == 0, "not before its wait is over"
    clock(START + DAY + WAITS[0] + timedelta(seconds=5))
    assert look(database, nightly(calls)) == 1
    with open_work(writable=False) as work:
        run = ledger.find_run(work.session, "test:nightly", NIGHT + DAY)
        assert run is not None
        assert (run.attempts, run.error, run.try_at) == (2, "", None)


def test_a_night_that_never_succeeds_is_given_up_and_the_next_is_worked(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    begun(open_work, nightly(calls))
    calls.fails = True
    for hours in range(1, 23):
        clock(START + timedelta(days=1, hours=hours * 0.7))
        look(database, nightly(calls))
    with open_work(writable=False) as work:
        run = ledger.find_run(work.session, "test:nightly", NIGHT + DAY)
        assert run is not None
        assert (run.attempts, run.done_at, run.try_at) == (len(WAITS) + 1, None, None)
        known = ledger.last_runs(work.session, "test:nightly")
        assert known is not None
        assert (known.done_at, known.failed_due_at) == (None, NIGHT + DAY)
    calls.fails = False
    clock(START + 2 * DAY)
    assert look(database, nightly(calls)) == 1


def test_one_failing_job_keeps_no_other_back(database: Any, open_work: Any, clock: Any, calls: Calls) -> None:
    bad = Calls()
    bad.fails = True
    first, second = nightly(bad), Job("test:second", {"hour": 3}, calls, say("测试"))
    begun(open_work, first, second)
    clock(START + DAY)
    assert look(database, first, second) == 1


# ---- outside the database ------------------------------------------------------------------------------------------------------------


def test_an_effect_outside_is_done_little_by_little_until_nothing_is_left(database: Any, open_work: Any, clock: Any) -> None:
    waiting = ["a", "b", "c"]
    job = Job("test:send", {"hour": 2, "minute": 30}, lambda _w, _o: bool(waiting and waiting.pop()), say("测试"), effect=Effect.OUTSIDE)
    begun(open_work, job)
    clock(START + DAY)
    assert [look(database, job), look(database, job)] == [1, 0]
    assert waiting == []


def test_an_effect_outside_is_repeated_when_its_record_was_lost(database: Any, open_work: Any, clock: Any, monkeypatch: Any) -> None:
    """At least once: the negative of what the ledger gives to work inside the database."""
    sent: list[int] = []

    def send(_work: Work, _occasion: Occasion) -> int:
        sent.append(1)
        return len(sent) % 2

    due = Due(Job("test:send", {"hour": 2}, send, say("测试"), effect=Effect.OUTSIDE), NIGHT)
    with monkeypatch.context() as broken:
        broken.setattr(ledger, "fulfil", lambda *_args, **_named: (_ for _ in ()).throw(LookupError("killed")))
        assert not perform(database, Settings(), due)
    assert perform(database, Settings(), due)
    assert len(sent) > 2


# ---- tidying -------------------------------------------------------------------------------------------------------------------------


def test_old_lines_go_and_the_newest_of_each_job_stays(open_work: Any, calls: Calls) -> None:
    def line(job: str, age: timedelta) -> JobRun:
        return JobRun(job=job, due_at=START - age, done_at=START - age, attempts=1)

    with open_work(now=START) as work:
        work.session.add_all(
            [line("a:rare", KEEP + 2 * DAY), line("b:night", KEEP + DAY), line("b:night", KEEP - DAY), line("c:often", 3 * DAY)]
        )
        work.session.add_all([line("c:often", DAY)])
    with open_work(now=START) as work:
        assert ledger.tidy(work, ["c:often"]) == 2
    with open_work(writable=False) as work:
        kept = {(run.job, START - run.due_at) for run in work.session.exec(select(JobRun))}
    assert kept == {("a:rare", KEEP + 2 * DAY), ("b:night", KEEP - DAY), ("c:often", DAY)}
