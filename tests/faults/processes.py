"""The web server and PostgreSQL as processes that can be killed without warning and started again."""

from __future__ import annotations

import contextlib
import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests import cluster
from tests.conftest import ROOT

SECRET_KEY = "only-for-tests-" + "0" * 32
HOST = "127.0.0.1"
PATIENCE_S = 60.0
LOOK_S = 0.02


def wait_for(condition: Callable[[], bool], what: str, *, within_s: float = PATIENCE_S) -> float:
    """Wait until ``condition`` holds and return how many seconds that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within_s, f"not in {within_s:.0f} s: {what}"
        time.sleep(LOOK_S)
    return time.monotonic() - began


def free_port() -> int:
    """Return a port of the loopback that nobody holds."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def status_at(port: int, path: str) -> int:
    """Return the status of a page, 0 where nobody answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


@dataclass
class Server:
    """``gi-registry serve``, or another program that serves, in a process group of its own."""

    database_url: str
    log: Path
    program: tuple[str, ...] = ("-c", "from gi_registry.cli import main; main()", "serve", "--workers", "2")
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> float:
        """Start, and return the seconds until the server says that it is ready."""
        self.begin()
        return self.wait_until_ready()

    def begin(self) -> None:
        """Start, and wait for nothing."""
        settings = {
            "GI_DATABASE_URL": self.database_url,
            "GI_SECRET_KEY": SECRET_KEY,
            "GI_SECURE_COOKIES": "0",
            "GI_PUBLIC_URL": f"http://{HOST}:{self.port}",
        }
        command = [sys.executable, *self.program, "--port", str(self.port)]
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, **settings}, stdout=out, stderr=out, start_new_session=True
            )

    def wait_until_ready(self) -> float:
        """Return the seconds until the server says that it is ready; its database is there then, too."""
        return wait_for(self._ready, f"the server is ready, see {self.log}")

    def _ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the server ended: {self.log.read_text(errors='replace')[-2000:]}"
        return status_at(self.port, "/readyz") == 200

    def kill(self) -> None:
        """SIGKILL to every process of the group at once, and reap."""
        if self._process is None:
            return
        group = self._process.pid
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
        self._process.wait()
        self._process = None
        wait_for(lambda: not _group_lives(group), "the workers are gone")


def _group_lives(group: int) -> bool:
    """Say whether a process of the group still runs; one that died and waits to be reaped does not."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _parent, of = stat.read_text(errors="replace").rpartition(")")[2].split()[:3]
            if int(of) == group and state not in "ZX":
                return True
    return False


class Postgres:
    """A durable PostgreSQL of one test: fsync and synchronous commit as in production."""

    def __init__(self) -> None:
        self.cluster = cluster.start(durable=True)
        program, *self._options = shlex.split((self._data / "postmaster.opts").read_text())

    @property
    def _data(self) -> Path:
        return self.cluster.home / "data"

    def kill(self) -> None:
        """SIGKILL to postmaster and every backend; the postmaster is held first, so that it cannot start others or tidy up."""
        pid = int((self._data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGSTOP)
        children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        for each in (*children, pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        for each in (*children, pid):
            wait_for(lambda each=each: not _lives(each), "PostgreSQL is gone")  # type: ignore[misc]
        # Where nobody reaps the dead postmaster its number still looks taken, and the next one would refuse to start.
        for lock in (self._data / "postmaster.pid", *self.cluster.home.glob(".s.PGSQL.*")):
            lock.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop in an orderly way; connections are broken."""
        self._ctl("-m", "fast", "stop")

    def start(self) -> float:
        """Start again with the same options and return the seconds until it answers."""
        began = time.monotonic()
        options = shlex.join(option for option in self._options if option not in {"-D", str(self._data)})
        self._ctl("-l", str(self.cluster.home / "log"), "-o", options, "-t", str(int(PATIENCE_S)), "start")
        return time.monotonic() - began

    def remove(self) -> None:
        """Stop whatever still runs and remove every file."""
        self.cluster.stop()

    def _ctl(self, *words: str) -> None:
        cluster._call(str(self.cluster.programs / "pg_ctl"), "-D", str(self._data), "-w", *words)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
