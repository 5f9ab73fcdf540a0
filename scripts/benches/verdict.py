"""``verdict``: ms CPU for one verdict in a request, with 5,000 areas on file: the plot is read, its area found, and judged.

Each verdict has a session of its own, as a request has. Half of the requests ask for GIs that were asked for before. Peer: judging the plot
with every projection looked up by name, as it was before. Under 5 ms is the goal.
"""

from __future__ import annotations

import os
import time

import numpy
from pyproj import Transformer
from sqlmodel import col, select

from benches.frame import Better, Figure
from benches.rejudge import databases, fill
from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from gi_registry.origin import queries
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.measure import centre
from gi_registry.origin.service import judge_plots
from gi_registry.tables import TABLES
from gi_registry.workflow import open_work

AREAS, PLOTS = int(os.environ.get("GI_BENCH_AREAS", "5000")), 4
REQUESTS = 1_000


def run() -> list[Figure]:
    """Measure SQLite, and PostgreSQL where it is installed."""
    assert TABLES
    with databases("verdict") as found:
        return [_figure(kind, url) for kind, url in found]


def _figure(kind: str, url: str) -> Figure:
    database = Database(url)
    upgrade_database(database)
    fill(database, areas=AREAS, plots=AREAS * PLOTS)
    random = numpy.random.default_rng(11)
    numbers = random.integers(0, AREAS * PLOTS, REQUESTS)
    numbers[REQUESTS // 2 :] = numbers[: REQUESTS // 2] // PLOTS * PLOTS + random.integers(0, PLOTS, REQUESTS // 2)
    spent = numpy.array([_request(database, f"B-{number}") for number in numbers.tolist()])
    first, again = spent[10 : REQUESTS // 2], spent[REQUESTS // 2 :]
    wall = numpy.percentile(spent[10:, 1], [50, 99])
    return Figure(
        f"verdict:{kind}",
        "ms CPU a request",
        ours=float(spent[10:, 0].mean()),
        peer=_peer(database, [f"B-{number}" for number in numbers[:40].tolist()]),
        peer_name="projection looked up by name",
        better=Better.LESS,
        note=f"first {first[:, 0].mean():.2f}, again {again[:, 0].mean():.2f} ms CPU; on the clock p50 {wall[0]:.2f}, p99 {wall[1]:.2f} ms",
    )


def _request(database: Database, number: str) -> tuple[float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    with open_work(database, writable=False) as work:
        plot = work.session.exec(select(Plot).where(col(Plot.number) == number)).one()
        judge_plots(work.session, [plot], work.today)
    return (time.process_time() - cpu) * 1e3, (time.perf_counter() - wall) * 1e3


def _peer(database: Database, numbers: list[str]) -> float:
    spent = 0.0
    for number in numbers:
        spent += _request(database, number)[0]
        with open_work(database, writable=False) as work:
            plot = work.session.exec(select(Plot).where(col(Plot.number) == number)).one()
            assert queries.versions_of(work.session, plot.gi_id, plot.zone)
            lon, lat = centre(plot.geometry)
        started = time.process_time()
        Transformer.from_crs("EPSG:4490", f"+proj=aeqd +lat_0={lat} +lon_0={lon} +ellps=GRS80 +units=m", always_xy=True)
        spent += (time.process_time() - started) * 1e3
    return spent / len(numbers)
