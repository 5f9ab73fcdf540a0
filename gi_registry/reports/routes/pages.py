"""Pages of annual reports: the lists, the whole form, a report, the officer's."""

from __future__ import annotations

from typing import Any

from flask import request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.words import say
from gi_registry.reports import service
from gi_registry.reports.queries import ORDERS, Wanted
from gi_registry.reports.routes.blueprint import WORDS, bp
from gi_registry.reports.rules.draft import parts
from gi_registry.reports.schemas import Draft, Filing, NilFiling, NilReport, Return, Step, draft_fields
from gi_registry.reports.service.lists import export_rows
from gi_registry.web.access import access
from gi_registry.web.arguments import json_body, number_arg, year_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.pagination import Page, everything, paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work
from gi_registry.workflow import Work

COLUMNS = ("authorisation", "user", "gi", "year", "status", "due_on", "state", "number", "receipt")
ROLLUP_COLUMNS = ("year", "by", "key", "name", "due", "filed", "late", "missing", "overdue", "not_open", "returned", "accepted")


@bp.get("/reports")
@access("report:view")
def list_reports() -> str | Response:
    """Show a producer its own years, an officer its region."""
    work = current_work()
    if not work.allows("report:draft"):
        return _region(work)
    rows = service.my_obligations(work)
    return _list_answer(rows) or page("reports/mine.html", rows=rows, today=work.today, **WORDS)


def _region(work: Work) -> str | Response:
    year, years = _year(work), range(work.today.year, work.today.year - 6, -1)
    asked = _asked()
    listed = service.list_obligations(work, year, wanted=asked, paginate=_sorted_page)
    whole = service.roll_up(work, year).whole
    return _list_answer(listed.rows) or page(
        "reports/list.html", listed=listed, whole=whole, year=year, years=years, asked=asked, today=work.today, **WORDS
    )


def _sorted_page(session: Any, query: Any) -> Page:
    sorted_query = ordered(query, ORDERS)
    return paginate(session, sorted_query) if wanted() == "html" else everything(session, sorted_query)


def _year(work: Work) -> int:
    year = year_arg() or work.today.year - 1
    return year if 2000 <= year <= work.today.year else work.today.year - 1


def _asked() -> Wanted:
    args = request.args
    return Wanted(
        status=args.get("status", "")[:20],
        state=args.get("state", "")[:20],
        text=args.get("q", "").strip()[:80],
        gi_id=number_arg("gi"),
        division=args.get("division", "").strip()[:20],
    )


@bp.get("/office/reports/rollup")
@access("desk:view")
def show_rollup() -> str | Response:
    """Show the line of a year over the region, by place and by GI."""
    work = current_work()
    rollup = service.roll_up(work, _year(work))
    if wanted() != "html":
        return table(service.rollup_rows(rollup), columns=ROLLUP_COLUMNS, name=f"reports-{rollup.year}")
    return page("reports/rollup.html", rollup=rollup, years=range(work.today.year, work.today.year - 6, -1), **WORDS)


def _list_answer(rows: Any) -> Response | None:
    return None if wanted() == "html" else table(export_rows(rows), columns=COLUMNS, name="reports")


