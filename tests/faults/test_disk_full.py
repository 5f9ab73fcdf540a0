"""The disk of the database is full: what cannot be saved is refused in words, what can be read is shown, and space is all it takes.

The disk is a tmpfs of a few megabytes, mounted for the test: on SQLite the folder of the file, on PostgreSQL a tablespace (its own log
on a full disk stops the whole server: that is a database gone, see there). Where nothing may be mounted, SQLite's own limit of pages
stands in for the disk and PostgreSQL is skipped. Negative control: with every statement a transaction of its own, as if there were no
Work, the same full disk leaves half a request behind.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from gi_registry import db
from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from gi_registry.scans.rules.verdicts import Verdict
from tests.faults.processes import Postgres
from tests.faults.site import Site, make_site

SIZE = {"sqlite": 24 * 2**20, "postgresql": 128 * 2**20}
TRIES = 60
FULL = "存储空间已满"

pytestmark = pytest.mark.slow


@dataclass
class Disk:
    """A small disk of its own."""

    place: Path

    def fill(self, *, leave: int = 0) -> None:
        """Leave not a byte, or ``leave`` of them."""
        with (self.place / "ballast").open("ab", buffering=0) as ballast, contextlib.suppress(OSError):
            for size in (2**20, 4096, 512, 1):
                with contextlib.suppress(OSError):
                    while ballast.write(b"\1" * size) == size:
                        pass
            ballast.truncate(max(0, ballast.tell() - leave))
        assert leave or shutil.disk_usage(self.place).free == 0

    def clear(self) -> None:
        """Give the space back."""
        (self.place / "ballast").unlink()


@dataclass
class Pages(Disk):
    """What stands in for a disk where none may be mounted: SQLite may not add a page."""

    most: int = 2**30

    def fill(self, *, leave: int = 0) -> None:
        """Allow no page more than there are, or some."""
        self.most = 1 if not leave else ((self.place / "gi.sqlite3").stat().st_size + leave) // 4096

    def clear(self) -> None:
        """Allow pages again."""
        self.most = 2**30

    def limit(self, raw: Any, *_more: object) -> None:
        """Tell a connection, each time it is taken from the pool."""
        raw.execute(f"PRAGMA max_page_count={self.most}")


@pytest.fixture
def disk(database_kind: str, tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE[database_kind]}", "tmpfs", place], check=False, capture_output=True)
    if made.returncode == 0:
        yield Disk(place)
        subprocess.run(["umount", "-l", place], check=True)
    elif database_kind == "sqlite":
        yield Pages(place)
    else:
        pytest.skip(f"No file system may be mounted here: {made.stderr.decode().strip()}")


@pytest.fixture
def database(disk: Disk, database_kind: str, request: pytest.FixtureRequest, quick_passwords: None) -> Iterator[Database]:
    if database_kind == "sqlite":
        kept = make_url(request.getfixturevalue("database_url")).database
        shutil.copyfile(kept, disk.place / "gi.sqlite3")
        small = Database(f"sqlite:///{disk.place}/gi.sqlite3")
        if isinstance(disk, Pages):
            event.listen(small.engine, "checkout", disk.limit)
        yield from _opened(small)
        return
    postgres = Postgres()
    try:
        yield from _opened(_in_tablespace(postgres, disk))
    finally:
        postgres.remove()


def _in_tablespace(postgres: Postgres, disk: Disk) -> Database:
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        for folder in (
            disk.place,
            *(above for above in disk.place.parents if above.is_relative_to(gettempdir()) and above != Path(gettempdir())),
        ):
            folder.chmod(0o755)
        os.chown(disk.place, owner.pw_uid, owner.pw_gid)
    postgres.cluster.run(f"CREATE TABLESPACE small LOCATION '{disk.place}'", "CREATE DATABASE gi TABLESPACE small")
    postgres.cluster.run("CREATE EXTENSION postgis", database="gi")
    made = Database(postgres.cluster.url("gi"))
    upgrade_database(made)
    return made


def _opened(made: Database) -> Iterator[Database]:
    yield made
    made.engine.dispose()


@pytest.fixture
def site(database: Database) -> Site:
    return make_site(database)


def until_refused(site: Site, **how: Any) -> Any:
    """Send forms until one is refused: what a file already holds takes a few more."""
    for _each in range(TRIES):
        answer = site.declare(**how)
        if answer.status_code != 303:
            return answer
    raise AssertionError("the disk never became full")


def test_a_full_disk_refuses_writing_in_words_shows_what_is_there_and_recovers_by_itself(site: Site, disk: Disk) -> None:
    assert site.declare().status_code == 303
    disk.fill()
    refused = until_refused(site)
    before = site.rows()
    assert refused.status_code == 503
    assert int(refused.headers["Retry-After"]) > 0
    assert FULL in refused.text
    assert "已申报" not in refused.text  # nothing that was rolled back is called done
    assert 'value="3"' in refused.text  # what was typed is still there
    machine = until_refused(site, accept="application/json")
    assert (machine.status_code, machine.mimetype, machine.json["status"]) == (503, "application/problem+json", 503)
    assert FULL in machine.json["detail"]
    assert machine.json["remedy"]

    base = f"/authorisations/{site.desk.authorisation_id}"
    read = ("/home", f"{base}/batches", f"{base}/ledger", "/registry", "/readyz", "/healthz")
    assert {path: site.status(path) for path in read} == dict.fromkeys(read, 200)
    assert site.trace().status_code == 200
    assert site.trace(as_json=True).json["verdict"] in {Verdict.FIRST_CHECK, Verdict.REPEAT}
    assert site.rows() == before
    assert site.unsound() == []

    disk.clear()
    assert site.declare().status_code == 303
    assert len(site.rows()) == len(before) + 1
    assert site.unsound() == []


@pytest.mark.databases("sqlite")
def test_without_transactions_a_full_disk_would_leave_half_a_request(site: Site, disk: Disk) -> None:
    event.remove(site.database.engine, "begin", db._begin_sqlite)
    found: list[str] = []
    for pages in range(40):
        disk.fill(leave=pages * 4096)
        until_refused(site)
        disk.clear()
        found += site.unsound()
        if found:
            break
    assert found
