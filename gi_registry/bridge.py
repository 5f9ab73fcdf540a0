"""Flask below an event loop: one request of RSGI becomes one call of a WSGI application in a thread.

The body is read before a thread is taken, so that a slow sender holds none; a long answer is sent while it is made, and no longer made when
its reader has gone. More requests than threads wait; more than ``MOST_WAITING`` are asked to come again.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from prometheus_client import Counter

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

logger = logging.getLogger(__name__)

THREADS = 8
MOST_WAITING = 64
PAUSE_S = 30.0
"""So long a sender may pause within a body."""
AT_ONCE = 256 * 1024
"""An answer up to this length is sent as one; of a longer one so much is made at a time."""
IN_MEMORY = 1024 * 1024
SHED = Counter("gi_requests_shed_total", "Requests that were asked to come again because too many waited")
BUSY = (
    "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content='width=device-width'><title>请稍候 Busy</title>"
    "<p>现在办理的人较多，请几秒钟后再试；请勿关闭正在填写的页面。"
    "<p lang=en>Many people are being served. Please try again in a few seconds, and keep the page you are filling in open."
).encode()

Headers = list[tuple[str, str]]


@dataclass
class _Answer:
    """What a WSGI application has said so far; ``more`` yields the rest."""

    status: int
    headers: Headers
    begun: bytes
    more: Iterator[bytes] | None
    close: Callable[[], None]


class Bridge:
    """Carries requests to a WSGI application."""

    def __init__(self, application: WSGIApplication, *, most_bytes: int) -> None:
        self._application, self._most_bytes = application, most_bytes
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="flask")
        self._inside = 0

    async def carry(self, scope: Any, proto: Any) -> None:
        """Answer one request."""
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                length = await self._read(scope, proto, body)
            except TimeoutError:
                proto.response_empty(408, [("connection", "close")])
                return
            if self._inside >= THREADS + MOST_WAITING:  # who still sends is not inside: slow senders keep nobody out
                SHED.inc()
                proto.response_bytes(503, [("content-type", "text/html; charset=utf-8"), ("retry-after", "5")], BUSY)
                return
            self._inside += 1
            try:
                await self._call(proto, environ_of(scope, body, length))
            finally:
                self._inside -= 1

    async def _call(self, proto: Any, environ: dict[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, self._called, environ)
        try:
            await self._send(proto, answer, head=environ["REQUEST_METHOD"] == "HEAD")
        finally:
            await loop.run_in_executor(self._pool, answer.close)

    async def _read(self, scope: Any, proto: Any, body: Any) -> int:
        """Put the body into ``body`` and return its length; of one that is too long only as much as shows that it is."""
        declared = scope.headers.get("content-length")
        if scope.headers.get("transfer-encoding") is None and declared in (None, "0"):
            return 0
        if declared is not None and declared.isdigit() and int(declared) > self._most_bytes:
            return int(declared)
        length, chunks = 0, aiter(proto)
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), PAUSE_S)
            except StopAsyncIteration:
                break
            length += len(chunk)
            if length > self._most_bytes:
                break
            body.write(chunk)
        body.seek(0)
        return length

    def _called(self, environ: dict[str, Any]) -> _Answer:
        said: list[tuple[str, Headers]] = []

        def start_response(status: str, headers: Headers, _problem: Any = None) -> Callable[[bytes], None]:
            said[:] = [(status, headers)]
            return _unused

        made: Iterable[bytes] = self._application(environ, start_response)
        close: Callable[[], None] = getattr(made, "close", _nothing)
        try:
            chunks = iter(made)
            begun, whole = _pull(chunks)
        except BaseException:
            close()
            raise
        status, headers = said[0]
        return _Answer(int(status[:3]), headers, begun, None if whole else chunks, close)

    async def _send(self, proto: Any, answer: _Answer, *, head: bool) -> None:
        headers = [(name.lower(), value) for name, value in answer.headers]
        if answer.more is None:
            if head or not answer.begun:
                proto.response_empty(answer.status, headers)
            else:
                proto.response_bytes(answer.status, headers, answer.begun)
            return
        loop, transport = asyncio.get_running_loop(), proto.response_stream(answer.status, headers)
        chunk, whole = answer.begun, False
        try:
            while chunk:
                await transport.send_bytes(chunk)
                chunk, whole = (b"", True) if whole else await loop.run_in_executor(self._pool, _pull, answer.more)
        except ProtocolClosed:
            logger.info("a reader went away before the end of the answer")


def environ_of(scope: Any, body: Any, length: int) -> dict[str, Any]:
    """Return the WSGI environment (PEP 3333) of an RSGI request whose body of ``length`` octets is in ``body``."""
    host, _, port = scope.server.rpartition(":")
    address, _, client_port = scope.client.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address.strip("[]"),
        "REMOTE_PORT": client_port,
        "CONTENT_LENGTH": str(length) if length else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in scope.headers.items():
        if name == "content-type":
            environ["CONTENT_TYPE"] = value
        elif name not in ("content-length", "transfer-encoding") and "_" not in name:  # a_b would pass for a-b
            key = f"HTTP_{name.upper().replace('-', '_')}"
            environ[key] = f"{environ[key]}{'; ' if name == 'cookie' else ','}{value}" if key in environ else value
    if "HTTP_HOST" not in environ and scope.authority:
        environ["HTTP_HOST"] = scope.authority
    return environ


def _pull(chunks: Iterator[bytes]) -> tuple[bytes, bool]:
    """Return the next ``AT_ONCE`` octets or so, and whether that was all."""
    found, length = [], 0
    for chunk in chunks:
        found.append(chunk)
        length += len(chunk)
        if length >= AT_ONCE:
            return b"".join(found), False
    return b"".join(found), True


def _unused(_octets: bytes) -> None:
    raise TypeError("write() of PEP 3333 is for applications older than it")


def _nothing() -> None:
    return None
