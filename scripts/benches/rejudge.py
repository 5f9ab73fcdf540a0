"""``rejudge``: 10^6 plots judged again against 5,000 areas by ``gi-registry areas rejudge --all`` on two processes: seconds on the clock.

The areas are outlines of the AVA data laid over China, each turned by an angle of its own; the plots lie in and around that of their GI.
A sample of the verdicts is compared with ``judge_plot``: verdict, reason and share equal, distance within a metre, or the benchmark
fails. Peer: ``judge_plot`` one by one on two cores, reckoned from that sample. ``GI_BENCH_PLOTS`` and ``GI_BENCH_AREAS`` make it smaller.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy
import shapely
from shapely import MultiPolygon
from shapely.affinity import rotate, translate
from sqlalchemy import insert
from sqlmodel import Session, col, select

from benches.frame import Better, Figure, cpu_seconds
from benches.origin_plots import around
from benches.origin_points import Shapes, ava
from gi_registry.db import Database, Row
from gi_registry.installation import upgrade_database
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion, Plot, PlotJudgement
from gi_registry.origin.rules.verdict import judge_plot
from gi_registry.registry.models import Gi
from gi_registry.tables import TABLES
from gi_registry.workflow import open_work

AREAS, PLOTS = int(os.environ.get("GI_BENCH_AREAS", "5000")), int(os.environ.get("GI_BENCH_PLOTS", "1000000"))
SAMPLE = 1_500
FIRST_GI = 1_000
MOST_S, MOST_MB = 300, 2_048


def run() -> list[Figure]:
    """Measure SQLite, and PostgreSQL where it is installed."""
    assert TABLES
    with databases("rejudge") as found:
        return [_figure(kind, url) for kind, url in found]


@contextmanager
def databases(name: str) -> Iterator[list[tuple[str, str]]]:
    """Give an empty database of each kind: (kind, address)."""
    from tests import cluster

    with tempfile.TemporaryDirectory() as folder:
        found = [("sqlite", f"sqlite:///{folder}/{name}.sqlite3")]
        try:
            with cluster.running(durable=True) as postgres:
                database = cluster.fresh_name()
                found.append(("postgresql", postgres.create(database)))
                postgres.run("CREATE EXTENSION IF NOT EXISTS postgis", database=database)
                yield found
        except cluster.ClusterMissing as missing:
            print(f"{name}:postgresql left out: {missing}")
            yield found


def _figure(kind: str, url: str) -> Figure:
    database = Database(url)
    upgrade_database(database)
    fill(database, areas=AREAS, plots=PLOTS)
    before = cpu_seconds()
    seconds, megabytes, answer = _command(url)
    cpu = cpu_seconds() - before
    (done,) = answer["runs"]
    if done["judged"] != PLOTS:
        raise RuntimeError(f"rejudge: {done['judged']} of {PLOTS} plots were judged")
    one_by_one = _compare(database)
    if PLOTS >= 10**6 and (seconds > MOST_S or megabytes > MOST_MB):
        print(f"rejudge:{kind}: {seconds:.0f} s and {megabytes:.0f} MB are above {MOST_S} s and {MOST_MB} MB")
    return Figure(
        f"rejudge:{kind}",
        f"s for {PLOTS:,} plots in {AREAS:,} areas",
        ours=seconds,
        peer=one_by_one * PLOTS / 2,
        peer_name="judge_plot one by one, two cores",
        better=Better.LESS,
        note=f"{cpu:,.0f} s CPU of ours; at most {megabytes:,.0f} MB in all; {SAMPLE:,} verdicts equal to judge_plot's",
    )


def _command(url: str) -> tuple[float, float, dict[str, Any]]:
    """Run the command; return its seconds, the most memory of its processes in MB, and its answer."""
    environment = os.environ | {"GI_DATABASE_URL": url, "GI_SECRET_KEY": "only-for-benchmarks-" + "0" * 32}
    program = [str(Path(sys.executable).parent / "gi-registry"), "areas", "rejudge", "--all", "--processes", "2", "--json"]
    started, most = time.perf_counter(), 0.0
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, text=True) as command:
        while command.poll() is None:
            most = max(most, _memory_mb(command.pid))
            time.sleep(0.25)
        seconds = time.perf_counter() - started
        answer = command.stdout.read() if command.stdout else ""
    if command.returncode:
        raise RuntimeError("rejudge: the command failed")
    return seconds, most, json.loads(answer)


def _memory_mb(pid: int) -> float:
    """Return the resident memory of a process and its children in MB; what they share counts for each."""
    try:
        own = next(line for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines() if line.startswith("VmRSS"))
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except (OSError, StopIteration):
        return 0.0
    return int(own.split()[1]) / 1024 + sum(_memory_mb(int(child)) for child in children)


def _compare(database: Database) -> float:
    """Compare a sample with ``judge_plot`` and return the seconds that it takes for one plot, its area's versions at hand."""
    random = numpy.random.default_rng(7)
    took = 0.0
    with open_work(database, writable=False) as work:
        for number in random.choice(PLOTS, min(SAMPLE, PLOTS), replace=False).tolist():
            plot = work.session.exec(select(Plot).where(col(Plot.number) == f"B-{number}")).one()
            kept = work.session.exec(select(PlotJudgement).where(col(PlotJudgement.plot_id) == plot.id)).one()
            versions = queries.versions_of(work.session, plot.gi_id, plot.zone)
            started = time.perf_counter()
            said = judge_plot(plot.geometry, versions, on=work.today, accuracy_m=plot.accuracy_m)
            took += time.perf_counter() - started
            same = (kept.verdict, kept.reason, kept.share_inside) == (said.verdict, said.reason, said.share_inside)
            if not same or abs((kept.distance_m or 0) - (said.distance_m or 0)) > 1:
                raise RuntimeError(f"rejudge: plot {plot.number} is {kept}, judge_plot says {said}")
            work.session.expunge_all()
    return took / min(SAMPLE, PLOTS)


