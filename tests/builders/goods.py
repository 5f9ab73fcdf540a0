"""Farmers, purchases and records of goods for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from gi_registry.batches.models import Batch, GoodsRecord, Trade
from gi_registry.batches.schemas import RecordFields
from gi_registry.batches.service import find_trade, record_goods
from gi_registry.origin.models import Farmer
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work
from tests.builders.batches import make_batch


def make_farmer(work: Work, authorisation: Authorisation, **differs: Any) -> Farmer:
    """Return a household under contract."""
    values = {"name": "示例农户", "division_code": "999999", "contract_number": "HT-001"} | differs
    farmer = Farmer(
        authorisation_id=authorisation.id or 0,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        **values,
    )
    work.record(farmer, "farmer:add")
    work.flush()
    return farmer


def make_trade(work: Work, buyer: Authorisation, seller: Authorisation, *, quantity: str = "200", **differs: Any) -> tuple[Batch, Trade]:
    """Return a purchase that a buyer states and its two-sided sale."""
    values = {"harvested_on": None} | differs
    batch = make_batch(work, buyer, kind="purchase", quantity=quantity, supplier_number=seller.number, **values)
    trade = find_trade(work.session, batch.id or 0)
    assert trade is not None
    return batch, trade


def make_record(work: Work, authorisation: Authorisation, kind: str, **differs: Any) -> GoodsRecord:
    """Return a record of goods of 2025 in pieces, ungraded, on 2025-10-08."""
    values = {
        "kind": kind,
        "year": 2025,
        "unit": "piece",
        "on_date": date(2025, 10, 8),
        "quantity": "10",
        "reason": "示例原因",
        "source": "示例苗种场",
        "evidence": "盘点表 2025-10",
    } | differs
    return record_goods(work, authorisation.id or 0, fields=RecordFields(**values))
