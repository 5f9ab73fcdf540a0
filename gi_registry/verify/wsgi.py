"""The trace page as a WSGI application in front of Flask: ``/T/{code}`` and ``/t/{code}``, nothing else.

For tests and for servers that speak WSGI only; ``gi-registry serve`` answers the same from its event loop (``front``).
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from gi_registry.verify.exchange import METHODS, OTHER_METHODS, Reply, TracePage, is_trace

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def wrap(inner: WSGIApplication, page: TracePage) -> WSGIApplication:
    """Return an application that answers ``/T/`` and ``/t/`` itself and passes everything else on to ``inner``."""

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if is_trace(environ.get("PATH_INFO", "")):
            return _send(start_response, _answered(page, environ), head=environ.get("REQUEST_METHOD") == "HEAD")
        return inner(environ, start_response)

    return application


def _answered(page: TracePage, environ: WSGIEnvironment) -> Reply:
    method = environ.get("REQUEST_METHOD", "GET")
    if method not in METHODS:
        return Reply(405, OTHER_METHODS, b"")
    text = environ["PATH_INFO"][3:].encode("latin-1", "replace").decode("utf-8", "replace")
    return page.answer(page.question(text, environ, counts=method == "GET"))


def _send(start_response: StartResponse, reply: Reply, *, head: bool) -> list[bytes]:
    status = f"{reply.status} {HTTPStatus(reply.status).phrase}"
    start_response(status, [("Content-Length", str(len(reply.body))), *reply.headers])
    return [] if head else [reply.body]
