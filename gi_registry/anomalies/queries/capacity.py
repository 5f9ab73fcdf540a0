"""The facts of QT-01, gathered for many users with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from gi_registry.anomalies.rules.qt_01 import COUNTED_BASES, CapacityFacts, CountFact, LabelFact, PlotFact, StockFact
from gi_registry.batches.models import Batch, BatchPlot, CapacityUnit, YieldCap
from gi_registry.batches.queries.capacity import cap_of
from gi_registry.batches.rules.caps import COUNTING_UNITS, CapTable, Per, Stated
from gi_registry.batches.rules.life import COUNTED, CapStatus, Kind
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.codes.rules.intervals import SPOILS, Status
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.versions import covers
from gi_registry.registry.models import Authorisation, Product, Protection
from gi_registry.registry.rules import Place, Step

PPM_PER_MILLE = 1_000


@dataclass(frozen=True)
class Unit:
    """An allocation unit of one user and year."""

    authorisation_id: int
    gi_id: int
    zone: str
    year: int
    unit: str


@dataclass
class Gathered:
    """What has been read of one allocation unit so far."""

    activated: list[LabelFact] = field(default_factory=list)
    deducted: list[LabelFact] = field(default_factory=list)
    pre_printed: list[StockFact] = field(default_factory=list)
    purchases: list[StockFact] = field(default_factory=list)
    opening: list[StockFact] = field(default_factory=list)
    sales: list[StockFact] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class LandRow:
    """A plot of one unit and the day on which it is judged."""

    unit: Unit
    plot: Plot
    judged_on: date


def gather_marks(session: Session, years: Iterable[int], condition: ColumnElement[bool]) -> dict[Unit, Gathered]:
    """Return labels activated, labels deducted and pre-printed quantities of every unit that has any, for some account years."""
    wanted = sorted(years)
    units: dict[Unit, Gathered] = defaultdict(Gathered)
    for row in session.execute(_labels(wanted, condition)):
        units[Unit(*row[:5])].activated.append(LabelFact(row[5], int(row[7]), row[6]))
    for row in session.execute(_deductions(wanted, condition)):
        units[Unit(*row[:5])].deducted.append(LabelFact(row[5], int(row[7]), row[6]))
    for batch in session.execute(
        _batches(condition).where(col(Batch.account_year).in_(wanted), Batch.kind == Kind.PRE_PRINTED.value)
    ).scalars():
        units[_unit(batch, batch.account_year)].pre_printed.append(StockFact(batch.number, batch.product_quantity))
    return dict(units)


def _unit(batch: Batch, year: int, authorisation_id: int | None = None) -> Unit:
    return Unit(authorisation_id or batch.authorisation_id, batch.gi_id, batch.zone, year, batch.unit)


def _key_columns() -> tuple[Any, ...]:
    return (
        Batch.authorisation_id, Batch.gi_id, Batch.zone, Batch.account_year, Allotment.unit,
        Product.name, Allotment.content_per_label,
    )  # fmt: skip


def _labels(years: Sequence[int], condition: ColumnElement[bool]) -> Any:
    keys = _key_columns()
    query = select(*keys, func.sum(col(CodeInterval.serial_to) - col(CodeInterval.serial_from))).select_from(CodeInterval)
    return _joined(query, CodeInterval, years, condition).group_by(*keys).order_by(*keys)


def _deductions(years: Sequence[int], condition: ColumnElement[bool]) -> Any:
    keys, spoil = _key_columns(), aliased(CodeInterval)
    low = case((col(spoil.serial_from) > col(CodeInterval.serial_from), spoil.serial_from), else_=CodeInterval.serial_from)
    high = case((col(spoil.serial_to) < col(CodeInterval.serial_to), spoil.serial_to), else_=CodeInterval.serial_to)
    query = (
        select(*keys, func.sum(high - low))
        .select_from(CodeInterval)
        .join(
            spoil,
            and_(
                col(spoil.range_id) == col(CodeInterval.range_id),
                col(spoil.status).in_([status.value for status in SPOILS]),
                col(spoil.lifted_at).is_(None),
                col(spoil.serial_from) < col(CodeInterval.serial_to),
                col(spoil.serial_to) > col(CodeInterval.serial_from),
            ),
        )
    )
    return _joined(query, CodeInterval, years, condition).group_by(*keys).order_by(*keys)


def _joined(query: Any, interval: Any, years: Sequence[int], condition: ColumnElement[bool]) -> Any:
    return (
        query.join(CodeRange, col(CodeRange.id) == interval.range_id)
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(Product, col(Product.id) == Allotment.product_id)
        .join(Batch, col(Batch.id) == interval.batch_id)
        .join(Authorisation, col(Authorisation.id) == Batch.authorisation_id)
        .where(condition, interval.status == Status.ACTIVATED.value, col(interval.lifted_at).is_(None))
        .where(col(Batch.account_year).in_(years))
    )


def _batches(condition: ColumnElement[bool]) -> Any:
    query = select(Batch).join(Authorisation, col(Authorisation.id) == Batch.authorisation_id)
    return query.where(condition, col(Batch.state).in_(COUNTED)).order_by(col(Batch.id))


def add_stock(session: Session, units: Mapping[Unit, Gathered], condition: ColumnElement[bool]) -> None:
    """Add purchases, opening stocks, what was carried forward and confirmed sales to the units."""
    outside_allowed = {
        unit_id for unit_id, (_basis, steps) in terms(session, units).items() if steps.get(Step.RAW_MATERIAL) == Place.ALLOWED_OUTSIDE
    }
    for batch in session.execute(_batches(condition).where(col(Batch.kind).in_([Kind.OPENING.value, Kind.PURCHASE.value]))).scalars():
        here = units.get(_unit(batch, batch.account_year))
        stock = StockFact(batch.number, batch.quantity, batch.conversion_permille * PPM_PER_MILLE)
        if (
            here is not None
            and batch.kind == Kind.PURCHASE.value
            and batch.supplier_farmer_id is None  # what own farmers sold grew on the land that counts already
            and (batch.sale_confirmed_on or batch.authorisation_id in outside_allowed)
        ):
            here.purchases.append(stock)
            here.inputs[batch.number] = batch.commodity
        if batch.kind == Kind.OPENING.value:
            if here is not None:
                here.opening.append(stock)
            _carry(units, batch)
    _add_sales(session, units)


def _carry(units: Mapping[Unit, Gathered], batch: Batch) -> None:
    held_in = batch.from_year or batch.harvest_year
    origin = units.get(_unit(batch, held_in)) if held_in < batch.account_year else None
    if origin is not None:
        origin.sales.append(StockFact(batch.number, batch.quantity))


def _add_sales(session: Session, units: Mapping[Unit, Gathered]) -> None:
    sellers = sorted({unit.authorisation_id for unit in units})
    query = select(Batch).where(
        col(Batch.supplier_authorisation_id).in_(sellers), col(Batch.sale_confirmed_on).is_not(None), col(Batch.state).in_(COUNTED)
    )
    for batch in session.execute(query.order_by(col(Batch.id))).scalars():
        sold = units.get(_unit(batch, batch.account_year, batch.supplier_authorisation_id))
        if sold is not None:
            sold.sales.append(StockFact(batch.number, batch.quantity))


def terms(session: Session, units: Iterable[Unit]) -> dict[int, tuple[str, dict[str, str]]]:
    """Return the capacity basis and the steps of the protection of each user."""
    wanted = sorted({unit.authorisation_id for unit in units})
    query = (
        select(col(Authorisation.id), col(Protection.capacity_basis), col(Protection.steps))
        .join(Protection, col(Protection.id) == Authorisation.protection_id)
        .where(col(Authorisation.id).in_(wanted))
    )
    return {row[0]: (row[1], dict(row[2] or {})) for row in session.execute(query)}


def land_of(session: Session, units: Iterable[Unit], *, as_of: date) -> list[LandRow]:
    """Return the plots of each unit in force on their last day of harvest, or at the end of the year where none was harvested."""
    wanted = list(units)
    users = sorted({unit.authorisation_id for unit in wanted})
    harvested = _harvests(session, users)
    plots: dict[tuple[int, int, str], list[Plot]] = defaultdict(list)
    for plot in session.execute(select(Plot).where(col(Plot.authorisation_id).in_(users)).order_by(col(Plot.number))).scalars():
        plots[plot.authorisation_id, plot.gi_id, plot.zone].append(plot)
    rows = []
    for unit in wanted:
        for plot in plots[unit.authorisation_id, unit.gi_id, unit.zone]:
            day = harvested.get((plot.id or 0, unit.year)) or min(date(unit.year, 12, 31), as_of)
            if _in_force(plot, day):
                rows.append(LandRow(unit, plot, day))
    return rows


def _in_force(plot: Plot, day: date) -> bool:
    return (plot.valid_from is None or plot.valid_from <= day) and (plot.valid_to is None or day < plot.valid_to)


def _harvests(session: Session, users: Sequence[int]) -> dict[tuple[int, int], date]:
    query = (
        select(col(BatchPlot.plot_id), col(Batch.account_year), func.max(col(BatchPlot.judged_on)))
        .join(Batch, col(Batch.id) == BatchPlot.batch_id)
        .where(col(Batch.authorisation_id).in_(users), col(Batch.state).in_(COUNTED))
        .group_by(col(BatchPlot.plot_id), col(Batch.account_year))
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def caps_of(session: Session, units: Iterable[Unit], *, as_of: date) -> dict[Unit, CapTable]:
    """Return the caps of each unit's GI, year and measure as they count on a day; which one a plot takes is a matter of its place."""
    wanted = list(units)
    query = select(YieldCap).where(
        col(YieldCap.gi_id).in_(sorted({unit.gi_id for unit in wanted})), col(YieldCap.year).in_(sorted({unit.year for unit in wanted}))
    )
    stated: dict[tuple[int, int, str], list[Stated]] = defaultdict(list)
    for row in session.execute(query.order_by(col(YieldCap.id))).scalars():
        stated[row.gi_id, row.year, row.unit].append(Stated(cap_of(row), row.effective_on))
    tables = {key: CapTable(caps, on=as_of) for key, caps in stated.items()}
    return {unit: tables.get((unit.gi_id, unit.year, unit.unit), CapTable(())) for unit in wanted}


