"""The timetable names real services, and a job is one unit of work."""

from __future__ import annotations

from typing import Any

import pytest
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import text

from gi_registry.config import Settings
from gi_registry.jobs import TIMETABLE, Job, run_job
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.words import say
from gi_registry.workflow import Work
from tests.builders.divisions import make_division


def test_every_job_has_its_own_name_and_a_time() -> None:
    names = [job.id for job in TIMETABLE]
    assert len(set(names)) == len(names)
    for job in TIMETABLE:
        assert job.id.count(":") == 1
        CronTrigger(timezone=SHANGHAI, **job.when)


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.id)
def test_every_job_runs_on_an_empty_installation(database: Any, job: Job) -> None:
    run_job(database, Settings(database_url=database.url), job)


def _job(function: Any) -> Job:
    return Job("test:job", {"second": "*"}, function, say("测试"))


def test_what_a_job_did_is_committed_and_logged(database: Any) -> None:
    run_job(database, Settings(), _job(lambda work, _settings: make_division(work, "99")))
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM division")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM log_entry WHERE table_name = 'division'")).scalar_one() == 1


def test_a_job_that_fails_leaves_nothing(database: Any) -> None:
    def fail(work: Work, _settings: Settings) -> None:
        make_division(work, "99")
        raise LookupError("the gateway is away")

    with pytest.raises(LookupError):
        run_job(database, Settings(), _job(fail))
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM division")).scalar_one() == 0
