"""A report on paper: receipt, print, and filing by the stamped print."""

from __future__ import annotations

from io import BytesIO

from flask import Response, request, send_file
from werkzeug.wrappers import Response as Answer

from gi_registry.documents.service import Scan
from gi_registry.kernel.words import say
from gi_registry.reports import service
from gi_registry.reports.routes.blueprint import WORDS, bp
from gi_registry.reports.routes.pages import show_check
from gi_registry.reports.schemas import StampedFiling
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.languages import locale
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/reports/<int:report_id>/receipt")
@access("report:view")
def show_receipt(report_id: int) -> str:
    """Show the receipt, ready for paper."""
    return page("reports/receipt.html", paper=service.receipt_of(current_work(), report_id), **WORDS)


@bp.get("/reports/<int:report_id>/receipt.pdf")
@access("report:view")
def download_receipt(report_id: int) -> Response:
    """Hand out the receipt as a PDF."""
    return _pdf(service.print_receipt(current_work(), report_id, language=locale()))


@bp.get("/reports/<int:report_id>/print.pdf")
@access("report:view")
def download_report(report_id: int) -> Response:
    """Hand out the report as a PDF: a draft to be stamped, or what was filed."""
    return _pdf(service.print_report(current_work(), report_id, language=locale()))


@bp.post("/reports/<int:report_id>/stamped")
@access("report:file")
def file_stamped(report_id: int) -> Answer:
    """File by the scan of the stamped print, and show the receipt."""
    reshow(show_check, report_id)
    scan = scan_of("scan")
    service.file_stamped(current_work(), report_id, fields=read_form(StampedFiling), scan=scan)
    return redirect_with(say("已报送。"), "reports.show_receipt", report_id=report_id)


def scan_of(name: str) -> Scan | None:
    """Return the file of a form field as a scan; None when none was chosen."""
    upload = uploaded(name) if name in request.files else None
    return Scan(upload.name, upload.content) if upload is not None else None


def _pdf(printed: service.Printed) -> Response:
    answer = send_file(BytesIO(printed.content), mimetype="application/pdf", download_name=printed.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
