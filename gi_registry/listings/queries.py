"""Reads of cases, and of what is public of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, text
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.anomalies.rules.grounds import ground_named
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import Words
from gi_registry.listings.models import DefencePoint, ListingCase, ListingStep
from gi_registry.listings.rules.life import BEFORE_LISTING, ON_THE_LIST, State, turn_of
from gi_registry.listings.rules.papers import masked, neutral_sentence
from gi_registry.registry.models import Authorisation, Gi


@dataclass(frozen=True)
class CaseFilters:
    """The filters of a queue, as they stand in the address; ``turn`` says whose turn it is."""

    state: str = ""
    ground: str = ""
    turn: str = ""
    text: str = ""


@dataclass(frozen=True)
class ListFilters:
    """The filters of the public list, as they stand in the address."""

    text: str = ""
    ground: str = ""
    gi_id: int | None = None


@dataclass(frozen=True)
class PublishedListing:
    """The published fact about one authorisation: nothing that the public list does not say."""

    case_id: int
    name: str
    uscc: str
    gi_name: str
    ground: str
    ground_name: Words
    decided_on: date
    authority: str
    number: str
    state: str
    published_on: date
    publish_until: date
    unpublished_on: date | None
    publication_basis: str

    @property
    def sentence(self) -> Words:
        """The fact as one neutral sentence."""
        return neutral_sentence(
            ground=self.ground_name, decided_on=self.decided_on.isoformat(), authority=self.authority, number=self.number
        )

    @property
    def on_the_list(self) -> bool:
        """Whether the listing is still published."""
        return self.unpublished_on is None


def get_case(session: Session, case_id: int) -> ListingCase:
    """Return the case; raise NotFound. Whether the actor may see it is asked by the service."""
    found = session.get(ListingCase, case_id)
    if found is None:
        raise NotFound
    return found


def lock_case(session: Session, case_id: int) -> ListingCase:
    """Return the case as it is now, held until the end of the transaction; raise NotFound."""
    found = session.get(ListingCase, case_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def case_of_finding(session: Session, finding_id: int) -> ListingCase | None:
    """Return the newest case that was opened on a finding."""
    query = select(ListingCase).where(ListingCase.finding_id == finding_id).order_by(col(ListingCase.id).desc())
    return session.exec(query).first()


def steps_of(session: Session, case_id: int) -> Sequence[ListingStep]:
    """Return what was done in a case, the first act first."""
    return session.exec(select(ListingStep).where(ListingStep.case_id == case_id).order_by(col(ListingStep.id))).all()


def points_of(session: Session, case_id: int) -> Sequence[DefencePoint]:
    """Return the points of the party's statement."""
    return session.exec(select(DefencePoint).where(DefencePoint.case_id == case_id).order_by(col(DefencePoint.number))).all()


def next_number(session: Session, series: str, year: int) -> int:
    """Return the next number of a series and year. The counter's row stays locked until the transaction ends: no gap, no twin."""
    statement = text(
        "INSERT INTO listing_sequence (series, year, last) VALUES (:series, :year, 1) "
        "ON CONFLICT (series, year) DO UPDATE SET last = listing_sequence.last + 1 RETURNING last"
    )
    return int(session.execute(statement, {"series": series, "year": year}).scalar_one())


ORDERS: dict[str, Any] = {
    "number": col(ListingCase.number),
    "user": func.coalesce(Organisation.name, Authorisation.raw_name),
    "ground": col(ListingCase.ground),
    "state": col(ListingCase.state),
    "due": col(ListingCase.due_on),
}


