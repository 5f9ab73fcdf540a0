"""The case as its party sees it."""

from __future__ import annotations

from io import BytesIO

from flask import request, send_file
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.listings import service
from gi_registry.listings.routes.blueprint import WORDS, attachments, bp
from gi_registry.listings.schemas import FileDefence, ReasonedAct
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/cases")
@access("case:rectify")
def own_cases() -> str:
    """Show the cases in which a paper was addressed to one's organisation."""
    work = current_work()
    return page("listings/own.html", rows=service.own_cases(work), today=work.today, turn_of=service.turn_of, **WORDS)


@bp.get("/cases/<int:case_id>")
@access("case:rectify")
def show_own_case(case_id: int) -> str:
    """Show what was addressed to the party, by when it may answer, and the forms to do so."""
    return page("listings/party.html", view=service.view_case(current_work(), case_id), **WORDS)


@bp.get("/cases/<int:case_id>/papers/<int:document_id>")
@access("case:view")
def show_paper(case_id: int, document_id: int) -> Response:
    """Hand out a paper: what the registry wrote is shown (``?language=en``: to be read in English), what people handed in is downloaded."""
    work, language = current_work(), request.args.get("language", "")
    document, content = service.paper(work, case_id, document_id, language=language)
    handed_in = not service.is_own_paper(work, document)
    stream, etag = BytesIO(content), f"{document.sha256}{language}"
    answer = send_file(stream, mimetype=document.media_type, as_attachment=handed_in, download_name=document.name, etag=etag)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get("/cases/<int:case_id>/papers/<int:document_id>/proof-form")
@access("case:handle")
def show_proof_form(case_id: int, document_id: int) -> Response:
    """Hand out the form on which the recipient of a paper signs (送达回证), ready to print."""
    form = service.proof_form(current_work(), case_id, document_id)
    return send_file(BytesIO(form.content), mimetype=form.media_type, download_name=form.name, etag=form.sha256)


@bp.post("/cases/<int:case_id>/receive")
@access("case:rectify")
def receive(case_id: int) -> Response:
    """Confirm receipt of an electronic service."""
    service.confirm_receipt(current_work(), case_id)
    return redirect_with(say("已确认收到。期限自次日起算。"), "listings.show_own_case", case_id=case_id)


@bp.post("/cases/<int:case_id>/defence")
@access("case:defend")
def file_defence(case_id: int) -> Response:
    """File the statement."""
    reshow(show_own_case, case_id)
    fields = read_form(FileDefence)
    service.file_defence(current_work(), case_id, version=fields.version, points=fields.points, files=attachments())
    return redirect_with(say("已提交陈述申辩，将逐条得到答复。"), "listings.show_own_case", case_id=case_id)


@bp.post("/cases/<int:case_id>/objection")
@access("case:defend")
def file_objection(case_id: int) -> Response:
    """Raise an objection."""
    reshow(show_own_case, case_id)
    fields = read_form(ReasonedAct)
    service.object_to_listing(current_work(), case_id, version=fields.version, note=fields.note, files=attachments())
    return redirect_with(say("已提交异议。"), "listings.show_own_case", case_id=case_id)


@bp.post("/cases/<int:case_id>/rectification")
@access("case:rectify")
def file_rectification(case_id: int) -> Response:
    """File what was repaired."""
    reshow(show_own_case, case_id)
    fields = read_form(ReasonedAct)
    service.file_rectification(current_work(), case_id, version=fields.version, note=fields.note, files=attachments())
    return redirect_with(say("已提交整改材料，等待核实。"), "listings.show_own_case", case_id=case_id)
