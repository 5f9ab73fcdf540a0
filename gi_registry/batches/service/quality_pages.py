"""What the pages of testing institutions and test reports show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gi_registry.accounts.queries import get_organisation
from gi_registry.batches.models import Batch, TestingInstitution, TestReport
from gi_registry.batches.queries import quality
from gi_registry.batches.queries.quality import BatchToTest, InstitutionRow
from gi_registry.batches.service.declaring import view_batch
from gi_registry.batches.service.quality import may_withdraw, own_institution, visible_test
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.documents.service import Download, contents
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.words import Words, unpacked
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work


@dataclass(frozen=True)
class TestPage:
    """One report with the batches it speaks of; ``batches_open`` whether the actor may open them."""

    __test__ = False

    report: TestReport
    batches: Sequence[tuple[int, str]]
    user_name: str
    warnings: Sequence[Words]
    document: Document | None
    may_withdraw: bool
    batches_open: bool
    back: str


@dataclass(frozen=True)
class TestForm:
    """What the form of a report needs: the batches it may speak of, and the institutions to choose from."""

    __test__ = False

    batch: Batch | None
    found: Sequence[BatchToTest]
    asked: str
    institutions: Sequence[InstitutionRow]
    institution: str = ""


@dataclass(frozen=True)
class OwnTests:
    """An institution's start: what it is accredited for, and the reports it entered. ``institution`` None: it is not on file."""

    institution: TestingInstitution | None
    name: str
    reports: Sequence[TestReport]
    batches: Mapping[int, Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class InstitutionsPage:
    """The institutions on file; ``may_edit`` says which the actor may correct."""

    rows: Sequence[InstitutionRow]
    may_add: bool
    may_edit: Mapping[int, bool]


@dataclass(frozen=True)
class InstitutionPage:
    """One institution and its organisation's name and code."""

    institution: TestingInstitution
    name: str
    uscc: str


def institutions_page(work: Work) -> InstitutionsPage:
    """Return every institution on file."""
    work.require("institution:view")
    rows = quality.list_institutions(work.session)
    may_edit = {row.institution.id or 0: work.allows("institution:edit", row.institution) for row in rows}
    return InstitutionsPage(rows, work.allows("institution:edit"), may_edit)


def institution_page(work: Work, institution_id: int) -> InstitutionPage:
    """Return an institution to be corrected; NotFound for one of another region."""
    row = quality.get_institution(work.session, institution_id)
    work.require("institution:edit", row)
    organisation = get_organisation(work.session, row.organisation_id)
    return InstitutionPage(row, organisation.name, organisation.uscc or "")


def entry_page(work: Work, batch_id: int) -> TestForm:
    """Return what a user's form of a report on one of its batches needs; NotFound for a batch of another."""
    batch = view_batch(work, batch_id)
    work.require("test:enter", batch)
    return TestForm(batch, quality.batches_to_test(work.session, [batch.number]), batch.number, quality.list_institutions(work.session))


def issue_page(work: Work, numbers: Sequence[str]) -> TestForm:
    """Return what an institution's form needs of the batches it was told the numbers of; unknown numbers are left out."""
    institution = own_institution(work)
    name = get_organisation(work.session, institution.organisation_id).name
    return TestForm(None, quality.batches_to_test(work.session, numbers), "\n".join(numbers), (), name)


def own_tests(work: Work) -> OwnTests:
    """Return the reports that the actor's institution entered."""
    work.require("test:issue")
    institution = quality.institution_of(work.session, work.actor.organisation_id)
    if institution is None:
        return OwnTests(None, "", (), {})
    reports = quality.tests_by_institution(work.session, institution.id or 0)
    name = get_organisation(work.session, institution.organisation_id).name
    return OwnTests(institution, name, reports, quality.batches_tested(work.session, [report.id or 0 for report in reports]))


def scan_of_test(work: Work, test_id: int) -> Download:
    """Return the scan of a report to whoever may see the report, the institution that entered it too; NotFound where there is none."""
    report = visible_test(work, test_id)
    if report.document_id is None:
        raise NotFound
    return contents(work.session, get_document(work.session, report.document_id))


def one_test(work: Work, test_id: int) -> TestPage:
    """Return a report; NotFound for one the actor may not see."""
    report = visible_test(work, test_id)
    batches = quality.batches_tested(work.session, [test_id]).get(test_id, [])
    may_open = work.allows("batch:view", report)
    return TestPage(
        report=report,
        batches=batches,
        user_name=get_authorisation(work.session, report.authorisation_id).raw_name,
        warnings=[unpacked(warning) for warning in report.warnings],
        document=get_document(work.session, report.document_id) if report.document_id else None,
        may_withdraw=may_withdraw(work, report),
        batches_open=may_open,
        back=f"/batches/{batches[0][0]}" if may_open and batches else "/tests",
    )
