"""What the pages of people and organisations show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from gi_registry.accounts import queries, service
from gi_registry.accounts.models import Organisation, Person, RoleGrant, SignInSession
from gi_registry.accounts.rules import PeopleFilter
from gi_registry.accounts.service.sessions import approves_for_firm
from gi_registry.kernel.symbol import drawn
from gi_registry.workflow import Work


@dataclass(frozen=True)
class PersonPage:
    """A person with every role, ended ones too; ``oneself`` cannot be shut out by oneself."""

    row: Person
    organisation: Organisation | None
    grants: list[RoleGrant]
    oneself: bool
    factor: bool
    needs_factor: bool
    last_sign_in: datetime | None
    answers_alone: bool


@dataclass(frozen=True)
class EnrolmentPage:
    """What a new authenticator must learn: a QR symbol (SVG) and the secret to type."""

    symbol: Markup
    secret: str
    login: str


@dataclass(frozen=True)
class ProfilePage:
    """One's own account."""

    row: Person
    organisation: Organisation | None
    grants: list[RoleGrant]
    sessions: list[SignInSession]
    factor: bool
    needs_factor: bool
    codes_left: int
    answers_alone: bool


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation with the people who work there and their roles in force."""

    row: Organisation
    people: list[Person]
    roles: dict[int, list[RoleGrant]]


def people_for(work: Work, filters: PeopleFilter) -> Any:
    """Return the query of (person, organisation or None)."""
    work.require("person:manage")
    return queries.people_matching(filters, work.today)


def people_rows(work: Work, found: Sequence[tuple[Person, Organisation | None]]) -> list[dict[str, object]]:
    """Return people as rows of an export: no phone, no e-mail, no pseudonym."""
    numbers = [person.id or 0 for person, _ in found]
    held, seen = roles_of(work, numbers), last_sign_ins_of(work, numbers)
    return [
        {
            "login": person.login,
            "name": person.name,
            "organisation": organisation.name if organisation else "",
            "uscc": organisation.uscc if organisation else "",
            "roles": " ".join(f"{grant.role}:{grant.division_code}".rstrip(":") for grant in held[person.id or 0]),
            "state": state_of(person),
            "last_sign_in": seen[person.id or 0].isoformat() if (person.id or 0) in seen else "",
        }
        for person, organisation in found
    ]


def state_of(person: Person) -> str:
    """Return ``active``, ``invited`` (has no password yet) or ``blocked``."""
    return "blocked" if not person.active else "active" if person.password_hash else "invited"


def last_sign_ins_of(work: Work, person_ids: list[int]) -> dict[int, datetime]:
    """Return when each person last signed in."""
    return queries.last_sign_ins(work.session, person_ids)


def roles_of(work: Work, person_ids: list[int]) -> dict[int, list[RoleGrant]]:
    """Return the roles in force of these people."""
    held: dict[int, list[RoleGrant]] = defaultdict(list)
    for grant in queries.all_grants_of(work.session, person_ids):
        if grant.valid_to is None or grant.valid_to > work.today:
            held[grant.person_id].append(grant)
    return held


def person_page(work: Work, person_id: int) -> PersonPage:
    """Return what the page of a person shows; raise NotFound."""
    work.require("person:manage")
    person = queries.get_person(work.session, person_id)
    return PersonPage(
        person,
        _organisation(work, person),
        queries.all_grants_of(work.session, [person_id]),
        oneself=person_id == work.actor.person_id,
        factor=service.has_factor(work.session, person_id),
        needs_factor=service.needs_factor(work.session, person_id),
        last_sign_in=last_sign_ins_of(work, [person_id]).get(person_id),
        answers_alone=_answers_alone(work, person),
    )


def profile_page(work: Work) -> ProfilePage:
    """Return what one's own page shows. Raises NotSignedIn."""
    person = service.oneself(work)
    person_id = person.id or 0
    return ProfilePage(
        person,
        _organisation(work, person),
        roles_of(work, [person_id])[person_id],
        queries.sessions_of(work.session, person_id),
        factor=service.has_factor(work.session, person_id),
        needs_factor=service.needs_factor(work.session, person_id),
        codes_left=queries.recovery_codes_left(work.session, person_id),
        answers_alone=_answers_alone(work, person),
    )


def enrolment_page(work: Work, person: Person, secret_key: str) -> EnrolmentPage:
    """Return the QR symbol and the secret of a factor that waits for its first code. Raises Conflict where none waits."""
    waiting = service.enrolment_of(work.session, person, secret_key)
    return EnrolmentPage(Markup(drawn(waiting.address)), waiting.secret, person.login)  # noqa: S704  # drawn from modules alone


def _organisation(work: Work, person: Person) -> Organisation | None:
    return queries.get_organisation(work.session, person.organisation_id) if person.organisation_id else None


def _answers_alone(work: Work, person: Person) -> bool:
    held = frozenset(grant.role for grant in queries.grants_of(work.session, person.id or 0, work.today))
    return approves_for_firm(work.session, person, held)


def organisation_to_invite_to(work: Work, organisation_id: int) -> Organisation:
    """Return an organisation whose people the actor may invite; raise NotFound outside the region."""
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("person:invite", organisation)
    return organisation


def organisation_page(work: Work, organisation_id: int) -> OrganisationPage:
    """Return what the office's page of an organisation shows; raise NotFound outside the region."""
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("organisation:edit", organisation)
    people = queries.people_of(work.session, organisation_id)
    return OrganisationPage(organisation, people, roles_of(work, [person.id or 0 for person in people]))
