"""``scan-durable``: look-ups per second when each is on the disk before it is answered, against the disk's own rate of flushes.

The ceiling is what one flush for each look-up would allow (4 KB written, ``fdatasync``, again); a group commit passes it. The peer is the
Flask view of ``scan`` that commits each request, on a database that waits for the disk too.
"""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benches.frame import Figure
from benches.scanning import CONNECTIONS, Load, fill, load

REQUESTS, WARM_UP = 30_000, 40_000
PEER_REQUESTS = 3_000
PROBE_S = 2.0


def flushes_a_second(folder: str) -> float:
    """Return how often a second 4 KB reach this disk."""
    handle = os.open(f"{folder}/probe", os.O_RDWR | os.O_CREAT)
    page, count, began = b"x" * 4_096, 0, time.perf_counter()
    try:
        while time.perf_counter() - began < PROBE_S:
            os.pwrite(handle, page, (count % 1_000) * len(page))
            os.fdatasync(handle)
            count += 1
    finally:
        os.close(handle)
    return count / (time.perf_counter() - began)


def _figure(kind: str, url: str, folder: str) -> Figure:
    codes = fill(url, asked=REQUESTS + WARM_UP)
    flushes = flushes_a_second(folder)
    ours = load("ours", url, codes, warm_up=WARM_UP, GI_DURABLE_SCANS="1")
    peer = load("peer", url, codes[:PEER_REQUESTS], warm_up=300)
    return Figure(
        f"scan-durable:{kind}",
        "look-ups per second",
        ours=ours.per_second,
        ceiling=flushes,
        peer=peer.per_second,
        peer_name="Flask, a commit per request",
        note=f"{_said(ours, flushes)}; peer {peer.words()}; {CONNECTIONS} connections, {REQUESTS} first checks",
    )


def _said(ours: Load, flushes: float) -> str:
    return f"p99 {ours.p99_ms:.1f} ms = {ours.p99_ms / 1e3 * flushes:.1f} flushes of {1e3 / flushes:.2f} ms; {ours.cpu_us:.0f} µs CPU"


def run() -> list[Figure]:
    """Measure both databases; PostgreSQL where it is installed."""
    from tests import cluster

    figures = []
    with tempfile.TemporaryDirectory(dir=".") as folder, ExitStack() as running:
        figures.append(_figure("sqlite", f"sqlite:///{Path(folder).resolve()}/scan.sqlite3", folder))
        try:
            postgres = running.enter_context(cluster.running(durable=True))
        except cluster.ClusterMissing as missing:
            print(f"scan-durable:postgresql left out: {missing}")
            return figures
        name = cluster.fresh_name()
        url = postgres.create(name)
        postgres.run("CREATE EXTENSION IF NOT EXISTS postgis", database=name)
        figures.append(_figure("postgresql", url, folder))
    return figures
