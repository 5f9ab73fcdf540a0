"""Testing institutions and test reports: put on file, entered by an institution, a user or a file, withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from gi_registry.accounts.models import Organisation
from gi_registry.accounts.queries import find_organisation, get_organisation
from gi_registry.batches import queries
from gi_registry.batches.models import TestingInstitution, TestReport, TestReportBatch
from gi_registry.batches.queries import quality
from gi_registry.batches.queries.quality import BatchToTest
from gi_registry.batches.rules.quality import TEST_LIFE, EnteredBy, ReportDates, impossible, warnings
from gi_registry.batches.schemas import InstitutionFields, TestFields
from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import Duplicate, FieldError, Invalid, NotAllowed, invalid
from gi_registry.kernel.words import Words, packed, say
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_authorisation
from gi_registry.workflow import Work, advance, begin, check_version

INSTITUTION = "institution"


def register_institution(work: Work, fields: InstitutionFields) -> TestingInstitution:
    """Put an organisation on file as a testing institution.

    Raises Invalid where the organisation is not on file or no institution, where neither CMA nor CNAS number is given, or the dates
    contradict; Duplicate where it is one already.
    """
    work.require("institution:edit")
    organisation = _organisation(work, fields)
    _check_accreditation(fields)
    if quality.institution_of(work.session, organisation.id) is not None:
        raise Duplicate(say("%(name)s 已在检测机构名录中。", name=organisation.name), remedy=say("资质有变化的，请在原条目上更正。"))
    row = TestingInstitution(
        organisation_id=organisation.id or 0,
        owner_org_id=organisation.id,
        authority_division=organisation.authority_division,
        **_accreditation(fields),
    )
    work.require("institution:edit", row)
    work.record(row, "testing_institution:register")
    work.flush()
    return row


def change_institution(work: Work, institution_id: int, fields: InstitutionFields, *, version: int | None) -> TestingInstitution:
    """Correct what an institution is accredited for; reports that were entered keep their warnings."""
    row = quality.get_institution(work.session, institution_id)
    work.require("institution:edit", row)
    check_version(row, version)
    _check_accreditation(fields)
    for name, value in _accreditation(fields).items():
        setattr(row, name, value)
    row.version += 1
    work.record(row, "testing_institution:change")
    work.flush()
    return row


def _organisation(work: Work, fields: InstitutionFields) -> Organisation:
    organisation = find_organisation(work.session, fields.uscc.upper())
    if organisation is None:
        raise invalid("uscc", say("没有这个统一社会信用代码的机构。"), say("请先登记机构，类型为 institution。"), value=fields.uscc)
    if organisation.kind != INSTITUTION:
        raise invalid("uscc", say("%(name)s 登记的类型不是检测机构。", name=organisation.name), say("请核对代码，或更正机构类型。"))
    return organisation


def _check_accreditation(fields: InstitutionFields) -> None:
    if not (fields.cma_number or fields.cnas_number):
        raise invalid("cma_number", say("没有填写 CMA 或者 CNAS 编号。"), say("请至少填写一个资质编号。"))
    if fields.valid_to is not None and fields.valid_to <= fields.valid_from:
        raise invalid("valid_to", say("有效期止早于或等于有效期起。"), say("请核对资质证书上的日期。"))


def _accreditation(fields: InstitutionFields) -> dict[str, Any]:
    scope = list(dict.fromkeys(line.strip() for line in fields.scope.splitlines() if line.strip()))
    kept = fields.model_dump(include={"cma_number", "cnas_number", "valid_from", "valid_to"})
    return {**kept, "scope": scope}


def enter_test(work: Work, fields: TestFields, *, document: Scan | None) -> TestReport:
    """Enter a report as the user of the mark, with the scan of it; stored as ``由用标人录入``.

    Raises Invalid for impossible dates, unknown batches or ones of another user, and without a scan; Duplicate for a report on file.
    """
    found, authorisation = _batches(work, fields)
    if not work.allows("test:enter", authorisation):
        raise _no_batches(fields.numbers)
    _refuse_impossible(work, fields)
    institution = _chosen(work, fields)
    return _store(work, fields, found, institution=institution, entered_by=EnteredBy.PRODUCER, document=document)


def issue_test(work: Work, fields: TestFields, *, document: Scan | None = None) -> TestReport:
    """Enter a report as the institution that issued it, for batches whose numbers it was told; outside its scope it is a warning.

    Raises NotAllowed for an organisation that is no institution on file, Invalid as ``enter_test`` does; a scan may be left out.
    """
    institution = own_institution(work)
    found, _authorisation = _batches(work, fields)
    _refuse_impossible(work, fields)
    return _store(work, fields, found, institution=institution, entered_by=EnteredBy.INSTITUTION, document=document)


def store_test(work: Work, fields: TestFields) -> TestReport:
    """Store a report that someone else's file states: what is odd about it becomes a warning."""
    found, authorisation = _batches(work, fields)
    work.require("rows:import", authorisation)
    return _store(work, fields, found, institution=_chosen(work, fields), entered_by=EnteredBy.IMPORT, document=None)


def own_institution(work: Work) -> TestingInstitution:
    """Return the institution the actor works for; raise NotAllowed where its organisation is none on file."""
    work.require("test:issue")
    institution = quality.institution_of(work.session, work.actor.organisation_id)
    if institution is None:
        raise NotAllowed(say("本单位不在检测机构名录中。"), remedy=say("请联系省级主管部门登记资质。"), basis="test:issue")
    return institution


