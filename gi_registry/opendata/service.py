"""The public register: what a page or a file of it shows. Names of natural persons are masked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import find_organisation
from gi_registry.divisions.queries import full_name, full_names
from gi_registry.kernel.errors import Invalid, NotFound
from gi_registry.kernel.identifiers import uscc
from gi_registry.kernel.words import Words
from gi_registry.listings.queries import PublishedListing, published_listing
from gi_registry.listings.rules.papers import masked
from gi_registry.opendata import queries
from gi_registry.opendata.rules import Filters, looks_like_person, public_state
from gi_registry.origin.service import PublicArea, public_areas
from gi_registry.registry.models import Authorisation, Gi, Protection
from gi_registry.registry.queries import counts_by_gi, get_gi, protections_of
from gi_registry.registry.rules import MAY_USE, standing_of
from gi_registry.registry.service import facts_of
from gi_registry.registry.service.extract import Extract, PublicEntry, public_extract
from gi_registry.workflow import Work

GI_COLUMNS = ("code", "name", "name_en", "category", "country", "division", "place", "holder", "tracks", "users", "url")
USER_COLUMNS = ("number", "name", "uscc", "gi", "track", "protection_number", "announcement", "valid_from", "valid_to", "state", "url")


@dataclass(frozen=True)
class GiLine:
    """A GI in the list."""

    id: int
    code: str
    name: str
    name_en: str
    category: str
    country: str
    division: str
    place: str
    holder: str
    tracks: tuple[str, ...]
    users: int

    def as_row(self) -> dict[str, object]:
        """Return the line as a row of a file."""
        return {name: getattr(self, name, "") for name in GI_COLUMNS} | {"tracks": " ".join(self.tracks), "url": f"/registry/gis/{self.id}"}


@dataclass(frozen=True)
class UserLine:
    """An authorisation in the list."""

    gi_id: int
    number: str
    name: str
    uscc: str
    gi: str
    track: str
    protection_number: str
    announcement: str
    valid_from: date | None
    valid_to: date | None
    state: str

    @property
    def state_words(self) -> Words:
        """The state in words."""
        return public_state(self.state)

    def as_row(self) -> dict[str, object]:
        """Return the line as a row of a file."""
        values = {name: getattr(self, name, "") for name in USER_COLUMNS}
        dates = {name: str(values[name] or "") for name in ("valid_from", "valid_to")}
        state = "deregistered" if self.state == "deregistered" else "active"
        return values | dates | {"state": state, "url": f"/registry/users/{self.uscc}" if self.uscc else ""}


@dataclass(frozen=True)
class GiEntry:
    """The register's entry of a GI."""

    row: Gi
    place: str
    authority: str
    protections: Sequence[Protection]
    areas: Sequence[PublicArea]
    users: int


@dataclass(frozen=True)
class UserEntry:
    """One authorisation on the page of a user: may it use the mark today, and what is published about it."""

    row: Authorisation
    gi: Gi
    protection: Protection
    may_use: bool
    listing: PublishedListing | None


@dataclass(frozen=True)
class UserPage:
    """The register's entry of a user."""

    name: str
    uscc: str
    place: str
    entries: Sequence[UserEntry]

    @property
    def in_use(self) -> bool:
        """Whether the user has an authorisation in use: only then is there an extract for everyone."""
        return any(entry.row.state in MAY_USE for entry in self.entries)


def gi_lines(session: Session, gis: Sequence[Gi]) -> list[GiLine]:
    """Return GIs as lines of the list, in four queries however many they are."""
    ids = [gi.id or 0 for gi in gis]
    places, tracks, users = (
        full_names(session, [gi.division_code for gi in gis]),
        queries.tracks_of(session, ids),
        counts_by_gi(session, ids),
    )
    return [
        GiLine(
            id=gi.id or 0,
            code=gi.code,
            name=gi.name,
            name_en=gi.name_en,
            category=gi.category,
            country=gi.country,
            division=gi.division_code or "",
            place=places.get(gi.division_code or "", ""),
            holder=gi.holder_name,
            tracks=tuple(tracks.get(gi.id or 0, ())),
            users=users.get(gi.id or 0, 0),
        )
        for gi in gis
    ]


def user_lines(rows: Iterable[Any]) -> list[UserLine]:
    """Return (authorisation, GI, protection, organisation or None) as lines of the list."""
    return [_user_line(*row) for row in rows]


def _user_line(row: Authorisation, gi: Gi, protection: Protection, organisation: Organisation | None) -> UserLine:
    return UserLine(
        gi_id=gi.id or 0,
        number=row.number,
        name=_public_name(row, organisation),
        uscc=(organisation.uscc or "") if organisation else "",
        gi=gi.name,
        track=protection.track,
        protection_number=protection.number,
        announcement=row.announcement_raw,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        state=row.state,
    )


def _public_name(row: Authorisation, organisation: Organisation | None) -> str:
    if organisation is None:
        return masked(row.raw_name, natural_person=looks_like_person(row.raw_name))
    return masked(organisation.name, natural_person=organisation.natural_person)


def find(session: Session, filters: Filters) -> Any:
    """Return the query for the filters: GIs, or authorisations with what belongs to them."""
    return queries.users_matching(session, filters) if filters.kind == "users" else queries.gis_matching(session, filters)


def gi_entry(session: Session, gi_id: int, *, today: date) -> GiEntry:
    """Return the entry of a GI; raise NotFound."""
    gi = get_gi(session, gi_id)
    return GiEntry(
        row=gi,
        place=full_name(session, gi.division_code),
        authority=full_name(session, gi.authority_division),
        protections=protections_of(session, gi_id),
        areas=public_areas(session, gi, today=today),
        users=counts_by_gi(session, [gi_id]).get(gi_id, 0),
    )


def user_page(work: Work, code: str) -> UserPage:
    """Return the entry of the user with this USCC; raise NotFound for one without an announced authorisation."""
    organisation = find_organisation(work.session, _read(code))
    rows = queries.authorisations_of(work.session, organisation.id or 0) if organisation else []
    if organisation is None or not rows:
        raise NotFound
    entries = [
        UserEntry(row, gi, protection, _may_use(row, protection, work.today), published_listing(work.session, row.id))
        for row, gi, protection in rows
    ]
    name = masked(organisation.name, natural_person=organisation.natural_person)
    return UserPage(name, organisation.uscc or "", full_name(work.session, organisation.division_code), entries)


def user_extract(work: Work, code: str, *, public_url: str, language: str) -> Extract:
    """Return the register extract of a user as everyone may have it; NotFound for one without an authorisation in use."""
    shown = user_page(work, code)
    entries = [
        PublicEntry(entry.row, entry.gi, entry.protection, entry.may_use, entry.listing.sentence if entry.listing else None)
        for entry in shown.entries
        if entry.row.state in MAY_USE
    ]
    if not entries:
        raise NotFound
    return public_extract(
        name=shown.name, uscc=shown.uscc, place=shown.place, entries=entries, now=work.now, public_url=public_url, language=language
    )


def _read(code: str) -> str:
    try:
        return uscc(code)
    except Invalid:
        raise NotFound from None


def _may_use(row: Authorisation, protection: Protection, on: date) -> bool:
    return standing_of(facts_of(row, protection), (), on).active
