"""SIGTERM ends a server without a broken promise: what it has taken on is answered and stored. SIGKILL is the control that loses it."""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from gi_registry.db import Database
from gi_registry.workflow import open_work
from tests.builders.scans import make_labels
from tests.faults.processes import HOST, Server, wait_for

SCANS = 5
WAITING = 2
"""How many transactions wait while everyone is kept from writing: one of all look-ups together, and the sign-in's."""
BOUND_S = 20.0
HELD_S = 1.0
ONE_WORKER = ("-c", "from gi_registry.cli import main; main()", "serve", "--workers", "1")

TGKILL = {"x86_64": 234, "aarch64": 131}  # the number of the system call: sends a signal to one thread of another process

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Answer:
    """What a client got: the status, or 0 for a connection that broke."""

    status: int
    body: str = ""


class Ending(Server):
    """A server that can be asked to end."""

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def code(self) -> int:
        """Wait for the end and return the exit code."""
        assert self._process is not None
        return self._process.wait(BOUND_S)

    def signal_a_side_thread(self, number: int) -> None:
        """Send a signal to the worker as the kernel may do: to a thread that is not its main one."""
        assert self._process is not None
        main = self._process.pid
        worker = int(Path(f"/proc/{main}/task/{main}/children").read_text().split()[0])
        side = next(int(thread.name) for thread in Path(f"/proc/{worker}/task").iterdir() if int(thread.name) != worker)
        assert ctypes.CDLL(None).syscall(TGKILL[os.uname().machine], worker, side, number) == 0

    def ended(self) -> bool:
        assert self._process is not None
        return self._process.poll() is not None

    def refuses(self) -> bool:
        """Say whether a new connection is refused, or left without an answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=0.3)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
        except (OSError, http.client.HTTPException):
            return True
        finally:
            connection.close()
        return False

    def ask(self, method: str, path: str, *, form: dict[str, str] | None = None, cookie: str = "") -> Answer:
        """Send one request on a connection of its own and wait for its answer."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=BOUND_S)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"} if form else {}
        try:
            connection.request(method, path, body=urlencode(form) if form else None, headers=headers)
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode("utf-8"))
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()


@pytest.fixture
def codes(database: Any) -> list[str]:
    with open_work(database) as work:
        labels = make_labels(work)
        return [labels.code(serial) for serial in range(SCANS)]


@pytest.fixture
def server(database: Any, codes: list[str], tmp_path: Path) -> Iterator[Ending]:
    started = Ending(database.url, tmp_path / "server.log", ONE_WORKER)
    started.start()
    try:
        yield started
    finally:
        started.kill()


@contextmanager
def held(database: Database) -> Iterator[Callable[[], int]]:
    """Keep everyone from writing; the yielded function says how many wait, where the database can tell."""
    with database.engine.connect() as holder, database.engine.connect() as looker:
        if database.is_sqlite:
            holder.execution_options(gi_write=True).exec_driver_sql("SELECT 1")
            yield lambda: WAITING
        else:
            holder.exec_driver_sql("LOCK TABLE first_check, sign_in_attempt IN ACCESS EXCLUSIVE MODE")
            yield lambda: int(looker.exec_driver_sql("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted").scalar_one())
        holder.rollback()


def _sign_in_form(server: Ending) -> tuple[dict[str, str], str]:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=BOUND_S)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    page, cookie = answer.read().decode("utf-8"), (answer.getheader("Set-Cookie") or "").split(";")[0]
    connection.close()
    fields = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page))
    return {**fields, "login": "nobody", "password": "wrong"}, cookie


def _under_way(server: Ending, database: Database, codes: list[str], number: int) -> tuple[list[Answer], Answer]:
    """Send scans and a sign-in that all wait for the database, signal the server, let them go on; return the answers."""
    form, cookie = _sign_in_form(server)
    with ThreadPoolExecutor(SCANS + 1) as people:
        with held(database) as waiting:
            scans: list[Future[Answer]] = [people.submit(server.ask, "GET", f"/T/{code}?format=json") for code in codes]
            slow = people.submit(server.ask, "POST", "/sign-in", form=form, cookie=cookie)
            wait_for(lambda: waiting() >= WAITING, "all wait for the database", within_s=2.0)
            assert server.ask("GET", "/healthz").status == 200  # taken on after them
            assert not any(item.done() for item in (*scans, slow))
            server.signal(number)
            patience = time.monotonic() + HELD_S  # a look-up waits three seconds for the file, so it is let go in time
            while time.monotonic() < patience and not server.refuses():
                time.sleep(0.02)
        wait_for(server.refuses, "new connections are refused", within_s=BOUND_S)
        return [item.result() for item in scans], slow.result()


def _counted(database: Database) -> int:
    with database.engine.connect() as connection:
        return int(connection.execute(text("SELECT coalesce(sum(count), 0) FROM first_check")).scalar_one())


def test_what_a_server_has_taken_on_is_answered_and_stored(server: Ending, database: Any, codes: list[str]) -> None:
    began = time.monotonic()
    scans, slow = _under_way(server, database, codes, signal.SIGTERM)
    assert server.code() == 0
    assert time.monotonic() - began < BOUND_S
    assert [json.loads(answer.body)["verdict"] for answer in scans] == ["first-check"] * SCANS
    assert slow.status in {200, 401, 422}
    assert _counted(database) == SCANS


def test_control_a_killed_server_answers_nobody(server: Ending, database: Any, codes: list[str]) -> None:
    form, cookie = _sign_in_form(server)
    with ThreadPoolExecutor(SCANS + 1) as people:
        with held(database):
            scans = [people.submit(server.ask, "GET", f"/T/{code}?format=json") for code in codes]
            slow = people.submit(server.ask, "POST", "/sign-in", form=form, cookie=cookie)
            assert server.ask("GET", "/healthz").status == 200
            server.kill()
        assert [item.result().status for item in (*scans, slow)] == [0] * (SCANS + 1)


@pytest.mark.databases("sqlite")
def test_an_idle_server_ends_at_once(server: Ending) -> None:
    began = time.monotonic()
    server.signal(signal.SIGTERM)
    assert server.code() == 0
    assert time.monotonic() - began < 5.0


@pytest.mark.databases("sqlite")
def test_a_signal_that_another_thread_took_is_heard(server: Ending) -> None:
    server.signal_a_side_thread(signal.SIGTERM)
    wait_for(server.ended, "the server ends", within_s=5.0)


@pytest.mark.databases("sqlite")
def test_what_is_sent_under_load_is_answered_whole(server: Ending) -> None:
    """People who ask without pause get a whole answer or, after the end began, none; never half of one."""
    with ThreadPoolExecutor(6) as people:
        loads = [people.submit(_ask_until_refused, server) for _person in range(6)]
        wait_for(lambda: server.ask("GET", "/healthz").status == 200, "it serves")
        server.signal(signal.SIGTERM)
        answers = [answer for load in loads for answer in load.result()]
    assert server.code() == 0
    assert {answer.status for answer in answers} == {200}
    assert all(answer.body.rstrip().endswith("</html>") for answer in answers)


def _ask_until_refused(server: Ending) -> list[Answer]:
    answers = []
    while (answer := server.ask("GET", "/sign-in")).status:
        answers.append(answer)
    return answers
