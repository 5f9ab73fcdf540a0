"""What the pages of people and organisations show."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation, Person, RoleGrant
from gi_registry.workflow import Work


@dataclass(frozen=True)
class PersonPage:
    """A person with every role, ended ones too; ``oneself`` cannot be shut out by oneself."""

    row: Person
    organisation: Organisation | None
    grants: list[RoleGrant]
    oneself: bool


@dataclass(frozen=True)
class OrganisationPage:
    """An organisation with the people who work there and their roles in force."""

    row: Organisation
    people: list[Person]
    roles: dict[int, list[RoleGrant]]


def people_for(work: Work, text: str = "") -> Any:
    """Return the query of (person, organisation or None)."""
    work.require("person:manage")
    return queries.people_matching(text)


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
    organisation = queries.get_organisation(work.session, person.organisation_id) if person.organisation_id else None
    return PersonPage(person, organisation, queries.all_grants_of(work.session, [person_id]), person_id == work.actor.person_id)


def organisation_page(work: Work, organisation_id: int) -> OrganisationPage:
    """Return what the office's page of an organisation shows; raise NotFound outside the region."""
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("organisation:edit", organisation)
    people = queries.people_of(work.session, organisation_id)
    return OrganisationPage(organisation, people, roles_of(work, [person.id or 0 for person in people]))
