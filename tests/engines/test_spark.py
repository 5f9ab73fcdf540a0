"""The same expressions on a real cluster of two workers: equal results, through the command line too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.kernel.errors import Unavailable
from gi_registry.scans.archive import expressions
from gi_registry.scans.archive.engine import Engine, open_engine
from gi_registry.scans.archive.files import path_of
from gi_registry.scans.archive.watching import copied
from gi_registry.scans.models import ScanCount, ScanPeak
from gi_registry.scans.rules.clones import CountingTest
from tests.builders.anomalies import make_ring
from tests.builders.day_files import write_rows
from tests.builders.scans import make_labels
from tests.engines import standalone

pytestmark = pytest.mark.slow

DAY = date(2026, 3, 7)
DAYS = [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]
TESTS = [CountingTest(12, 4, 24, 20), CountingTest(20, 3, 48, None), CountingTest(1, 1, 1, 1)]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    try:
        with standalone.running(tmp_path_factory.mktemp("cluster")) as address:
            yield address
    except standalone.ClusterMissing as missing:
        pytest.skip(str(missing))


def everything(engine: Engine, folder: Path) -> list[Any]:
    """Ask all questions of a folder's day files."""
    scans = engine.scans([path_of(folder, DAY)])
    asked = [sorted(copied(engine, folder, DAYS, test)) for test in TESTS]
    quick = [engine.rows(expressions.hurried(scans, minutes=minutes)) for minutes in (0, 5, 60)]
    asked += [sorted((row[0], row[1], int(row[2])) for row in rows) for rows in quick]
    asked.append(sorted(tuple(map(int, row)) for row in engine.rows(expressions.hurried_by_range(scans, minutes=60))))
    asked.append(sorted(tuple(map(int, row)) for row in engine.rows(expressions.by_range(scans))))
    return asked


def test_a_cluster_answers_as_one_machine_does(cluster: str, tmp_path: Path) -> None:
    for seed in range(2):
        write_rows(tmp_path / str(seed), DAYS, seed=seed, looks=2_000)
    with open_engine() as engine:
        here = [everything(engine, tmp_path / str(seed)) for seed in range(2)]
    with open_engine(cluster) as engine:
        there = [everything(engine, tmp_path / str(seed)) for seed in range(2)]
    assert there == here
    assert here[0] != here[1], "other look-ups have other answers"
    assert all(part for part in here[0][1:3]), "and there is something to compare"


@pytest.mark.parametrize("engine", ["duckdb", "cluster"])
def test_the_command_counts_on_the_engine_it_is_told(cluster: str, database: Any, open_work: Any, tmp_path: Path, engine: str) -> None:
    with open_work() as work:
        make_ring(work, make_labels(work))
    environment = os.environ | {"GI_DATABASE_URL": database.url, "GI_SCAN_ARCHIVE": str(tmp_path / "scans"), "GI_SECRET_KEY": "x" * 40}
    address = cluster if engine == "cluster" else engine
    command = [Path(sys.executable).with_name("gi-registry"), "scans", "archive", "--engine", address, "--json"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    night = json.loads(done.stdout.strip().splitlines()[-1])
    assert night["written"] == night["counted"] > 0
    with open_work(writable=False) as work:
        peaks = list(work.session.exec(select(ScanPeak).order_by(ScanPeak.serial)))  # type: ignore[arg-type]
        assert [(peak.clients, peak.provinces, len(peak.places)) for peak in peaks] == [(37, 6, 6)] * 3
        assert sum(row.checks for row in work.session.exec(select(ScanCount))) == 3 * 37


def test_a_cluster_that_is_not_there_is_told(cluster: str) -> None:
    with pytest.raises(Unavailable, match="连不上计算集群"), open_engine("spark://127.0.0.1:9"):
        pass
