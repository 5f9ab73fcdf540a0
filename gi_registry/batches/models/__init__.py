"""Tables of batches: yield caps, batches with their plots, and the double-entry ledger."""

from __future__ import annotations

from gi_registry.batches.models.batch import Batch, BatchPlot
from gi_registry.batches.models.caps import YieldCap
from gi_registry.batches.models.ledger import LedgerAccount, LedgerEntry, LedgerTransfer

__all__ = ["Batch", "BatchPlot", "LedgerAccount", "LedgerEntry", "LedgerTransfer", "YieldCap"]
