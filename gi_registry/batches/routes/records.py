"""Pages of records of goods: stocking, losses, adjustments, regrading."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.rules.records import RECORD_LIFE, RECORD_TONES, RECORD_WORDS
from gi_registry.batches.schemas import DecideFields, RecordFields, Why
from gi_registry.batches.service import goods_pages as pages
from gi_registry.documents.service import Scan
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

RECORD_COLUMNS = (
    "kind", "year", "zone", "commodity", "grade", "to_grade", "on_date", "quantity", "unit", "source", "reason", "evidence", "state",
)  # fmt: skip
_WORDS = WORDS | {"record_life": RECORD_LIFE, "tones": RECORD_TONES, "record_kinds": RECORD_WORDS}


@bp.get("/authorisations/<int:authorisation_id>/goods-records")
@access("ledger:view")
def list_records(authorisation_id: int) -> str | Response:
    """List the records of goods of an authorisation, and what it keeps of earlier harvests."""
    shown = pages.records_page(current_work(), authorisation_id)
    if wanted() == "html":
        return page("batches/records.html", shown=shown, **_WORDS)
    rows = [{name: getattr(row, name) for name in RECORD_COLUMNS} | {"on_date": row.on_date.isoformat()} for row in shown.rows]
    return table(rows, columns=RECORD_COLUMNS, name="goods-records")


@bp.get("/authorisations/<int:authorisation_id>/goods-records/new")
@access("batch:declare")
def new_record(authorisation_id: int) -> str:
    """Show the form of one kind of record; without a kind, the choice."""
    kind = request.form.get("kind") or request.args.get("kind", "")
    shown = pages.record_form_page(current_work(), authorisation_id)
    template = "batches/record_form.html" if kind in RECORD_WORDS else "batches/record_kind.html"
    return page(template, shown=shown, kind=kind, **_WORDS)


@bp.post("/authorisations/<int:authorisation_id>/goods-records/new")
@access("batch:declare")
def record_goods(authorisation_id: int) -> Response:
    """Put a record of goods on file and into the books."""
    reshow(new_record, authorisation_id)
    file = uploaded("document")
    scan = Scan(file.name, file.content) if file else None
    record = service.record_goods(current_work(), authorisation_id, fields=read_form(RecordFields), scan=scan)
    waits = RECORD_LIFE.initial == record.state
    message = say("调整超过县级核准的界限，核准后入账。") if waits else say("已入账。")
    return redirect_with(message, "batches.show_record", record_id=record.id)


@bp.get("/goods-records/<int:record_id>")
@access("ledger:view")
def show_record(record_id: int) -> str:
    """Show a record of goods."""
    return page("batches/record.html", shown=pages.record_page(current_work(), record_id), **_WORDS)


@bp.post("/goods-records/<int:record_id>/withdraw")
@access("batch:declare")
def withdraw_record(record_id: int) -> Response:
    """Take a record back, or answer it by the opposite where it is in the books."""
    reshow(show_record, record_id)
    form = read_form(Why)
    service.withdraw_record(current_work(), record_id, why=form.reason, version=form.version)
    return redirect_with(say("记录已撤回，台账已相应冲回。"), "batches.show_record", record_id=record_id)


@bp.post("/goods-records/<int:record_id>/decide")
@access("record:decide")
def decide_record(record_id: int) -> Response:
    """Approve or refuse an adjustment, as the county."""
    reshow(show_record, record_id)
    form = read_form(DecideFields)
    service.decide_record(current_work(), record_id, approve=form.decision, why=form.reason, version=form.version)
    return redirect_with(say("决定已记录。"), "batches.show_record", record_id=record_id)
