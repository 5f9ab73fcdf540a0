"""Counts of scans for people who may see them, over a session: by day, product and province, never a single look-up of anybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, case, cast, desc, func, literal_column, select, union_all
from sqlmodel import Session, col

from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.divisions.models import Division
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.scans.models import FirstCheck, Scan
from gi_registry.scans.rules.clones import Counted

PROVINCE_DIGITS = 2
_FIRST: ColumnElement[str] = literal_column("'first-check'")  # spelled out, or no database takes its partial index


@dataclass(frozen=True)
class CodeChecks:
    """How often a code was checked, and the counted facts of the moment when it was first suspected."""

    first_at: datetime
    last_at: datetime
    count: int
    suspected: Counted | None


@dataclass(frozen=True)
class DayPlace:
    """Look-ups of one code on a Shanghai day from one province; an empty name is an unknown place."""

    day: date
    province: str
    checks: int


@dataclass(frozen=True)
class DayCount:
    """What was counted of many codes on a Shanghai day: checks, the first checks among them, and look-ups that did not count."""

    day: date
    checks: int
    first: int
    uncounted: int

    @property
    def repeat(self) -> int:
        """Checks that were not the first of their code."""
        return self.checks - self.first


@dataclass(frozen=True)
class Total:
    """Checks of one product, allotment or province."""

    name: str
    checks: int
    first: int


@dataclass(frozen=True)
class Unusual:
    """A code that met the counting test, with where it stands now."""

    range_id: int
    label: str
    key_id: int
    serial: int
    allotment_id: int
    allotment: str
    product: str
    at: datetime
    counted: Counted
    count: int
    exception: str


@dataclass(frozen=True)
class Span:
    """What is looked at: a condition on authorisations, a product or allotment (0: all), and the moments from … before until."""

    condition: ColumnElement[bool]
    since: datetime
    until: datetime
    product_id: int = 0
    allotment_id: int = 0


def checks_of(session: Session, range_id: int, serial: int) -> CodeChecks | None:
    """Return the checks of one code, None where it was never checked."""
    row = session.get(FirstCheck, (range_id, serial))
    if row is None:
        return None
    suspected = None
    if row.suspect_at is not None:
        suspected = Counted(row.suspect_clients or 0, row.suspect_provinces or 0, row.suspect_hours or 0)
    return CodeChecks(row.first_at, row.last_at, row.count, suspected)


def days_and_places(session: Session, range_id: int, serial: int, *, since: datetime) -> tuple[DayPlace, ...]:
    """Return the look-ups of one code since a moment, by day and province."""
    columns = (col(Scan.at), col(Scan.place))
    this = (col(Scan.range_id) == range_id) & (col(Scan.serial) == serial) & (col(Scan.at) >= since)
    code = (col(FirstCheck.range_id) == range_id) & (col(FirstCheck.serial) == serial)
    later = select(*columns).where(this, col(Scan.verdict) != _FIRST)
    first = select(*columns).select_from(FirstCheck).join(Scan, of_first_checks()).where(code, col(Scan.at) >= since)
    seen = union_all(later, first).subquery("seen")
    province = func.substr(seen.c.place, 1, PROVINCE_DIGITS)
    query = (
        select(_day(session, seen.c.at), _name(Division.name, province), func.count())
        .select_from(seen)
        .outerjoin(Division, col(Division.code) == province)
        .group_by("seen_day", "seen_name")
        .order_by(desc("seen_day"), "seen_name")
    )
    return tuple(DayPlace(_as_date(row[0]), row[1], int(row[2])) for row in session.execute(query.limit(400)))


def of_first_checks() -> ColumnElement[bool]:
    """Return the condition that joins the scan of each first check to its row: found by its moment (see ``models``)."""
    same = (col(Scan.range_id) == FirstCheck.range_id) & (col(Scan.serial) == FirstCheck.serial)
    return same & (col(Scan.at) == FirstCheck.first_at) & (col(Scan.verdict) == _FIRST)


def of_later_checks() -> ColumnElement[bool]:
    """Return the condition that joins the other scans of each code to the row of its first check: found by code."""
    return (col(Scan.verdict) != _FIRST) & (col(Scan.range_id) == FirstCheck.range_id) & (col(Scan.serial) == FirstCheck.serial)


def by_day(session: Session, span: Span) -> tuple[DayCount, ...]:
    """Return the counts of each day on which a code was looked up, the first day first."""
    query = _scans(span, _day(session), _sum(col(Scan.counted)), _sum(Scan.verdict == "first-check"), _sum(col(Scan.counted).is_(False)))
    rows = session.execute(query.group_by("seen_day").order_by("seen_day"))
    return tuple(DayCount(_as_date(row[0]), int(row[1]), int(row[2]), int(row[3])) for row in rows)


def by_product(session: Session, span: Span) -> tuple[Total, ...]:
    """Return checks and first checks of each product, the most checked first."""
    return _totals(session, span, Product.name)


def by_allotment(session: Session, span: Span) -> tuple[Total, ...]:
    """Return checks and first checks of each allotment, the most checked first."""
    return _totals(session, span, Allotment.number)


def by_gi(session: Session, span: Span) -> tuple[Total, ...]:
    """Return checks and first checks of each GI, the most checked first."""
    return _totals(session, span, Gi.name)


def by_province(session: Session, span: Span) -> tuple[Total, ...]:
    """Return checks and first checks of each province, the most checked first; an empty name is an unknown place."""
    province = func.substr(col(Scan.place), 1, PROVINCE_DIGITS)
    query = _scans(span, _name(Division.name, province), _sum(col(Scan.counted)), _sum(Scan.verdict == "first-check"))
    query = query.outerjoin(Division, col(Division.code) == province).where(col(Scan.counted).is_(True))
    return _read(session.execute(query.group_by("seen_name")))


def unusual(session: Session, span: Span, *, limit: int) -> Sequence[Unusual]:
    """Return the codes that met the counting test (policy ``verify.suspect``) by the end of the span, the latest first."""
    query = (
        select(FirstCheck, CodeRange, Allotment, col(Product.name), col(CodeInterval.status))
        .join(CodeRange, col(CodeRange.id) == FirstCheck.range_id)
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(Product, col(Product.id) == Allotment.product_id)
        .join(Authorisation, col(Authorisation.id) == CodeRange.authorisation_id)
        .outerjoin(
            CodeInterval,
            (col(CodeInterval.range_id) == FirstCheck.range_id)
            & (col(CodeInterval.layer) == "exception")
            & col(CodeInterval.lifted_at).is_(None)
            & (col(CodeInterval.serial_from) <= FirstCheck.serial)
            & (col(CodeInterval.serial_to) > FirstCheck.serial),
        )
        .where(span.condition, col(FirstCheck.suspect_at).is_not(None), col(FirstCheck.suspect_at) < span.until)
    )
    rows = session.execute(_narrowed(query, span).order_by(col(FirstCheck.suspect_at).desc()).limit(limit))
    return [_unusual(*row) for row in rows]


def _unusual(check: FirstCheck, run: CodeRange, allotment: Allotment, product: str, exception: str | None) -> Unusual:
    return Unusual(
        range_id=check.range_id,
        label=run.label,
        key_id=run.key_id,
        serial=check.serial,
        allotment_id=allotment.id or 0,
        allotment=allotment.number,
        product=product,
        at=check.suspect_at or check.last_at,
        counted=Counted(check.suspect_clients or 0, check.suspect_provinces or 0, check.suspect_hours or 0),
        count=check.count,
        exception=exception or "",
    )


def products_and_allotments(session: Session, condition: ColumnElement[bool]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return (id, name) of the products and (id, number) of the allotments to choose from."""
    products = select(col(Product.id), col(Product.name)).join(Authorisation, col(Authorisation.id) == Product.authorisation_id)
    allotments = select(col(Allotment.id), col(Allotment.number)).join(Authorisation, col(Authorisation.id) == Allotment.authorisation_id)
    found = session.execute(products.where(condition).order_by(Product.name).limit(200))
    granted = session.execute(allotments.where(condition).order_by(col(Allotment.id).desc()).limit(200))
    return [(row[0] or 0, row[1]) for row in found], [(row[0] or 0, row[1]) for row in granted]


