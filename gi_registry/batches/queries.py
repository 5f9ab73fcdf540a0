"""Reads of caps, batches and the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, BatchPlot, LedgerAccount, LedgerEntry, LedgerTransfer, YieldCap
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Gi, Product


@dataclass(frozen=True)
class LedgerKey:
    """What a set of accounts belongs to."""

    authorisation_id: int
    gi_id: int
    year: int
    zone: str
    unit: str


@dataclass(frozen=True)
class EntryRow:
    """One entry as people read it, with the transfer it belongs to."""

    at: datetime
    on_date: date
    tag: str
    account: str
    amount: int
    source_kind: str
    source_id: int
    batch_id: int | None
    transfer_id: int
    memo: str
    year: int


# ---- caps ----------------------------------------------------------------------------------------------------------------------------


def cap_in_force(session: Session, *, gi_id: int, zone: str, year: int, unit: str) -> YieldCap | None:
    """Return the cap that counts: the newest revision of the zone, or of the whole GI where the zone has none."""
    for wanted in dict.fromkeys((zone, "")):
        query = select(YieldCap).where(
            col(YieldCap.gi_id) == gi_id,
            col(YieldCap.zone) == wanted,
            col(YieldCap.year) == year,
            col(YieldCap.unit) == unit,
            col(YieldCap.superseded_by).is_(None),
        )
        cap: YieldCap | None = session.execute(query.order_by(col(YieldCap.revision).desc())).scalars().first()
        if cap is not None:
            return cap
    return None


def list_caps(session: Session, gi_id: int) -> Sequence[YieldCap]:
    """Return every cap of a GI, superseded ones too, newest year first."""
    order = (col(YieldCap.year).desc(), col(YieldCap.zone), col(YieldCap.unit), col(YieldCap.revision).desc())
    return session.execute(select(YieldCap).where(col(YieldCap.gi_id) == gi_id).order_by(*order)).scalars().all()


def get_cap(session: Session, cap_id: int) -> YieldCap:
    """Return a cap; raise NotFound."""
    if (cap := session.get(YieldCap, cap_id)) is None:
        raise NotFound
    return cap


def every_cap(session: Session) -> Sequence[tuple[YieldCap, str]]:
    """Return every cap with its GI's code, in the order they were set."""
    query = select(YieldCap, col(Gi.code)).join(Gi, col(Gi.id) == col(YieldCap.gi_id)).order_by(col(YieldCap.id))
    return [(row[0], row[1]) for row in session.execute(query)]