def counted_of(session: Session, units: Iterable[Unit], *, as_of: date) -> dict[Unit, list[CapacityUnit]]:
    """Return the verified heads, cellars and kilns that each unit has at the end of its year, or today in the running one."""
    wanted = list(units)
    query = select(CapacityUnit).where(
        col(CapacityUnit.authorisation_id).in_(sorted({unit.authorisation_id for unit in wanted})),
        col(CapacityUnit.state).in_(COUNTING_UNITS),
    )
    rows: dict[tuple[int, int, str], list[CapacityUnit]] = defaultdict(list)
    for row in session.execute(query.order_by(col(CapacityUnit.id))).scalars():
        rows[row.authorisation_id, row.gi_id, row.zone].append(row)
    return {
        unit: [
            row
            for row in rows[unit.authorisation_id, unit.gi_id, unit.zone]
            if covers(row.valid_from, row.valid_to, min(date(unit.year, 12, 31), as_of))
        ]
        for unit in wanted
    }


def facts_of(
    unit: Unit, gathered: Gathered, *, basis: str, land: Sequence[Plot], caps: CapTable, counted: Sequence[CapacityUnit] = ()
) -> CapacityFacts:
    """Return the frozen facts of one unit; ``land`` are the plots that count."""
    return CapacityFacts(
        authorisation_id=unit.authorisation_id,
        gi_id=unit.gi_id,
        zone=unit.zone,
        year=unit.year,
        unit=unit.unit,
        capacity_basis=basis,
        plots=tuple(_plot_fact(plot, caps, unit.year) for plot in land),
        purchases=tuple(_converted(fact, caps, unit, gathered.inputs.get(fact.reference, "")) for fact in gathered.purchases),
        opening=tuple(gathered.opening),
        sales=tuple(gathered.sales),
        activated=tuple(gathered.activated),
        deducted=tuple(gathered.deducted),
        pre_printed=tuple(gathered.pre_printed),
        counted=tuple(_count_fact(item, caps, unit.year) for item in counted if item.kind == basis),
        capped=basis in COUNTED_BASES and caps.has(basis),
        awaits=any(_awaits(caps, unit, gathered.inputs.get(fact.reference, "")) for fact in gathered.purchases),
    )


