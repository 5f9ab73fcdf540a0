"""Whether the books balance: asked of the rows themselves, whatever wrote them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from gi_registry.batches.models import LedgerAccount, LedgerEntry, LedgerTransfer
from gi_registry.batches.rules.ledger import QUOTA, SOURCES

_FAMILY = case((col(LedgerAccount.kind).in_(sorted(kind.value for kind in QUOTA)), "quota"), else_="goods")


@dataclass(frozen=True)
class Broken:
    """One fact that does not hold: ``what`` (sum, balance, tolerance, transfer, seal), of what, and by how much in grams or pieces."""

    what: str
    subject: str
    amount: int


def broken_books(session: Session) -> list[Broken]:
    """Return every way in which the books do not balance; empty when they do.

    The sum of all accounts per family, commodity and unit is zero; a balance is the sum of its entries; no account that holds goods or
    labels stands below its tolerance; each transfer is zero-sum per family, commodity and unit; no entry is without its transfer.
    """
    return [*_sums(session), *_balances(session), *_below(session), *_transfers(session), *_unsealed(session)]


def _sums(session: Session) -> Iterator[Broken]:
    total = func.sum(col(LedgerAccount.balance))
    query = select(_FAMILY, col(LedgerAccount.commodity), col(LedgerAccount.unit), total).group_by(
        _FAMILY, col(LedgerAccount.commodity), col(LedgerAccount.unit)
    )
    for family, commodity, unit, amount in session.execute(query.having(total != 0)):
        yield Broken("sum", f"{family}/{commodity}/{unit}", int(amount))


def _balances(session: Session) -> Iterator[Broken]:
    entered = func.coalesce(func.sum(col(LedgerEntry.amount)), 0)
    query = (
        select(col(LedgerAccount.id), col(LedgerAccount.balance) - entered)
        .outerjoin(LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id))
        .group_by(col(LedgerAccount.id), col(LedgerAccount.balance))
        .having(col(LedgerAccount.balance) != entered)
    )
    for account_id, amount in session.execute(query):
        yield Broken("balance", f"account {account_id}", int(amount))


def _below(session: Session) -> Iterator[Broken]:
    query = select(col(LedgerAccount.id), col(LedgerAccount.balance)).where(
        col(LedgerAccount.balance) < -col(LedgerAccount.tolerance), col(LedgerAccount.kind).not_in(sorted(kind.value for kind in SOURCES))
    )
    for account_id, amount in session.execute(query):
        yield Broken("tolerance", f"account {account_id}", int(amount))


def _transfers(session: Session) -> Iterator[Broken]:
    total = func.sum(col(LedgerEntry.amount))
    query = (
        select(col(LedgerEntry.transfer_id), total)
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .group_by(col(LedgerEntry.transfer_id), _FAMILY, col(LedgerAccount.commodity), col(LedgerAccount.unit))
        .having(total != 0)
    )
    for transfer_id, amount in session.execute(query):
        yield Broken("transfer", f"transfer {transfer_id}", int(amount))


def _unsealed(session: Session) -> Iterator[Broken]:
    query = (
        select(col(LedgerEntry.transfer_id), func.count())
        .outerjoin(LedgerTransfer, col(LedgerTransfer.id) == col(LedgerEntry.transfer_id))
        .where(col(LedgerTransfer.id).is_(None))
        .group_by(col(LedgerEntry.transfer_id))
    )
    for transfer_id, count in session.execute(query):
        yield Broken("seal", f"transfer {transfer_id}", int(count))
