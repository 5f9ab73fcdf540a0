"""Reads of testing institutions and test reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch, TestingInstitution, TestReport, TestReportBatch
from gi_registry.batches.queries.trace import upstream
from gi_registry.batches.rules.quality import Accreditation
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation, Gi, Product

SHOWN_REPORTS = 200


@dataclass(frozen=True)
class InstitutionRow:
    """An institution with its name, its code and how many reports on file are its own."""

    institution: TestingInstitution
    name: str
    uscc: str
    reports: int = 0


@dataclass(frozen=True)
class BatchToTest:
    """All that an institution is shown of a batch it was told the number of."""

    id: int
    authorisation_id: int
    number: str
    product: str
    gi: str
    producer: str


def get_institution(session: Session, institution_id: int) -> TestingInstitution:
    """Return an institution; raise NotFound."""
    if (found := session.get(TestingInstitution, institution_id)) is None:
        raise NotFound
    return found


def institution_of(session: Session, organisation_id: int | None) -> TestingInstitution | None:
    """Return the institution that an organisation is on file as."""
    query = select(TestingInstitution).where(col(TestingInstitution.organisation_id) == organisation_id)
    return session.execute(query).scalar_one_or_none()


def institution_named(session: Session, name: str) -> TestingInstitution | None:
    """Return the institution of that name where exactly one is on file."""
    query = select(TestingInstitution).join(Organisation, col(Organisation.id) == col(TestingInstitution.organisation_id))
    found = session.execute(query.where(col(Organisation.name) == name)).scalars().all()
    return found[0] if len(found) == 1 else None


def list_institutions(session: Session) -> Sequence[InstitutionRow]:
    """Return every institution with its name and how many reports it answers for, by name."""
    counted = (
        select(col(TestReport.institution_id).label("id"), func.count().label("reports"))
        .where(col(TestReport.state) == "entered")
        .group_by(col(TestReport.institution_id))
        .subquery()
    )
    query = (
        select(TestingInstitution, col(Organisation.name), col(Organisation.uscc), counted.c.reports)
        .join(Organisation, col(Organisation.id) == col(TestingInstitution.organisation_id))
        .outerjoin(counted, counted.c.id == col(TestingInstitution.id))
        .order_by(col(Organisation.name), col(TestingInstitution.id))
    )
    return [InstitutionRow(row[0], row[1], row[2] or "", row[3] or 0) for row in session.execute(query)]


def accreditation_of(institution: TestingInstitution | None) -> Accreditation | None:
    """Return what an institution is accredited for, for the rules; None for one that is not on file."""
    if institution is None:
        return None
    return Accreditation(tuple(institution.scope), institution.valid_from, institution.valid_to)


def get_test(session: Session, test_id: int) -> TestReport:
    """Return a test report; raise NotFound."""
    if (found := session.get(TestReport, test_id)) is None:
        raise NotFound
    return found


def find_test(session: Session, institution_name: str, number: str) -> TestReport | None:
    """Return the report of that number and institution that was not withdrawn."""
    query = select(TestReport).where(
        col(TestReport.institution_name) == institution_name, col(TestReport.number) == number, col(TestReport.state) == "entered"
    )
    return session.execute(query).scalar_one_or_none()


def tests_of_batch(session: Session, batch_id: int) -> Sequence[TestReport]:
    """Return the reports that speak of a batch, withdrawn ones too, the newest first."""
    query = (
        select(TestReport)
        .join(TestReportBatch, col(TestReportBatch.report_id) == col(TestReport.id))
        .where(col(TestReportBatch.batch_id) == batch_id)
        .order_by(col(TestReport.issued_on).desc(), col(TestReport.id).desc())
    )
    return session.execute(query).scalars().all()


def tests_of_sources(session: Session, batch_id: int) -> Sequence[TestReport]:
    """Return the reports in force that speak of goods a batch was made of, not of itself, the newest first."""
    sources = [node.id for node in upstream(session, batch_id) if node.id != batch_id]
    own = select(col(TestReportBatch.report_id)).where(col(TestReportBatch.batch_id) == batch_id)
    bound = select(col(TestReportBatch.report_id)).where(col(TestReportBatch.batch_id).in_(sources))
    query = select(TestReport).where(col(TestReport.id).in_(bound), col(TestReport.id).not_in(own), col(TestReport.state) == "entered")
    return session.execute(query.order_by(col(TestReport.issued_on).desc(), col(TestReport.id).desc()).limit(SHOWN_REPORTS)).scalars().all()


def tests_by_institution(session: Session, institution_id: int) -> Sequence[TestReport]:
    """Return the newest reports that an institution entered itself."""
    query = select(TestReport).where(col(TestReport.institution_id) == institution_id, col(TestReport.entered_by) == "institution")
    return session.execute(query.order_by(col(TestReport.id).desc()).limit(SHOWN_REPORTS)).scalars().all()


def tests_issued(session: Session, authorisation_id: int, *, since: date, until: date) -> Sequence[TestReport]:
    """Return the reports on goods of an authorisation issued from one day to another (both included), by day."""
    query = select(TestReport).where(
        col(TestReport.authorisation_id) == authorisation_id,
        col(TestReport.state) == "entered",
        col(TestReport.issued_on).between(since, until),
    )
    return session.execute(query.order_by(col(TestReport.issued_on), col(TestReport.id))).scalars().all()


def batches_to_test(session: Session, numbers: Iterable[str]) -> Sequence[BatchToTest]:
    """Return what an institution may see of the batches with these numbers; unknown numbers are left out."""
    query = (
        select(col(Batch.id), col(Batch.authorisation_id), col(Batch.number), col(Product.name), col(Gi.name), col(Authorisation.raw_name))
        .join(Authorisation, col(Authorisation.id) == col(Batch.authorisation_id))
        .join(Gi, col(Gi.id) == col(Batch.gi_id))
        .outerjoin(Product, col(Product.id) == col(Batch.product_id))
        .where(col(Batch.number).in_(sorted(set(numbers))))
        .order_by(col(Batch.number))
    )
    return [BatchToTest(row[0], row[1], row[2], row[3] or "", row[4], row[5]) for row in session.execute(query)]


def batches_tested(session: Session, test_ids: Iterable[int]) -> dict[int, list[tuple[int, str]]]:
    """Return (id, number) of the batches that each report speaks of."""
    query = (
        select(col(TestReportBatch.report_id), col(Batch.id), col(Batch.number))
        .join(Batch, col(Batch.id) == col(TestReportBatch.batch_id))
        .where(col(TestReportBatch.report_id).in_(sorted(set(test_ids))))
        .order_by(col(Batch.number))
    )
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for report_id, batch_id, number in session.execute(query):
        found[report_id].append((batch_id, number))
    return found


def every_test(session: Session) -> Sequence[TestReport]:
    """Return every report that was not withdrawn, in the order of entry."""
    return session.execute(select(TestReport).where(col(TestReport.state) == "entered").order_by(col(TestReport.id))).scalars().all()
