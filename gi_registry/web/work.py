"""One Work per request: opened when first asked for, committed once after a successful answer, else rolled back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from flask import Flask, Response, current_app, g, request
from sqlmodel import Session

from gi_registry.db import Database
from gi_registry.kernel.actor import Actor
from gi_registry.web.repeats import once
from gi_registry.workflow import Work, moment

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class RegistryFlask(Flask):
    """A Flask whose requests end their Work before the answer leaves, so that a commit that fails is an error like any other."""

    def dispatch_request(self) -> Response:
        """Answer, then commit what a successful answer promises; a request sent twice is done once."""
        if request.method in SAFE:
            return self._answer()
        response = once(current_work(), self._answer, again=_twin)
        work: Work | None = g.get("work")
        if work is not None:
            if response.status_code < 400:
                work.commit()
            else:
                work.rollback()
        return response

    def _answer(self) -> Response:
        return self.make_response(super().dispatch_request())


def database() -> Database:
    """Return the database of this application."""
    found: Database = current_app.extensions["gi_database"]
    return found


def current_work() -> Work:
    """Return the Work of this request; a GET gets one that cannot write."""
    return g.get("work") or _open(writable=request.method not in SAFE)


def restart_work() -> None:
    """Forget what the request did, and let the page that explains why read afresh."""
    close_work()
    _open(writable=False)


def _twin() -> Work:
    restart_work()
    return current_work()


def _open(*, writable: bool) -> Work:
    g.work_stack = ExitStack()
    session = g.work_stack.enter_context(database().session(writable=writable))
    load: Callable[[Session], Actor] = current_app.extensions["gi_actor"]
    g.work = Work(session, load(session), moment(session))
    work: Work = g.work
    return work


def close_work(_error: BaseException | None = None) -> None:
    """Roll back what was not committed and give the connection back."""
    g.pop("work", None)
    stack: ExitStack | None = g.pop("work_stack", None)
    if stack is not None:
        stack.close()
