"""Reads of accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, column, delete, func, or_, table
from sqlmodel import Session, col, select

from gi_registry.accounts.models import (
    CaseAssistance,
    Invitation,
    Organisation,
    Person,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    SignInAttempt,
    SignInSession,
)
from gi_registry.accounts.rules import WINDOW, Attempts, PeopleFilter
from gi_registry.kernel.errors import NotFound

_division = table("division", column("code"), column("path"))


def get_organisation(session: Session, organisation_id: int) -> Organisation:
    """Return the organisation; raise NotFound."""
    found = session.get(Organisation, organisation_id)
    if found is None:
        raise NotFound
    return found


def find_organisation(session: Session, uscc: str) -> Organisation | None:
    """Return the organisation with this USCC."""
    return session.exec(select(Organisation).where(Organisation.uscc == uscc)).first()


def find_person(session: Session, login: str) -> Person | None:
    """Return the person with this login (case does not matter)."""
    return session.exec(select(Person).where(Person.login == login.strip().lower())).first()


def get_person(session: Session, person_id: int) -> Person:
    """Return the person; raise NotFound."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotFound
    return found


def find_person_by_id(session: Session, person_id: int) -> Person | None:
    """Return the person with this identity."""
    return session.get(Person, person_id)


def grants_of(session: Session, person_id: int, on: date) -> list[RoleGrant]:
    """Return the roles in force on a day."""
    query = select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.valid_from <= on, or_(col(RoleGrant.valid_to).is_(None), col(RoleGrant.valid_to) > on)
    )
    return list(session.exec(query))


def paths_of(session: Session, codes: list[str]) -> tuple[str, ...]:
    """Return the tree paths of divisions."""
    rows = session.execute(select(_division.c.path).where(_division.c.code.in_(codes)))
    return tuple(sorted(row[0] for row in rows))


def assistance_of(session: Session, person_id: int) -> frozenset[tuple[str, int]]:
    """Return what the person was asked to assist in."""
    rows = session.exec(select(CaseAssistance).where(CaseAssistance.person_id == person_id))
    return frozenset((row.kind, row.subject_id) for row in rows)


def attempts(session: Session, login: str, client: str, now: datetime) -> Attempts:
    """Count the failed sign-ins of the window; one that a clock set back left in the future counts for nothing."""
    since = now - WINDOW

    def count(condition: object) -> int:
        query = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > since, SignInAttempt.at <= now, condition)  # type: ignore[arg-type]
        return int(session.exec(query).one())

    return Attempts(of_login=count(SignInAttempt.login == login), of_client=count(SignInAttempt.client == client))


def people_of(session: Session, organisation_id: int) -> list[Person]:
    """Return the people of an organisation."""
    return list(session.exec(select(Person).where(Person.organisation_id == organisation_id).order_by(col(Person.id))))


PEOPLE_ORDERS: dict[str, Any] = {"login": col(Person.login), "name": col(Person.name), "organisation": col(Organisation.name)}


def people_matching(filters: PeopleFilter, today: date) -> Any:
    """Return the query of (person, organisation or None) that fit: text in login, name or organisation, role in force, place, state."""
    query = select(Person, Organisation).outerjoin(Organisation, col(Organisation.id) == Person.organisation_id)
    if filters.q:
        columns: tuple[Any, ...] = (Person.login, Person.name, Organisation.name, Organisation.uscc)
        query = query.where(or_(*(col(item).contains(filters.q, autoescape=True) for item in columns)))
    if filters.role:
        held = select(RoleGrant.person_id).where(
            RoleGrant.role == filters.role,
            RoleGrant.valid_from <= today,
            or_(col(RoleGrant.valid_to).is_(None), col(RoleGrant.valid_to) > today),
        )
        query = query.where(col(Person.id).in_(held))
    if filters.organisation:
        named = col(Organisation.name).contains(filters.organisation, autoescape=True)
        query = query.where(or_(col(Organisation.uscc) == filters.organisation, named))
    if filters.state:
        query = query.where(_in_state(filters.state))
    return query.order_by(Person.login)


