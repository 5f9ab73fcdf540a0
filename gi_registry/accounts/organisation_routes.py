"""An organisation as its office keeps it."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from gi_registry.accounts import pages, service
from gi_registry.accounts.rules import ROLE_LABELS
from gi_registry.accounts.schemas import OrganisationForm
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("organisations", __name__)


@bp.get("/office/organisations/<int:organisation_id>")
@access("organisation:edit")
def show_organisation(organisation_id: int) -> str:
    """Show an organisation's form and who works there."""
    work = current_work()
    shown = pages.organisation_page(work, organisation_id)
    return page("accounts/organisation.html", shown=shown, labels=ROLE_LABELS, may_invite=work.allows("person:invite", shown.row))


@bp.post("/office/organisations/<int:organisation_id>")
@access("organisation:edit")
def edit_organisation(organisation_id: int) -> Response:
    """Change an organisation."""
    reshow(show_organisation, organisation_id)
    service.edit_organisation(current_work(), organisation_id, read_form(OrganisationForm))
    return redirect_with(say("已保存。"), "organisations.show_organisation", organisation_id=organisation_id)
