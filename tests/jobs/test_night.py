"""The night itself: the job of the timetable, by the installation's clock, finds what was planted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlmodel import select

from gi_registry.anomalies.models import Finding
from gi_registry.config import Settings
from gi_registry.db import Installation
from gi_registry.jobs.ledger import Due
from gi_registry.jobs.runner import perform
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.clock import utc_now
from tests.builders.anomalies import correct_cap, make_labelled
from tests.conftest import NOW

NIGHT = next(job for job in TIMETABLE if job.id == "anomalies:run")


def found(open_work: Any) -> list[tuple[str, str, int]]:
    with open_work(writable=False) as work:
        return [(item.ground, item.state, item.year) for item in work.session.exec(select(Finding).where(Finding.ground == "QT-01"))]


def plant(open_work: Any, per_mu: str) -> None:
    with open_work() as work:
        work.session.merge(Installation(id=1, demo=True, clock_offset_s=int((NOW - utc_now()).total_seconds())))
        correct_cap(work, make_labelled(work), per_mu)


def test_the_nightly_job_finds_labels_beyond_a_cap_that_was_corrected(database: Any, open_work: Any) -> None:
    plant(open_work, "500")
    assert perform(database, Settings(database_url=database.url), Due(NIGHT, NOW))
    assert found(open_work) == [("QT-01", "open", 2025)]
    assert perform(database, Settings(database_url=database.url), Due(NIGHT, NOW + timedelta(days=1)))
    assert found(open_work) == [("QT-01", "open", 2025)]


def test_the_nightly_job_accuses_nobody_whose_labels_the_cap_covers(database: Any, open_work: Any) -> None:
    plant(open_work, "600")
    assert perform(database, Settings(database_url=database.url), Due(NIGHT, NOW))
    assert found(open_work) == []
