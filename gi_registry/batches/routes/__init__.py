"""Pages of batches, yield caps and the ledger."""

from __future__ import annotations

from gi_registry.batches.routes import batches, caps, ledger, quality, records, statements, trade
from gi_registry.batches.routes.blueprint import bp

__all__ = ["batches", "bp", "caps", "ledger", "quality", "records", "statements", "trade"]
