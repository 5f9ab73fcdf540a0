"""The facts of QL-02: marked batches and test reports of many users, with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.ql_02 import Packed, Report, TestFacts
from gi_registry.batches.models import Batch, TestReport, TestReportBatch
from gi_registry.batches.queries.trace import made_of
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.batches.rules.quality import Result, base_of
from gi_registry.codes.models import CodeInterval
from gi_registry.codes.rules.intervals import Status
from gi_registry.kernel.clock import legal_date
from gi_registry.registry.models import Authorisation, Gi, Product, Protection
from gi_registry.registry.rules import MarkingMode


@dataclass
class Tested:
    """What has been read of one user, year and standard so far."""

    division: str
    gi_code: str
    standard_no: str
    packed: list[Packed] = field(default_factory=list)


Key = tuple[int, int, str]


def tested_goods(session: Session, years: Iterable[int], condition: ColumnElement[bool]) -> list[tuple[TestFacts, Tested]]:
    """Return the facts of every user and year with marked batches, a line for each standard of its products."""
    found: dict[Key, Tested] = {}
    for row in session.execute(_marked(sorted(years), condition)):
        batch, standard = row.Batch, row.product_standard or row.protection_standard or ""
        here = found.setdefault(
            (batch.authorisation_id, batch.account_year, base_of(standard)), Tested(row.authority_division, row.code, standard)
        )
        here.packed.append(_packed(batch, row.activated_at))
    reports = _reports(session, {owner for owner, _year, _standard in found}) if found else {}
    return [
        (TestFacts(owner, year, here.standard_no, tuple(here.packed), _for_standard(reports.get(owner, ()), standard), standard), here)
        for (owner, year, standard), here in sorted(found.items())
    ]


def _packed(batch: Batch, activated_at: datetime | None) -> Packed:
    day = batch.packed_on or (legal_date(activated_at) if activated_at else None) or batch.harvested_on or legal_date(batch.created_at)
    return Packed(batch.id or 0, batch.number, day, batch.product_quantity or batch.quantity, batch.unit)


def _marked(years: list[int], condition: ColumnElement[bool]) -> Any:
    activated = (
        select(col(CodeInterval.batch_id), func.max(col(CodeInterval.at)).label("activated_at"))
        .where(col(CodeInterval.status) == Status.ACTIVATED.value, col(CodeInterval.lifted_at).is_(None))
        .group_by(col(CodeInterval.batch_id))
        .subquery()
    )
    marked = or_(
        activated.c.activated_at.is_not(None),
        col(Batch.kind) == Kind.PRE_PRINTED.value,
        col(Product.marking_mode) == MarkingMode.BATCH_CODE.value,
    )
    return (
        select(
            Batch,
            activated.c.activated_at,
            col(Authorisation.authority_division),
            col(Gi.code),
            col(Product.standard_no).label("product_standard"),
            col(Protection.standard_no).label("protection_standard"),
        )
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .join(Protection, col(Protection.id) == col(Authorisation.protection_id))
        .join(Gi, col(Gi.id) == col(Batch.gi_id))
        .outerjoin(Product, col(Product.id) == col(Batch.product_id))
        .outerjoin(activated, activated.c.batch_id == col(Batch.id))
        .where(condition, marked, col(Batch.account_year).in_(years), col(Batch.state).in_(COUNTED))
        .order_by(col(Batch.id))
    )


def _reports(session: Session, owners: set[int]) -> dict[int, list[tuple[TestReport, tuple[int, ...]]]]:
    bound: dict[int, list[int]] = defaultdict(list)
    of_owner = col(TestReport.authorisation_id).in_(sorted(owners))
    pairs = select(col(TestReportBatch.report_id), col(TestReportBatch.batch_id)).join(
        TestReport, col(TestReport.id) == col(TestReportBatch.report_id)
    )
    spoken_of = [(row[0], row[1]) for row in session.execute(pairs.where(of_owner))]
    made = made_of(session, {batch_id for _report, batch_id in spoken_of})
    for report_id, batch_id in spoken_of:
        bound[report_id] += [batch_id, *made.get(batch_id, ())]
    query = select(TestReport).where(of_owner, col(TestReport.state) == "entered")
    found: dict[int, list[tuple[TestReport, tuple[int, ...]]]] = defaultdict(list)
    for report in session.execute(query.order_by(col(TestReport.issued_on), col(TestReport.id))).scalars():
        found[report.authorisation_id].append((report, tuple(sorted(set(bound[report.id or 0])))))
    return found


def _for_standard(reports: Iterable[tuple[TestReport, tuple[int, ...]]], standard: str) -> tuple[Report, ...]:
    """A report with a warning, or on another standard or none, is doubtful."""
    return tuple(
        Report(
            id=report.id or 0,
            number=report.number,
            institution=report.institution_name,
            issued_on=report.issued_on,
            passed=report.result == Result.PASS,
            doubtful=bool(report.warnings) or base_of(report.standard_no) != standard,
            batches=batches,
        )
        for report, batches in reports
    )
