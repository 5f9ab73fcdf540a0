"""One's own account."""

from __future__ import annotations

from flask import Blueprint, current_app, session
from werkzeug.wrappers import Response

from gi_registry.accounts import entering, pages, service
from gi_registry.accounts.rules import ROLE_LABELS
from gi_registry.accounts.schemas import Contact, FactorCode, LanguageForm, OwnPassword
from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.words import say
from gi_registry.web.access import SIGNED_IN, access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

bp = Blueprint("profile", __name__)


@bp.get("/profile")
@access(SIGNED_IN)
def show_profile() -> str:
    """Show one's own account."""
    return page(
        "accounts/profile.html",
        shown=pages.profile_page(current_work()),
        labels=ROLE_LABELS,
        sms=bool(current_app.extensions["gi_settings"].sms_url),
        this_session=entering.this_session(),
    )


@bp.post("/profile/password")
@access(SIGNED_IN)
def change_password() -> Response:
    """Replace one's password; every other session ends."""
    reshow(show_profile)
    work, fields = current_work(), read_form(OwnPassword)
    login = service.oneself(work).login
    try:
        person = service.change_password(work, fields, client=entering.client_key())
    except Invalid as refused:
        if any(error.field == "current" for error in refused.fields):
            entering.note_failed(login)
        raise
    entering.enter(work, person)
    return redirect_with(say("密码已更换，其他设备上的登录已结束。"), "profile.show_profile")


@bp.post("/profile/contact")
@access(SIGNED_IN)
def change_contact() -> Response:
    """Change where one is reached."""
    reshow(show_profile)
    service.change_contact(current_work(), read_form(Contact))
    return redirect_with(say("已保存联系方式。"), "profile.show_profile")


@bp.post("/profile/language")
@access(SIGNED_IN)
def change_language() -> Response:
    """Choose the language of one's pages."""
    reshow(show_profile)
    session["lang"] = service.change_language(current_work(), read_form(LanguageForm).language).language
    return redirect_with(None, "profile.show_profile")


@bp.post("/profile/sessions/<int:session_id>/end")
@access(SIGNED_IN)
def end_session(session_id: int) -> Response:
    """End one of one's own sessions."""
    service.end_session(current_work(), session_id)
    return redirect_with(say("已结束这台设备上的登录。"), "profile.show_profile")


@bp.post("/profile/sessions/end")
@access(SIGNED_IN)
def sign_out_everywhere() -> Response:
    """End every session of oneself, this one too."""
    service.sign_out_everywhere(current_work())
    session.clear()
    return redirect_with(say("已在所有设备上退出登录。"), "accounts.show_sign_in")


@bp.post("/profile/factor/begin")
@access(SIGNED_IN)
def begin_factor() -> Response:
    """Make a secret for a new authenticator."""
    reshow(show_profile)
    work = current_work()
    service.begin_enrolment(work, service.oneself(work), entering.secret_key())
    return redirect_with(None, "profile.show_factor")


@bp.get("/profile/factor")
@access(SIGNED_IN)
def show_factor() -> str:
    """Show the secret that the authenticator must learn."""
    work = current_work()
    shown = pages.enrolment_page(work, service.oneself(work), entering.secret_key())
    return page("accounts/enrolment.html", shown=shown, signing_in=False)


@bp.post("/profile/factor")
@access(SIGNED_IN)
def confirm_factor() -> str:
    """Confirm the authenticator and show the recovery codes, once."""
    reshow(show_factor)
    work, fields, secret = current_work(), read_form(FactorCode), entering.secret_key()
    person = service.oneself(work)
    codes = entering.try_code(work, person, lambda: service.confirm_enrolment(work, person, fields.code, secret_key=secret))
    return page("accounts/recovery_codes.html", codes=codes, next="/profile", login=person.login)


@bp.post("/profile/factor/codes")
@access(SIGNED_IN)
def renew_codes() -> str:
    """Replace the recovery codes and show the new ones, once."""
    reshow(show_profile)
    work, fields, secret = current_work(), read_form(FactorCode), entering.secret_key()
    person = service.oneself(work)
    codes = entering.try_code(work, person, lambda: service.renew_recovery_codes(work, person, fields.code, secret_key=secret))
    return page("accounts/recovery_codes.html", codes=codes, next="/profile", login=person.login)
