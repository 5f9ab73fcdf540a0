"""The facts of QT-02 and the marked quantities that QT-05 shares with it, gathered for many users with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from gi_registry.anomalies.queries.capacity import Gathered
from gi_registry.anomalies.queries.capacity import Unit as ZoneUnit
from gi_registry.anomalies.rules import qt_02
from gi_registry.anomalies.rules.qt_02 import Came, MixFacts
from gi_registry.batches.models import Batch, Process, ProcessInput, ProcessOutput, Trade
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.kernel.clock import legal_date
from gi_registry.registry.models import Authorisation, Gi, Protection
from gi_registry.registry.rules import Place, Step

CAME_IN = (Kind.HARVEST.value, Kind.OPENING.value, Kind.PURCHASE.value)
WHOLE = 1_000
Rate = Callable[[Batch, str, str], int]
"""Of a batch, its GI's code and the division that handles it, in thousandths."""
UNTOLD_DAYS = 30
"""The seller's days for purchases that were stated before sales were two-sided."""


class Unit(NamedTuple):
    """One user, GI, account year and unit; zones taken together."""

    authorisation_id: int
    gi_id: int
    year: int
    unit: str


@dataclass
class Marked:
    """What bears the mark, and the division that handles its user."""

    labelled: int = 0
    pre_printed: int = 0
    division: str = ""
    gi_code: str = ""
    came: list[Came] = field(default_factory=list)
    across_units: bool = False


def marked_goods(marks: Mapping[ZoneUnit, Gathered]) -> dict[Unit, Marked]:
    """Return the marked quantity of each user, GI, year and unit from the labels and packages by zone."""
    found: dict[Unit, Marked] = defaultdict(Marked)
    for unit, gathered in marks.items():
        here = found[Unit(unit.authorisation_id, unit.gi_id, unit.year, unit.unit)]
        here.labelled += sum(label.count * label.content_per_label for label in gathered.activated)
        here.labelled -= sum(label.count * label.content_per_label for label in gathered.deducted)
        here.pre_printed += sum(stock.quantity for stock in gathered.pre_printed)
    return dict(found)


def add_input(session: Session, found: Mapping[Unit, Marked], condition: ColumnElement[bool], *, as_of: date, rate: Rate) -> None:
    """Add what came in to each unit, and say where processes turn one unit or year into another.

    ``rate`` says how much product a thousand of a raw commodity gives at most.
    """
    years = sorted({unit.year for unit in found})
    for row in session.execute(_input(years, condition)):
        batch = row.Batch
        here = found.get(Unit(batch.authorisation_id, batch.gi_id, batch.account_year, batch.unit))
        if here is not None:
            here.came.append(_came(batch, row, as_of=as_of, most=rate(batch, row.code, row.division) if batch.commodity else WHOLE))
    for owner, gi_id, year, unit in session.execute(_crossings(years, condition)):
        here = found.get(Unit(owner, gi_id, year, unit))
        if here is not None:
            here.across_units = True


def _input(years: list[int], condition: ColumnElement[bool]) -> Any:
    return (
        select(
            Batch,
            col(Trade.state).label("trade"),
            col(Trade.answer_by),
            col(Protection.steps),
            col(Gi.code),
            col(Batch.authority_division).label("division"),
        )
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .join(Protection, col(Protection.id) == col(Authorisation.protection_id))
        .join(Gi, col(Gi.id) == col(Batch.gi_id))
        .outerjoin(Trade, col(Trade.batch_id) == col(Batch.id))
        .where(condition, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED), col(Batch.kind).in_(CAME_IN))
        .order_by(col(Batch.id))
    )


def _came(batch: Batch, row: Any, *, as_of: date, most: int) -> Came:
    quantity = batch.quantity if batch.commodity else batch.product_quantity
    standing = qt_02.CONFIRMED
    if batch.kind == Kind.PURCHASE:
        outside_allowed = (row.steps or {}).get(Step.RAW_MATERIAL) == Place.ALLOWED_OUTSIDE
        standing = qt_02.ALLOWED if outside_allowed else _standing(batch, row.trade, row.answer_by, as_of=as_of)
    return Came(batch.id or 0, batch.number, batch.kind, quantity, batch.commodity, standing, most)


def _standing(batch: Batch, trade: str | None, answer_by: date | None, *, as_of: date) -> str:
    if batch.sale_confirmed_on is not None or trade == "confirmed":
        return qt_02.CONFIRMED
    if trade is None and batch.supplier_authorisation_id is None and batch.supplier_farmer_id is None:
        return qt_02.OUTSIDE
    if trade == "disputed":
        return qt_02.DISPUTED
    ends = answer_by or legal_date(batch.created_at) + timedelta(days=UNTOLD_DAYS)
    return qt_02.WAITING if as_of <= ends else qt_02.LAPSED


def _crossings(years: list[int], condition: ColumnElement[bool]) -> Any:
    """The units and years of batches that a process made from batches of another unit or account year."""
    before, after = aliased(Batch), aliased(Batch)
    return (
        select(col(after.authorisation_id), col(after.gi_id), col(after.account_year), col(after.unit))
        .distinct()
        .select_from(ProcessOutput)
        .join(Process, and_(col(Process.id) == col(ProcessOutput.process_id), col(Process.state) == "done"))
        .join(ProcessInput, col(ProcessInput.process_id) == col(Process.id))
        .join(before, col(before.id) == col(ProcessInput.batch_id))
        .join(after, col(after.id) == col(ProcessOutput.batch_id))
        .join(Authorisation, col(Authorisation.id) == col(after.authorisation_id))
        .where(condition, col(after.account_year).in_(years))
        .where(or_(col(before.unit) != col(after.unit), col(before.account_year) != col(after.account_year)))
    )


def facts_of(unit: Unit, marked: Marked) -> MixFacts:
    """Return the frozen facts of one unit."""
    return MixFacts(
        authorisation_id=unit.authorisation_id,
        gi_id=unit.gi_id,
        year=unit.year,
        unit=unit.unit,
        labelled=marked.labelled,
        pre_printed=marked.pre_printed,
        came=tuple(marked.came),
        across_units=marked.across_units,
    )


def divisions_of(session: Session, authorisation_ids: Iterable[int]) -> dict[int, str]:
    """Return the division that handles each user."""
    query = select(col(Authorisation.id), col(Authorisation.authority_division))
    return {row[0]: row[1] for row in session.execute(query.where(col(Authorisation.id).in_(sorted(set(authorisation_ids)))))}
