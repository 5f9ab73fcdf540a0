"""Appending to the log at 10^4 and at 10^6 leaves: the cost per change grows with the logarithm of the size, not with the size.

Ceiling: a table with one row, one SHA-256 and one insert per change, in the same database.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from alembic import command
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text, insert
from sqlmodel import Session

from benches.frame import Better, Figure, measured
from gi_registry.db import Database
from gi_registry.installation import alembic_config
from gi_registry.log import queries, service
from gi_registry.log.models import HEAD, LEAF, NODE
from gi_registry.log.rules.tree import Frontier, leaf_hash

SIZES = (10_000, 1_000_000)
CHANGES = 2_000
AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
ROW = {"id": 1, "number": "2026-0001", "state": "filed", "figures": {"labels": 1200, "quantity_g": 300_000}, "filed_at": AT}

PLAIN = Table("plain", MetaData(), Column("id", Integer, primary_key=True), Column("hash", LargeBinary), Column("body", Text))


def run() -> list[Figure]:
    """Return µs of CPU per change at each size, and how the larger compares with the smaller."""
    costs: dict[int, float] = {}
    figures: list[Figure] = []
    for size in SIZES:
        with _database() as database:
            _fill(database, size)
            costs[size] = _cost(database, _append)
            ceiling = _cost(database, _plain)
        name = f"log-append-{size:.0e}:sqlite".replace("+0", "")
        figures.append(Figure(name, "µs CPU per change", costs[size], ceiling=ceiling, better=Better.LESS))
    small, large = costs[SIZES[0]], costs[SIZES[-1]]
    note = f"100 times the leaves cost x{large / small:.2f} per change"
    figures[-1] = Figure(**{**vars(figures[-1]), "peer": small, "peer_name": "at 10^4 leaves", "note": note})
    return figures


@contextmanager
def _database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'log.sqlite3'}")
        with database.engine.connect() as connection:
            command.upgrade(alembic_config(connection), "0001")
            PLAIN.create(connection)
            connection.commit()
        yield database
        database.engine.dispose()


def _fill(database: Database, size: int) -> None:
    frontier = Frontier()
    with database.session() as session:
        while frontier.size < size:
            first = frontier.size
            bodies = [f'{{"filler":{number}}}' for number in range(first, min(first + 50_000, size))]
            hashes = [leaf_hash(body.encode()) for body in bodies]
            frontier, completed = frontier.extend(hashes)
            leaves = enumerate(zip(hashes, bodies, strict=True), first)
            session.execute(insert(LEAF), [{"index": index, "hash": hashed, "body": body} for index, (hashed, body) in leaves])
            session.execute(insert(NODE), [{"level": level, "index": index, "hash": hashed} for level, index, hashed in completed])
        session.execute(HEAD.update().values(size=size, root=frontier.root, frontier=b"".join(frontier.hashes)))
        session.commit()
        assert queries.head(session).size == size


def _cost(database: Database, once: Callable[[Session, int], None]) -> float:
    """Return µs of CPU per change, each in a transaction of its own, as in life."""
    best = float("inf")
    for attempt in range(3):
        with measured() as watch:
            for number in range(CHANGES):
                with database.session() as session:
                    once(session, attempt * CHANGES + number)
                    session.commit()
        best = min(best, watch.cpu / CHANGES * 1e6)
    return best


def _append(session: Session, number: int) -> None:
    service.append(session, [service.Change("report", "file", "annual_report", str(number), ROW)], actor_pseudonym="p-1", at=AT)


def _plain(session: Session, number: int) -> None:
    body = json.dumps({**ROW, "filed_at": AT.isoformat(), "number": number})
    session.execute(insert(PLAIN), [{"hash": hashlib.sha256(body.encode()).digest(), "body": body}])
