"""The timetable names real services, and a due time is one unit of work."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from gi_registry.config import Settings
from gi_registry.jobs.job import Job
from gi_registry.jobs.ledger import KEEP, Due, find_run
from gi_registry.jobs.runner import perform
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.words import say
from gi_registry.workflow import Work
from tests.builders.divisions import make_division
from tests.conftest import NOW


def test_every_job_has_its_own_name_and_a_time() -> None:
    names = [job.id for job in TIMETABLE]
    assert len(set(names)) == len(names)
    for job in TIMETABLE:
        assert job.id.count(":") == 1
        assert job.trigger.get_next_fire_time(None, NOW) is not None


def test_no_job_looks_back_beyond_what_the_ledger_keeps() -> None:
    assert [job.id for job in TIMETABLE if job.look_back >= KEEP] == []


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.id)
def test_every_job_runs_on_an_empty_installation(database: Any, job: Job) -> None:
    assert perform(database, Settings(database_url=database.url), Due(job, NOW))


def _due(function: Any) -> Due:
    return Due(Job("test:job", {"second": "*"}, function, say("测试")), NOW)


def _count(database: Any, query: str) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text(query)).scalar_one())


def test_what_a_job_did_is_committed_and_logged(database: Any) -> None:
    assert perform(database, Settings(), _due(lambda work, _occasion: make_division(work, "99")))
    assert _count(database, "SELECT count(*) FROM division") == 1
    assert _count(database, "SELECT count(*) FROM log_entry WHERE table_name = 'division'") == 1


def test_a_job_that_fails_leaves_nothing_but_the_reason(database: Any, open_work: Any) -> None:
    def fail(work: Work, _occasion: object) -> None:
        make_division(work, "99")
        raise LookupError("the gateway is away")

    assert not perform(database, Settings(), _due(fail))
    assert _count(database, "SELECT count(*) FROM division") == 0
    with open_work(writable=False) as work:
        run = find_run(work.session, "test:job", NOW)
        assert run is not None
        assert (run.done_at, run.attempts, run.error) == (None, 1, "LookupError: the gateway is away")
