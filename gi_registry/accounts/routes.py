"""Sign-in, its second step, coming in by a letter, and sign-out."""

from __future__ import annotations

from flask import Blueprint, Flask, request, session
from flask_login import LoginManager, current_user, logout_user
from sqlmodel import Session
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gi_registry.accounts import entering, pages, service
from gi_registry.accounts.entering import SessionPerson, client_key
from gi_registry.accounts.schemas import FactorCode, Redeemed, SignIn
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.arguments import path_inside
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("accounts", __name__)


def register_sign_in(app: Flask) -> None:
    """Attach Flask-Login; the database is asked only when an actor is needed."""
    manager = LoginManager(app)
    manager.session_protection = "basic"
    manager.user_loader(SessionPerson)
    app.extensions["gi_actor"] = load_actor


def load_actor(session_of_work: Session) -> Actor:
    """Return the Actor that this browser session stands for."""
    if not current_user.is_authenticated:
        return ANONYMOUS
    person_id, epoch, session_id = entering.session_key()
    return service.actor_of(session_of_work, person_id, epoch=epoch, session_id=session_id)


@bp.get("/sign-in")
@access(PUBLIC)
def show_sign_in() -> str:
    """Show the form."""
    return page("accounts/sign_in.html", next=path_inside(request.values.get("next", "")))


@bp.post("/sign-in")
@access(PUBLIC)
def sign_in() -> Response:
    """Check login and password."""
    reshow(show_sign_in)
    fields = read_form(SignIn)
    try:
        person = service.check_sign_in(current_work(), fields.login, fields.password, client=client_key())
    except Invalid:
        entering.note_failed(fields.login)
        raise
    return entering.after_password(current_work(), person, path_inside(fields.next))


@bp.get("/sign-in/code")
@access(PUBLIC)
def show_code() -> str:
    """Ask for a code of the authenticator."""
    entering.person_at_step(current_work())
    return page("accounts/code.html")


@bp.post("/sign-in/code")
@access(PUBLIC)
def enter_code() -> Response:
    """Check the code and begin the session."""
    reshow(show_code)
    work, fields = current_work(), read_form(FactorCode)
    person, target = entering.person_at_step(work), entering.target_of_step()
    entering.try_code(work, person, lambda: service.check_factor(work, person, fields.code, secret_key=entering.secret_key()))
    entering.enter(work, person)
    return redirect(target, 303)


@bp.get("/sign-in/set-up")
@access(PUBLIC)
def show_enrolment() -> str:
    """Show the secret that the authenticator must learn."""
    work = current_work()
    person = entering.person_at_step(work)
    return page("accounts/enrolment.html", shown=pages.enrolment_page(work, person, entering.secret_key()), signing_in=True)


@bp.post("/sign-in/set-up")
@access(PUBLIC)
def enrol() -> str:
    """Confirm the authenticator, begin the session, and show the recovery codes, once."""
    reshow(show_enrolment)
    work, fields = current_work(), read_form(FactorCode)
    person, target = entering.person_at_step(work), entering.target_of_step()
    secret = entering.secret_key()
    codes = entering.try_code(work, person, lambda: service.confirm_enrolment(work, person, fields.code, secret_key=secret))
    entering.enter(work, person)
    return page("accounts/recovery_codes.html", codes=codes, next=target, login=person.login)


@bp.get("/invitation")
@access(PUBLIC)
def show_invitation() -> str:
    """Ask for what stands on the letter, and for a password."""
    return page("accounts/invitation.html", login=request.args.get("login", "")[:80])


@bp.post("/invitation")
@access(PUBLIC)
def redeem() -> Response:
    """Let a person in by login and code."""
    reshow(show_invitation)
    fields = read_form(Redeemed)
    try:
        person = service.redeem(current_work(), fields, client=client_key())
    except Invalid as refused:
        if any(error.field == "code" for error in refused.fields):
            entering.note_failed(fields.login, letter=True)
        raise
    return entering.after_password(current_work(), person, "")


@bp.post("/sign-out")
@access(PUBLIC)
def sign_out() -> Response:
    """Forget the browser session and end it in the database: a copied cookie dies with it."""
    if current_user.is_authenticated:
        service.sign_out(current_work(), entering.this_session())
    logout_user()
    session.clear()
    return redirect_with(say("您已退出登录。"), "accounts.show_sign_in")
