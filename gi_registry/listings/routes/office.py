"""The officers' queue and the page of a case."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import say
from gi_registry.listings import service
from gi_registry.listings.queries import ORDERS, CaseFilters, case_of_finding
from gi_registry.listings.routes.blueprint import WORDS, bp
from gi_registry.listings.rules.life import Action
from gi_registry.web.access import access
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work

COLUMNS = ("number", "state", "ground", "year", "severity", "user", "gi", "due_on", "opened_on", "decision_number")


@bp.get("/office/cases")
@access("desk:view")
def queue() -> str | Response:
    """Show the cases of the region, the nearest deadline first."""
    work = current_work()
    names = {"state": "state", "ground": "ground", "turn": "turn", "q": "text"}
    filters = CaseFilters(**{field: request.args.get(name, "").strip()[:80] for name, field in names.items()})
    query = ordered(service.case_queue(work, filters), ORDERS)
    if wanted() != "html":
        return table((_row(row) for row in all_rows(work.session, query)), columns=COLUMNS, name="cases")
    listed = paginate(work.session, query)
    return page("listings/queue.html", listed=listed, filters=filters, today=work.today, turn_of=service.turn_of, **WORDS)


def _row(row: tuple[object, ...]) -> dict[str, object]:
    case, user, gi = row
    return {name: getattr(case, name, None) for name in COLUMNS} | {"user": user, "gi": gi}


@bp.get("/office/cases/<int:case_id>")
@access("desk:view")
def show_case(case_id: int) -> str:
    """Show a case: state, facts, whose turn it is, the one main act, why not the others, and what was done."""
    return page("listings/case.html", view=service.view_case(current_work(), case_id), **WORDS)


@bp.get("/office/cases/<int:case_id>/acts/<action>")
@access("desk:view")
def show_act(case_id: int, action: str) -> str:
    """Show the form of one act."""
    view = service.view_case(current_work(), case_id)
    extra = (action == "serve_again" and view.case.state == "notice_issued") or (action == "prove_decision" and view.may_prove_decision)
    if not extra and (action not in set(Action) or view.choice(action) is None):
        raise NotFound
    return page("listings/act.html", view=view, action=action, choice=view.choice(action), **WORDS)


@bp.post("/findings/<int:finding_id>/case")
@access("finding:open_case")
def open_case(finding_id: int) -> Response:
    """Open a case on a finding."""
    version = request.form.get("version", type=int)
    case = service.open_case(current_work(), finding_id, expected_version=version)
    return redirect_with(say("已立案，案件编号 %(number)s。", number=case.number), "listings.show_case", case_id=case.id)


@bp.get("/findings/<int:finding_id>/case")
@access("finding:view")
def case_of(finding_id: int) -> Response:
    """Lead from a finding to its case."""
    case = case_of_finding(current_work().session, finding_id)
    if case is None:
        raise NotFound
    current_work().require("case:view", case)
    return redirect_with(None, "listings.show_case", case_id=case.id)
