"""Use cases of batches. ``entitlement`` says what may be labelled; ``reserve``, ``use_reserved`` and ``release`` move it."""

from __future__ import annotations

from gi_registry.batches.queries import find_batch, get_batch, labelled_of_batch, list_batches
from gi_registry.batches.service.capacity import AreaOfYear, area_of_year, entitlement
from gi_registry.batches.service.caps import set_cap
from gi_registry.batches.service.declaring import (
    Share,
    close_batch,
    declare_batch,
    recall_batch,
    store_batch,
    view_batch,
    withdraw_batch,
)
from gi_registry.batches.service.posting import available_of_batch, record_use, release, reserve, use_reserved
from gi_registry.batches.service.statement import Statement, YearTotals, statements, year_totals
from gi_registry.batches.service.trading import confirm_sale

__all__ = [
    "AreaOfYear",
    "Share",
    "Statement",
    "YearTotals",
    "area_of_year",
    "available_of_batch",
    "close_batch",
    "confirm_sale",
    "declare_batch",
    "entitlement",
    "find_batch",
    "get_batch",
    "labelled_of_batch",
    "list_batches",
    "recall_batch",
    "record_use",
    "release",
    "reserve",
    "set_cap",
    "statements",
    "store_batch",
    "use_reserved",
    "view_batch",
    "withdraw_batch",
    "year_totals",
]
