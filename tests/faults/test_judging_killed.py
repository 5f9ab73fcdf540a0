"""Judging again is killed in the middle, again and again: each plot is judged once, nothing is lost, no worker stays behind.

Negative control: a run that commits verdicts apart from its cursor counts plots twice.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.db import Database
from gi_registry.origin import queries
from gi_registry.origin import service as origin
from gi_registry.origin.models import JudgingChange, JudgingRun, PlotJudgement
from gi_registry.origin.schemas import EndArea
from gi_registry.origin.service import rejudging
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection
from tests.conftest import ROOT
from tests.faults.importer import SAID
from tests.faults.judge import SLICE
from tests.faults.processes import SECRET_KEY, wait_for
from tests.service.origin.test_rejudging import CHANGE

pytestmark = pytest.mark.slow

PLOTS = 27
STOPS = ("kept:1", "commit:1", "kept:2", "commit:2")


@pytest.fixture
def run_id(open_work: Callable[..., Any]) -> int:
    """A lake that loses its east: every second of its plots lies outside from then on."""
    with open_work() as work:
        gi = make_gi(work)
        old = make_area(work, gi)
        user = make_authorisation(work, protection=make_protection(work, gi))
        for number in range(PLOTS):
            make_plot(work, user, square(100, east_m=(2_000 if number % 2 else -2_000), north_m=number * 130 - 1_700))
        origin.end_area(work, old.id, EndArea(valid_to=CHANGE))
        make_area(work, gi, rectangle(-5_000, -5_000, 0, 5_000), valid_from=CHANGE)
        return int(rejudging.start(work, gi_id=gi.id, zone="", since=CHANGE).id or 0)


def start(database: Database, **more: str) -> subprocess.Popen[str]:
    settings = {"GI_DATABASE_URL": database.url, "GI_SECRET_KEY": SECRET_KEY}
    command = [sys.executable, "-m", "tests.faults.judge"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings, **more}, stdout=subprocess.PIPE, text=True)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def kill_in_the_middle(database: Database, stop: str, **more: str) -> list[int]:
    """Start judging, wait until it says that it stands in the middle, kill it without warning; return the workers it had."""
    process = start(database, GI_TEST_STOP=stop, **more)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == SAID
    workers = children_of(process.pid)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    return workers


def finish(database: Database) -> dict[str, Any]:
    process = start(database)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    (run,) = json.loads(told)["runs"]
    return dict(run)


def on_file(open_work: Callable[..., Any], run_id: int) -> tuple[JudgingRun, list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    with open_work(writable=False) as work:
        run = queries.get_run(work.session, run_id)
        kept = [(row.plot_id, row.verdict, row.distance_m) for row in work.session.exec(select(PlotJudgement)).all()]
        changes = [(row.plot_id, row.was_verdict, row.verdict) for row in work.session.exec(select(JudgingChange)).all()]
        work.session.expunge(run)
    return run, sorted(kept), sorted(changes)


def test_however_often_it_is_killed_each_plot_is_judged_once(database: Database, open_work: Callable[..., Any], run_id: int) -> None:
    done = 0
    for stop in STOPS:
        kill_in_the_middle(database, stop)
        run, kept, _ = on_file(open_work, run_id)
        assert run.done == len(kept), "what is counted is on file"
        assert run.done - done == SLICE * (int(stop[-1]) - (1 if stop.startswith("kept") else 0))
        done = run.done
    assert finish(database)["judged"] == PLOTS - done
    run, kept, changes = on_file(open_work, run_id)
    assert (run.done, run.total, run.percent, len(kept)) == (PLOTS, PLOTS, 100, PLOTS)
    assert run.changed == len(changes) == PLOTS // 2
    assert {(was, now) for _, was, now in changes} == {("inside", "outside")}
    assert [verdict for _, verdict, _ in kept] == ["inside", "outside"] * (PLOTS // 2) + ["inside"]


def test_no_worker_outlives_a_killed_parent(database: Database, run_id: int) -> None:
    assert run_id
    workers = kill_in_the_middle(database, "commit:2")
    assert len(workers) >= 2
    wait_for(lambda: not any(alive(worker) for worker in workers), "the workers end")


def alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except OSError:
        return False


def test_interrupted_by_a_person_it_says_how_to_go_on(database: Database, open_work: Callable[..., Any], run_id: int) -> None:
    process = start(database, GI_TEST_STOP="commit:2")
    assert process.stdout is not None
    assert process.stdout.readline().strip() == SAID
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 1
    assert on_file(open_work, run_id)[0].done == 2 * SLICE
    assert finish(database)["judged"] == PLOTS - 2 * SLICE


def test_verdicts_committed_apart_from_the_cursor_are_counted_twice(database: Database, open_work: Callable[..., Any], run_id: int) -> None:
    kill_in_the_middle(database, "kept:2", GI_TEST_HASTY="1")
    finish(database)
    run, kept, _ = on_file(open_work, run_id)
    assert len(kept) == PLOTS
    assert run.done > run.total
