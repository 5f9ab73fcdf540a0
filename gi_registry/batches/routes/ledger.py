"""Pages of the ledger."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.service import pages
from gi_registry.web.access import access
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

LEDGER_COLUMNS = ("year", "zone", "unit", "on_date", "tag", "account", "amount", "source_kind", "source_id", "transfer_id")


@bp.get("/authorisations/<int:authorisation_id>/ledger")
@access("ledger:view")
def show_ledger(authorisation_id: int) -> str | Response:
    """Show the statement of each year with its arithmetic; every figure opens its entries."""
    shown = pages.ledger_page(current_work(), authorisation_id, year=request.args.get("year", type=int))
    if wanted() == "html":
        return page("batches/ledger.html", shown=shown, **WORDS)
    rows = [_entry_cells(statement, entry) for statement in shown.statements for row in statement.entries.values() for entry in row]
    return table(rows, columns=LEDGER_COLUMNS, name="ledger")


def _entry_cells(statement: service.Statement, entry: object) -> dict[str, object]:
    cells = {name: getattr(entry, name, None) for name in LEDGER_COLUMNS}
    return cells | {"zone": statement.key.zone, "unit": statement.key.unit, "on_date": str(cells["on_date"])}