# ---- batches -------------------------------------------------------------------------------------------------------------------------


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
    """Return the batches of some kinds that feed one account year, withdrawn ones left out."""
    query = select(Batch).where(
        col(Batch.authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        col(Batch.account_year) == key.year,
        col(Batch.zone) == key.zone,
        col(Batch.unit) == key.unit,
        col(Batch.kind).in_([kind.value for kind in kinds]),
        col(Batch.state).in_(COUNTED),
    )
    return session.execute(query.order_by(col(Batch.id))).scalars().all()


def carried_forward(session: Session, key: LedgerKey) -> Sequence[Batch]:
    """Return the opening stocks of later years that come from this year's harvest."""
    query = select(Batch).where(
        col(Batch.authorisation_id) == key.authorisation_id,
        col(Batch.gi_id) == key.gi_id,
        col(Batch.harvest_year) == key.year,
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


# ---- the ledger ----------------------------------------------------------------------------------------------------------------------


def balances_of(session: Session, key: LedgerKey) -> dict[Account, int]:
    """Return the balances of one year by kind of account; kinds that were never used are absent."""
    query = select(col(LedgerAccount.kind), col(LedgerAccount.balance)).where(*_of_key(key))
    return {Account(kind): balance for kind, balance in session.execute(query)}


def _of_key(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LedgerAccount.authorisation_id) == key.authorisation_id,
        col(LedgerAccount.gi_id) == key.gi_id,
        col(LedgerAccount.year) == key.year,
        col(LedgerAccount.zone) == key.zone,
        col(LedgerAccount.unit) == key.unit,
    )


def account_row(session: Session, key: LedgerKey, kind: Account, *, lock: bool) -> LedgerAccount | None:
    """Return one account, its row locked until the transaction ends when asked (FOR UPDATE; SQLite has one writer at a time)."""
    query = select(LedgerAccount).where(*_of_key(key), col(LedgerAccount.kind) == kind.value)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return session.execute(query).scalar_one_or_none()


def find_transfer(session: Session, tag: str, source_kind: str, source_id: int) -> LedgerTransfer | None:
    """Return the transfer that one source made under a tag."""
    query = select(LedgerTransfer).where(
        col(LedgerTransfer.tag) == tag, col(LedgerTransfer.source_kind) == source_kind, col(LedgerTransfer.source_id) == source_id
    )
    return session.execute(query).scalar_one_or_none()


def next_transfer_id(session: Session) -> int:
    """Return the id of the next transfer, known before its entries: they come first, the transfer seals them."""
    if session.connection().dialect.name == "postgresql":
        return int(session.execute(select(func.nextval(func.pg_get_serial_sequence("ledger_transfer", "id")))).scalar_one())
    return int(session.execute(select(func.coalesce(func.max(col(LedgerTransfer.id)), 0) + 1)).scalar_one())


def entries_of(session: Session, key: LedgerKey, *kinds: Account) -> list[EntryRow]:
    """Return the entries of one year's accounts, oldest first; only of some kinds when named."""
    query = _entries().where(*_of_key(key))
    if kinds:
        query = query.where(col(LedgerAccount.kind).in_([kind.value for kind in kinds]))
    return [EntryRow(*row) for row in session.execute(query.order_by(col(LedgerEntry.id)))]


def entries_of_batch(session: Session, batch_id: int) -> list[EntryRow]:
    """Return the entries of every transfer that names a batch."""
    query = _entries().where(col(LedgerTransfer.batch_id) == batch_id).order_by(col(LedgerEntry.id))
    return [EntryRow(*row) for row in session.execute(query)]


def _entries() -> Select[Any]:
    columns: tuple[Any, ...] = (
        LedgerTransfer.at,
        LedgerTransfer.on_date,
        LedgerTransfer.tag,
        LedgerAccount.kind,
        LedgerEntry.amount,
        LedgerTransfer.source_kind,
        LedgerTransfer.source_id,
        LedgerTransfer.batch_id,
        LedgerTransfer.id,
        LedgerTransfer.memo,
        LedgerAccount.year,
    )
    return (
        select(*columns)
        .join(LedgerTransfer, col(LedgerTransfer.id) == col(LedgerEntry.transfer_id))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
    )


def moved_by_batch(session: Session, batch_id: int, kind: Account) -> int:
    """Return the sum of what a batch's transfers put into one kind of account, in grams or pieces."""
    query = (
        select(func.coalesce(func.sum(col(LedgerEntry.amount)), 0))
        .join(LedgerTransfer, col(LedgerTransfer.id) == col(LedgerEntry.transfer_id))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .where(col(LedgerTransfer.batch_id) == batch_id, col(LedgerAccount.kind) == kind.value)
    )
    return int(session.execute(query).scalar_one())


def labelled_of_batch(session: Session, batch_id: int) -> int:
    """Return how much of a batch bears labels, in grams or pieces."""
    return moved_by_batch(session, batch_id, Account.LABELLED)


def labelled_by_batch(session: Session, authorisation_id: int) -> dict[int, int]:
    """Return how much of each batch of an authorisation bears labels, by batch id; batches without labels are absent."""
    query = (
        select(col(LedgerTransfer.batch_id), func.sum(col(LedgerEntry.amount)))
        .join(LedgerEntry, col(LedgerEntry.transfer_id) == col(LedgerTransfer.id))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .where(col(LedgerAccount.authorisation_id) == authorisation_id, col(LedgerAccount.kind) == Account.LABELLED.value)
        .where(col(LedgerTransfer.batch_id).is_not(None))
        .group_by(col(LedgerTransfer.batch_id))
    )
    return {row[0]: int(row[1]) for row in session.execute(query)}


def stock_by_key(session: Session, authorisation_id: int) -> dict[LedgerKey, int]:
    """Return what stock holds in each year, zone and unit of an authorisation."""
    columns = (LedgerAccount.gi_id, LedgerAccount.year, LedgerAccount.zone, LedgerAccount.unit, LedgerAccount.balance)
    query = select(*map(col, columns)).where(
        col(LedgerAccount.authorisation_id) == authorisation_id, col(LedgerAccount.kind) == Account.STOCK.value
    )
    return {LedgerKey(authorisation_id, *row[:4]): row[4] for row in session.execute(query)}


def keys_of(session: Session, authorisation_id: int) -> list[LedgerKey]:
    """Return every (GI, year, zone, unit) an authorisation has accounts for, newest year first."""
    columns = (col(LedgerAccount.gi_id), col(LedgerAccount.year), col(LedgerAccount.zone), col(LedgerAccount.unit))
    query = select(*columns).where(col(LedgerAccount.authorisation_id) == authorisation_id).distinct()
    found = [LedgerKey(authorisation_id, *row) for row in session.execute(query)]
    return sorted(found, key=lambda key: (-key.year, key.gi_id, key.zone, key.unit))
