"""Caps and batches for tests."""

from __future__ import annotations

from datetime import date
from itertools import count
from typing import Any

from gi_registry.batches import service
from gi_registry.batches.models import Batch, YieldCap
from gi_registry.batches.schemas import BatchFields, CapFields
from gi_registry.batches.service import Share
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.workflow import Work

_serial = count(1)


def make_cap(work: Work, gi: Gi, **differs: Any) -> YieldCap:
    """Return the provisional cap of 600 pieces a mu for 2025."""
    values: dict[str, Any] = {
        "year": 2025,
        "unit": "piece",
        "per_mu": "600",
        "status": "provisional",
        "decided_on": date(2025, 3, 1),
        "basis": "示例协会〔2025〕3 号",
    }
    return service.set_cap(work, gi.id or 0, CapFields(**values | differs))


def make_batch(
    work: Work,
    authorisation: Authorisation,
    *,
    product: Product | None = None,
    plots: dict[int, str] | None = None,
    plot: Plot | None = None,
    **differs: Any,
) -> Batch:
    """Return a harvest of 2025-09-25, stored as an import would: 1,000 pieces unless told otherwise; of ``plot`` when given."""
    shares = plots or ({plot.id or 0: str(differs.get("quantity", "1000"))} if plot else {})
    number = differs.pop("number", f"PC-{next(_serial):05d}")
    values: dict[str, Any] = {
        "kind": "harvest",
        "product_id": product.id if product else None,
        "unit": "" if product else "piece",
        "harvest_year": 2025,
        "harvested_on": date(2025, 9, 25),
        "quantity": "1000",
    }
    listed = [Share(plot_id, quantity) for plot_id, quantity in shares.items()]
    return service.store_batch(work, authorisation.id or 0, number=number, fields=BatchFields(**values | differs), shares=listed)
