"""Use cases of batches. ``entitlement`` says what may be labelled; ``reserve``, ``use_reserved`` and ``release`` move it."""

from __future__ import annotations

from gi_registry.batches.queries import find_batch, find_trade, get_batch, labelled_of_batch, list_batches
from gi_registry.batches.service.attributing import name_source, sold_without_source
from gi_registry.batches.service.capacity import AreaOfYear, area_of_year, entitlement
from gi_registry.batches.service.caps import set_cap
from gi_registry.batches.service.declaring import (
    Share,
    close_batch,
    declare_batch,
    store_batch,
    store_state,
    view_batch,
    withdraw_batch,
)
from gi_registry.batches.service.posting import available_of_batch, record_use, release, reserve, use_reserved
from gi_registry.batches.service.processing import Portion, do_process, undo_process
from gi_registry.batches.service.recalling import Reach, reach_of, recall_batch
from gi_registry.batches.service.records import decide_record, record_goods, view_record, withdraw_record
from gi_registry.batches.service.statement import AgedStock, Statement, YearTotals, aged_stock, statements, year_totals
from gi_registry.batches.service.tracing import PlotPart, Upstream, Walk, trace_down, trace_up
from gi_registry.batches.service.trading import (
    accept_trade,
    confirm_sale,
    confirm_trade,
    dispute_trade,
    lapse_trades,
    record_answer,
    restate_trade,
    view_trade,
    withdraw_trade,
)

__all__ = [
    "AgedStock",
    "AreaOfYear",
    "PlotPart",
    "Portion",
    "Reach",
    "Share",
    "Statement",
    "Upstream",
    "Walk",
    "YearTotals",
    "accept_trade",
    "aged_stock",
    "area_of_year",
    "available_of_batch",
    "close_batch",
    "confirm_sale",
    "confirm_trade",
    "decide_record",
    "declare_batch",
    "dispute_trade",
    "do_process",
    "entitlement",
    "find_batch",
    "find_trade",
    "get_batch",
    "labelled_of_batch",
    "lapse_trades",
    "list_batches",
    "name_source",
    "reach_of",
    "recall_batch",
    "record_answer",
    "record_goods",
    "record_use",
    "release",
    "reserve",
    "restate_trade",
    "set_cap",
    "sold_without_source",
    "statements",
    "store_batch",
    "store_state",
    "trace_down",
    "trace_up",
    "undo_process",
    "use_reserved",
    "view_batch",
    "view_record",
    "view_trade",
    "withdraw_batch",
    "withdraw_record",
    "withdraw_trade",
    "year_totals",
]
