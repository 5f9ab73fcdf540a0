"""The facts of QT-05: what was put into the water and what came out, beside what bears the mark, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from gi_registry.anomalies.queries.mixing import Marked, Unit
from gi_registry.anomalies.rules.qt_05 import Harvested, StockFacts, Stocking
from gi_registry.batches.models import Batch, GoodsRecord
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.registry.models import Authorisation, Gi

PIECE = "piece"


def stock_facts(session: Session, found: Mapping[Unit, Marked], condition: ColumnElement[bool]) -> list[tuple[StockFacts, str]]:
    """Return (facts, GI code) of every user, GI and year with pieces that bear the mark."""
    wanted = {unit: marked for unit, marked in found.items() if unit.unit == PIECE}
    years = sorted({unit.year for unit in wanted})
    if not years:
        return []
    stocked, weighed = _stockings(session, years, condition)
    harvested, other = _goods(session, years, condition)
    codes = _codes(session, {unit.gi_id for unit in wanted})
    return [
        (
            StockFacts(
                authorisation_id=unit.authorisation_id,
                gi_id=unit.gi_id,
                year=unit.year,
                marked=marked.labelled + marked.pre_printed,
                stocked=tuple(stocked.get(unit, ())),
                harvested=tuple(harvested.get(unit, ())),
                opening=other.get((unit, Kind.OPENING.value), 0),
                bought=other.get((unit, Kind.PURCHASE.value), 0),
                weighed=unit in weighed,
            ),
            codes[unit.gi_id],
        )
        for unit, marked in sorted(wanted.items())
    ]


def _stockings(session: Session, years: list[int], condition: ColumnElement[bool]) -> tuple[dict[Unit, list[Stocking]], set[Unit]]:
    query = (
        select(GoodsRecord)
        .join(Authorisation, col(Authorisation.id) == col(GoodsRecord.authorisation_id))
        .where(condition, col(GoodsRecord.kind) == "stocking", col(GoodsRecord.state) == "entered", col(GoodsRecord.year).in_(years))
        .order_by(col(GoodsRecord.on_date), col(GoodsRecord.id))
    )
    stocked: dict[Unit, list[Stocking]] = defaultdict(list)
    weighed: set[Unit] = set()
    for record in session.execute(query).scalars():
        unit = Unit(record.authorisation_id, record.gi_id, record.year, PIECE)
        if record.unit == PIECE:
            stocked[unit].append(Stocking(record.id or 0, record.on_date, record.quantity, record.source))
        else:
            weighed.add(unit)
    return stocked, weighed


def _goods(
    session: Session, years: list[int], condition: ColumnElement[bool]
) -> tuple[dict[Unit, list[Harvested]], dict[tuple[Unit, str], int]]:
    query: Any = (
        select(Batch)
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .where(condition, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED), col(Batch.unit) == PIECE)
        .where(col(Batch.kind).in_([Kind.HARVEST.value, Kind.OPENING.value, Kind.PURCHASE.value]))
        .order_by(col(Batch.id))
    )
    harvested: dict[Unit, list[Harvested]] = defaultdict(list)
    other: dict[tuple[Unit, str], int] = defaultdict(int)
    for batch in session.execute(query).scalars():
        unit = Unit(batch.authorisation_id, batch.gi_id, batch.account_year, PIECE)
        if batch.kind == Kind.HARVEST and batch.harvested_on is not None:
            harvested[unit].append(Harvested(batch.id or 0, batch.number, batch.harvested_on, batch.quantity))
        elif batch.kind != Kind.HARVEST:
            other[unit, batch.kind] += batch.product_quantity
    return harvested, other


def _codes(session: Session, gi_ids: set[int]) -> dict[int, str]:
    query = select(col(Gi.id), col(Gi.code)).where(col(Gi.id).in_(sorted(gi_ids)))
    return {row[0]: row[1] for row in session.execute(query)}
