"""What the pages of two-sided sales and of records of goods show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, GoodsRecord, Trade
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.records import RECORD_LIFE, RecordKind
from gi_registry.batches.rules.trade import SELLERS_TURN, TRADE_LIFE
from gi_registry.batches.service.pages import Happening
from gi_registry.batches.service.posting import available_of_batch
from gi_registry.batches.service.records import record_key, view_record
from gi_registry.batches.service.statement import AgedStock, aged_stock
from gi_registry.batches.service.trading import view_trade
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say
from gi_registry.log.queries import history
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Farmer, Plot
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

HAPPENED: dict[str, Words] = {"state": say("购进方申报"), "file": say("登记"), "enter": say("入账")}


@dataclass(frozen=True)
class TradeRow:
    """A sale of a list, from the side of one authorisation: with whom, and whether it waits for a word of ours."""

    trade: Trade
    batch: Batch
    selling: bool
    partner: str
    waits_for_us: bool


@dataclass(frozen=True)
class TradesPage:
    """The sales of an authorisation on both sides; those that wait for its word come first."""

    authorisation: Authorisation
    gi: Gi
    rows: Sequence[TradeRow]
    may_act: bool
    officer: bool


@dataclass(frozen=True)
class TradePage:
    """One sale with both figures. ``grades`` is the seller's stock by grade, for the seller alone."""

    trade: Trade
    batch: Batch
    gi: Gi
    buyer: Authorisation
    seller: Authorisation | None
    farmer: Farmer | None
    grades: Mapping[str, int]
    events: Sequence[Happening]
    as_seller: bool
    as_buyer: bool
    sees_batch: bool

    def can(self, action: str) -> bool:
        """Say whether the sale's life has this step from here."""
        return TRADE_LIFE.allows(self.trade.state, action)


@dataclass(frozen=True)
class RecordsPage:
    """The records of goods of an authorisation, and what it keeps of earlier harvests."""

    authorisation: Authorisation
    gi: Gi
    rows: Sequence[GoodsRecord]
    aged: Sequence[AgedStock]
    may_record: bool
    officer: bool


@dataclass(frozen=True)
class RecordFormPage:
    """What the form of a record needs: the batches that still hold goods, the stocks by account, plots and farmers."""

    authorisation: Authorisation
    gi: Gi
    batches: Sequence[tuple[Batch, int]]
    stocks: Sequence[tuple[LedgerKey, int]]
    plots: Sequence[Plot]
    farmers: Sequence[Farmer]
    zones: Sequence[str]
    year: int


@dataclass(frozen=True)
class RecordPage:
    """One record of goods; ``held`` is what its account of stock holds now."""

    record: GoodsRecord
    authorisation: Authorisation
    gi: Gi
    batch: Batch | None
    plot: Plot | None
    farmer: Farmer | None
    held: int
    events: Sequence[Happening]
    may_withdraw: bool
    may_decide: bool

    def can(self, action: str) -> bool:
        """Say whether the record's life has this step from here."""
        return RECORD_LIFE.allows(self.record.state, action)


def trades_page(work: Work, authorisation_id: int) -> TradesPage:
    """Return the sales of an authorisation; NotFound for one that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    rows = [_trade_row(work, authorisation_id, trade, batch) for trade, batch in queries.trades_of(work.session, authorisation_id)]
    return TradesPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        rows=sorted(rows, key=lambda row: not row.waits_for_us),
        may_act=work.allows("batch:declare", authorisation),
        officer=work.allows("desk:view"),
    )


def _trade_row(work: Work, authorisation_id: int, trade: Trade, batch: Batch) -> TradeRow:
    selling = trade.seller_authorisation_id == authorisation_id
    other = trade.buyer_authorisation_id if selling else trade.seller_authorisation_id
    farmer = None if other else plots.get_farmer(work.session, trade.seller_farmer_id)
    partner = registry.get_authorisation(work.session, other).raw_name if other else (farmer.name if farmer else "")
    ours = trade.state in SELLERS_TURN if selling else trade.state in ("disputed", "lapsed")
    return TradeRow(trade, batch, selling, partner, ours)


def trade_page(work: Work, trade_id: int) -> TradePage:
    """Return a sale to one of its sides or an officer."""
    trade = view_trade(work, trade_id)
    session, batch = work.session, queries.get_batch(work.session, trade.batch_id)
    seller = registry.get_authorisation(session, trade.seller_authorisation_id) if trade.seller_authorisation_id else None
    as_seller = seller is not None and work.allows("batch:declare", seller)
    key = LedgerKey(trade.seller_authorisation_id or 0, trade.gi_id, trade.year, trade.zone, trade.unit, commodity=trade.commodity)
    return TradePage(
        trade=trade,
        batch=batch,
        gi=registry.get_gi(session, trade.gi_id),
        buyer=registry.get_authorisation(session, trade.buyer_authorisation_id),
        seller=seller,
        farmer=plots.get_farmer(session, trade.seller_farmer_id),
        grades=queries.stock_by_grade(session, key) if as_seller else {},
        events=_events(session, "trade", trade_id, TRADE_LIFE),
        as_seller=as_seller,
        as_buyer=work.allows("batch:declare", trade),
        sees_batch=work.allows("batch:view", batch),
    )


def records_page(work: Work, authorisation_id: int) -> RecordsPage:
    """Return the records of goods of an authorisation; NotFound for one that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    return RecordsPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        rows=queries.records_of(work.session, authorisation_id),
        aged=aged_stock(work, authorisation_id),
        may_record=work.allows("batch:declare", authorisation),
        officer=work.allows("desk:view"),
    )


def record_form_page(work: Work, authorisation_id: int) -> RecordFormPage:
    """Return what the form of a record needs; NotFound for an authorisation that is not one's own."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    session = work.session
    held = [(batch, available_of_batch(session, batch.id or 0)) for batch in queries.list_batches(session, authorisation_id)]
    stocks = queries.stock_by_key(session, authorisation_id)
    return RecordFormPage(
        authorisation=authorisation,
        gi=registry.get_gi(session, authorisation.gi_id),
        batches=[(batch, left) for batch, left in held if left],
        stocks=sorted(((key, left) for key, left in stocks.items() if left > 0), key=lambda item: (-item[0].year, item[0].grade)),
        plots=plots.list_plots(session, authorisation_id),
        farmers=plots.farmers_of(session, authorisation_id),
        zones=plots.zones_of(session, authorisation.gi_id),
        year=work.today.year,
    )


def record_page(work: Work, record_id: int) -> RecordPage:
    """Return a record of goods to its owner or an officer of its region."""
    record = view_record(work, record_id)
    session = work.session
    return RecordPage(
        record=record,
        authorisation=registry.get_authorisation(session, record.authorisation_id),
        gi=registry.get_gi(session, record.gi_id),
        batch=queries.get_batch(session, record.batch_id) if record.batch_id else None,
        plot=plots.get_plot(session, record.plot_id) if record.plot_id else None,
        farmer=plots.get_farmer(session, record.farmer_id),
        held=queries.balances_of(session, record_key(record)).get(Account.STOCK, 0),
        events=_events(session, "goods_record", record_id, RECORD_LIFE),
        may_withdraw=work.allows("batch:declare", record) and not (record.kind == RecordKind.REGRADE and record.batch_id),
        may_decide=work.allows("record:decide", record),
    )


def _events(session: Session, table: str, row_id: int, life: Machine) -> list[Happening]:
    def words(event: Any) -> Words:
        return HAPPENED[event.action] if event.action in HAPPENED else life.label(event.action)

    return [Happening(event.at, words(event), event.leaf_index) for event in history(session, table, row_id)]
