"""Web server and database are killed without warning while people write: what was acknowledged is on file, once.

``GI_TEST_KILL_CYCLES=30`` runs the long form. Negative controls: a PostgreSQL that acknowledges before its log is written, and a server
that answers before it commits, both lose some.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from tests.faults.load import Load, make_desks, on_file, unsound
from tests.faults.processes import Postgres, Server

CYCLES = int(os.environ.get("GI_TEST_KILL_CYCLES", "5"))
RESTART_S = 10.0
SEED = 20261123
HASTY = ("-m", "tests.faults.hasty")

pytestmark = pytest.mark.slow


@dataclass
class House:
    """What is killed: the web server, and PostgreSQL where the database is one."""

    server: Server
    database: Database
    postgres: Postgres | None
    restarts_s: list[float] = field(default_factory=list)

    def fall(self, what: str) -> None:
        """Kill ``web``, ``database`` or ``both``."""
        if what in {"web", "both"}:
            self.server.kill()
        if self.postgres is not None and what in {"database", "both"}:
            self.postgres.kill()

    def rise(self, what: str) -> None:
        """Start what was killed, and note how long it took until the server said that it is ready."""
        began = time.monotonic()
        if what in {"web", "both"}:
            self.server.begin()
        if self.postgres is not None and what in {"database", "both"}:
            self.postgres.start()
        self.server.wait_until_ready()
        self.restarts_s.append(time.monotonic() - began)
        self.database.engine.dispose()


@pytest.fixture
def postgres(database_kind: str) -> Iterator[Postgres | None]:
    if database_kind == "sqlite":
        yield None
        return
    started = Postgres()
    yield started
    started.remove()


@pytest.fixture
def database(postgres: Postgres | None, request: pytest.FixtureRequest, quick_passwords: None) -> Iterator[Database]:
    """A database that outlives its processes; the shared PostgreSQL of the tests must not be killed."""
    if postgres is None:
        yield from _opened(request.getfixturevalue("database_url"))
        return
    url = postgres.cluster.create("gi")
    postgres.cluster.run("CREATE EXTENSION postgis", database="gi")
    yield from _opened(url, fresh=True)


def _opened(url: str, *, fresh: bool = False) -> Iterator[Database]:
    opened = Database(url)
    if fresh:
        upgrade_database(opened)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def house_of(database: Database, postgres: Postgres | None, tmp_path: Path) -> Iterator[Callable[..., House]]:
    servers: list[Server] = []

    def make(**differs: Any) -> House:
        servers.append(Server(database.url, tmp_path / "server.log", **differs))
        servers[-1].start()
        return House(servers[-1], database, postgres)

    yield make
    for server in servers:
        server.kill()


def targets(house: House) -> tuple[str, ...]:
    return ("web",) if house.postgres is None else ("web", "database", "both")


def once_down(house: House, load: Load, *, what: str, after: int) -> set[str]:
    """Kill in the middle of the writing, start again, and return what was acknowledged and is gone."""
    load.wait_for_more(after)
    load.hold()
    house.fall(what)
    house.rise(what)
    lost = load.lost(house.database)
    load.go_on()
    return lost


def test_what_was_acknowledged_is_on_file_once(house_of: Callable[..., House], database: Database) -> None:
    chance = random.Random(SEED)
    desks = make_desks(database)
    house = house_of()
    load, lost = Load(desks, house.server.port), set()
    with load.running():
        for cycle in range(CYCLES):
            what = targets(house)[cycle % len(targets(house))]
            lost |= once_down(house, load, what=what, after=chance.randint(20, 120))
        load.wait_for_more(20)
    stored = on_file(database, desks)
    figures = {
        "cycles": CYCLES,
        "acknowledged": len(load.told),
        "sent_again": load.again,
        "lost": len(lost | load.lost(database)),
        "doubled": len(stored - set(load.told)) + len(load.told) - len(set(load.told)),
        "restart_s": round(max(house.restarts_s), 2),
    }
    sys.stdout.write(json.dumps({"database": database.url.split(":")[0], **figures}) + "\n")
    assert load.strange == []
    assert (figures["lost"], figures["doubled"]) == (0, 0), figures
    assert unsound(database) == []
    assert load.again > 0, "no form was in flight when the processes died: the kills came too early or too late"
    assert figures["restart_s"] <= RESTART_S


def test_a_server_that_answers_before_it_commits_would_lose_some(house_of: Callable[..., House], database: Database) -> None:
    house = house_of(program=HASTY)
    load = Load(make_desks(database), house.server.port)
    lost: set[str] = set()
    with load.running():
        for _cycle in range(2):
            load.wait_for_more(20)
            load.hold()
            load.wait_until_idle()  # the last answer is out, and its commit is not in
            lost |= once_down(house, load, what="web", after=0)
    assert lost
    assert unsound(database) == []  # what is gone is gone whole


@pytest.mark.databases("postgresql")
def test_a_postgresql_that_acknowledges_before_its_log_is_written_would_lose_some(
    house_of: Callable[..., House], database: Database, postgres: Postgres
) -> None:
    desks = make_desks(database)
    for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'", "wal_writer_flush_after = '1GB'"):
        postgres.cluster.run(f"ALTER SYSTEM SET {setting}")
    postgres.stop()
    postgres.start()
    database.engine.dispose()
    house = house_of()
    load = Load(desks, house.server.port)
    with load.running():
        assert once_down(house, load, what="database", after=60)
