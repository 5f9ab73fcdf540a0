"""Reads of what a statement shows, each in one query for as many users and years as are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, BatchPlot, LedgerAccount, LedgerEntry, LedgerTransfer, Process, ProcessInput, ProcessOutput
from gi_registry.batches.queries.ledger import EntryRow, LedgerKey, entries
from gi_registry.batches.rules.ledger import QUOTA, Account
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.batches.rules.statements import Goods
from gi_registry.origin.models import Plot

Rows = dict["GoodsKey", Goods]


@dataclass(frozen=True, order=True)
class GoodsKey:
    """Whose goods of what: a user's own and its farmers', of one year, zone, unit and commodity ("" is the product)."""

    authorisation_id: int
    gi_id: int
    year: int
    zone: str
    unit: str
    commodity: str


@dataclass(frozen=True)
class GroundOfGoods:
    """What one plot gave to a batch of ``harvested`` grams or pieces."""

    batch_id: int
    authorisation_id: int
    year: int
    unit: str
    plot_id: int
    place: str
    given: int
    harvested: int


_COLUMNS: tuple[Any, ...] = (
    col(LedgerAccount.authorisation_id),
    col(LedgerAccount.gi_id),
    col(LedgerAccount.year),
    col(LedgerAccount.zone),
    col(LedgerAccount.unit),
    col(LedgerAccount.commodity),
)
_IS_GOODS = col(LedgerAccount.kind).not_in([kind.value for kind in QUOTA])


def of_authorisation(authorisation_id: int) -> ColumnElement[bool]:
    """Return the condition that accounts are those of one user."""
    return col(LedgerAccount.authorisation_id) == authorisation_id


def of_gi(gi_id: int) -> ColumnElement[bool]:
    """Return the condition that accounts are those of one GI."""
    return col(LedgerAccount.gi_id) == gi_id


def goods_where(session: Session, whose: ColumnElement[bool], *, year: int | None = None) -> Rows:
    """Return the goods of accounts that meet a condition, of one year or of all, by key."""
    wanted = whose if year is None else and_(whose, col(LedgerAccount.year) == year)
    balances: dict[GoodsKey, dict[str, int]] = {}
    query = select(*_COLUMNS, col(LedgerAccount.kind), func.sum(col(LedgerAccount.balance))).where(wanted, _IS_GOODS)
    for row in session.execute(query.group_by(*_COLUMNS, col(LedgerAccount.kind))):
        balances.setdefault(GoodsKey(*row[:6]), {})[row[6]] = int(row[7])
    crossed = _crossed(session, wanted)
    return {key: Goods(found, *crossed.get(key, (0, 0))) for key, found in balances.items()}


def _crossed(session: Session, wanted: ColumnElement[bool]) -> dict[GoodsKey, tuple[int, int]]:
    """Return what opening stocks brought into and took out of years, by key."""
    inside = col(Batch.account_year) == col(LedgerAccount.year)
    came = func.sum(case((inside, col(LedgerEntry.amount)), else_=0))
    went = func.sum(case((inside, 0), else_=-col(LedgerEntry.amount)))
    query = (
        select(*_COLUMNS, came, went)
        .join(LedgerEntry, col(LedgerEntry.account_id) == col(LedgerAccount.id))
        .join(LedgerTransfer, col(LedgerTransfer.id) == col(LedgerEntry.transfer_id))
        .join(Batch, col(Batch.id) == col(LedgerTransfer.batch_id))
        .where(wanted, col(LedgerAccount.kind) == Account.STOCK.value, col(Batch.kind) == Kind.OPENING.value)
        .where(col(LedgerTransfer.source_kind) == "batch", col(LedgerTransfer.tag).in_(("batch:declare", "batch:withdraw")))
    )
    return {GoodsKey(*row[:6]): (int(row[6]), int(row[7])) for row in session.execute(query.group_by(*_COLUMNS))}


def entries_where(
    session: Session, whose: ColumnElement[bool], *, year: int, account: str, unit: str, commodity: str, most: int
) -> list[EntryRow]:
    """Return the entries behind one figure of a statement, newest first, at most ``most``."""
    query = entries().where(
        whose,
        col(LedgerAccount.year) == year,
        col(LedgerAccount.kind) == account,
        col(LedgerAccount.unit) == unit,
        col(LedgerAccount.commodity) == commodity,
    )
    return [EntryRow(*row) for row in session.execute(query.order_by(col(LedgerEntry.id).desc()).limit(most))]


def years_where(session: Session, whose: ColumnElement[bool]) -> list[int]:
    """Return the years that have accounts, newest first."""
    query = select(col(LedgerAccount.year)).where(whose).distinct()
    return sorted(session.execute(query).scalars(), reverse=True)


def keys_where(session: Session, whose: ColumnElement[bool], *, years: Iterable[int]) -> list[LedgerKey]:
    """Return every user, GI, year, zone and unit that has accounts of the product or of its quota in some years."""
    columns = _COLUMNS[:5]
    query = select(*columns).where(whose, col(LedgerAccount.year).in_(sorted(years)), col(LedgerAccount.commodity) == "").distinct()
    return [LedgerKey(*row) for row in session.execute(query.order_by(*columns))]


def of_farmer(authorisation_id: int, farmer_id: int) -> ColumnElement[bool]:
    """Return the condition that accounts are those of one farmer of a user."""
    return and_(of_authorisation(authorisation_id), col(LedgerAccount.farmer_id) == farmer_id)


def own_goods(authorisation_id: int) -> ColumnElement[bool]:
    """Return the condition that accounts are a user's own, not those of its farmers."""
    return of_farmer(authorisation_id, 0)