@bp.get("/authorisations/<int:authorisation_id>/reports/<int:year>")
@access("report:draft")
def show_form(authorisation_id: int, year: int) -> str:
    """Show the prefilled form of a year."""
    work = current_work()
    form = service.open_form(work, authorisation_id, year)
    return page("reports/form.html", form=form, parts=parts(form.content), today=work.today, **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/reports/<int:year>")
@access("report:draft")
def save_form(authorisation_id: int, year: int) -> Response:
    """Keep the draft, then stay or go on to the check page."""
    reshow(show_form, authorisation_id, year)
    report = service.save_draft(current_work(), authorisation_id, year, fields=_read_draft())
    if request.form.get("next") == "check":
        return redirect_with(None, "reports.show_check", report_id=report.id)
    return redirect_with(say("草稿已保存。"), "reports.show_form", authorisation_id=authorisation_id, year=year)


def _read_draft() -> Draft:
    body = json_body() if request.is_json else draft_fields(request.form)
    if not storable(str(body)):
        raise invalid("body", say("内容里有不能保存的控制字符。"), say("请删去后重新提交。"))
    try:
        return Draft.model_validate(body)
    except ValidationError:
        raise invalid("version", say("表单不完整。"), say("请重新打开该年度的页面后填写。")) from None


@bp.get("/authorisations/<int:authorisation_id>/reports/<int:year>/nil")
@access("report:draft")
def show_nil(authorisation_id: int, year: int) -> str:
    """Show the one screen of a nil report."""
    work = current_work()
    form = service.open_form(work, authorisation_id, year)
    return page("reports/nil.html", form=form, may_file=work.allows("report:file", form.authorisation), today=work.today, **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/reports/<int:year>/nil")
@access("report:draft")
def save_nil(authorisation_id: int, year: int) -> Response:
    """File the nil report, or keep it for the one who files."""
    reshow(show_nil, authorisation_id, year)
    if request.form.get("next") == "file":
        report = service.file_nil(current_work(), authorisation_id, year, fields=read_form(NilFiling))
        return redirect_with(say("已报送。"), "reports.show_receipt", report_id=report.id)
    report = service.save_nil(current_work(), authorisation_id, year, fields=read_form(NilReport))
    return redirect_with(say("草稿已保存。"), "reports.show_check", report_id=report.id)


@bp.get("/reports/<int:report_id>")
@access("report:view")
def show_report(report_id: int) -> str:
    """Show a report: state, figures, filings, revisions, and what can be done now."""
    work = current_work()
    paper = service.view_report(work, report_id)
    return page("reports/view.html", paper=paper, parts=parts(paper.content), today=work.today, **WORDS)


@bp.get("/reports/<int:report_id>/check")
@access("report:draft")
def show_check(report_id: int) -> str:
    """Show everything once more before it is filed."""
    work = current_work()
    paper = service.check_page(work, report_id)
    return page("reports/check.html", paper=paper, parts=parts(paper.content), today=work.today, name=work.actor.name, **WORDS)


@bp.post("/reports/<int:report_id>/file")
@access("report:file")
def file_report(report_id: int) -> Response:
    """File, and show the receipt."""
    reshow(show_check, report_id)
    service.file_report(current_work(), report_id, fields=read_form(Filing))
    return redirect_with(say("已报送。"), "reports.show_receipt", report_id=report_id)


@bp.post("/reports/<int:report_id>/amend")
@access("report:draft")
def amend_report(report_id: int) -> Response:
    """Begin an amendment and open its form."""
    draft = service.amend_report(current_work(), report_id, fields=read_form(Step))
    return redirect_with(None, "reports.show_form", authorisation_id=draft.authorisation_id, year=draft.year)


@bp.post("/reports/<int:report_id>/withdraw")
@access("report:withdraw")
def withdraw_report(report_id: int) -> Response:
    """Withdraw a report."""
    service.withdraw_report(current_work(), report_id, fields=read_form(Step))
    return redirect_with(say("已撤回。该年度仍须报送。"), "reports.show_report", report_id=report_id)


@bp.get("/office/reports/<int:report_id>")
@access("desk:view")
def show_review(report_id: int) -> str:
    """Show an officer the filed figures beside the registry's."""
    review = service.open_review(current_work(), report_id)
    return page("reports/review.html", review=review, paper=review.paper, parts=parts(review.paper.content), **WORDS)


@bp.post("/office/reports/<int:report_id>/check")
@access("report:check")
def check_report(report_id: int) -> Response:
    """Record the county check."""
    reshow(show_review, report_id)
    service.check_report(current_work(), report_id, fields=read_form(Step))
    return redirect_with(say("县级核查已记录，等待另一名审批人接受。"), "reports.show_review", report_id=report_id)


@bp.post("/office/reports/<int:report_id>/accept")
@access("report:accept")
def accept_report(report_id: int) -> Response:
    """Accept a checked report."""
    reshow(show_review, report_id)
    service.accept_report(current_work(), report_id, fields=read_form(Step))
    return redirect_with(say("已接受。"), "reports.show_review", report_id=report_id)


@bp.post("/office/reports/<int:report_id>/return")
@access("report:return")
def return_report(report_id: int) -> Response:
    """Return a report with reasons."""
    reshow(show_review, report_id)
    service.return_report(current_work(), report_id, fields=read_form(Return))
    return redirect_with(say("已退回，理由已发送给用标人。"), "reports.show_review", report_id=report_id)
