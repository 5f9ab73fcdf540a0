"""Reads of the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, LedgerAccount, LedgerEntry, LedgerTransfer
from gi_registry.batches.rules.ledger import QUOTA, Account, Posting


@dataclass(frozen=True)
class LedgerKey:
    """What a set of accounts belongs to.

    ``farmer_id`` 0: the authorisation's own goods; ``commodity`` "": the product itself, else what it is made from (鲜叶); ``grade`` "":
    ungraded. Quota has none of the three: the quota of a key is that of ``key.quota``.
    """

    authorisation_id: int
    gi_id: int
    year: int
    zone: str
    unit: str
    farmer_id: int = 0
    commodity: str = ""
    grade: str = ""

    @property
    def quota(self) -> LedgerKey:
        """The key of the quota accounts, and of the row that every transfer of these goods locks."""
        return LedgerKey(self.authorisation_id, self.gi_id, self.year, self.zone, self.unit)

    def of_farmer(self, farmer_id: int) -> LedgerKey:
        """The same goods on a farmer's account (0: the authorisation's own)."""
        return replace(self, farmer_id=farmer_id)


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
    unit: str = "g"
    commodity: str = ""
    grade: str = ""
    farmer_id: int = 0

    @property
    def posting(self) -> Posting:
        """The entry as a side of a transfer."""
        return Posting(Account(self.account), self.amount, self.year, self.commodity, self.unit, self.grade, self.farmer_id)


def balances_of(session: Session, key: LedgerKey) -> dict[Account, int]:
    """Return the balances of exactly this key's goods and of its quota, by kind of account; kinds that were never used are absent."""
    goods = and_(col(LedgerAccount.farmer_id) == key.farmer_id, *_of_goods(key), col(LedgerAccount.grade) == key.grade)
    query = select(col(LedgerAccount.kind), col(LedgerAccount.balance)).where(*_of_year(key), or_(_IS_QUOTA, goods))
    return {Account(kind): balance for kind, balance in session.execute(query)}


def totals_of(session: Session, key: LedgerKey) -> dict[Account, int]:
    """Return the balances of a key's goods over all grades, and of its quota, by kind of account: what a statement shows."""
    goods = and_(col(LedgerAccount.farmer_id) == key.farmer_id, *_of_goods(key))
    query = select(col(LedgerAccount.kind), func.sum(col(LedgerAccount.balance))).where(*_of_year(key), or_(_IS_QUOTA, goods))
    return {Account(kind): int(balance) for kind, balance in session.execute(query.group_by(col(LedgerAccount.kind)))}


def stock_by_grade(session: Session, key: LedgerKey) -> dict[str, int]:
    """Return what the stock of a key holds, by grade ("": ungraded)."""
    query = select(col(LedgerAccount.grade), col(LedgerAccount.balance)).where(
        *_of_year(key), col(LedgerAccount.farmer_id) == key.farmer_id, *_of_goods(key), col(LedgerAccount.kind) == Account.STOCK.value
    )
    return {row[0]: row[1] for row in session.execute(query.order_by(col(LedgerAccount.grade)))}


_IS_QUOTA = col(LedgerAccount.kind).in_(sorted(kind.value for kind in QUOTA))


