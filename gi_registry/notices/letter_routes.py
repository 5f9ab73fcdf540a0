"""Letters that let a person in, as the county and the security administrator issue them."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as Answer

from gi_registry.accounts import pages, service
from gi_registry.accounts.rules import ORGANISED, ROLE_LABELS
from gi_registry.accounts.rules.letters import IDENTITY_NAMES, PURPOSE_NAMES
from gi_registry.accounts.schemas import Invitee, RecoveryForm
from gi_registry.kernel.words import say
from gi_registry.notices import letters
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.languages import locale
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("letters", __name__)


@bp.get("/office/people/<int:person_id>/letters")
@access("person:invite")
def show_letters(person_id: int) -> str:
    """Show the letters of a person, and what may be issued."""
    shown = letters.letters_page(current_work(), person_id)
    return page("accounts/letters.html", shown=shown, purposes=PURPOSE_NAMES, identities=IDENTITY_NAMES)


@bp.post("/office/people/<int:person_id>/invitation")
@access("person:invite")
def invite(person_id: int) -> str:
    """Issue the first letter, and show its code, once."""
    reshow(show_letters, person_id)
    return _issued(service.invite(current_work(), person_id))


@bp.post("/office/people/<int:person_id>/recovery")
@access("person:recover")
def recover(person_id: int) -> str:
    """Issue a recovery letter, and show its code, once."""
    reshow(show_letters, person_id)
    return _issued(letters.recover(current_work(), person_id, identity=read_form(RecoveryForm).identity))


@bp.post("/office/letters/<int:letter_id>/void")
@access("person:invite")
def void(letter_id: int) -> Answer:
    """End a letter."""
    person = service.void_letter(current_work(), letter_id)
    return redirect_with(say("已作废，信上的代码不能再用。"), "letters.show_letters", person_id=person.id)


@bp.post("/office/letters/<int:letter_id>/print")
@access("person:invite")
def print_letter(letter_id: int) -> Response:
    """Typeset the letter from the code that is still on the page; nothing is stored."""
    public_url = current_app.extensions["gi_settings"].public_url
    code = request.form.get("code", "")[:60]
    content = letters.letter_pdf(current_work(), letter_id, code, public_url=public_url, language=locale())
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="letter-{letter_id}.pdf"'
    return answer


@bp.get("/office/organisations/<int:organisation_id>/people/new")
@access("person:invite")
def new_invitee(organisation_id: int) -> str:
    """Show the form of a person of an organisation of the region."""
    roles = [(role, ROLE_LABELS[role]) for role in ORGANISED]
    return page("accounts/invitee_form.html", shown=pages.organisation_to_invite_to(current_work(), organisation_id), roles=roles)


@bp.post("/office/organisations/<int:organisation_id>/people/new")
@access("person:invite")
def add_invitee(organisation_id: int) -> Answer:
    """Add a person who comes in by a letter."""
    reshow(new_invitee, organisation_id)
    person = service.add_invitee(current_work(), organisation_id, read_form(Invitee))
    return redirect_with(say("已增加账号 %(login)s，请打印邀请函。", login=person.login), "letters.show_letters", person_id=person.id)


def _issued(issued: service.Issued) -> str:
    return page("accounts/letter_issued.html", issued=issued, purposes=PURPOSE_NAMES)
