"""A private PostgreSQL with PostGIS for tests and benchmarks: an unprivileged cluster on a free loopback port, gone afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

TEMPLATE = "gi_template"
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "300",
    "autovacuum": "off",
}
ROOMY = 2 * 1024**3


class ClusterMissing(RuntimeError):
    """PostgreSQL or PostGIS is not installed; the message says with what command to install it."""


@dataclass(frozen=True)
class Cluster:
    """A running cluster: where it keeps its data, which programs run it, where it listens."""

    home: Path
    programs: Path
    port: int
    owner_pid: int

    def url(self, database: str) -> str:
        """Return the SQLAlchemy address of a database."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "postgres") -> None:
        """Run statements outside a transaction."""
        with psycopg.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def create(self, database: str, *, template: str = "template0") -> str:
        """Create a database and return its address."""
        self.run(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        """Drop a database, whoever still holds it."""
        self.run(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def stop(self) -> None:
        """Stop at once and remove every file."""
        if (self.home / "data").exists():
            subprocess.run(
                [*_as_postgres(), str(self.programs / "pg_ctl"), "-D", str(self.home / "data"), "-m", "immediate", "stop"],
                check=False,
                capture_output=True,
                cwd="/",
            )
        shutil.rmtree(self.home, ignore_errors=True)


def programs() -> Path:
    """Return the directory of the newest installed PostgreSQL that has PostGIS; raise ClusterMissing."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found and (elsewhere := shutil.which("initdb")):
        return Path(elsewhere).resolve().parent
    if not found:
        raise ClusterMissing("PostgreSQL is not installed: apt-get install postgresql postgresql-postgis")
    version = found[-1].parts[-3]
    if not Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists():
        raise ClusterMissing(f"PostGIS is not installed: apt-get install postgresql-{version}-postgis-3")
    return found[-1].parent


def start(*, durable: bool = False) -> Cluster:
    """Start a cluster; ``durable`` keeps fsync on, for benchmarks and fault tests."""
    home = Path(tempfile.mkdtemp(prefix="gi-postgres-", dir=_place()))
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(home, entry.pw_uid, entry.pw_gid)
    bin_dir = programs()
    cluster = Cluster(home, bin_dir, _free_port(), os.getpid())
    settings = {
        key: value for key, value in SETTINGS.items() if not durable or key not in {"fsync", "synchronous_commit", "full_page_writes"}
    }
    options = " ".join(f"-c {key}={value}" for key, value in {**settings, "port": cluster.port, "unix_socket_directories": home}.items())
    data = str(home / "data")
    _call(str(bin_dir / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    _call(str(bin_dir / "pg_ctl"), "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
    return cluster


@contextlib.contextmanager
def running(*, durable: bool = False) -> Iterator[Cluster]:
    """Run a cluster for the length of a block."""
    cluster = start(durable=durable)
    try:
        yield cluster
    finally:
        cluster.stop()


def fresh_name() -> str:
    """Return a database name that no other test has."""
    return f"gi_{secrets.token_hex(6)}"


def shared(directory: Path, prepare: Callable[[Cluster], None]) -> Cluster:
    """Return the one cluster of a test run, started and prepared by whichever process comes first."""
    note = directory / "postgres.json"
    with (directory / "postgres.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            return _read(note)
        cluster = start()
        try:
            prepare(cluster)
        except BaseException:
            cluster.stop()
            raise
        facts = {"home": str(cluster.home), "programs": str(cluster.programs), "port": cluster.port, "owner_pid": cluster.owner_pid}
        note.write_text(json.dumps(facts), encoding="ascii")
        return cluster


def stop_shared(directory: Path) -> None:
    """Stop the cluster of a test run, if one was started."""
    note = directory / "postgres.json"
    if note.exists():
        _read(note).stop()
        note.unlink()


def _read(note: Path) -> Cluster:
    facts = json.loads(note.read_text(encoding="ascii"))
    return Cluster(Path(facts["home"]), Path(facts["programs"]), facts["port"], facts["owner_pid"])


def _place() -> str | None:
    memory = "/dev/shm"  # noqa: S108 - a fresh private directory is made inside
    if os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY:
        return memory
    return None


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


def _call(*command: str) -> None:
    done = subprocess.run([*_as_postgres(), *command], check=False, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
