"""Pages of yield caps."""

from __future__ import annotations

from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.schemas import CapFields
from gi_registry.batches.service import pages
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/office/gis/<int:gi_id>/caps")
@access("area:view")
def list_caps(gi_id: int) -> str:
    """List the yield caps of a GI, with the form of a new one."""
    return page("batches/caps.html", shown=pages.caps_page(current_work(), gi_id), **WORDS)


@bp.post("/office/gis/<int:gi_id>/caps")
@access("cap:edit")
def set_cap(gi_id: int) -> Response:
    """Put a cap on file; it supersedes the one before."""
    reshow(list_caps, gi_id)
    cap = service.set_cap(current_work(), gi_id, read_form(CapFields))
    message = say("%(year)s 年度单产上限第 %(revision)s 版已录入。", year=cap.year, revision=cap.revision)
    return redirect_with(message, "batches.list_caps", gi_id=gi_id)
