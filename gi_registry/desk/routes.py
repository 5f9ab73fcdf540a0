"""Home pages and health."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from gi_registry.desk import service
from gi_registry.web.access import PUBLIC, SIGNED_IN, access
from gi_registry.web.arguments import path_inside
from gi_registry.web.metrics import exposition
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

bp = Blueprint("desk", __name__)


@bp.get("/home")
@access(SIGNED_IN)
def home() -> str:
    """Show what waits for this person: an officer's queue, a producer's tasks, or for others what they may open."""
    work = current_work()
    if work.allows("desk:view"):
        return page("desk/desk.html", desk=service.view_desk(work))
    if not work.allows("notice:view"):
        return page("desk/start.html", held=service.view_held(work))
    return page("desk/home.html", home=service.view_home(work))


@bp.get("/healthz")
@access(PUBLIC)
def healthz() -> Response:
    """Say that the process lives."""
    return Response("ok\n", mimetype="text/plain")


@bp.get("/readyz")
@access(PUBLIC)
def readyz() -> Response:
    """Say that the database answers."""
    service.require_installed(current_work())
    return Response("ready\n", mimetype="text/plain")


@bp.get("/metrics")
@access(PUBLIC)
def metrics() -> Response:
    """Show this process's counts and the scheduler's last successes; they name no person, address or code."""
    return exposition(current_work().session)


@bp.post("/demo/clock")
@access(PUBLIC)
def move_clock() -> Response:
    """Move the clock of a demonstration; a real installation has no such address."""
    service.move_clock(current_work(), request.form.get("working_days", 0, type=int))
    return redirect(path_inside(request.form.get("back", "")) or "/", 303)