def _plot_fact(plot: Plot, caps: CapTable, year: int) -> PlotFact:
    cap = caps.counting(Per.MU, zone=plot.zone, variety=plot.variety)
    if cap is None:
        return PlotFact(plot.number, plot.area_milli_mu, None, cap_final=False)
    return PlotFact(plot.number, plot.area_milli_mu, cap.per_mu, f"{year}-{cap.revision}", cap.status == CapStatus.FINAL.value)


def _count_fact(item: CapacityUnit, caps: CapTable, year: int) -> CountFact:
    cap = caps.counting(item.kind, zone=item.zone, variety=item.variety)
    if cap is None:
        return CountFact(item.name, item.quantity, None, cap_final=False)
    return CountFact(item.name, item.quantity, cap.per_mu, f"{year}-{cap.revision}", cap.status == CapStatus.FINAL.value)


def _converted(fact: StockFact, caps: CapTable, unit: Unit, commodity: str) -> StockFact:
    """The GI's own conversion takes the place of the one the batch was declared with."""
    cap = caps.counting(Per.INPUT, zone=unit.zone, commodity=commodity)
    return fact if cap is None else replace(fact, conversion_ppm=cap.per_mu * PPM_PER_MILLE)


def _awaits(caps: CapTable, unit: Unit, commodity: str) -> bool:
    cap = caps.counting(Per.INPUT, zone=unit.zone, commodity=commodity)
    return cap is not None and cap.status != CapStatus.FINAL.value
