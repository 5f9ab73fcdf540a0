"""One's own account: password, contact, language, second factor, sessions."""

from __future__ import annotations

from gi_registry.accounts import queries
from gi_registry.accounts.models import Person
from gi_registry.accounts.rules import check_password
from gi_registry.accounts.schemas import Contact, OwnPassword
from gi_registry.accounts.service.passwords import hashed, matches
from gi_registry.accounts.service.sessions import end_sessions
from gi_registry.accounts.service.signing_in import check_tries
from gi_registry.kernel.errors import NotSignedIn, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

LANGUAGES = ("zh_CN", "en")


def oneself(work: Work) -> Person:
    """Return the person who acts. Raises NotSignedIn for a visitor and a job."""
    if work.actor.person_id is None:
        raise NotSignedIn
    return queries.get_person(work.session, work.actor.person_id)


def change_password(work: Work, fields: OwnPassword, *, client: str) -> Person:
    """Replace one's password and end every session; the caller begins a new one here.

    Raises TooMany when throttled, Invalid for a wrong old, a weak or a mistyped new password.
    """
    person = oneself(work)
    check_tries(work, person.login, client=client)
    if not matches(person.password_hash, fields.current):
        raise invalid("current", say("现在的密码不正确。"), say("请核对后重试。"))
    check_password(fields.password, login=person.login)
    if fields.password != fields.again:
        raise invalid("again", say("两次输入的密码不一致。"), say("请重新输入。"))
    person.password_hash = hashed(fields.password)
    work.record(person, "person:password_set")
    end_sessions(work, [person])
    work.flush()
    return person


def change_contact(work: Work, fields: Contact) -> Person:
    """Change where one is reached."""
    person = oneself(work)
    person.email, person.phone = fields.email, fields.phone
    return _changed(work, person, "person:contact_changed")


def change_language(work: Work, language: str) -> Person:
    """Choose the language of one's pages. Raises Invalid for one that is not there."""
    if language not in LANGUAGES:
        raise invalid("language", say("没有这种语言。"), say("请选择中文或 English。"))
    person = oneself(work)
    person.language = language
    return _changed(work, person, "person:language_changed")


def sign_out_everywhere(work: Work) -> None:
    """End every session of oneself, this one too."""
    end_sessions(work, [oneself(work)])
    work.flush()


def _changed(work: Work, person: Person, tag: str) -> Person:
    person.version += 1
    work.record(person, tag)
    work.flush()
    return person