def cases_matching(condition: ColumnElement[bool], filters: CaseFilters) -> Any:
    """Return the query of (case, user name, GI name) for a queue, the nearest deadline first, ended cases last."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(ListingCase, name, Gi.name)
        .join(Authorisation, col(Authorisation.id) == ListingCase.authorisation_id)
        .join(Gi, col(Gi.id) == ListingCase.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition)
    )
    if filters.ground:
        query = query.where(ListingCase.ground == filters.ground)
    if filters.state:
        query = query.where(ListingCase.state == filters.state)
    if filters.turn:
        query = query.where(col(ListingCase.state).in_([state.value for state in State if turn_of(state) == filters.turn]))
    if filters.text:
        columns = (ListingCase.number, ListingCase.decision_number, Organisation.name, Organisation.uscc, Authorisation.number, Gi.name)
        query = query.where(or_(*(col(column).contains(filters.text, autoescape=True) for column in columns)))
    return query.order_by(col(ListingCase.due_on).is_(None), col(ListingCase.due_on), col(ListingCase.id).desc())


def cases_before_listing(session: Session) -> Sequence[ListingCase]:
    """Return every case that is under way and not decided."""
    states = [state.value for state in BEFORE_LISTING]
    return session.exec(select(ListingCase).where(col(ListingCase.state).in_(states)).order_by(col(ListingCase.id))).all()


def cases_on_the_list(session: Session) -> Sequence[ListingCase]:
    """Return every case whose listing stands."""
    states = [state.value for state in ON_THE_LIST]
    return session.exec(select(ListingCase).where(col(ListingCase.state).in_(states)).order_by(col(ListingCase.id))).all()


# ---- what is public --------------------------------------------------------------------------------------------------------------------


def _published() -> Any:
    return (
        select(ListingCase, Organisation, Gi)
        .join(Authorisation, col(Authorisation.id) == ListingCase.authorisation_id)
        .join(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .join(Gi, col(Gi.id) == ListingCase.gi_id)
        .where(col(ListingCase.published_on).is_not(None))
    )


def published_matching(filters: ListFilters) -> Any:
    """Return the query of published listings that still stand, the newest first; natural persons are not found by name."""
    query = _published().where(col(ListingCase.unpublished_on).is_(None))
    if filters.ground:
        query = query.where(ListingCase.ground == filters.ground)
    if filters.gi_id is not None:
        query = query.where(ListingCase.gi_id == filters.gi_id)
    if filters.text:
        by_name = col(Organisation.name).contains(filters.text, autoescape=True) & col(Organisation.natural_person).is_(False)
        query = query.where(
            or_(by_name, col(Organisation.uscc) == filters.text.upper(), col(Gi.name).contains(filters.text, autoescape=True))
        )
    return query.order_by(col(ListingCase.published_on).desc(), col(ListingCase.id).desc())


def published(row: Any) -> PublishedListing:
    """Return the public part of a row (case, organisation, GI)."""
    case, organisation, gi = row
    return PublishedListing(
        case_id=case.id,
        name=masked(organisation.name, natural_person=organisation.natural_person),
        uscc=organisation.uscc or "",
        gi_name=gi.name,
        ground=case.ground,
        ground_name=ground_named(case.ground).name,
        decided_on=case.decided_on,
        authority=case.authority_name,
        number=case.decision_number,
        state=case.state,
        published_on=case.published_on,
        publish_until=case.publish_until,
        unpublished_on=case.unpublished_on,
        publication_basis=case.publication_basis,
    )


def get_published(session: Session, case_id: int) -> PublishedListing:
    """Return the public part of a listing that stands; raise NotFound for one never published or no longer published."""
    row = session.exec(_published().where(ListingCase.id == case_id, col(ListingCase.unpublished_on).is_(None))).first()
    if row is None:
        raise NotFound
    return published(row)


def published_listing(session: Session, authorisation_id: int) -> PublishedListing | None:
    """Return the published listing of an authorisation, the newest one, for the trace page; None where there is none."""
    query = _published().where(ListingCase.authorisation_id == authorisation_id, col(ListingCase.unpublished_on).is_(None))
    row = session.exec(query.order_by(col(ListingCase.decided_on).desc(), col(ListingCase.id).desc())).first()
    return None if row is None else published(row)
