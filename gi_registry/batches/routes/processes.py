"""Pages of processes: the form of each kind, what was done, where a batch comes from."""

from __future__ import annotations

import re

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.rules.process import ACTS, PROCESS_LIFE, PROCESS_WORDS
from gi_registry.batches.schemas import OutputFields, ProcessFields, Why
from gi_registry.batches.service import Portion, process_pages
from gi_registry.bulk.shapes import validated
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.arguments import number_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

INPUT = re.compile("input_([0-9]{1,9})")
MOST_ROWS = 40
PARTS = ("quantity", "product_id", "commodity", "grade", "net_content", "best_before_on")
_WORDS = {**WORDS, "processes": PROCESS_WORDS, "process_life": PROCESS_LIFE}


@bp.get("/authorisations/<int:authorisation_id>/processes/new")
@access("batch:declare")
def new_process(authorisation_id: int) -> str:
    """Ask what is to be done with batches, then show the form for that."""
    shown = process_pages.process_form_page(current_work(), authorisation_id, batch_id=number_arg("batch", 0) or 0)
    kind = request.form.get("kind") or request.args.get("kind", "")
    rows = min(max(number_arg("rows", 0) or 0, 1 if kind == "merge" else 4), MOST_ROWS)
    template = "batches/process_form.html" if kind in ACTS else "batches/process_kind.html"
    return page(template, shown=shown, kind=kind, rows=rows, **_WORDS)


@bp.post("/authorisations/<int:authorisation_id>/processes/new")
@access("batch:declare")
def do_process(authorisation_id: int) -> Response:
    """Make new batches of batches."""
    reshow(new_process, authorisation_id)
    fields, inputs, outputs = read_form(ProcessFields), _inputs(), _outputs()
    process = service.do_process(current_work(), authorisation_id, fields=fields, inputs=inputs, outputs=outputs)
    return redirect_with(say("%(kind)s已记录。", kind=PROCESS_WORDS[process.kind]), "batches.show_process", process_id=process.id)


def _inputs() -> list[Portion]:
    """Read the fields ``input_12`` of the form (in JSON: ``inputs``, id to quantity) that were filled in."""
    body = request.get_json(silent=True) if request.is_json else None
    given = body.get("inputs") if isinstance(body, dict) else None
    typed = {found[1]: value for key, value in request.form.items() if (found := INPUT.fullmatch(key))}
    pairs = given if isinstance(given, dict) else typed
    return [Portion(int(key), str(value)) for key, value in pairs.items() if re.fullmatch("[0-9]{1,9}", str(key)) and str(value).strip()]


def _outputs() -> list[OutputFields]:
    """Read the rows ``quantity_0`` … of the form (in JSON: ``outputs``, a list) whose quantity was filled in."""
    body = request.get_json(silent=True) if request.is_json else None
    given = body.get("outputs") if isinstance(body, dict) else None
    if not isinstance(given, list):
        rows = [{part: request.form.get(f"{part}_{at}", "").strip() for part in PARTS} | {"row": str(at)} for at in range(MOST_ROWS)]
        given = [{part: value for part, value in row.items() if value} for row in rows if row["quantity"]]
    return [validated(OutputFields, row, row) for row in given[:MOST_ROWS] if isinstance(row, dict)]


@bp.get("/processes/<int:process_id>")
@access("batch:view")
def show_process(process_id: int) -> str:
    """Show a process."""
    return page("batches/process.html", shown=process_pages.process_page(current_work(), process_id), **_WORDS)


@bp.post("/processes/<int:process_id>/undo")
@access("batch:declare")
def undo_process(process_id: int) -> Response:
    """Take back a process that was a mistake."""
    reshow(show_process, process_id)
    form = read_form(Why)
    service.undo_process(current_work(), process_id, why=form.reason, version=form.version)
    return redirect_with(say("加工记录已撤销。"), "batches.show_process", process_id=process_id)


@bp.get("/batches/<int:batch_id>/trace")
@access("batch:view")
def show_trace(batch_id: int) -> str:
    """Show where a batch comes from and what was made of it."""
    return page("batches/trace.html", shown=process_pages.trace_page(current_work(), batch_id), **_WORDS)


@bp.post("/batches/<int:batch_id>/sales")
@access("batch:declare")
def name_source(batch_id: int) -> Response:
    """Say that a sale came from this batch."""
    reshow(show_trace, batch_id)
    service.name_source(current_work(), batch_id, purchase_id=number_arg("purchase_id", 0) or 0)
    return redirect_with(say("已归入本批。"), "batches.show_trace", batch_id=batch_id)
