"""Reads of batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, BatchPlot, Trade
from gi_registry.batches.queries.ledger import LedgerKey
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.batches.rules.trade import SELLERS_TURN
from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Product


def get_batch(session: Session, batch_id: int) -> Batch:
    """Return a batch; raise NotFound."""
    if (batch := session.get(Batch, batch_id)) is None:
        raise NotFound
    return batch


def locked_batch(session: Session, batch_id: int) -> Batch:
    """Return a batch as it stands now, its row locked until the transaction ends; raise NotFound. The quota row is locked before it."""
    session.flush()
    query = select(Batch).where(col(Batch.id) == batch_id).with_for_update().execution_options(populate_existing=True)
    batch: Batch | None = session.execute(query).scalar_one_or_none()
    if batch is None:
        raise NotFound
    return batch


def first_year(session: Session, authorisation_id: int, gi_id: int) -> int | None:
    """Return the first year that a batch of an authorisation feeds: with it the ledger begins. None before any batch."""
    query = select(func.min(col(Batch.account_year))).where(
        col(Batch.authorisation_id) == authorisation_id, col(Batch.gi_id) == gi_id, col(Batch.state).in_(COUNTED)
    )
    found: int | None = session.execute(query).scalar_one()
    return found


def find_batch(session: Session, number: str) -> Batch | None:
    """Return the batch with that number, if any."""
    return session.execute(select(Batch).where(col(Batch.number) == number)).scalar_one_or_none()


def list_batches(session: Session, authorisation_id: int, year: int | None = None) -> Sequence[Batch]:
    """Return the batches of an authorisation, newest first; ``year`` is the account year."""
    query = select(Batch).where(col(Batch.authorisation_id) == authorisation_id).order_by(col(Batch.id).desc())
    if year is not None:
        query = query.where(col(Batch.account_year) == year)
    return session.execute(query).scalars().all()


def every_batch(session: Session) -> Sequence[tuple[Batch, str, str | None]]:
    """Return every batch with the number of its authorisation and the name of its product, in the order they were declared."""
    query = (
        select(Batch, col(Authorisation.number), col(Product.name))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .outerjoin(Product, col(Product.id) == col(Batch.product_id))
        .order_by(col(Batch.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def batches_of(session: Session, key: LedgerKey, *kinds: Kind) -> Sequence[Batch]:
    """Return the batches of some kinds that feed one account year; withdrawn ones are out, what own farmers sold is on their land."""
    query = select(Batch).where(
        col(Batch.authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        col(Batch.account_year) == key.year,
        col(Batch.zone) == key.zone,
        col(Batch.unit) == key.unit,
        col(Batch.kind).in_([kind.value for kind in kinds]),
        col(Batch.state).in_(COUNTED),
        col(Batch.supplier_farmer_id).is_(None),
    )
    return session.execute(query.order_by(col(Batch.id))).scalars().all()


def carried_forward(session: Session, key: LedgerKey) -> Sequence[Batch]:
    """Return the opening stocks of later years that are carried from this year's accounts."""
    query = select(Batch).where(
        col(Batch.authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        func.coalesce(col(Batch.from_year), col(Batch.harvest_year)) == key.year,
        col(Batch.account_year) > key.year,
        col(Batch.zone) == key.zone,
        col(Batch.unit) == key.unit,
        col(Batch.kind) == Kind.OPENING.value,
        col(Batch.state).in_(COUNTED),
    )
    return session.execute(query.order_by(col(Batch.id))).scalars().all()


def confirmed_sales(session: Session, key: LedgerKey) -> Sequence[Batch]:
    """Return other users' purchases that this authorisation confirmed to have sold in the year."""
    query = select(Batch).where(
        col(Batch.supplier_authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        col(Batch.account_year) == key.year,
        col(Batch.zone) == key.zone,
        col(Batch.unit) == key.unit,
        col(Batch.sale_confirmed_on).is_not(None),
        col(Batch.state).in_(COUNTED),
    )
    return session.execute(query.order_by(col(Batch.id))).scalars().all()


def purchases_from(session: Session, authorisation_id: int) -> Sequence[Batch]:
    """Return what other users say they bought from an authorisation, newest first."""
    query = select(Batch).where(col(Batch.supplier_authorisation_id) == authorisation_id, col(Batch.state).in_(COUNTED))
    return session.execute(query.order_by(col(Batch.id).desc())).scalars().all()


def unconfirmed_from(session: Session, authorisation_id: int) -> Sequence[tuple[Batch, int | None]]:
    """Return what other users say they bought from an authorisation and it has not confirmed, newest first, each with its sale's id.

    A purchase whose period lapsed waits for its buyer; one stated before sales were kept has none yet.
    """
    query = (
        select(Batch, col(Trade.id))
        .outerjoin(Trade, col(Trade.batch_id) == col(Batch.id))
        .where(col(Batch.supplier_authorisation_id) == authorisation_id, col(Batch.sale_confirmed_on).is_(None))
        .where(col(Batch.state).in_(COUNTED), or_(col(Trade.id).is_(None), col(Trade.state).in_(sorted(SELLERS_TURN))))
    )
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(Batch.id).desc()))]


def shares_of(session: Session, batch_id: int) -> Sequence[tuple[BatchPlot, Plot]]:
    """Return what each plot gave to a batch."""
    query = select(BatchPlot, Plot).join(Plot, col(Plot.id) == col(BatchPlot.plot_id)).where(col(BatchPlot.batch_id) == batch_id)
    return [(row[0], row[1]) for row in session.execute(query.order_by(col(Plot.number)))]


def harvests_of(session: Session, key: LedgerKey) -> dict[int, date]:
    """Return the last day of harvest of each plot harvested for a year, by plot id."""
    query = (
        select(col(BatchPlot.plot_id), func.max(col(BatchPlot.judged_on)))
        .join(Batch, col(Batch.id) == col(BatchPlot.batch_id))
        .where(
            col(Batch.authorisation_id) == key.authorisation_id,
            col(Batch.gi_id) == key.gi_id,
            col(Batch.account_year) == key.year,
            col(Batch.state).in_(COUNTED),
        )
        .group_by(col(BatchPlot.plot_id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def next_batch_position(session: Session, authorisation_id: int, year: int) -> int:
    """Return the position of the next batch in the numbering of an authorisation and year."""
    query = select(func.count()).select_from(Batch).where(col(Batch.authorisation_id) == authorisation_id, col(Batch.harvest_year) == year)
    return int(session.execute(query).scalar_one()) + 1
