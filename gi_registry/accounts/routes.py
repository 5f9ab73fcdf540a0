"""Sign-in and sign-out."""

from __future__ import annotations

import hashlib

from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlmodel import Session
from werkzeug.wrappers import Response

from gi_registry.accounts import service
from gi_registry.accounts.schemas import SignIn
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work, database
from gi_registry.workflow import open_work

bp = Blueprint("accounts", __name__)


class SessionPerson(UserMixin):  # type: ignore[misc]  # the library has no types
    """What the signed cookie says: ``id:epoch``."""

    def __init__(self, key: str) -> None:
        self.id = key


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
    person_id, _, epoch = str(current_user.id).partition(":")
    return service.actor_of(session_of_work, int(person_id), epoch=int(epoch))


@bp.get("/sign-in")
@access(PUBLIC)
def show_sign_in() -> str:
    """Show the form."""
    return page("accounts/sign_in.html", next=_inside(request.values.get("next", "")))


@bp.post("/sign-in")
@access(PUBLIC)
def sign_in() -> Response:
    """Check login and password; a failure is counted in a Work of its own, because the request itself is refused."""
    reshow(show_sign_in)
    fields = read_form(SignIn)
    client = _client_key()
    try:
        person = service.check_sign_in(current_work(), fields.login, fields.password, client=client)
    except Invalid:
        current_work().rollback()
        with open_work(database(), actor=ANONYMOUS) as own:
            service.note_failure(own, fields.login, client=client)
        raise
    _begin_session(SessionPerson(f"{person.id}:{person.epoch}"))
    return redirect(_inside(fields.next) or url_for("desk.home"), 303)


def _begin_session(person: SessionPerson) -> None:
    """Start a fresh session; of the visitor's only the chosen language stays."""
    chosen = session.get("lang")
    session.clear()
    session["lang"] = chosen
    session.permanent = True
    login_user(person)


@bp.post("/sign-out")
@access(PUBLIC)
def sign_out() -> Response:
    """Forget the browser session, and end every other one of the person: a copied cookie dies with it."""
    service.sign_out(current_work())
    logout_user()
    session.clear()
    return redirect_with(say("您已退出登录。"), "accounts.show_sign_in")


def _inside(target: str) -> str:
    """Return ``target`` only if it is a path of this site (no open redirect)."""
    return target if target.startswith("/") and not target.startswith(("//", "/\\")) else ""


def _client_key() -> str:
    """Return a keyed hash of the client's address: enough to count tries, not to know who."""
    key = str(current_app.secret_key).encode()[:64]
    return hashlib.blake2b((request.remote_addr or "").encode(), key=key, digest_size=12).hexdigest()
