"""The inbox, consent to electronic service (电子送达确认书), and the public notices (公告送达)."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gi_registry.documents.service import Scan
from gi_registry.kernel.words import say
from gi_registry.notices import service
from gi_registry.notices.schemas import ConsentForm
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("notices", __name__)


@bp.get("/notices")
@access("notice:view")
def list_notices() -> str:
    """Show the inbox of one's organisation; looking marks nothing."""
    work = current_work()
    return page("notices/inbox.html", inbox=service.view_inbox(work), may_end=work.allows("consent:end"))


@bp.post("/notices/<int:notice_id>/read")
@access("notice:view")
def mark_read(notice_id: int) -> Response:
    """Confirm a notice."""
    service.mark_read(current_work(), notice_id)
    return redirect_with(say("已确认收到。"), "notices.list_notices")


@bp.get("/office/organisations/<int:organisation_id>/consent")
@access("consent:view")
def show_consent(organisation_id: int) -> str:
    """Show an office whether electronic service is agreed, and the signed papers."""
    work = current_work()
    view = service.view_consent(work, organisation_id)
    return page(
        "notices/consent.html",
        view=view,
        may_record=work.allows("consent:record", view.organisation),
        may_end=work.allows("consent:end", view.organisation),
    )


@bp.post("/office/organisations/<int:organisation_id>/consent")
@access("consent:record")
def record_consent(organisation_id: int) -> Response:
    """Record the signed confirmation of electronic service."""
    reshow(show_consent, organisation_id)
    file, work = uploaded("document"), current_work()
    service.file_consent(work, organisation_id, read_form(ConsentForm), paper=Scan(file.name, file.content) if file else None)
    return redirect_with(say("已登记电子送达确认书，可以电子送达。"), "notices.show_consent", organisation_id=organisation_id)


@bp.post("/office/organisations/<int:organisation_id>/consent/<int:consent_id>/end")
@access("consent:end")
def end_consent(organisation_id: int, consent_id: int) -> Response:
    """Record that the party withdraws: the county for it, or the party itself."""
    work = current_work()
    reshow(show_consent if work.allows("consent:view") else list_notices, *([organisation_id] if work.allows("consent:view") else []))
    ended = service.end_consent(work, organisation_id, consent_id)
    words = say("已撤回，自 %(on)s 起不再电子送达。", on=ended.ended_on)
    if work.allows("consent:view"):
        return redirect_with(words, "notices.show_consent", organisation_id=organisation_id)
    return redirect_with(words, "notices.list_notices")


@bp.get("/public-notices")
@access(PUBLIC)
def list_public_notices() -> str:
    """Show the public notices: party, document and where to collect it; never what it says."""
    return page("notices/public.html", notices=service.public_notices(current_work()))
