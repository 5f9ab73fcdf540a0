"""``scan``: µs CPU of the server per ``GET /T/{code}`` as HTML, 32 connections, every look-up a first check that is stored.

10^6 codes over 10^4 batches are on file; each request asks for another code as another client; the process has met most batches before. The
ceiling is a raw WSGI "hello" on the same server, the peer a Flask view that gets three rows through SQLModel, adds one and commits. CPU is
that of the server's processes only; PostgreSQL's own is left out.
"""

from __future__ import annotations

import os
import tempfile
from typing import Any

from benches.frame import Better, Figure
from benches.scanning import CONNECTIONS, REQUESTS, WARM_UP, Load, fill, load

PEER_REQUESTS, PEER_WARM_UP = 6_000, 300


def hello_application() -> Any:
    """Return the least that a WSGI server can be asked for."""
    body = b"hello"

    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
        return [body]

    return application


def peer_application() -> Any:
    """Return the obvious way: a Flask view, three rows through SQLModel, one more, a commit, a template."""
    from flask import Flask, render_template_string, request
    from sqlmodel import Session, select

    from gi_registry.batches.models import Batch
    from gi_registry.codes.models import CodeRange
    from gi_registry.db import Database
    from gi_registry.kernel.clock import utc_now
    from gi_registry.registry.models import Authorisation
    from gi_registry.scans.models import Scan
    from gi_registry.tables import TABLES

    assert TABLES
    app, database = Flask(__name__), Database(os.environ["GI_DATABASE_URL"])

    @app.get("/T/<code>")
    def trace(code: str) -> str:
        with Session(database.engine) as session:
            session.connection(execution_options={"gi_write": True})
            found = session.exec(select(CodeRange).where(CodeRange.label == code[2:7])).one()
            batch, user = session.get(Batch, found.id), session.get(Authorisation, found.authorisation_id)
            assert batch is not None
            assert user is not None
            client = request.headers["User-Agent"][-16:]
            session.add(Scan(range_id=found.id or 0, serial=1, at=utc_now(), client_key=client, verdict="repeat"))
            numbers = batch.number, user.number
            session.commit()
        return render_template_string("<p>{{ code }}: {{ numbers }}</p>", code=code, numbers=numbers)

    return app


def _figure(kind: str, url: str, hello: Load) -> Figure:
    codes = fill(url)
    ours = load("ours", url, codes)
    peer = load("peer", url, codes[: PEER_REQUESTS + PEER_WARM_UP], warm_up=PEER_WARM_UP)
    return Figure(
        f"scan:{kind}",
        "µs CPU per request",
        ours=ours.cpu_us,
        ceiling=hello.cpu_us,
        peer=peer.cpu_us,
        peer_name="Flask, SQLModel get x3 + commit",
        better=Better.LESS,
        note=f"ours {ours.words()}; peer {peer.words()}; hello {hello.words()}; {CONNECTIONS} connections, {REQUESTS} first checks",
    )


def run() -> list[Figure]:
    """Measure both databases; PostgreSQL where it is installed."""
    from tests import cluster

    with tempfile.TemporaryDirectory() as folder:
        hello = load("hello", f"sqlite:///{folder}/none.sqlite3", ["x"] * (REQUESTS + WARM_UP))
        figures = [_figure("sqlite", f"sqlite:///{folder}/scan.sqlite3", hello)]
    try:
        with cluster.running(durable=True) as postgres:
            name = cluster.fresh_name()
            url = postgres.create(name)
            postgres.run("CREATE EXTENSION IF NOT EXISTS postgis", database=name)
            figures.append(_figure("postgresql", url, hello))
    except cluster.ClusterMissing as missing:
        print(f"scan:postgresql left out: {missing}")
    return figures
