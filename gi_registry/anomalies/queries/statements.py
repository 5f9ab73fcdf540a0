"""The facts of AR-03: filed reports beside plots and batches, gathered for many users with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.ar_03 import LabelAccount, StatementFacts
from gi_registry.batches.models import Batch
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Product, Protection
from gi_registry.registry.rules import Capacity
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.figures import LABEL_PARTS
from gi_registry.reports.rules.labels import MODE_LABELS, MarkingMode
from gi_registry.reports.rules.life import IN_FORCE

Figures = dict[str, int]
ON_LAND = (Capacity.AREA, Capacity.WATER)


def statements(session: Session, years: Iterable[int], condition: ColumnElement[bool]) -> list[tuple[StatementFacts, str, date]]:
    """Return (facts, authority's division, day of filing) of every report in force of some years that is not nil."""
    wanted = sorted(years)
    units, stocks = _units(session, condition), _stocks(session, wanted, condition)
    plots, listed = _plots(session, wanted, condition), []
    for row in _reports(session, wanted, condition):
        report, unit = row.AnnualReport, units.get(row.AnnualReport.authorisation_id, "g")
        figures = _figures(report)
        key = (report.authorisation_id, report.year)
        facts = StatementFacts(
            authorisation_id=report.authorisation_id,
            report_id=report.id or 0,
            year=report.year,
            unit=unit,
            labels=_accounts(figures),
            marked=_total(figures, ".marked"),
            output=figures.get("gi_output"),
            opening_stock=stocks.get((*key, Kind.OPENING.value, unit), 0),
            purchases=max(figures.get("raw_material", 0), stocks.get((*key, Kind.PURCHASE.value, unit), 0)),
            area_milli_mu=figures.get("area"),
            plots_milli_mu=plots.get(key),
            rests_on_land=row.capacity_basis in ON_LAND,
        )
        listed.append((facts, row.authority_division, report.first_filed_on or date(report.year + 1, 1, 1)))
    return listed


def _reports(session: Session, years: list[int], condition: ColumnElement[bool]) -> Iterable[Any]:
    """The first revision in force of each year: an amendment counts once the report it amends is superseded."""
    query = (
        select(AnnualReport, col(Authorisation.authority_division), col(Protection.capacity_basis))
        .join(Authorisation, col(Authorisation.id) == col(AnnualReport.authorisation_id))
        .join(Protection, col(Protection.id) == col(Authorisation.protection_id))
        .where(condition, col(AnnualReport.year).in_(years), col(AnnualReport.state).in_(tuple(IN_FORCE)))
        .order_by(col(AnnualReport.authorisation_id), col(AnnualReport.year), col(AnnualReport.revision))
    )
    seen: set[tuple[int, int]] = set()
    for row in session.execute(query):
        key = (row.AnnualReport.authorisation_id, row.AnnualReport.year)
        if key not in seen and not row.AnnualReport.nil:
            yield row
        seen.add(key)


def _figures(report: AnnualReport) -> Figures:
    stated = report.filed_content.get("figures", {})
    return {key: item["value"] for key, item in stated.items() if isinstance(item.get("value"), int)}


def _accounts(figures: Figures) -> tuple[LabelAccount, ...]:
    return tuple(
        LabelAccount(mode.value, MODE_LABELS[mode], **{part: figures[f"{mode.value}.{part}"] for part in LABEL_PARTS})
        for mode in MarkingMode
        if all(f"{mode.value}.{part}" in figures for part in LABEL_PARTS)
    )


def _total(figures: Figures, ending: str) -> int | None:
    values = [value for key, value in figures.items() if key.endswith(ending)]
    return sum(values) if values else None


def _units(session: Session, condition: ColumnElement[bool]) -> dict[int, str]:
    """The unit in which a report's goods are stated: pieces where every product is counted in pieces, else grams."""
    query = (
        select(col(Product.authorisation_id), func.min(col(Product.unit)), func.max(col(Product.unit)))
        .join(Authorisation, col(Authorisation.id) == col(Product.authorisation_id))
        .where(condition)
        .group_by(col(Product.authorisation_id))
    )
    return {row[0]: "piece" if row[1] == row[2] == "piece" else "g" for row in session.execute(query)}


def _stocks(session: Session, years: list[int], condition: ColumnElement[bool]) -> dict[tuple[int, int, str, str], int]:
    keys = (col(Batch.authorisation_id), col(Batch.account_year), col(Batch.kind), col(Batch.unit))
    query = (
        select(*keys, func.sum(col(Batch.product_quantity)))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .where(condition, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED))
        .where(col(Batch.kind).in_([Kind.OPENING.value, Kind.PURCHASE.value]))
        .group_by(*keys)
    )
    return {(row[0], row[1], row[2], row[3]): int(row[4]) for row in session.execute(query)}


def _plots(session: Session, years: list[int], condition: ColumnElement[bool]) -> dict[tuple[int, int], int]:
    """Sum the plots that were in force for some part of each year, own and contracted ones alike."""
    query = (
        select(col(Plot.authorisation_id), col(Plot.valid_from), col(Plot.valid_to), col(Plot.area_milli_mu))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .where(condition)
    )
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for owner, begins, ends, area in session.execute(query):
        for year in years:
            if (begins is None or begins <= date(year, 12, 31)) and (ends is None or ends > date(year, 1, 1)):
                sums[owner, year] += area
    return dict(sums)
