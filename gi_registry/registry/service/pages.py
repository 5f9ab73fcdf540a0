"""What the register's pages show of one authorisation or GI."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.divisions.queries import full_name, full_names
from gi_registry.kernel.words import Words, say
from gi_registry.log.queries import history
from gi_registry.registry import queries
from gi_registry.registry.models import (
    Authorisation,
    AuthorisationChange,
    AuthorisationRestriction,
    AuthorisationSite,
    Gi,
    Product,
    Protection,
)
from gi_registry.registry.rules import AUTHORISATION_LIFE, Standing
from gi_registry.registry.service.authorisations import view_authorisation
from gi_registry.registry.service.gis import view_gi
from gi_registry.registry.service.standing import standing
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Happening:
    """One line of a timeline, with its place in the public log."""

    at: datetime
    words: Words
    leaf_index: int


@dataclass(frozen=True)
class AuthorisationPage:
    """An authorisation with everything that belongs to it."""

    row: Authorisation
    gi: Gi
    protection: Protection
    organisation: Organisation | None
    place: str
    standing: Standing
    sites: list[AuthorisationSite]
    products: list[Product]
    restrictions: list[AuthorisationRestriction]
    changes: list[AuthorisationChange]
    events: list[Happening]

    @property
    def name(self) -> str:
        """The user's name: the organisation's where it is known."""
        return self.organisation.name if self.organisation else self.row.raw_name


@dataclass(frozen=True)
class GiPage:
    """A GI with its protections."""

    row: Gi
    holder: Organisation | None
    place: str
    authority: str
    protections: list[Protection]
    users: int


def authorisation_page(work: Work, authorisation_id: int) -> AuthorisationPage:
    """Return what the page of an authorisation shows; raise NotFound for one that the actor may not see."""
    row = view_authorisation(work, authorisation_id)
    session = work.session
    return AuthorisationPage(
        row=row,
        gi=queries.get_gi(session, row.gi_id),
        protection=queries.get_protection(session, row.protection_id),
        organisation=session.get(Organisation, row.organisation_id) if row.organisation_id else None,
        place=full_name(session, row.authority_division),
        standing=standing(session, row, work.today),
        sites=queries.sites_of(session, authorisation_id),
        products=queries.list_products(session, authorisation_id),
        restrictions=queries.restrictions_of(session, authorisation_id),
        changes=queries.changes_of(session, authorisation_id),
        events=[
            Happening(event.at, _ACTS.get(event.action) or AUTHORISATION_LIFE.label(event.action), event.leaf_index)
            for event in history(session, "authorisation", authorisation_id)
        ],
    )


_ACTS = {
    "import": say("由名单导入"),
    "register": say("登记"),
    "change": say("登记事项变更"),
    "match": say("与机构匹配"),
}  # what is recorded without a step of the life cycle


def gi_page(work: Work, gi_id: int) -> GiPage:
    """Return what the office page of a GI shows; raise NotFound for one of another region."""
    gi = view_gi(work, gi_id)
    session = work.session
    return GiPage(
        row=gi,
        holder=session.get(Organisation, gi.holder_org_id) if gi.holder_org_id else None,
        place=full_name(session, gi.division_code),
        authority=full_name(session, gi.authority_division),
        protections=queries.protections_of(session, gi_id),
        users=queries.counts_by_gi(session, [gi_id]).get(gi_id, 0),
    )


@dataclass(frozen=True)
class GiList:
    """What a list of GIs shows beside each: users in use and full place names; and the categories to choose from."""

    users: dict[int, int]
    places: dict[str, str]
    categories: list[str]


def gi_list(work: Work, rows: Sequence[Gi]) -> GiList:
    """Return what stands beside the rows of a list."""
    users = queries.counts_by_gi(work.session, [gi.id or 0 for gi in rows])
    return GiList(users, full_names(work.session, [gi.division_code for gi in rows]), queries.categories(work.session))


def gis_for(work: Work, *, text: str = "", category: str = "") -> Any:
    """Return the query of the GIs that the actor's office handles."""
    return queries.gis_matching(work.visible(Gi, "gi:view"), text=text, category=category)


def authorisations_for(
    work: Work, *, text: str = "", state: str = "", track: str = "", matched: bool | None = None, gi_id: int | None = None
) -> Any:
    """Return the query of (authorisation, GI, protection, organisation or None) that the actor may see."""
    condition = work.visible(Authorisation, "authorisation:view")
    return queries.authorisations_matching(condition, text=text, state=state, track=track, matched=matched, gi_id=gi_id)


def protections_for(work: Work, *, gi_id: int | None = None) -> list[tuple[Protection, Gi]]:
    """Return the protections under which the actor's office may register a user."""
    return queries.protections_to_choose(work.session, work.visible(Gi, "gi:view"), gi_id=gi_id)
