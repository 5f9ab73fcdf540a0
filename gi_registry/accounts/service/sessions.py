"""Sessions: who acts by them, and how they end."""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import Session

from gi_registry.accounts import queries
from gi_registry.accounts.models import Person, SignInSession
from gi_registry.accounts.rules import agent_name, approves_alone
from gi_registry.kernel.actor import ANONYMOUS, Actor
from gi_registry.kernel.clock import legal_date
from gi_registry.kernel.errors import NotFound
from gi_registry.policy.service import find
from gi_registry.workflow import Work, moment

ONE_PERSON_KEY = "accounts.one-person-approves"


def actor_of(session: Session, person_id: int, *, epoch: int | None = None, session_id: int | None = None) -> Actor:
    """Return the Actor of a person; ANONYMOUS for one who is gone, inactive, or whose session was ended."""
    person = session.get(Person, person_id)
    if person is None or not person.active or (epoch is not None and epoch != person.epoch):
        return ANONYMOUS
    if session_id is not None and not _runs(session, session_id, person_id):
        return ANONYMOUS
    grants = queries.grants_of(session, person_id, legal_date(moment(session)))
    codes = [grant.division_code for grant in grants if grant.division_code]
    roles = frozenset(grant.role for grant in grants)
    return Actor(
        person_id=person_id,
        pseudonym=person.pseudonym,
        roles=roles | {"producer_approver"} if approves_for_firm(session, person, roles) else roles,
        organisation_id=person.organisation_id,
        division_paths=queries.paths_of(session, codes) if codes else (),
        cases=queries.assistance_of(session, person_id),
        name=person.name,
    )


def approves_for_firm(session: Session, person: Person, roles: frozenset[str]) -> bool:
    """Say whether this operator, alone in the firm, also carries the approver's role (policy ``accounts.one-person-approves``)."""
    if person.organisation_id is None or not approves_alone(roles, active_people=1, allowed=True):
        return False
    organisation = queries.get_organisation(session, person.organisation_id)
    value = find(session, ONE_PERSON_KEY, organisation.division_code, legal_date(moment(session)))
    active = sum(row.active for row in queries.people_of(session, person.organisation_id))
    return approves_alone(roles, active_people=active, allowed=bool(value and value.value))


def acts_as_approver(work: Work, organisation_id: int) -> bool:
    """Say whether the actor is an operator who also answers for this firm because nobody else works there."""
    actor = work.actor
    if actor.person_id is None or actor.organisation_id != organisation_id:
        return False
    person = queries.get_person(work.session, actor.person_id)
    held = frozenset(grant.role for grant in queries.grants_of(work.session, actor.person_id, work.today))
    return approves_for_firm(work.session, person, held)


def _runs(session: Session, session_id: int, person_id: int) -> bool:
    found = queries.find_session(session, session_id, person_id)
    return found is not None and found.ended_at is None


def begin_session(work: Work, person: Person, *, agent: str) -> SignInSession:
    """Remember a browser in which a person is signed in."""
    started = SignInSession(person_id=person.id or 0, started_at=work.now, agent=agent_name(agent))
    work.session.add(started)
    work.flush()
    return started


def sign_out(work: Work, session_id: int | None = None) -> None:
    """End the session a person acts by, also in a copied cookie; without one known, every session. Nothing for a visitor."""
    if work.actor.person_id is None:
        return
    if session_id is None:
        end_sessions(work, [queries.get_person(work.session, work.actor.person_id)])
    else:
        end_session(work, session_id)


def end_session(work: Work, session_id: int) -> None:
    """End one of one's own sessions. Raises NotFound for another's."""
    found = queries.find_session(work.session, session_id, work.actor.person_id or 0)
    if found is None:
        raise NotFound
    found.ended_at = found.ended_at or work.now
    work.session.add(found)
    work.flush()


def end_sessions(work: Work, people: Sequence[Person]) -> None:
    """End every session of these people."""
    for person in people:
        for running in queries.sessions_of(work.session, person.id or 0):
            running.ended_at = work.now
            work.session.add(running)
        person.epoch += 1
        person.version += 1
        work.record(person, "person:sessions_ended")
