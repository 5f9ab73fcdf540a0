"""Pages of batches, yield caps and the ledger."""

from __future__ import annotations

from gi_registry.batches.routes import batches, caps, caps_register, ledger, processes, quality, records, statements, trade
from gi_registry.batches.routes.blueprint import bp

__all__ = ["batches", "bp", "caps", "caps_register", "ledger", "processes", "quality", "records", "statements", "trade"]
