"""What the public may read of the register. Applications, leads and restrictions never come here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, or_, select

from gi_registry.accounts.models import Organisation
from gi_registry.divisions.models import Division
from gi_registry.divisions.queries import path_of
from gi_registry.opendata.rules import PUBLIC_STATES, Filters
from gi_registry.registry.models import Authorisation, Gi, Protection


def gis_matching(session: Session, filters: Filters) -> Any:
    """Return the query of GIs for the filters of the public register."""
    query = select(Gi)
    if filters.text:
        columns: tuple[Any, ...] = (Gi.name, Gi.name_en, Gi.code, Gi.holder_name)
        numbered = select(Protection.gi_id).where(col(Protection.number).contains(filters.text, autoescape=True))
        query = query.where(or_(*(col(column).contains(filters.text, autoescape=True) for column in columns), col(Gi.id).in_(numbered)))
    if filters.category:
        query = query.where(Gi.category == filters.category)
    if filters.track:
        query = query.where(col(Gi.id).in_(select(Protection.gi_id).where(Protection.track == filters.track)))
    if filters.division:
        query = query.where(col(Gi.division_code).in_(_places(session, filters.division)))
    return query.order_by(Gi.name, Gi.code)


def users_matching(session: Session, filters: Filters) -> Any:
    """Return the query of (authorisation, GI, protection, organisation or None) for the filters of the public register."""
    query = (
        select(Authorisation, Gi, Protection, Organisation)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .join(Protection, col(Protection.id) == Authorisation.protection_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(col(Authorisation.state).in_(PUBLIC_STATES))
    )
    if filters.text:
        columns: tuple[Any, ...] = (Authorisation.number, Authorisation.raw_name, Organisation.name, Organisation.uscc, Gi.name)
        query = query.where(or_(*(col(column).contains(filters.text, autoescape=True) for column in columns)))
    if filters.track:
        query = query.where(Protection.track == filters.track)
    if filters.gi_id:
        query = query.where(Authorisation.gi_id == filters.gi_id)
    if filters.state:
        ended = col(Authorisation.state) == "deregistered"
        query = query.where(ended if filters.state == "ended" else ~ended)
    if filters.category:
        query = query.where(Gi.category == filters.category)
    if filters.division:
        query = query.where(col(Authorisation.authority_division).in_(_places(session, filters.division)))
    return query.order_by(Authorisation.number)


def _places(session: Session, division: str) -> Any:
    path = path_of(session, division) or f"/{division}/"
    return select(Division.code).where(col(Division.path).startswith(path, autoescape=True))


def authorisations_of(session: Session, organisation_id: int) -> list[Any]:
    """Return (authorisation, GI, protection) of an organisation as far as they are public."""
    query = (
        select(Authorisation, Gi, Protection)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .join(Protection, col(Protection.id) == Authorisation.protection_id)
        .where(Authorisation.organisation_id == organisation_id, col(Authorisation.state).in_(PUBLIC_STATES))
    )
    return list(session.exec(query.order_by(col(Authorisation.valid_from), Authorisation.number)))


def tracks_of(session: Session, gi_ids: list[int]) -> dict[int, list[str]]:
    """Return the tracks of protection of many GIs."""
    found: dict[int, list[str]] = {}
    for gi_id, track in session.exec(
        select(Protection.gi_id, Protection.track).where(col(Protection.gi_id).in_(gi_ids)).order_by(Protection.track)
    ):
        found.setdefault(gi_id, []).append(track)
    return found


def provinces(session: Session) -> list[Division]:
    """Return the provinces that have a GI or are on file with one below them."""
    return list(session.exec(select(Division).where(Division.level == "province").order_by(Division.code)))


def totals(session: Session) -> dict[str, int]:
    """Return how many GIs and users in use are on file."""
    in_use = col(Authorisation.state).in_([state for state in PUBLIC_STATES if state != "deregistered"])
    return {
        "gis": int(session.exec(select(func.count()).select_from(Gi)).one()),
        "users": int(session.exec(select(func.count()).select_from(Authorisation).where(in_use)).one()),
    }