def _in_state(state: str) -> Any:
    if state == "blocked":
        return col(Person.active).is_(False)
    password = col(Person.password_hash)
    return and_(col(Person.active).is_(True), password != "" if state == "active" else password == "")


def all_grants_of(session: Session, person_ids: list[int]) -> list[RoleGrant]:
    """Return every role these people hold or held."""
    return list(session.exec(select(RoleGrant).where(col(RoleGrant.person_id).in_(person_ids)).order_by(col(RoleGrant.id))))


def get_grant(session: Session, person_id: int, grant_id: int) -> RoleGrant:
    """Return a role of this person; raise NotFound."""
    found = session.get(RoleGrant, grant_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found


def open_letter(session: Session, person_id: int) -> Invitation | None:
    """Return the letter that is neither used nor voided, locked until the transaction ends."""
    query = select(Invitation).where(
        Invitation.person_id == person_id, col(Invitation.used_at).is_(None), col(Invitation.voided_at).is_(None)
    )
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def get_letter(session: Session, letter_id: int) -> Invitation:
    """Return the letter; raise NotFound."""
    found = session.get(Invitation, letter_id)
    if found is None:
        raise NotFound
    return found


def letters_of(session: Session, person_id: int) -> list[Invitation]:
    """Return the letters of a person, the newest first."""
    return list(session.exec(select(Invitation).where(Invitation.person_id == person_id).order_by(col(Invitation.id).desc())))


def letters_to(session: Session, person_id: int, since: datetime) -> int:
    """Count the letters to a person since a moment."""
    query = select(func.count()).select_from(Invitation).where(Invitation.person_id == person_id, Invitation.issued_at > since)
    return int(session.exec(query).one())


def letters_by(session: Session, officer_id: int | None, since: datetime) -> int:
    """Count the letters that an officer issued since a moment."""
    query = select(func.count()).select_from(Invitation).where(Invitation.issued_by == officer_id, Invitation.issued_at > since)
    return int(session.exec(query).one())


def find_factor(session: Session, person_id: int) -> SecondFactor | None:
    """Return the second factor of a person, confirmed or not."""
    return session.exec(select(SecondFactor).where(SecondFactor.person_id == person_id)).first()


def lock_factor(session: Session, person_id: int) -> SecondFactor | None:
    """Return the second factor, read afresh and locked, so that one code is taken once."""
    query = select(SecondFactor).where(SecondFactor.person_id == person_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).first()


def lock_recovery_code(session: Session, person_id: int, digest: str) -> RecoveryCode | None:
    """Return the unused recovery code with this digest, locked."""
    query = select(RecoveryCode).where(
        RecoveryCode.person_id == person_id, RecoveryCode.digest == digest, col(RecoveryCode.used_at).is_(None)
    )
    return session.exec(query.with_for_update().execution_options(populate_existing=True)).first()


def delete_recovery_codes(session: Session, person_id: int) -> None:
    """Forget the recovery codes of a person."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.person_id) == person_id))


def recovery_codes_left(session: Session, person_id: int) -> int:
    """Count the recovery codes that are not used."""
    query = select(func.count()).select_from(RecoveryCode).where(RecoveryCode.person_id == person_id, col(RecoveryCode.used_at).is_(None))
    return int(session.exec(query).one())


def sessions_of(session: Session, person_id: int) -> list[SignInSession]:
    """Return the sessions of a person that were not ended, the newest first."""
    query = select(SignInSession).where(SignInSession.person_id == person_id, col(SignInSession.ended_at).is_(None))
    return list(session.exec(query.order_by(col(SignInSession.id).desc())))


def find_session(session: Session, session_id: int, person_id: int) -> SignInSession | None:
    """Return a session of this person."""
    found = session.get(SignInSession, session_id)
    return found if found is not None and found.person_id == person_id else None


def last_sign_ins(session: Session, person_ids: list[int]) -> dict[int, datetime]:
    """Return the moment each person last signed in."""
    query = select(SignInSession.person_id, func.max(SignInSession.started_at)).where(col(SignInSession.person_id).in_(person_ids))
    return {row[0]: row[1] for row in session.exec(query.group_by(col(SignInSession.person_id)))}