def goods_of_farmers(session: Session, authorisation_id: int, *, year: int) -> dict[tuple[int, str, str], Goods]:
    """Return the balances of a year's goods by farmer, unit and commodity; what crossed years is not among them."""
    columns = (col(LedgerAccount.farmer_id), col(LedgerAccount.unit), col(LedgerAccount.commodity), col(LedgerAccount.kind))
    query = (
        select(*columns, func.sum(col(LedgerAccount.balance)))
        .where(of_authorisation(authorisation_id), col(LedgerAccount.farmer_id) != 0, col(LedgerAccount.year) == year, _IS_GOODS)
        .group_by(*columns)
    )
    balances: dict[tuple[int, str, str], dict[str, int]] = {}
    for row in session.execute(query):
        balances.setdefault((row[0], row[1], row[2]), {})[row[3]] = int(row[4])
    return {key: Goods(found) for key, found in balances.items()}


def ground_of_goods(session: Session, gi_id: int, year: int) -> list[GroundOfGoods]:
    """Return what each plot gave to each batch of a GI and year, recalled batches too."""
    query = (
        select(
            col(Batch.id), col(Batch.authorisation_id), col(Batch.account_year), col(Batch.unit), col(Plot.id),
            col(Plot.division_code), col(BatchPlot.quantity), col(Batch.quantity),
        )
        .join(BatchPlot, col(BatchPlot.batch_id) == col(Batch.id))
        .join(Plot, col(Plot.id) == col(BatchPlot.plot_id))
        .where(col(Batch.gi_id) == gi_id, col(Batch.account_year) == year, col(Batch.state).in_(COUNTED))
    )  # fmt: skip
    return [GroundOfGoods(*row) for row in session.execute(query.order_by(col(Batch.id), col(Plot.id)))]


def labelled_batches(session: Session, gi_id: int, year: int) -> list[tuple[int, str, int]]:
    """Return what each batch of a GI bears as labels of a year: batch, unit, grams or pieces."""
    query = (
        select(col(LedgerTransfer.batch_id), col(LedgerAccount.unit), func.sum(col(LedgerEntry.amount)))
        .join(LedgerEntry, col(LedgerEntry.transfer_id) == col(LedgerTransfer.id))
        .join(LedgerAccount, col(LedgerAccount.id) == col(LedgerEntry.account_id))
        .where(of_gi(gi_id), col(LedgerAccount.year) == year, col(LedgerAccount.kind) == Account.LABELLED.value)
        .where(col(LedgerTransfer.batch_id).is_not(None))
        .group_by(col(LedgerTransfer.batch_id), col(LedgerAccount.unit))
    )
    return [(row[0], row[1], int(row[2])) for row in session.execute(query)]


def inputs_of_outputs(session: Session, gi_id: int) -> list[tuple[int, int, int]]:
    """Return what each processed batch of a GI was made of: output, input, quantity taken; outputs by id, undone processes left out."""
    query = (
        select(col(ProcessOutput.batch_id), col(ProcessInput.batch_id), col(ProcessInput.quantity))
        .join(ProcessInput, col(ProcessInput.process_id) == col(ProcessOutput.process_id))
        .join(Process, col(Process.id) == col(ProcessOutput.process_id))
        .where(col(Process.gi_id) == gi_id, col(Process.state) == "done")
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query.order_by(col(ProcessOutput.batch_id)))]