def _scans(span: Span, *columns: Any) -> Any:
    query = (
        select(*columns)
        .select_from(Scan)
        .join(CodeRange, col(CodeRange.id) == Scan.range_id)
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(Product, col(Product.id) == Allotment.product_id)
        .join(Authorisation, col(Authorisation.id) == CodeRange.authorisation_id)
        .join(Gi, col(Gi.id) == Allotment.gi_id)
        .where(span.condition, col(Scan.at) >= span.since, col(Scan.at) < span.until)
    )
    return _narrowed(query, span)


def _narrowed(query: Any, span: Span) -> Any:
    if span.product_id:
        query = query.where(Allotment.product_id == span.product_id)
    return query.where(Allotment.id == span.allotment_id) if span.allotment_id else query


def _totals(session: Session, span: Span, name: Any) -> tuple[Total, ...]:
    query = _scans(span, _name(name), _sum(col(Scan.counted)), _sum(Scan.verdict == "first-check"))
    return _read(session.execute(query.where(col(Scan.counted).is_(True)).group_by("seen_name")))


def _read(rows: Any) -> tuple[Total, ...]:
    totals = [Total(str(row[0]), int(row[1]), int(row[2])) for row in rows]
    return tuple(sorted(totals, key=lambda total: (-total.checks, total.name)))


def _sum(condition: Any) -> Any:
    return func.coalesce(func.sum(cast(case((condition, 1), else_=0), Integer)), 0)


def _day(session: Session, at: Any = None) -> Any:
    """Return the Shanghai date of a look-up as SQL; China keeps one time without summer time."""
    at = col(Scan.at) if at is None else at
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.timezone("Asia/Shanghai", at), Date).label("seen_day")
    return func.date(at, "+8 hours").label("seen_day")


def _name(*parts: Any) -> Any:
    """Return the first of ``parts`` that is known; a label, because PostgreSQL does not see that two expressions with slots are one."""
    return func.coalesce(*parts, "").label("seen_name")


def _as_date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)
