"""Pages of testing institutions and test reports."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches.routes.blueprint import bp
from gi_registry.batches.rules.quality import ENTERED_WORDS, RESULT_WORDS, TEST_LIFE
from gi_registry.batches.schemas import InstitutionFields, TestFields, Version, Why
from gi_registry.batches.service import quality
from gi_registry.batches.service import quality_pages as pages
from gi_registry.documents.service import Scan
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.downloads import attachment
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

WORDS = {"results": RESULT_WORDS, "entered": ENTERED_WORDS, "test_life": TEST_LIFE}


@bp.get("/batches/<int:batch_id>/tests/new")
@access("test:enter")
def new_test(batch_id: int) -> str:
    """Show the form of a report that the user of the mark has in hand."""
    return page("batches/test_form.html", shown=pages.entry_page(current_work(), batch_id), **WORDS)


@bp.post("/batches/<int:batch_id>/tests/new")
@access("test:enter")
def enter_test(batch_id: int) -> Response:
    """Enter a report as the user of the mark."""
    work = current_work()
    pages.entry_page(work, batch_id)
    reshow(new_test, batch_id)
    report = quality.enter_test(work, read_form(TestFields), document=_scan())
    return redirect_with(say("检测报告 %(number)s 已录入。", number=report.number), "batches.show_batch", batch_id=batch_id)


def _scan() -> Scan | None:
    file = uploaded("document")
    return Scan(file.name, file.content) if file else None


@bp.get("/tests")
@access("test:issue")
def my_tests() -> str:
    """Show an institution the reports it entered, and ask for the batch of the next one."""
    return page("batches/tests.html", shown=pages.own_tests(current_work()), **WORDS)


@bp.get("/tests/new")
@access("test:issue")
def new_issue() -> str:
    """Show an institution what it is told of the batches, and the form of a report on them."""
    numbers = (request.form.get("batches") or request.args.get("batch", "")).split()
    return page("batches/test_form.html", shown=pages.issue_page(current_work(), numbers), **WORDS)


@bp.post("/tests/new")
@access("test:issue")
def issue_test() -> Response:
    """Enter a report as the institution that issued it."""
    reshow(new_issue)
    report = quality.issue_test(current_work(), read_form(TestFields), document=_scan())
    return redirect_with(say("检测报告 %(number)s 已录入。", number=report.number), "batches.show_test", test_id=report.id)


@bp.get("/tests/<int:test_id>")
@access("test:view")
def show_test(test_id: int) -> str:
    """Show a report."""
    return page("batches/test.html", shown=pages.one_test(current_work(), test_id), **WORDS)


@bp.get("/tests/<int:test_id>/scan")
@access("test:view")
def download_scan(test_id: int) -> Response:
    """Hand out the scan of a report."""
    paper = pages.scan_of_test(current_work(), test_id)
    return attachment(paper.content, paper.name, media_type=paper.media_type, etag=paper.sha256)


@bp.post("/tests/<int:test_id>/withdraw")
@access("test:withdraw")
def withdraw_test(test_id: int) -> Response:
    """Withdraw a report that was entered by mistake."""
    reshow(show_test, test_id)
    form = read_form(Why)
    report = quality.withdraw_test(current_work(), test_id, why=form.reason, version=form.version)
    return redirect_with(say("检测报告 %(number)s 已撤回。", number=report.number), "batches.show_test", test_id=test_id)


@bp.get("/office/institutions")
@access("institution:view")
def list_institutions() -> str:
    """List the testing institutions, with the form of a new one."""
    return page("batches/institutions.html", shown=pages.institutions_page(current_work()))


@bp.post("/office/institutions")
@access("institution:edit")
def register_institution() -> Response:
    """Put an institution on file."""
    reshow(list_institutions)
    quality.register_institution(current_work(), read_form(InstitutionFields))
    return redirect_with(say("检测机构已登记。"), "batches.list_institutions")


@bp.get("/office/institutions/<int:institution_id>")
@access("institution:edit")
def edit_institution(institution_id: int) -> str:
    """Show what an institution is accredited for, to be corrected."""
    return page("batches/institution.html", shown=pages.institution_page(current_work(), institution_id))


@bp.post("/office/institutions/<int:institution_id>")
@access("institution:edit")
def change_institution(institution_id: int) -> Response:
    """Correct what an institution is accredited for."""
    reshow(edit_institution, institution_id)
    version = read_form(Version).version
    quality.change_institution(current_work(), institution_id, read_form(InstitutionFields), version=version)
    return redirect_with(say("资质已更正。"), "batches.list_institutions")
