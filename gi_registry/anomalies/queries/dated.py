"""The facts of US-06: marked goods whose dates lie outside a term, gathered for many users with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from gi_registry.anomalies.rules.us_06 import MarkedBatch, Term, ValidityFacts
from gi_registry.batches.models import Batch
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.codes.models import CodeInterval
from gi_registry.codes.rules.intervals import Status
from gi_registry.kernel.clock import legal_date
from gi_registry.registry.models import Authorisation, Product
from gi_registry.registry.rules import MarkingMode
from gi_registry.reports.queries import AUTHORISED

Key = tuple[int, int]


def doubtful_batches(session: Session, years: Iterable[int], condition: ColumnElement[bool]) -> list[tuple[ValidityFacts, str]]:
    """Return (facts, authority's division) of the users that have goods dated outside their term; whoever is in order is left out."""
    found: dict[Key, list[MarkedBatch]] = defaultdict(list)
    divisions: dict[int, str] = {}
    for row in session.execute(_query(sorted(years), condition)):
        batch = row.Batch
        if row.activated_at is None and row.marking_mode == MarkingMode.ITEM_CODE and batch.kind != Kind.PRE_PRINTED:
            continue  # no code is activated: nothing bears the mark
        found[batch.authorisation_id, batch.account_year].append(_marked(batch, row.activated_at))
        divisions[batch.authorisation_id] = row.authority_division
    terms = _terms(session, divisions)
    return [
        (ValidityFacts(owner, year, terms.get(owner, ()), tuple(batches)), divisions[owner])
        for (owner, year), batches in sorted(found.items())
    ]


def _marked(batch: Batch, activated_at: datetime | None) -> MarkedBatch:
    last = legal_date(activated_at) if activated_at else None
    quantity = batch.product_quantity or batch.quantity
    return MarkedBatch(batch.id or 0, batch.number, quantity, batch.unit, batch.packed_on, batch.harvested_on, last)


def _query(years: list[int], condition: ColumnElement[bool]) -> Any:
    activated = (
        select(col(CodeInterval.batch_id), func.max(col(CodeInterval.at)).label("activated_at"))
        .where(col(CodeInterval.status) == Status.ACTIVATED.value, col(CodeInterval.lifted_at).is_(None))
        .group_by(col(CodeInterval.batch_id))
        .subquery()
    )
    day = func.coalesce(col(Batch.packed_on), col(Batch.harvested_on))
    begins, ends = col(Authorisation.valid_from), col(Authorisation.valid_to)
    marked = or_(activated.c.activated_at.is_not(None), col(Batch.kind) == Kind.PRE_PRINTED.value,
                 col(Product.marking_mode).in_([MarkingMode.BATCH_CODE.value, MarkingMode.PRE_PRINTED.value]))  # fmt: skip
    return (
        select(Batch, activated.c.activated_at, col(Product.marking_mode), col(Authorisation.authority_division))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .outerjoin(Product, col(Product.id) == col(Batch.product_id))
        .outerjoin(activated, activated.c.batch_id == col(Batch.id))
        .where(condition, col(Authorisation.state).in_(AUTHORISED), marked)
        .where(col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED))
        .where(or_(begins.is_(None), day < begins, day >= ends, and_(day.is_(None), ends.is_not(None))))
        .order_by(col(Batch.id))
    )


def _terms(session: Session, owners: Iterable[int]) -> dict[int, tuple[Term, ...]]:
    """The periods of every announced authorisation of the same user for the same GI, one's own among them."""
    own, other = aliased(Authorisation), aliased(Authorisation)
    same = and_(col(other.organisation_id) == col(own.organisation_id), col(other.gi_id) == col(own.gi_id))
    query = (
        select(col(own.id), col(other.number), col(other.valid_from), col(other.valid_to))
        .join(other, or_(col(other.id) == col(own.id), same))
        .where(col(own.id).in_(sorted(owners)), col(other.state).in_(AUTHORISED))
        .order_by(col(own.id), col(other.number))
    )
    terms: dict[int, list[Term]] = defaultdict(list)
    for owner, number, begins, ends in session.execute(query):
        terms[owner].append(Term(number, begins, ends))
    return {owner: tuple(listed) for owner, listed in terms.items()}
