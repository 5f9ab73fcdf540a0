"""Reads of the register."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from gi_registry.accounts.models import Organisation
from gi_registry.divisions.models import Division
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import (
    Authorisation,
    AuthorisationChange,
    AuthorisationRestriction,
    AuthorisationSite,
    Gi,
    Product,
    Protection,
)
from gi_registry.registry.rules import STANDING_PROTECTION

T = TypeVar("T")


def get_gi(session: Session, gi_id: int) -> Gi:
    """Return the GI; raise NotFound."""
    return _got(session.get(Gi, gi_id))


def find_gi(session: Session, code: str) -> Gi | None:
    """Return the GI with this code."""
    return session.exec(select(Gi).where(Gi.code == code)).first()


def get_protection(session: Session, protection_id: int) -> Protection:
    """Return the protection; raise NotFound."""
    return _got(session.get(Protection, protection_id))


def find_protection(session: Session, track: str, number: str) -> Protection | None:
    """Return the protection with this number on this track."""
    return session.exec(select(Protection).where(Protection.track == track, Protection.number == number)).first()


def protections_of(session: Session, gi_id: int) -> list[Protection]:
    """Return the protections of a GI, by track."""
    return list(session.exec(select(Protection).where(Protection.gi_id == gi_id).order_by(Protection.track, Protection.number)))


def get_authorisation(session: Session, authorisation_id: int) -> Authorisation:
    """Return the authorisation; raise NotFound. Whether the actor may see it is asked by the service."""
    return _got(session.get(Authorisation, authorisation_id))


def find_authorisation(session: Session, number: str) -> Authorisation | None:
    """Return the authorisation with this number."""
    return session.exec(select(Authorisation).where(Authorisation.number == number)).first()


def authorisations_of(session: Session, organisation_id: int) -> list[Authorisation]:
    """Return every authorisation of an organisation, drafts and ended ones too."""
    query = select(Authorisation).where(Authorisation.organisation_id == organisation_id)
    return list(session.exec(query.order_by(col(Authorisation.valid_from), col(Authorisation.id))))


def authorisations_under(session: Session, gi_id: int) -> list[Authorisation]:
    """Return every authorisation under a GI."""
    return list(session.exec(select(Authorisation).where(Authorisation.gi_id == gi_id).order_by(Authorisation.number)))


def sites_of(session: Session, authorisation_id: int) -> list[AuthorisationSite]:
    """Return the production sites of an authorisation."""
    query = select(AuthorisationSite).where(AuthorisationSite.authorisation_id == authorisation_id)
    return list(session.exec(query.order_by(col(AuthorisationSite.id))))


def changes_of(session: Session, authorisation_id: int) -> list[AuthorisationChange]:
    """Return the changes of an authorisation, the first one first."""
    query = select(AuthorisationChange).where(AuthorisationChange.authorisation_id == authorisation_id)
    return list(session.exec(query.order_by(col(AuthorisationChange.id))))


def restrictions_of(session: Session, authorisation_id: int) -> list[AuthorisationRestriction]:
    """Return the restrictions on an authorisation, lifted ones too."""
    query = select(AuthorisationRestriction).where(AuthorisationRestriction.authorisation_id == authorisation_id)
    return list(session.exec(query.order_by(col(AuthorisationRestriction.id))))


def restrictions_from(session: Session, source: str, source_id: int) -> list[AuthorisationRestriction]:
    """Return what one act of another procedure put on authorisations."""
    query = select(AuthorisationRestriction).where(AuthorisationRestriction.source == source)
    return list(session.exec(query.where(AuthorisationRestriction.source_id == source_id)))


def list_products(session: Session, authorisation_id: int) -> list[Product]:
    """Return the products of an authorisation."""
    return list(session.exec(select(Product).where(Product.authorisation_id == authorisation_id).order_by(col(Product.id))))


def get_product(session: Session, product_id: int) -> Product:
    """Return the product; raise NotFound."""
    return _got(session.get(Product, product_id))


def find_product(session: Session, authorisation_id: int, *, name: str, grade: str = "") -> Product | None:
    """Return the product of this name and grade."""
    query = select(Product).where(Product.authorisation_id == authorisation_id, Product.name == name, Product.grade == grade)
    return session.exec(query).first()


AUTHORISATION_ORDERS: dict[str, Any] = {
    "number": col(Authorisation.number),
    "user": func.coalesce(Organisation.name, Authorisation.raw_name),
    "uscc": func.coalesce(Organisation.uscc, Authorisation.raw_uscc),
    "gi": col(Gi.name),
    "track": col(Protection.track),
    "state": col(Authorisation.state),
    "since": col(Authorisation.valid_from),
}
GI_ORDERS: dict[str, Any] = {
    "code": col(Gi.code),
    "name": col(Gi.name),
    "category": col(Gi.category),
    "place": col(Gi.division_code),
    "holder": col(Gi.holder_name),
}


def gis_matching(condition: ColumnElement[bool], *, text: str = "", category: str = "", division_path: str = "") -> Any:
    """Return the query of GIs whose name, code or holder contains ``text``."""
    query = select(Gi).where(condition)
    if text:
        found = or_(*(col(column).contains(text, autoescape=True) for column in (Gi.name, Gi.name_en, Gi.code, Gi.holder_name)))
        query = query.where(found)
    if category:
        query = query.where(Gi.category == category)
    if division_path:
        query = query.join(Division, col(Division.code) == Gi.division_code)
        query = query.where(col(Division.path).startswith(division_path, autoescape=True))
    return query.order_by(Gi.name, Gi.code)


def authorisations_matching(
    condition: ColumnElement[bool],
    *,
    text: str = "",
    state: str = "",
    track: str = "",
    matched: bool | None = None,
    gi_id: int | None = None,
) -> Any:
    """Return the query of (authorisation, GI, protection, organisation or None) for the filters of a list."""
    query = (
        select(Authorisation, Gi, Protection, Organisation)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .join(Protection, col(Protection.id) == Authorisation.protection_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition)
    )
    if text:
        columns: tuple[Any, ...] = (
            Authorisation.number,
            Authorisation.raw_name,
            Authorisation.raw_uscc,
            Organisation.name,
            Organisation.uscc,
            Gi.name,
        )
        query = query.where(or_(*(col(column).contains(text, autoescape=True) for column in columns)))
    exact = ((Authorisation.state, state), (Protection.track, track), (Authorisation.gi_id, gi_id), (Authorisation.matched, matched))
    for column, wanted in exact:
        if wanted not in ("", None):
            query = query.where(col(column) == wanted)
    return query.order_by(Authorisation.number)


def counts_by_gi(session: Session, gi_ids: list[int]) -> dict[int, int]:
    """Return how many authorisations in use each GI has."""
    in_use = col(Authorisation.state).in_(("active", "change_review", "rectifying"))
    query = select(Authorisation.gi_id, func.count()).where(in_use, col(Authorisation.gi_id).in_(gi_ids)).group_by(col(Authorisation.gi_id))
    return {gi_id: int(count) for gi_id, count in session.exec(query)}


def categories(session: Session) -> list[str]:
    """Return the categories that GIs on file have."""
    return [name for name in session.exec(select(Gi.category).distinct().order_by(Gi.category)) if name]


def _got(row: T | None) -> T:
    if row is None:
        raise NotFound
    return row


def organisations_with_uscc(session: Session) -> list[Organisation]:
    """Return the organisations that a file can name."""
    return list(session.exec(select(Organisation).where(col(Organisation.uscc).is_not(None)).order_by(col(Organisation.id))))


def list_gis(session: Session) -> list[Gi]:
    """Return every GI."""
    return list(session.exec(select(Gi).order_by(Gi.code)))


def authorisations_with_protection(session: Session) -> Any:
    """Yield (authorisation, GI, protection) of every authorisation."""
    query = select(Authorisation, Gi, Protection).join(Gi, col(Gi.id) == Authorisation.gi_id)
    return session.exec(query.join(Protection, col(Protection.id) == Authorisation.protection_id).order_by(Authorisation.number))


def products_with_number(session: Session) -> Any:
    """Yield (product, number of its authorisation)."""
    query = select(Product, Authorisation.number).join(Authorisation, col(Authorisation.id) == Product.authorisation_id)
    return session.exec(query.order_by(Authorisation.number, col(Product.id)))


def protections_to_choose(session: Session, condition: ColumnElement[bool], *, gi_id: int | None = None) -> list[tuple[Protection, Gi]]:
    """Return the protections in force with their GIs, for a form's choice."""
    query = select(Protection, Gi).join(Gi, col(Gi.id) == Protection.gi_id).where(condition)
    query = query.where(col(Protection.state).in_(STANDING_PROTECTION))
    if gi_id:
        query = query.where(Protection.gi_id == gi_id)
    return [(protection, gi) for protection, gi in session.exec(query.order_by(Gi.name, Protection.track))]
