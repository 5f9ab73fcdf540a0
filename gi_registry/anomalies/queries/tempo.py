"""The facts of QT-04: labels by batch and day beside harvest, opening day and declared capacity, with one query for many users."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.qt_04 import Bound, TempoFacts
from gi_registry.batches.models import Batch
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.codes.rules.intervals import Status
from gi_registry.kernel.clock import legal_date
from gi_registry.registry.models import Authorisation, Gi, Product

Openings = Mapping[str, Mapping[str, str]]
"""Month and day ('09-25') by GI code and harvest year, where a year's differs from the GI's own."""


def bound_labels(
    session: Session, years: Iterable[int], condition: ColumnElement[bool], *, openings: Openings
) -> list[tuple[TempoFacts, str, str]]:
    """Return (facts, authority's division, GI code) of every user that bound labels to batches of some account years."""
    found: dict[tuple[int, int], dict[tuple[int, int, date], Bound]] = defaultdict(dict)
    about: dict[int, tuple[str, str]] = {}
    for row in session.execute(_query(sorted(years), condition)):
        batch, product, on = row.Batch, row.Product, legal_date(row.at)
        day = (batch.id or 0, product.id or 0, on)
        rows = found[batch.authorisation_id, batch.account_year]
        before = rows[day].count if day in rows else 0
        rows[day] = Bound(
            batch_id=batch.id or 0,
            number=batch.number,
            product_id=product.id or 0,
            product=product.name,
            on=on,
            count=before + int(row.labels),
            harvested_on=batch.harvested_on,
            opening_on=_opening(batch, row.code, row.opening_on, openings=openings),
            per_day=product.daily_capacity,
        )
        about[batch.authorisation_id] = (row.authority_division, row.code)
    return [
        (TempoFacts(owner, year, tuple(rows[key] for key in sorted(rows, key=lambda k: (k[2], k[0], k[1])))), *about[owner])
        for (owner, year), rows in sorted(found.items())
    ]


def _query(years: list[int], condition: ColumnElement[bool]) -> Any:
    """Labels by batch, product and moment of activation: one row an act, not a code."""
    labels = func.sum(col(CodeInterval.serial_to) - col(CodeInterval.serial_from)).label("labels")
    acts = (
        select(col(CodeInterval.batch_id).label("batch_id"), col(Allotment.product_id).label("product_id"), col(CodeInterval.at), labels)
        .select_from(CodeInterval)
        .join(CodeRange, col(CodeRange.id) == col(CodeInterval.range_id))
        .join(Allotment, col(Allotment.id) == col(CodeRange.allotment_id))
        .where(col(CodeInterval.status) == Status.ACTIVATED.value, col(CodeInterval.lifted_at).is_(None))
        .group_by(col(CodeInterval.batch_id), col(Allotment.product_id), col(CodeInterval.at))
        .subquery()
    )
    return (
        select(Batch, Product, acts.c.at, acts.c.labels, col(Authorisation.authority_division), col(Gi.code), col(Gi.opening_on))
        .select_from(acts)
        .join(Batch, col(Batch.id) == acts.c.batch_id)
        .join(Product, col(Product.id) == acts.c.product_id)
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .join(Gi, col(Gi.id) == col(Batch.gi_id))
        .where(condition, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED))
        .order_by(col(Batch.id), acts.c.at)
    )


def _opening(batch: Batch, code: str, usual: str, *, openings: Openings) -> date | None:
    """The opening day of the harvest year; only goods of that harvest can be before it."""
    stated = openings.get(code, {}).get(str(batch.harvest_year)) or usual
    if batch.kind != Kind.HARVEST or not stated:
        return None
    try:
        return date.fromisoformat(f"{batch.harvest_year}-{stated}")
    except ValueError:
        return None
