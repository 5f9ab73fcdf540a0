"""The real server under hostile bytes, slow senders, vanished readers and too many forms: look-ups are answered last of all to go."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from gi_registry import bridge
from gi_registry.workflow import open_work
from tests.builders.scans import make_labels
from tests.faults.processes import HOST, Server

PATIENCE_S = 20.0
FONT = "/static/vendor/noto-sans-sc/NotoSansSC-Regular-subset.ttf"
ONE_WORKER = ("-c", "from gi_registry.cli import main; main()", "serve", "--workers", "1")

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]


@pytest.fixture
def code(database: Any) -> str:
    with open_work(database) as work:
        return make_labels(work).code(1)


@pytest.fixture
def server(database: Any, code: str, tmp_path: Path) -> Iterator[Server]:
    started = Server(database.url, tmp_path / "server.log", ONE_WORKER)
    started.start()
    try:
        yield started
    finally:
        started.kill()


def raw(server: Server, octets: bytes) -> bytes:
    """Send octets as they are and return all that comes back."""
    with socket.create_connection((HOST, server.port), timeout=PATIENCE_S) as line:
        line.sendall(octets)
        found = b""
        while chunk := line.recv(65_536):
            found += chunk
        return found


def ask(server: Server, method: str, path: str, body: Any = None, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE_S)
    connection.request(method, path, body=body, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = answer.read()
    connection.close()
    return answer, found


def sign_in_form(server: Server) -> tuple[str, str]:
    """Return the fields of a sign-in that will be refused for what it says, and the cookie that goes with them."""
    answer, page = ask(server, "GET", "/sign-in")
    fields = dict(re.findall(r'name="(csrf_token|form_key)"[^>]*value="([^"]*)"', page.decode()))
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    return urlencode({**fields, "login": "nobody", "password": "wrong"}), cookie


LONG = b"A" * 10_240
FORM = "application/x-www-form-urlencoded"
READ = {401, 409, 422, 429}
"""How a form that was read and refused is answered; without its fields it would be 403."""
REQUESTS = {
    "a path that is no UTF-8": (b"GET /T/\xe4\xb8 HTTP/1.1\r\nHost: x\r\n", (400, 404)),
    "a query that is no UTF-8": (b"GET /T/1?lang=\xff\xfe HTTP/1.1\r\nHost: x\r\n", (400, 404)),
    "a code of 10 KB": (b"GET /T/" + LONG + b" HTTP/1.1\r\nHost: x\r\n", (404,)),
    "an escaped nothing": (b"GET /T/%00%ff%2e%2e%2f HTTP/1.1\r\nHost: x\r\n", (404,)),
    "no code at all": (b"GET /T/ HTTP/1.1\r\nHost: x\r\n", (404,)),
    "hostile headers": (
        b"GET /T/1 HTTP/1.1\r\nHost: x\r\nAccept: ;;q=nan,json\r\nAccept-Language: \xff;q=\r\nX-Forwarded-For: \xff, , 1.2.3.4.5\r\n",
        (404,),
    ),
    "an Accept of 10 KB": (b"GET /T/1 HTTP/1.1\r\nHost: x\r\nAccept: " + LONG + b"\r\n", (404,)),
    "another method": (b"DELETE /T/1 HTTP/1.1\r\nHost: x\r\n", (405,)),
    "a page with a path that is no UTF-8": (b"GET /\xe4\xb8 HTTP/1.1\r\nHost: x\r\n", (400, 404)),
    "a page with a hostile query": (b"GET /verify?code=\xff%ff%00 HTTP/1.1\r\nHost: x\r\n", (303, 400)),
    "a page without a host": (b"GET /verify HTTP/1.0\r\n", (200,)),
    "a body that is announced and does not come": (
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\nContent-Type: text/plain\r\n",
        (400, 413),
    ),
    "a length that is no number": (b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n", (400,)),
}


def test_hostile_octets_are_answered_and_never_with_a_fault_of_ours(server: Server) -> None:
    for name, (octets, wanted) in REQUESTS.items():
        found = raw(server, octets + b"Connection: close\r\n\r\n")
        assert found.startswith(b"HTTP/1."), f"{name}: {found[:80]!r}"
        assert int(found.split(b" ", 2)[1]) in wanted, f"{name}: {found[:80]!r}"


def test_the_event_loop_answers_look_ups_as_the_other_carrier_does(server: Server, code: str) -> None:
    first, page = ask(server, "GET", f"/T/{code}", User_Agent="a")
    again, other = ask(server, "GET", f"/T/{code}", User_Agent="b")
    head, nothing = ask(server, "HEAD", f"/T/{code}")
    assert (first.status, again.status, head.status) == (200, 200, 200)
    assert "首次查询" in page.decode()
    assert "已被查询 2 次" in other.decode()
    assert (nothing, first.getheader("Cache-Control")) == (b"", "no-store")
    assert int(head.getheader("Content-Length") or 0) > 3_000
    assert b'"first-check"' not in ask(server, "GET", f"/t/{code}?format=json")[1]


def test_pages_files_and_bodies_pass_the_bridge_whole(server: Server) -> None:
    font, octets = ask(server, "GET", FONT)
    assert (font.status, octets) == (200, (Path(__file__).parents[2] / "gi_registry" / FONT[1:]).read_bytes())
    assert len(octets) > bridge.AT_ONCE
    unchanged, nothing = ask(server, "GET", FONT, If_None_Match=font.getheader("ETag") or "")
    assert (unchanged.status, nothing) == (304, b"")
    head, nothing = ask(server, "HEAD", "/verify")
    assert (head.status, nothing) == (200, b"")
    form, cookie = sign_in_form(server)
    pieces = iter([form.encode()[start : start + 7] for start in range(0, len(form), 7)])
    assert ask(server, "POST", "/sign-in", body=pieces, Cookie=cookie, Content_Type=FORM)[0].status in READ
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may be told before it has sent all
        assert ask(server, "POST", "/sign-in", body=iter([b"x" * 2**20] * 40), Content_Type="text/plain")[0].status in (400, 403, 413)
    assert ask(server, "GET", "/verify")[0].status == 200


def test_slow_senders_and_readers_who_leave_hold_no_thread(server: Server, code: str) -> None:
    with ExitStack() as lines:
        for number in range(2 * (bridge.THREADS + bridge.MOST_WAITING + 10)):
            line = lines.enter_context(socket.create_connection((HOST, server.port), timeout=PATIENCE_S))
            if number % 2:
                line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nContent-Type: text/plain\r\n\r\nhalf")
            else:
                line.sendall(f"GET {FONT} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                line.recv(1_000)
                line.close()
        assert ask(server, "GET", "/verify")[0].status == 200
        assert ask(server, "HEAD", f"/T/{code}")[0].status == 200


def test_too_many_forms_are_asked_to_come_again_and_look_ups_are_answered(server: Server, database: Any, code: str) -> None:
    form, cookie = sign_in_form(server)
    all_of_them = bridge.THREADS + bridge.MOST_WAITING + 40

    def send(_number: int) -> tuple[int, str]:
        answer, _body = ask(server, "POST", "/sign-in", body=form, Cookie=cookie, Content_Type=FORM)
        return answer.status, answer.getheader("Retry-After") or ""

    assert ask(server, "HEAD", f"/T/{code}")[0].status == 200
    with database.engine.connect() as holder, ThreadPoolExecutor(all_of_them) as people:
        holder.execution_options(gi_write=True).exec_driver_sql("SELECT 1")
        waiting = [people.submit(send, number) for number in range(all_of_them)]
        time.sleep(1.0)
        began = time.monotonic()
        assert ask(server, "HEAD", f"/T/{code}")[0].status == 200
        assert time.monotonic() - began < 1.0, "a look-up waits for no form"
        holder.rollback()
        told = [each.result() for each in waiting]
    shed = [later for status, later in told if status == 503]
    assert {status for status, _later in told} - {503} <= READ
    assert len(shed) >= 40
    assert set(shed) <= {"5", "30"}
