"""The office's page of verdicts that changed with an area."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, bp
from gi_registry.web.access import access
from gi_registry.web.arguments import number_arg
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.work import current_work

COLUMNS = ("number", "name", "zone", "authorisation", "user", "was_verdict", "was_distance_m", "verdict", "reason", "distance_m")


@bp.get("/office/gis/<int:gi_id>/judgements")
@access("gi:view")
def list_judgements(gi_id: int) -> str | Response:
    """Show which plots of a GI got another verdict, by ``?run=`` or the newest run."""
    work = current_work()
    shown = service.judgements_page(work, gi_id, number_arg("run", least=1, most=2**31 - 1))
    if wanted() != "html":
        return table((_cells(*row) for row in all_rows(work.session, shown.changes)), columns=COLUMNS, name="judgements")
    return page("origin/judgements.html", shown=shown, found=paginate(work.session, shown.changes), **WORDS)


def _cells(change: Any, plot: Any, authorisation: Any) -> dict[str, object]:
    who = {"authorisation": authorisation.number, "user": authorisation.raw_name}
    stated = {"number": plot.number, "name": plot.name, "zone": plot.zone}
    return {**stated, **who, **{name: getattr(change, name) for name in COLUMNS[5:]}}
