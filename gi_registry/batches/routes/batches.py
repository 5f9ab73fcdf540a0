"""Pages of batches."""

from __future__ import annotations

import re

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.rules.life import DECLARED_KINDS, Kind
from gi_registry.batches.rules.process import PROCESS_WORDS
from gi_registry.batches.schemas import BatchFields, Version, Why
from gi_registry.batches.service import Share, pages, process_pages
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

PLOT_ID = re.compile("[0-9]{1,9}")


BATCH_COLUMNS = ("number", "kind", "harvest_year", "account_year", "harvested_on", "quantity", "unit", "labelled", "available", "state")


@bp.get("/authorisations/<int:authorisation_id>/batches")
@access("batch:view")
def list_batches(authorisation_id: int) -> str | Response:
    """List the batches of an authorisation."""
    shown = pages.batches_page(current_work(), authorisation_id, year=request.args.get("year", type=int))
    if wanted() == "html":
        return page("batches/batches.html", shown=shown, **WORDS)
    return table([_batch_cells(row) for row in shown.rows], columns=BATCH_COLUMNS, name="batches")


def _batch_cells(row: pages.BatchRow) -> dict[str, object]:
    values = {name: getattr(row.batch, name, None) for name in BATCH_COLUMNS}
    on = row.batch.harvested_on
    return values | {"labelled": row.labelled, "available": row.available, "harvested_on": on.isoformat() if on else None}


@bp.get("/authorisations/<int:authorisation_id>/batches/new")
@access("batch:declare")
def new_batch(authorisation_id: int) -> str:
    """Ask where the goods come from, then show the form for that."""
    shown = pages.batch_form_page(current_work(), authorisation_id)
    kind = request.form.get("kind") or request.args.get("kind", "")
    template = "batches/batch_form.html" if kind in DECLARED_KINDS else "batches/batch_kind.html"
    return page(template, shown=shown, kind=kind, **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/batches/new")
@access("batch:declare")
def declare_batch(authorisation_id: int) -> Response:
    """Declare a batch."""
    reshow(new_batch, authorisation_id)
    fields = read_form(BatchFields)
    shares = _shares() if fields.kind is Kind.HARVEST else []
    batch = service.declare_batch(current_work(), authorisation_id, fields=fields, shares=shares)
    return redirect_with(say("批次 %(number)s 已申报。", number=batch.number), "batches.show_batch", batch_id=batch.id)


def _shares() -> list[Share]:
    """Read the fields ``plot_12`` of the form (in JSON: ``plots``, id to quantity) that were filled in."""
    body = request.get_json(silent=True) if request.is_json else None
    given = body.get("plots") if isinstance(body, dict) else None
    typed = {key.removeprefix("plot_"): value for key, value in request.form.items() if key.startswith("plot_")}
    found = given if isinstance(given, dict) else typed
    return [Share(int(key), str(value)) for key, value in found.items() if PLOT_ID.fullmatch(str(key)) and str(value).strip()]


@bp.get("/batches/<int:batch_id>")
@access("batch:view")
def show_batch(batch_id: int) -> str:
    """Show a batch."""
    work = current_work()
    shown, trace = pages.batch_page(work, batch_id), process_pages.trace_page(work, batch_id)
    return page("batches/batch.html", shown=shown, trace=trace, processes=PROCESS_WORDS, **WORDS)


@bp.post("/batches/<int:batch_id>/close")
@access("batch:declare")
def close_batch(batch_id: int) -> Response:
    """Close a batch."""
    batch = service.close_batch(current_work(), batch_id, version=read_form(Version).version)
    return redirect_with(say("批次 %(number)s 已办结。", number=batch.number), "batches.show_batch", batch_id=batch_id)


@bp.post("/batches/<int:batch_id>/withdraw")
@access("batch:declare")
def withdraw_batch(batch_id: int) -> Response:
    """Take back a batch that was declared by mistake."""
    reshow(show_batch, batch_id)
    form = read_form(Why)
    batch = service.withdraw_batch(current_work(), batch_id, why=form.reason, version=form.version)
    return redirect_with(say("批次 %(number)s 已撤回。", number=batch.number), "batches.show_batch", batch_id=batch_id)


@bp.post("/batches/<int:batch_id>/confirm-sale")
@access("batch:declare")
def confirm_sale(batch_id: int) -> Response:
    """Confirm, as the seller, what another user says it bought."""
    batch = service.confirm_sale(current_work(), batch_id, version=read_form(Version).version)
    return redirect_with(say("已确认售出。"), "batches.show_ledger", authorisation_id=batch.supplier_authorisation_id)