def _batches(work: Work, fields: TestFields) -> tuple[Sequence[BatchToTest], Authorisation]:
    found = quality.batches_to_test(work.session, fields.numbers)
    missing = [number for number in fields.numbers if number not in {batch.number for batch in found}]
    if missing or not found:
        raise _no_batches(missing)
    if len({batch.authorisation_id for batch in found}) > 1:
        raise invalid("batches", say("这些批次属于不同的用标登记。"), say("请按用标登记分别录入。"))
    return found, get_authorisation(work.session, found[0].authorisation_id)


def _no_batches(numbers: Iterable[str]) -> Invalid:
    return invalid("batches", say("没有批次 %(numbers)s。", numbers="、".join(numbers)), say("请核对批次号，每行一个。"))


def _chosen(work: Work, fields: TestFields) -> TestingInstitution | None:
    if fields.institution_id is not None:
        return quality.get_institution(work.session, fields.institution_id)
    if not fields.institution:
        raise invalid("institution", say("没有填写检测机构。"), say("请从名录中选择，名录中没有的填写机构名称。"))
    return quality.institution_named(work.session, fields.institution)


def _refuse_impossible(work: Work, fields: TestFields) -> None:
    found = tuple(impossible(ReportDates(fields.issued_on, fields.sampled_on), today=work.today))
    if found:
        raise Invalid(*found)


def _store(
    work: Work,
    fields: TestFields,
    found: Sequence[BatchToTest],
    *,
    institution: TestingInstitution | None,
    entered_by: EnteredBy,
    document: Scan | None,
) -> TestReport:
    user = get_authorisation(work.session, found[0].authorisation_id)
    name = get_organisation(work.session, institution.organisation_id).name if institution else fields.institution
    if quality.find_test(work.session, name, fields.number) is not None:
        raise Duplicate(
            say("%(name)s 的报告 %(number)s 已录入。", name=name, number=fields.number), remedy=say("有误的请先撤回，再重新录入。")
        )
    paper = None
    if document is not None or entered_by is EnteredBy.PRODUCER:
        paper = store_scan(work, document, field="document", owner_org_id=user.owner_org_id, authority_division=user.authority_division)
    report = TestReport(
        **fields.model_dump(include={"number", "sampled_on", "issued_on", "standard_no", "items"}),
        result=fields.result.value,
        authorisation_id=user.id or 0,
        institution_id=institution.id if institution else None,
        institution_name=name,
        accreditation=fields.accreditation or (institution.cma_number or institution.cnas_number if institution else ""),
        document_id=paper.id if paper else None,
        entered_by=entered_by.value,
        warnings=[packed(words) for words in _warnings(work, fields, found, institution=institution)],
        state="",
        created_at=work.now,
        owner_org_id=user.owner_org_id,
        authority_division=user.authority_division,
    )
    work.record(begin(report, TEST_LIFE), "test_report:enter")
    work.flush()
    for batch in found:
        work.record(TestReportBatch(report_id=report.id or 0, batch_id=batch.id), "test_report:bind")
    work.flush()
    return report


def _warnings(work: Work, fields: TestFields, found: Sequence[BatchToTest], *, institution: TestingInstitution | None) -> tuple[Words, ...]:
    dates = ReportDates(fields.issued_on, fields.sampled_on, _harvested(work, found))
    odd: tuple[FieldError, ...] = tuple(impossible(dates, today=work.today))
    said = warnings(dates, quality.accreditation_of(institution), standard_no=fields.standard_no, items=fields.items)
    return (*(error.reason for error in odd), *said)


def _harvested(work: Work, found: Sequence[BatchToTest]) -> date | None:
    days = [queries.get_batch(work.session, batch.id).harvested_on for batch in found]
    return min((day for day in days if day is not None), default=None)


def withdraw_test(work: Work, test_id: int, *, why: str, version: int | None) -> TestReport:
    """Withdraw a report that was entered by mistake: whoever entered it, or the user for one that a file stated; it stays on file."""
    report = visible_test(work, test_id)
    if not may_withdraw(work, report):
        raise NotAllowed(say("这份报告由他人录入，不能撤回。"), remedy=say("请联系录入的单位。"), basis="test:withdraw")
    report.reason = why
    advance(work, report, TEST_LIFE, "withdraw", expected_version=version)
    return report


def visible_test(work: Work, test_id: int) -> TestReport:
    """Return a report that the actor may see: its user's, its region's, or the institution's own; NotFound otherwise."""
    report = quality.get_test(work.session, test_id)
    if not _is_own_institutions(work, report):
        work.require("test:view", report)
    return report


def may_withdraw(work: Work, report: TestReport) -> bool:
    """Say whether the actor entered the report, or answers for the goods of one that a file stated."""
    if not TEST_LIFE.allows(report.state, "withdraw"):
        return False
    if report.entered_by == EnteredBy.INSTITUTION:
        return _is_own_institutions(work, report)
    return work.allows("test:enter", report)


def _is_own_institutions(work: Work, report: TestReport) -> bool:
    if not work.allows("test:issue") or report.institution_id is None or report.entered_by != EnteredBy.INSTITUTION:
        return False
    return quality.get_institution(work.session, report.institution_id).organisation_id == work.actor.organisation_id