def _of_year(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    return (
        col(LedgerAccount.authorisation_id) == key.authorisation_id,
        col(LedgerAccount.gi_id) == key.gi_id,
        col(LedgerAccount.year) == key.year,
        col(LedgerAccount.zone) == key.zone,
        col(LedgerAccount.unit) == key.unit,
    )


def _of_goods(key: LedgerKey) -> tuple[ColumnElement[bool], ...]:
    return (~_IS_QUOTA, col(LedgerAccount.commodity) == key.commodity)


def account_row(session: Session, key: LedgerKey, kind: Account, *, lock: bool) -> LedgerAccount | None:
    """Return one account, its row locked until the transaction ends when asked (FOR UPDATE; SQLite has one writer at a time)."""
    query = select(LedgerAccount).where(
        *_of_year(key),
        col(LedgerAccount.farmer_id) == key.farmer_id,
        col(LedgerAccount.commodity) == key.commodity,
        col(LedgerAccount.grade) == key.grade,
        col(LedgerAccount.kind) == kind.value,
    )
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
    """Return the entries of one year's accounts over all grades, oldest first; only of some kinds when named."""
    goods = and_(col(LedgerAccount.farmer_id) == key.farmer_id, *_of_goods(key))
    query = entries().where(*_of_year(key), or_(_IS_QUOTA, goods))
    if kinds:
        query = query.where(col(LedgerAccount.kind).in_([kind.value for kind in kinds]))
    return [EntryRow(*row) for row in session.execute(query.order_by(col(LedgerEntry.id)))]


def entries_of_batch(session: Session, batch_id: int) -> list[EntryRow]:
    """Return the entries of every transfer that names a batch."""
    query = entries().where(col(LedgerTransfer.batch_id) == batch_id).order_by(col(LedgerEntry.id))
    return [EntryRow(*row) for row in session.execute(query)]


def entries_of_source(session: Session, tag: str, source_kind: str, source_id: int) -> list[Posting]:
    """Return the transfer that one source made under a tag as postings, each with its own account in full."""
    query = entries().where(
        col(LedgerTransfer.tag) == tag, col(LedgerTransfer.source_kind) == source_kind, col(LedgerTransfer.source_id) == source_id
    )
    return [EntryRow(*row).posting for row in session.execute(query.order_by(col(LedgerEntry.id)))]


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
        LedgerAccount.unit,
        LedgerAccount.commodity,
        LedgerAccount.grade,
        LedgerAccount.farmer_id,
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


def left_by_batch(session: Session, authorisation_id: int, *batch_ids: int) -> dict[int, int]:
    """Return what each batch of an authorisation still has in stock (grams or pieces), by batch id; of some batches when named.

    It is the sum of what the transfers that name the batch put into the batch's own stock account: labels, losses, processing and
    anything else that names it are off. A batch without such a transfer is absent.
    """
    query = (
        select(col(LedgerTransfer.batch_id), func.sum(col(LedgerEntry.amount)))
        .join(LedgerEntry, col(LedgerEntry.transfer_id) == col(LedgerTransfer.id))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .join(Batch, col(Batch.id) == col(LedgerTransfer.batch_id))
        .where(col(Batch.authorisation_id) == authorisation_id, col(LedgerAccount.kind) == Account.STOCK.value, *_own_account())
        .group_by(col(LedgerTransfer.batch_id))
    )
    if batch_ids:
        query = query.where(col(Batch.id).in_(batch_ids))
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _own_account() -> tuple[ColumnElement[bool], ...]:
    return (
        col(LedgerAccount.authorisation_id) == col(Batch.authorisation_id),
        col(LedgerAccount.year) == col(Batch.account_year),
        col(LedgerAccount.farmer_id) == func.coalesce(col(Batch.farmer_id), 0),
        col(LedgerAccount.commodity) == col(Batch.commodity),
        col(LedgerAccount.grade) == col(Batch.account_grade),
    )


def stock_by_key(session: Session, authorisation_id: int) -> dict[LedgerKey, int]:
    """Return what stock holds in each account of an authorisation."""
    columns = (*_KEY_COLUMNS, col(LedgerAccount.grade), col(LedgerAccount.balance))
    query = select(*columns).where(col(LedgerAccount.authorisation_id) == authorisation_id, col(LedgerAccount.kind) == Account.STOCK.value)
    return {LedgerKey(authorisation_id, *row[:7]): row[7] for row in session.execute(query)}


_KEY_COLUMNS = (
    col(LedgerAccount.gi_id),
    col(LedgerAccount.year),
    col(LedgerAccount.zone),
    col(LedgerAccount.unit),
    col(LedgerAccount.farmer_id),
    col(LedgerAccount.commodity),
)


def keys_of(session: Session, authorisation_id: int) -> list[LedgerKey]:
    """Return every (GI, year, zone, unit, farmer, commodity) an authorisation has accounts for, newest year first; grades are one."""
    query = select(*_KEY_COLUMNS).where(col(LedgerAccount.authorisation_id) == authorisation_id).distinct()
    found = [LedgerKey(authorisation_id, *row) for row in session.execute(query)]
    return sorted(found, key=lambda key: (-key.year, key.gi_id, key.zone, key.unit, key.commodity, key.farmer_id))
