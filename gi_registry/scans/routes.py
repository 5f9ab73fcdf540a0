"""The pages of scans: of one's own codes, and of a recall."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.batches.rules.amounts import unit_words, write_amount
from gi_registry.batches.rules.life import BATCH_LIFE
from gi_registry.batches.schemas import Why
from gi_registry.batches.service import recall_batch as recall
from gi_registry.codes.rules.life import STATUS_LABELS
from gi_registry.kernel.words import say
from gi_registry.scans import overview, recalls
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg, number_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("scans", __name__)

RUN_COLUMNS = ("batch", "allotment", "range", "first", "last", "labels")
COLUMNS = ("day", "checks", "first_checks", "repeats", "not_counted")


@bp.get("/codes/scans")
@access("scan:view")
def show_scans() -> str | Response:
    """Show how the codes one may see were looked up; the filters stand in the address."""
    filters = overview.Filters(date_arg("since"), date_arg("until"), number_arg("product", 0) or 0, number_arg("allotment", 0) or 0)
    shown = overview.view_scans(current_work(), filters, secret_key=current_app.extensions["gi_settings"].secret_key)
    if wanted() != "html":
        return table(overview.day_rows(shown), columns=COLUMNS, name=f"scans-{shown.since}-{shown.until}")
    return page("scans/overview.html", shown=shown, filters=filters, statuses=STATUS_LABELS)


@bp.get("/batches/<int:batch_id>/recall")
@access("batch:view")
def show_recall(batch_id: int) -> str | Response:
    """Show what a recall of a batch reaches, before it is confirmed and after; as CSV the runs of labels."""
    shown = recalls.recall_page(current_work(), batch_id)
    if wanted() != "html":
        return table(recalls.run_rows(shown), columns=RUN_COLUMNS, name=f"recall-{shown.root.number}")
    return page("scans/recall.html", shown=shown, life=BATCH_LIFE, amount=write_amount, unit_of=unit_words)


@bp.post("/batches/<int:batch_id>/recall")
@access("batch:recall")
def recall_batch(batch_id: int) -> WerkzeugResponse:
    """Recall a batch and everything made of it."""
    reshow(show_recall, batch_id)
    form = read_form(Why)
    batch = recall(current_work(), batch_id, why=form.reason, version=form.version)
    return redirect_with(say("批次 %(number)s 已召回。", number=batch.number), "scans.show_recall", batch_id=batch_id)
