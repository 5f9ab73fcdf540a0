"""Pages of print houses, and the user's side of a commission."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.codes import service
from gi_registry.codes.routes import show_allotment
from gi_registry.codes.schemas import Commission, PrintedCount, Reason, Receipt, Shipped, Take
from gi_registry.config import Settings
from gi_registry.kernel.words import Words, say
from gi_registry.web.access import access
from gi_registry.web.downloads import handed_out
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("printing", __name__)


def _settings() -> Settings:
    found: Settings = current_app.extensions["gi_settings"]
    return found


# ---- the user ----


@bp.post("/allotments/<int:allotment_id>/commission")
@access("print:commission")
def commission(allotment_id: int) -> WerkzeugResponse:
    """Ask a print house."""
    reshow(show_allotment, allotment_id)
    service.commission(current_work(), allotment_id, read_form(Commission), _settings())
    return _back(allotment_id, say("已委托印制，并已告知印制单位。"))


@bp.post("/allotments/<int:allotment_id>/commission/cancel")
@access("print:commission")
def cancel(allotment_id: int) -> WerkzeugResponse:
    """Take a commission back."""
    reshow(show_allotment, allotment_id)
    service.cancel(current_work(), allotment_id, read_form(Reason))
    return _back(allotment_id, say("委托已撤回，并已告知印制单位。"))


@bp.post("/allotments/<int:allotment_id>/commission/again")
@access("print:commission")
def allow_again(allotment_id: int) -> WerkzeugResponse:
    """Let the print house take the files once more."""
    reshow(show_allotment, allotment_id)
    service.allow_again(current_work(), allotment_id, read_form(Reason))
    return _back(allotment_id, say("已准许重新下载，并已告知印制单位。"))


def _back(allotment_id: int, words: Words) -> WerkzeugResponse:
    return redirect_with(words, "codes.show_allotment", allotment_id=allotment_id)


# ---- the print house ----


@bp.get("/printing")
@access("print:work")
def list_jobs() -> str:
    """Show what the print house was asked for."""
    return page("codes/print_jobs.html", rows=service.view_jobs(current_work()))


@bp.get("/printing/<int:job_id>")
@access("print:work")
def show_job(job_id: int) -> str:
    """Show one job with its next step."""
    return page("codes/print_job.html", shown=service.view_job(current_work(), job_id))


@bp.post("/printing/<int:job_id>/files")
@access("print:work")
def take(job_id: int) -> Response:
    """Hand out the files; the hand-over is stored before the first octet leaves."""
    reshow(show_job, job_id)
    return handed_out(service.take(current_work(), job_id, read_form(Take), _settings()))


@bp.post("/printing/<int:job_id>/receipt")
@access("print:work")
def acknowledge(job_id: int) -> WerkzeugResponse:
    """Give the delivery receipt."""
    reshow(show_job, job_id)
    service.acknowledge(current_work(), job_id, read_form(Receipt))
    return _to(job_id, say("回执已交，委托方已知悉。"))


@bp.post("/printing/<int:job_id>/decline")
@access("print:work")
def decline(job_id: int) -> WerkzeugResponse:
    """Decline a commission."""
    reshow(show_job, job_id)
    service.decline(current_work(), job_id, read_form(Reason))
    return _to(job_id, say("已谢绝，委托方已知悉。"))


@bp.post("/printing/<int:job_id>/printed")
@access("print:work")
def finish_printing(job_id: int) -> WerkzeugResponse:
    """Say that the labels are printed."""
    reshow(show_job, job_id)
    service.finish_printing(current_work(), job_id, read_form(PrintedCount))
    return _to(job_id, say("已登记印好。发货后请登记发货。"))


@bp.post("/printing/<int:job_id>/shipped")
@access("print:work")
def ship(job_id: int) -> WerkzeugResponse:
    """Say that the labels left."""
    reshow(show_job, job_id)
    service.ship(current_work(), job_id, read_form(Shipped))
    return _to(job_id, say("已登记发货，委托方已知悉。"))


def _to(job_id: int, words: Words) -> WerkzeugResponse:
    return redirect_with(words, "printing.show_job", job_id=job_id)
