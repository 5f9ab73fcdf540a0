"""The page of scans and warnings of one's own codes."""

from __future__ import annotations

from flask import Blueprint, Response, current_app

from gi_registry.codes.rules.life import STATUS_LABELS
from gi_registry.scans import overview
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg, number_arg
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

bp = Blueprint("scans", __name__)

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
