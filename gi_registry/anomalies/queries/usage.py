"""The facts of US-01: who is authorised, how it marks, and its last use, gathered for many users with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session, col

from gi_registry.batches.models import Batch
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.codes.models import CodeInterval, CodeRange
from gi_registry.codes.rules.intervals import Status
from gi_registry.kernel.clock import legal_date
from gi_registry.registry.models import Authorisation, Product
from gi_registry.registry.rules import MarkingMode
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.life import IN_FORCE, State

IN_USE = ("active", "change_review", "rectifying")


@dataclass
class Usage:
    """What is on file of one user: modes of its products, the last day of use by mode, the last year whose accepted report states use."""

    authorisation_id: int
    valid_from: date | None
    division: str
    modes: set[str] = field(default_factory=set)
    last_used: dict[str, date] = field(default_factory=dict)
    accepted_year: int | None = None

    def used(self, mode: str, day: date) -> None:
        """Note a use."""
        self.last_used[mode] = max(day, self.last_used.get(mode, day))


def usages(session: Session, condition: ColumnElement[bool]) -> list[Usage]:
    """Return the use that every user authorised now made of the mark."""
    query = select(col(Authorisation.id), col(Authorisation.valid_from), col(Authorisation.authority_division))
    rows = session.execute(query.where(condition, col(Authorisation.state).in_(IN_USE)).order_by(col(Authorisation.id)))
    found = {row.id: Usage(row.id, row.valid_from, row.authority_division) for row in rows}
    _add_modes(session, found, condition)
    _add_activations(session, found, condition)
    _add_batches(session, found, condition)
    _add_reports(session, found, condition)
    return list(found.values())


def _of(query: Any, owner: Any, condition: ColumnElement[bool]) -> Any:
    return query.join(Authorisation, col(Authorisation.id) == owner).where(condition, col(Authorisation.state).in_(IN_USE))


def _add_modes(session: Session, found: dict[int, Usage], condition: ColumnElement[bool]) -> None:
    query = select(col(Product.authorisation_id), col(Product.marking_mode)).distinct()
    for owner, mode in session.execute(_of(query, col(Product.authorisation_id), condition)):
        found[owner].modes.add(mode)


def _add_activations(session: Session, found: dict[int, Usage], condition: ColumnElement[bool]) -> None:
    query = select(col(CodeRange.authorisation_id), func.max(col(CodeInterval.at))).join(
        CodeInterval, col(CodeInterval.range_id) == col(CodeRange.id)
    )
    query = _of(query, col(CodeRange.authorisation_id), condition)
    query = query.where(col(CodeInterval.status) == Status.ACTIVATED.value, col(CodeInterval.lifted_at).is_(None))
    for owner, at in session.execute(query.group_by(col(CodeRange.authorisation_id))):
        found[owner].used(MarkingMode.ITEM_CODE.value, legal_date(at))


def _add_batches(session: Session, found: dict[int, Usage], condition: ColumnElement[bool]) -> None:
    """Batches of item-code products are no use until codes are activated; an undated batch counts to the end of its year."""
    printed = (col(Batch.kind) == Kind.PRE_PRINTED.value, MarkingMode.PRE_PRINTED.value)
    mode = case(printed, else_=col(Product.marking_mode)).label("marked")
    day = func.coalesce(col(Batch.packed_on), col(Batch.harvested_on))
    query = (
        select(col(Batch.authorisation_id), mode, func.max(day), func.max(case((day.is_(None), col(Batch.account_year)))))
        .select_from(Batch)
        .outerjoin(Product, col(Product.id) == col(Batch.product_id))
    )
    query = _of(query, col(Batch.authorisation_id), condition).where(col(Batch.state).in_(COUNTED))
    for owner, marked, last, year in session.execute(query.group_by(col(Batch.authorisation_id), "marked")):
        if marked in (MarkingMode.BATCH_CODE.value, MarkingMode.PRE_PRINTED.value):
            for day_used in (last, date(year, 12, 31) if year else None):
                if day_used:
                    found[owner].used(marked, day_used)


def _add_reports(session: Session, found: dict[int, Usage], condition: ColumnElement[bool]) -> None:
    """A pre-printed quantity counts as soon as it is reported, any other stated use once the report is accepted."""
    columns = (col(AnnualReport.authorisation_id), col(AnnualReport.year), col(AnnualReport.state), col(AnnualReport.filed_content))
    query = _of(select(*columns), col(AnnualReport.authorisation_id), condition)
    accepted: dict[int, int] = defaultdict(int)
    for owner, year, state, content in session.execute(query.where(col(AnnualReport.state).in_(tuple(IN_FORCE)))):
        figures = content.get("figures", {})
        if _stated(figures, f"{MarkingMode.PRE_PRINTED.value}.marked"):
            found[owner].used(MarkingMode.PRE_PRINTED.value, date(year, 12, 31))
        if state == State.ACCEPTED and any(_stated(figures, key) for key in figures if key.endswith((".marked", ".activated"))):
            accepted[owner] = max(accepted[owner], year)
    for owner, year in accepted.items():
        found[owner].accepted_year = year


def _stated(figures: dict[str, Any], key: str) -> bool:
    value = figures.get(key, {}).get("value")
    return isinstance(value, int) and value > 0
