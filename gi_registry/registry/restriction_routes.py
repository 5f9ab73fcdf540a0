"""Restrictions that an officer imposes and lifts by hand."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.registry import rules, service
from gi_registry.registry.schemas import LiftForm, RestrictForm
from gi_registry.registry.service.pages import authorisation_page
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("restrictions", __name__)


@bp.get("/office/authorisations/<int:authorisation_id>/restrictions/new")
@access("authorisation:restrict")
def show_form(authorisation_id: int) -> str:
    """Show the form of a restriction."""
    return page("registry/restriction.html", shown=authorisation_page(current_work(), authorisation_id), effects=rules.EFFECT_LABELS)


@bp.post("/office/authorisations/<int:authorisation_id>/restrictions/new")
@access("authorisation:restrict")
def impose(authorisation_id: int) -> Response:
    """Impose a restriction."""
    reshow(show_form, authorisation_id)
    service.impose_by_hand(current_work(), authorisation_id, read_form(RestrictForm))
    return redirect_with(say("已作出限制。"), "registry.show_authorisation", authorisation_id=authorisation_id)


@bp.post("/office/authorisations/<int:authorisation_id>/restrictions/<int:restriction_id>/lift")
@access("authorisation:restrict")
def lift(authorisation_id: int, restriction_id: int) -> Response:
    """Lift a restriction from today on."""
    service.lift_by_hand(current_work(), authorisation_id, restriction_id, fields=read_form(LiftForm))
    return redirect_with(say("已解除限制。"), "registry.show_authorisation", authorisation_id=authorisation_id)
