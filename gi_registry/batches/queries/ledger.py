"""Reads of the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session, col

from gi_registry.batches.models import LedgerAccount, LedgerEntry, LedgerTransfer
from gi_registry.batches.rules.ledger import Account


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


def balances_of(session: Session, key: LedgerKey) -> dict[Account, int]:
    """Return the balances of one year by kind of account; kinds that were never used are absent."""
    query = select(col(LedgerAccount.kind), col(LedgerAccount.balance)).where(*of_key(key))
    return {Account(kind): balance for kind, balance in session.execute(query)}


def of_key(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that an account belongs to a key."""
    return (
        col(LedgerAccount.authorisation_id) == key.authorisation_id,
        col(LedgerAccount.gi_id) == key.gi_id,
        col(LedgerAccount.year) == key.year,
        col(LedgerAccount.zone) == key.zone,
        col(LedgerAccount.unit) == key.unit,
    )


def account_row(session: Session, key: LedgerKey, kind: Account, *, lock: bool) -> LedgerAccount | None:
    """Return one account, its row locked until the transaction ends when asked (FOR UPDATE; SQLite has one writer at a time)."""
    query = select(LedgerAccount).where(*of_key(key), col(LedgerAccount.kind) == kind.value)
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
    query = entries().where(*of_key(key))
    if kinds:
        query = query.where(col(LedgerAccount.kind).in_([kind.value for kind in kinds]))
    return [EntryRow(*row) for row in session.execute(query.order_by(col(LedgerEntry.id)))]


def entries_of_batch(session: Session, batch_id: int) -> list[EntryRow]:
    """Return the entries of every transfer that names a batch."""
    query = entries().where(col(LedgerTransfer.batch_id) == batch_id).order_by(col(LedgerEntry.id))
    return [EntryRow(*row) for row in session.execute(query)]


def entries() -> Select[Any]:
    """Return the query of all entries, with the columns of EntryRow."""
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
