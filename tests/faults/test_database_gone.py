"""The database goes away and comes back while the web process lives on: 503 with a time to come back, never a wrong verdict, no restart.

Negative controls: connections that are not tried before use fail once more after the database is back; a trace page that took a missing
database for a missing code would be seen by the check used here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url

from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from gi_registry.scans.connections import Gone
from gi_registry.verify.service import find
from tests.builders.accounts import sign_in, token
from tests.faults.processes import Postgres
from tests.faults.site import Site, app_on, make_site, says_it_cannot_tell

SHORT_WAIT_MS = 100
AWAY = "数据库暂时无法使用"


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    started = Postgres()
    yield started
    started.remove()


@pytest.fixture
def on_postgres(postgres: Postgres, quick_passwords: None) -> Iterator[Site]:
    opened = Database(postgres.cluster.create("gi"))
    postgres.cluster.run("CREATE EXTENSION postgis", database="gi")
    upgrade_database(opened)
    yield make_site(opened)
    opened.engine.dispose()


@pytest.fixture
def on_file(database: Database) -> Site:
    return make_site(database)


def assert_away(site: Site) -> None:
    """Everything says that it cannot answer now, in words and for machines; only the process itself is well."""
    for answer in (site.declare(), site.client.get("/home"), site.client.get("/registry"), site.client.get("/readyz")):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert AWAY in answer.text
        assert "已申报" not in answer.text
    machine = site.declare(accept="application/json")
    assert (machine.status_code, machine.mimetype) == (503, "application/problem+json")
    assert machine.json["detail"].startswith(AWAY)
    assert site.status("/healthz") == 200
    assert says_it_cannot_tell(site.trace())
    assert says_it_cannot_tell(site.trace(as_json=True))


def assert_back(site: Site, *, rows: set[str]) -> None:
    """Everything answers at the first try, and nothing was added or lost meanwhile."""
    assert [site.status(path) for path in ("/readyz", "/home", "/registry")] == [200, 200, 200]
    assert site.trace().status_code == 200
    assert not says_it_cannot_tell(site.trace())
    assert site.rows() == rows
    assert site.declare().status_code == 303
    assert len(site.rows()) == len(rows) + 1
    assert site.unsound() == []


@pytest.mark.slow
@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("how", ["stop", "kill"])
def test_a_postgresql_that_stops_is_told_and_found_again(on_postgres: Site, postgres: Postgres, how: str) -> None:
    assert on_postgres.declare().status_code == 303
    assert on_postgres.trace().status_code == 200
    rows = on_postgres.rows()
    getattr(postgres, how)()
    assert_away(on_postgres)
    assert_away(on_postgres)
    postgres.start()
    assert_back(on_postgres, rows=rows)


@pytest.mark.slow
@pytest.mark.databases("postgresql")
def test_connections_that_are_not_tried_first_would_fail_after_the_return(on_postgres: Site, postgres: Postgres) -> None:
    database = on_postgres.database
    database.engine.dispose()
    database.engine = create_engine(database.url, pool_pre_ping=False)
    assert on_postgres.status("/home") == 200
    postgres.stop()
    postgres.start()
    with pytest.raises(AssertionError):
        assert_back(on_postgres, rows=set())


@pytest.mark.databases("sqlite")
def test_a_file_that_others_keep_locked_refuses_writing_and_shows_what_is_there(on_file: Site) -> None:
    event.listen(on_file.database.engine, "checkout", lambda raw, *_more: raw.execute(f"PRAGMA busy_timeout={SHORT_WAIT_MS}"))
    assert on_file.declare().status_code == 303
    rows = on_file.rows()
    other = sqlite3.connect(make_url(on_file.database.url).database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    for answer in (on_file.declare(), on_file.declare(accept="application/json")):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert AWAY in answer.text or answer.json["detail"].startswith(AWAY)
    assert [on_file.status(path) for path in ("/readyz", "/home", "/healthz")] == [200, 200, 200]
    traced = on_file.trace(as_json=True)
    assert (traced.status_code, traced.json["user"] is not None, traced.json["checks"]["count"]) == (200, True, None)  # true, not counted
    other.execute("ROLLBACK")
    other.close()
    assert_back(on_file, rows=rows)


@pytest.mark.databases("sqlite")
def test_a_file_whose_folder_is_missing_is_told_and_found_again(on_file: Site) -> None:
    """As when a volume is mounted late: the worker was started without it."""
    rows = on_file.rows()
    folder = Path(str(make_url(on_file.database.url).database)).parent
    on_file.database.engine.dispose()
    with folder_away(folder):
        site = started_anew(on_file)
        assert_away(site)
    sign_in(site.client, site.desk.login)
    site.csrf = token(site.client, "/home")
    assert_back(site, rows=rows)


class folder_away:  # noqa: N801 - reads as a context
    """Rename a folder for the length of a block."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._aside = folder, folder.with_name(f"{folder.name}-away")

    def __enter__(self) -> None:
        self._folder.rename(self._aside)

    def __exit__(self, *_problem: object) -> None:
        self._aside.rename(self._folder)


def started_anew(site: Site) -> Site:
    """Return the same site behind a worker that has opened nothing yet; it has the same cookies."""
    database = Database(site.database.url)
    app = app_on(database)
    client: Any = app.test_client()
    client._cookies = site.client._cookies
    return Site(app, client, database, site.desk, site.code, site.csrf, site.printed)


@pytest.mark.databases("sqlite")
def test_a_trace_page_that_took_a_missing_database_for_a_missing_code_would_be_seen(on_file: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(desk: Any, _text: str, asked: Any) -> Any:
        try:
            raise Gone("the database is away")
        except Gone:
            return find(desk, on_file.code[:-1] + ("0" if on_file.code[-1] != "0" else "1"), asked)

    monkeypatch.setattr("gi_registry.verify.exchange.find", forgetful)
    assert not says_it_cannot_tell(on_file.trace())
    assert not says_it_cannot_tell(on_file.trace(as_json=True))
