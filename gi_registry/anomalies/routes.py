"""Pages of findings: the list, one finding, what next, and the form of a recorded fact."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from gi_registry.anomalies import service
from gi_registry.anomalies.queries import ORDERS, Filters
from gi_registry.anomalies.rules.finding import FINDING_LIFE, UNITS, line_of, words_of
from gi_registry.anomalies.rules.grounds import BY_CODE, GROUNDS, RECORDED, SEVERITIES
from gi_registry.anomalies.schemas import DismissFinding, FactForm
from gi_registry.documents.service import Scan
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg, number_arg, year_arg
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with, translated
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work

bp = Blueprint("anomalies", __name__)

COLUMNS = ("id", "ground", "severity", "state", "year", "authorisation", "user", "gi", "summary", "first_found_at")
WORDS = {
    "life": FINDING_LIFE,
    "grounds": GROUNDS,
    "ground_names": BY_CODE,
    "severities": SEVERITIES,
    "units": UNITS,
    "line_of": line_of,
    "words_of": words_of,
}


@bp.get("/findings")
@access("finding:view")
def list_findings() -> str | Response:
    """Show the findings of the region; the filters stand in the address."""
    work, filters = current_work(), _filters()
    query = ordered(service.findings_query(work, filters), ORDERS)
    if wanted() != "html":
        return table((_row(row) for row in all_rows(work.session, query)), columns=COLUMNS, name="findings")
    listed = paginate(work.session, query)
    return page("anomalies/list.html", listed=listed, filters=filters, may_record=work.allows("fact:record"), **WORDS)


def _filters() -> Filters:
    return Filters(
        ground=request.args.get("ground", ""),
        state=request.args.get("state", "open"),
        severity=number_arg("severity"),
        year=year_arg(),
        text=request.args.get("q", "").strip()[:80],
        since=date_arg("since"),
    )


def _row(row: tuple[object, ...]) -> dict[str, object]:
    finding, number, user, gi = row
    kept = {name: getattr(finding, name) for name in ("id", "ground", "severity", "state", "year")}
    found_at = finding.first_found_at.isoformat()  # type: ignore[attr-defined]  # a row of the query
    summary = translated(words_of(finding.summary))  # type: ignore[attr-defined]  # a row of the query
    return {**kept, "authorisation": number, "user": user, "gi": gi, "summary": summary, "first_found_at": found_at}


@bp.get("/findings/<int:finding_id>")
@access("finding:view")
def show_finding(finding_id: int) -> str:
    """Show a finding: facts, arithmetic, parameter and rule version, and what to do next."""
    work = current_work()
    view = service.view_finding(work, finding_id)
    may = {"open_case": work.allows("finding:open_case", view.finding), "dismiss": work.allows("finding:dismiss", view.finding)}
    return page("anomalies/finding.html", view=view, may=may, **WORDS)


@bp.post("/findings/<int:finding_id>/dismiss")
@access("finding:dismiss")
def dismiss(finding_id: int) -> Response:
    """Set a finding aside with a reason."""
    reshow(show_finding, finding_id)
    fields = read_form(DismissFinding)
    service.dismiss_finding(current_work(), finding_id, reason=fields.reason, expected_version=fields.version)
    return redirect_with(say("已记录理由，线索不予采纳。"), "anomalies.show_finding", finding_id=finding_id)


@bp.post("/findings/run")
@access("finding:run")
def run() -> Response:
    """Judge the region now instead of tonight."""
    result = service.run(current_work())
    message = say("核算完成：新增 %(new)s 条，消除 %(cleared)s 条，暂不判断 %(unjudged)s 条。", new=result.new, cleared=result.cleared,
                  unjudged=len(result.unjudged))  # fmt: skip
    return redirect_with(message, "anomalies.list_findings")


@bp.get("/office/authorisations/<int:authorisation_id>/facts/new")
@access("fact:record")
def new_fact(authorisation_id: int) -> str:
    """Show the form of a fact that no machine computes."""
    return page("anomalies/fact_form.html", about=service.fact_page(current_work(), authorisation_id), recorded=RECORDED)


@bp.post("/office/authorisations/<int:authorisation_id>/facts/new")
@access("fact:record")
def record_fact(authorisation_id: int) -> Response:
    """Record what was established; it becomes a finding."""
    reshow(new_fact, authorisation_id)
    file, work = uploaded("document"), current_work()
    fact = service.file_fact(work, authorisation_id, read_form(FactForm), document=Scan(file.name, file.content) if file else None)
    return redirect_with(say("已登记事实，列为异常线索。是否立案由承办人决定。"), "anomalies.show_finding", finding_id=fact.finding_id)
