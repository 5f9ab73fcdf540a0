"""Reads of two-sided sales and of records of goods."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, GoodsRecord, Trade
from gi_registry.batches.queries.ledger import LedgerKey
from gi_registry.batches.rules.trade import OPEN
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation


def find_trade(session: Session, batch_id: int) -> Trade | None:
    """Return the two-sided sale of a purchase batch, if any."""
    return session.execute(select(Trade).where(col(Trade.batch_id) == batch_id)).scalar_one_or_none()


def get_trade(session: Session, trade_id: int) -> Trade:
    """Return a two-sided sale; raise NotFound."""
    if (trade := session.get(Trade, trade_id)) is None:
        raise NotFound
    return trade


def locked_trade(session: Session, trade_id: int) -> Trade:
    """Return a sale as it stands now, its row locked until the transaction ends. The quota rows and the batch are locked before it."""
    session.flush()
    query = select(Trade).where(col(Trade.id) == trade_id).with_for_update().execution_options(populate_existing=True)
    trade: Trade | None = session.execute(query).scalar_one_or_none()
    if trade is None:
        raise NotFound
    return trade


def trades_of(session: Session, authorisation_id: int) -> Sequence[tuple[Trade, Batch]]:
    """Return the sales in which an authorisation buys or sells, open ones first, then newest first."""
    side = or_(col(Trade.seller_authorisation_id) == authorisation_id, col(Trade.buyer_authorisation_id) == authorisation_id)
    query = select(Trade, Batch).join(Batch, col(Batch.id) == col(Trade.batch_id)).where(side)
    order = (col(Trade.state).in_(sorted(OPEN)).desc(), col(Trade.id).desc())
    return [(row[0], row[1]) for row in session.execute(query.order_by(*order))]


def trades_in_state(session: Session, visible: ColumnElement[bool], state: str, *, limit: int) -> tuple[list[tuple[Trade, str]], int]:
    """Return the oldest sales of a state among the visible ones with the buyer's name, and how many there are."""
    condition: tuple[Any, ...] = (visible, col(Trade.state) == state)
    query = select(Trade, col(Authorisation.raw_name)).join(Authorisation, col(Authorisation.id) == col(Trade.buyer_authorisation_id))
    rows = session.execute(query.where(*condition).order_by(col(Trade.id)).limit(limit)).all()
    total = session.execute(select(func.count()).select_from(Trade).where(*condition)).scalar_one()
    return [(row[0], row[1]) for row in rows], int(total)


def overdue_trades(session: Session, today: date, *, limit: int) -> Sequence[Trade]:
    """Return sales whose seller's period ended before ``today`` without a word, oldest first."""
    query = select(Trade).where(col(Trade.state) == "stated", col(Trade.answer_by) < today).order_by(col(Trade.id)).limit(limit)
    return session.execute(query).scalars().all()


def purchases_without_trade(session: Session, *, limit: int) -> Sequence[Batch]:
    """Return purchases from other users that were stated before trades were kept and still wait, oldest first."""
    query = (
        select(Batch)
        .outerjoin(Trade, col(Trade.batch_id) == col(Batch.id))
        .where(col(Batch.supplier_authorisation_id).is_not(None), col(Batch.sale_confirmed_on).is_(None), col(Trade.id).is_(None))
        .where(col(Batch.state).in_(["declared", "closed"]))
        .order_by(col(Batch.id))
        .limit(limit)
    )
    return session.execute(query).scalars().all()


def every_trade(session: Session) -> Sequence[tuple[Trade, Batch]]:
    """Return every sale with its batch, in the order they were stated."""
    query = select(Trade, Batch).join(Batch, col(Batch.id) == col(Trade.batch_id)).order_by(col(Trade.id))
    return [(row[0], row[1]) for row in session.execute(query)]


def get_record(session: Session, record_id: int) -> GoodsRecord:
    """Return a record of goods; raise NotFound."""
    if (record := session.get(GoodsRecord, record_id)) is None:
        raise NotFound
    return record


def records_of(session: Session, authorisation_id: int) -> Sequence[GoodsRecord]:
    """Return the records of goods of an authorisation, newest first."""
    query = select(GoodsRecord).where(col(GoodsRecord.authorisation_id) == authorisation_id).order_by(col(GoodsRecord.id).desc())
    return session.execute(query).scalars().all()


def stockings_of(
    session: Session, authorisation_id: int, *, gi_id: int, year: int, zone: str = "", unit: str = "piece"
) -> Sequence[GoodsRecord]:
    """Return what was put into ponds for a year and stands in the books: date, count, source (ground QT-05)."""
    query = select(GoodsRecord).where(
        col(GoodsRecord.authorisation_id) == authorisation_id,
        col(GoodsRecord.gi_id) == gi_id,
        col(GoodsRecord.kind) == "stocking",
        col(GoodsRecord.year) == year,
        col(GoodsRecord.zone) == zone,
        col(GoodsRecord.unit) == unit,
        col(GoodsRecord.state) == "entered",
    )
    return session.execute(query.order_by(col(GoodsRecord.on_date), col(GoodsRecord.id))).scalars().all()


def self_adjusted(session: Session, key: LedgerKey, *, more: bool) -> int:
    """Return by how much a user's own counts, without a decision of the county, already moved a year's goods, all grades together.

    ``more`` sums what was found beyond the books (positive), else what was missing (negative); what was reversed counts no more.
    """
    sign = col(GoodsRecord.quantity) > 0 if more else col(GoodsRecord.quantity) < 0
    query = select(func.coalesce(func.sum(col(GoodsRecord.quantity)), 0)).where(
        col(GoodsRecord.authorisation_id) == key.authorisation_id,
        col(GoodsRecord.gi_id) == key.gi_id,
        col(GoodsRecord.year) == key.year,
        col(GoodsRecord.zone) == key.zone,
        col(GoodsRecord.unit) == key.unit,
        col(GoodsRecord.commodity) == key.commodity,
        func.coalesce(col(GoodsRecord.farmer_id), 0) == key.farmer_id,
        col(GoodsRecord.kind) == "adjustment",
        col(GoodsRecord.state) == "entered",
        col(GoodsRecord.decided_by).is_(None),
        sign,
    )
    return int(session.execute(query).scalar_one())


def records_in_state(
    session: Session, visible: ColumnElement[bool], state: str, *, limit: int
) -> tuple[list[tuple[GoodsRecord, str]], int]:
    """Return the oldest records of a state among the visible ones with the user's name, and how many there are."""
    condition: tuple[Any, ...] = (visible, col(GoodsRecord.state) == state)
    query = select(GoodsRecord, col(Authorisation.raw_name)).join(Authorisation, col(Authorisation.id) == col(GoodsRecord.authorisation_id))
    rows = session.execute(query.where(*condition).order_by(col(GoodsRecord.id)).limit(limit)).all()
    total = session.execute(select(func.count()).select_from(GoodsRecord).where(*condition)).scalar_one()
    return [(row[0], row[1]) for row in rows], int(total)
