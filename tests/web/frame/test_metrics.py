"""What the operator's monitoring reads."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gi_registry.jobs.models import JobRun
from tests.conftest import NOW


def test_the_last_success_of_each_job_is_shown(client: Any, open_work: Any) -> None:
    with open_work() as work:
        earlier, later = NOW - timedelta(days=1), NOW - timedelta(hours=1)
        work.session.add_all([JobRun(job="cases:daily", due_at=at, done_at=at, attempts=1) for at in (earlier, later)])
        work.session.add(JobRun(job="cases:daily", due_at=NOW, attempts=1, error="it failed"))
        work.session.add(JobRun(job="never:run", due_at=NOW, done_at=NOW, attempts=0))
    told = client.get("/metrics").text
    shown = {line.split()[0]: float(line.split()[1]) for line in told.splitlines() if line.startswith("gi_job_last_success")}
    assert shown['gi_job_last_success_timestamp_seconds{job="cases:daily"}'] == later.timestamp()
    assert not any("never:run" in line for line in shown)