# ---- a synthetic country -------------------------------------------------------------------------------------------------------------


def fill(database: Database, *, areas: int, plots: int) -> None:
    """Put areas and plots on file, straight into the tables: they are measured as ground, not as records of the log."""
    from tests.builders.registry import make_authorisation

    outlines, random = ava(), numpy.random.default_rng(20261123)
    with open_work(database) as work:
        authorisation = make_authorisation(work)
        gi = {"authority_division": authorisation.authority_division}
        numbers = range(FIRST_GI, FIRST_GI + areas)
        _add(work.session, Gi(**gi), [{"id": number, "code": f"B-{number}", "name": f"示例{number}"} for number in numbers])
        pattern = Plot(authorisation_id=authorisation.id or 0, name="示例地块", area_milli_mu=1, state="declared")
        number = 0
        for gi_id in numbers:
            outline = moved(outlines[gi_id % len(outlines)], gi_id)
            _add(work.session, AreaVersion(gi_id=gi_id, created_at=work.now), [{"geometry": outline}])
            ground = _plots_in(outline, plots // areas, random)
            rows = [{"gi_id": gi_id, "number": f"B-{number + step}", "geometry": plot} for step, plot in enumerate(ground)]
            _add(work.session, pattern, rows)
            number += len(ground)


def _add(session: Session, pattern: Row, rows: list[dict[str, Any]]) -> None:
    """Insert rows like the pattern but for what each says itself."""
    table = type(pattern).__table__  # type: ignore[attr-defined]
    alike = {column.name: getattr(pattern, column.name) for column in table.columns if column.name != "id"}
    session.execute(insert(table), [alike | row for row in rows])


def moved(outline: Any, number: int) -> MultiPolygon:
    """Return an outline laid somewhere over China and turned about its middle by an angle of its own."""
    middle = outline.centroid
    lon, lat = 100 + number * 0.618034 % 1 * 20, 24 + number * 0.754878 % 1 * 20
    laid = translate(rotate(outline, number * 2.399963, "centroid", use_radians=True), lon - middle.x, lat - middle.y)
    parts = shapely.get_parts(laid if laid.is_valid else shapely.make_valid(laid))
    return MultiPolygon([part for part in parts if part.geom_type == "Polygon"])


def _plots_in(area: MultiPolygon, number: int, random: numpy.random.Generator) -> Shapes:
    west, south, east, north = area.bounds
    wide, high = (east - west) * 0.05, (north - south) * 0.05
    at = numpy.column_stack([random.uniform(west - wide, east + wide, number), random.uniform(south - high, north + high, number)])
    ground = shapely.convex_hull(around(at, random))
    return numpy.asarray(shapely.multipolygons(ground, indices=numpy.arange(number)), dtype=object)
