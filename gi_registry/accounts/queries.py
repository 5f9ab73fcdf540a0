"""Reads of accounts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import column, func, or_, table
from sqlmodel import Session, col, select

from gi_registry.accounts.models import CaseAssistance, Organisation, Person, RoleGrant, SignInAttempt
from gi_registry.accounts.rules import WINDOW, Attempts
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
    """Count the failed sign-ins of the window."""
    since = now - WINDOW

    def count(condition: object) -> int:
        query = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.at > since, condition)  # type: ignore[arg-type]
        return int(session.exec(query).one())

    return Attempts(of_login=count(SignInAttempt.login == login), of_client=count(SignInAttempt.client == client))


def people_of(session: Session, organisation_id: int) -> list[Person]:
    """Return the people of an organisation."""
    return list(session.exec(select(Person).where(Person.organisation_id == organisation_id).order_by(col(Person.id))))


def people_matching(text: str = "") -> Any:
    """Return the query of (person, organisation or None) whose login, name or organisation contains ``text``."""
    query = select(Person, Organisation).outerjoin(Organisation, col(Organisation.id) == Person.organisation_id)
    if text:
        columns: tuple[Any, ...] = (Person.login, Person.name, Organisation.name, Organisation.uscc)
        query = query.where(or_(*(col(item).contains(text, autoescape=True) for item in columns)))
    return query.order_by(Person.login)


def all_grants_of(session: Session, person_ids: list[int]) -> list[RoleGrant]:
    """Return every role these people hold or held."""
    return list(session.exec(select(RoleGrant).where(col(RoleGrant.person_id).in_(person_ids)).order_by(col(RoleGrant.id))))


def get_grant(session: Session, person_id: int, grant_id: int) -> RoleGrant:
    """Return a role of this person; raise NotFound."""
    found = session.get(RoleGrant, grant_id)
    if found is None or found.person_id != person_id:
        raise NotFound
    return found
