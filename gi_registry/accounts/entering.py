"""From a right password to a session: the second page where a factor is set up or needed, then the session itself.

Between the two pages the signed cookie says who knew the password and when; it opens nothing else and ends after ten minutes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from flask import current_app, request, session, url_for
from flask_login import UserMixin, current_user, login_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from gi_registry.accounts import queries, service
from gi_registry.accounts.models import Person
from gi_registry.kernel.actor import ANONYMOUS
from gi_registry.kernel.errors import Conflict, Invalid
from gi_registry.kernel.peers import client_address
from gi_registry.kernel.words import say
from gi_registry.web.work import current_work, database
from gi_registry.workflow import Work, open_work

Taken = TypeVar("Taken")
STEP_LASTS = timedelta(minutes=10)


class SessionPerson(UserMixin):  # type: ignore[misc]  # the library has no types
    """What the signed cookie says: ``person:epoch:session``."""

    def __init__(self, key: str) -> None:
        self.id = key


def secret_key() -> str:
    """Return the installation's secret, under which authenticators' secrets are sealed."""
    return str(current_app.extensions["gi_settings"].secret_key)


def after_password(work: Work, person: Person, target: str) -> Response:
    """Go on after a right password: to the code, to setting up a factor, or in."""
    if service.has_factor(work.session, person.id or 0):
        return _step(work, person, target, "accounts.show_code")
    if service.needs_factor(work.session, person.id or 0):
        service.begin_enrolment(work, person, secret_key())
        return _step(work, person, target, "accounts.show_enrolment")
    enter(work, person)
    return redirect(target or url_for("desk.home"), 303)


def _step(work: Work, person: Person, target: str, endpoint: str) -> Response:
    _fresh()
    session["step"] = {"person": person.id, "epoch": person.epoch, "at": work.now.isoformat(), "next": target}
    return redirect(url_for(endpoint), 303)


def person_at_step(work: Work) -> Person:
    """Return the person who knew the password a moment ago. Raises Conflict when that is too long ago or undone meanwhile."""
    step = session.get("step") or {}
    person = queries.find_person_by_id(work.session, int(step.get("person") or 0))
    since = datetime.fromisoformat(step["at"]) if "at" in step else None
    if person is None or since is None or not person.active or person.epoch != step["epoch"] or work.now - since > STEP_LASTS:
        raise Conflict(say("登录没有完成，或停留过久。"), remedy=say("请重新输入登录名和密码。"))
    return person


def target_of_step() -> str:
    """Return where the person wanted to go."""
    return str((session.get("step") or {}).get("next") or "") or url_for("desk.home")


def enter(work: Work, person: Person) -> None:
    """Start a session of this browser."""
    started = service.begin_session(work, person, agent=request.user_agent.string)
    _fresh()
    if person.language:
        session["lang"] = person.language
    session.permanent = True
    login_user(SessionPerson(f"{person.id}:{person.epoch}:{started.id}"))


def session_key() -> tuple[int, int, int | None]:
    """Return person, epoch and session that the cookie names; the session is None in a cookie from before there were any."""
    person_id, epoch, *more = str(current_user.id).split(":")
    return int(person_id), int(epoch), int(more[0]) if more else None


def this_session() -> int | None:
    """Return the session of this browser."""
    return session_key()[2] if current_user.is_authenticated else None


def _fresh() -> None:
    """Forget what the browser carried, so that nobody can plant a session; of the visitor's only the chosen language stays."""
    chosen = session.get("lang")
    session.clear()
    session["lang"] = chosen


def try_code(work: Work, person: Person, check: Callable[[], Taken]) -> Taken:
    """Check a code of the second factor; wrong ones count together with wrong passwords. Raises TooMany and what ``check`` raises."""
    login = person.login
    service.check_tries(work, login, client=client_key())
    try:
        return check()
    except Invalid:
        note_failed(login)
        raise


def note_failed(login: str, *, letter: bool = False) -> None:
    """Count a failure in a Work of its own, because the request itself is refused."""
    client = client_key()
    current_work().rollback()
    with open_work(database(), actor=ANONYMOUS) as own:
        service.note_failure(own, login, client=client)
        if letter:
            service.note_wrong_code(own, login)


def client_key() -> str:
    """Return a keyed hash of the client's address: enough to count tries, not to know who."""
    key = str(current_app.secret_key).encode()[:64]
    address = client_address(request.environ, current_app.extensions["gi_settings"].trusted_proxies)
    return hashlib.blake2b(address.encode(), key=key, digest_size=12).hexdigest()
