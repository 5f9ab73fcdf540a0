"""Check, file, amend, withdraw; the receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from gi_registry.accounts.service import acts_as_approver
from gi_registry.codes.queries import counts
from gi_registry.documents.service import Scan
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.policy.service import at
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_authorisation
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport, ReportAttachment, ReportFiling
from gi_registry.reports.rules.amendment import Beside, beside
from gi_registry.reports.rules.content import Declaration, content_hash, filed_content, print_mark, receipt_number
from gi_registry.reports.rules.draft import Content, Stated
from gi_registry.reports.rules.life import EDITABLE, IN_FORCE, REPORT_LIFE, Action, State
from gi_registry.reports.rules.obligation import Term, refuse_unopened, year_due_next
from gi_registry.reports.rules.paper import filed_rows
from gi_registry.reports.rules.validation import Warned, problems, warnings
from gi_registry.reports.rules.window import Window
from gi_registry.reports.schemas import Filing, NilFiling, StampedFiling, Step
from gi_registry.reports.service.drafting import identity_of, new_report, save_nil
from gi_registry.reports.service.prefill import content_of, figures_of, stored_figures
from gi_registry.reports.service.sections import attach
from gi_registry.workflow import Work, advance, check_version

TOLERANCE_KEY = "report.label-identity"
ONE_PERSON_KEY = "accounts.one-person-approves"


@dataclass(frozen=True)
class Paper:
    """A report to look at: who, what, what stands against filing, what only warns, and every filing of it."""

    report: AnnualReport
    authorisation: Authorisation
    identity: tuple[tuple[Words, str], ...]
    content: Content
    window: Window
    problems: tuple[FieldError, ...]
    warnings: tuple[Warned, ...]
    filings: Sequence[ReportFiling]
    revisions: Sequence[AnnualReport]
    may: frozenset[str]
    attachments: Mapping[str, ReportAttachment] = field(default_factory=dict)
    amends: AnnualReport | None = None
    beside: tuple[Beside, ...] = ()

    @property
    def declaration(self) -> Mapping[str, Any]:
        """How the latest filing was declared: name, moment, method, scan, rule."""
        return self.filings[-1].content.get("declaration", {}) if self.filings else {}

    @property
    def print_mark(self) -> str:
        """What a print of the content bears, to tell it from another."""
        return print_mark(self.content, number=self.report.number, year=self.report.year)

    @property
    def editable(self) -> bool:
        """Whether it can still be written."""
        return self.report.state in EDITABLE


def view_report(work: Work, report_id: int) -> Paper:
    """Return a report for reading: as filed, or as it stands while it is written. NotFound for what is not the actor's."""
    report = queries.get_report(work.session, report_id)
    work.require("report:view", report)
    if report.filings == 0 and not work.allows("report:draft", report):
        raise NotFound  # a draft is its writer's alone until it is filed
    return _paper(work, report)


def check_page(work: Work, report_id: int) -> Paper:
    """Return the draft as it would be filed now; Conflict when it is not being written."""
    report = queries.get_report(work.session, report_id)
    work.require("report:draft", report)
    REPORT_LIFE.after(report.state, Action.FILE)
    return _paper(work, report)


def file_report(work: Work, report_id: int, *, fields: Filing) -> AnnualReport:
    """File a report: content and hash are fixed, a receipt number is given, one leaf is written.

    The same person filing the same version again (a double click) gets the report as filed. Raises IllegalTransition or StaleVersion
    where something else happened in between, Conflict before the window opens, Invalid for what is missing.
    """
    report = queries.lock_report(work.session, report_id)
    work.require("report:file", report)
    if _repeated(work, report, fields.version):
        return report
    REPORT_LIFE.after(report.state, Action.FILE)
    check_version(report, fields.version)
    return _file(work, report, signed_name=_signed(work, declared=fields.declared, name=fields.signed_name))


def file_stamped(work: Work, report_id: int, *, fields: StampedFiling, scan: Scan | None) -> AnnualReport:
    """File a report by its stamped paper: the scan (PDF, JPEG, PNG) takes the place of the electronic declaration.

    Raises as ``file_report``, and Invalid for what is no scan. The reviewer sees the scan, the receipt states its SHA-256.
    """
    report = queries.lock_report(work.session, report_id)
    work.require("report:file", report)
    if _repeated(work, report, fields.version):
        return report
    REPORT_LIFE.after(report.state, Action.FILE)
    check_version(report, fields.version)
    digest = attach(work, report, kind="stamped", scan=scan, field="scan")
    return _file(work, report, signed_name=fields.signed_name, scan=digest)


def file_nil(work: Work, authorisation_id: int, year: int, *, fields: NilFiling) -> AnnualReport:
    """File a nil report in one act: since when, why, declaration."""
    authorisation = get_authorisation(work.session, authorisation_id)
    work.require("report:file", authorisation)
    queries.lock_years(work.session, authorisation_id)
    standing = queries.find_report(work.session, authorisation_id, year)
    if standing is not None and standing.nil and _repeated(work, standing, fields.version, fields.version + 1):
        return standing
    name = _signed(work, declared=fields.declared, name=fields.signed_name)
    return _file(work, save_nil(work, authorisation_id, year, fields=fields), signed_name=name)


def amend_report(work: Work, report_id: int, *, fields: Step) -> AnnualReport:
    """Begin an amendment: a draft with the filed figures; the filed report stays in force until the amendment is accepted."""
    report = queries.lock_report(work.session, report_id)
    work.require("report:draft", report)
    if report.state not in IN_FORCE:
        raise Conflict(
            say("当前状态为“%(state)s”，不能更正。", state=REPORT_LIFE.label(report.state)), remedy=say("只有已报送且有效的年报可以更正。")
        )
    begun = queries.find_open_amendment(work.session, report_id)
    if begun is not None:
        return begun
    check_version(report, fields.version)
    return _amendment(work, report)


def withdraw_report(work: Work, report_id: int, *, fields: Step) -> AnnualReport:
    """Withdraw a draft, a returned report or one the county has not checked yet; the year is owed again."""
    report = queries.lock_report(work.session, report_id)
    work.require("report:withdraw", report)
    refuse_with_amendment(work, report)
    advanced: AnnualReport = advance(work, report, REPORT_LIFE, Action.WITHDRAW, expected_version=fields.version)
    return advanced


def receipt_of(work: Work, report_id: int) -> Paper:
    """Return what the receipt shows; Conflict before anything was filed."""
    paper = view_report(work, report_id)
    if not paper.filings:
        raise Conflict(say("年报尚未报送，没有回执。"), remedy=say("请先报送。"))
    return paper


def refuse_with_amendment(work: Work, report: AnnualReport) -> None:
    """Raise Conflict while an amendment of the report is open: what it amends must stay as it is."""
    begun = queries.find_open_amendment(work.session, report.id or 0)
    if begun is not None:
        raise Conflict(
            say("该年报有未办结的更正 %(number)s。", number=begun.number), remedy=say("请先办理更正：接受、退回或撤回后再处理原报告。")
        )


def shown_content(work: Work, report: AnnualReport) -> Content:
    """Return the content as it stands, for the writer of a report that is being written; as filed, for everyone else and later."""
    authorisation = get_authorisation(work.session, report.authorisation_id)
    if report.state in EDITABLE and work.allows("report:draft", report):
        return content_of(work.session, authorisation, report, year=report.year, today=work.today)
    return filed_rows(report.filed_content, figures_of(work.session, authorisation))


def warned(work: Work, report: AnnualReport, content: Content) -> tuple[Warned, ...]:
    """Return the contradictions in the content under the tolerance that policy sets for its year."""
    tolerance = at(work.session, TOLERANCE_KEY, report.authority_division, date(report.year, 12, 31)).value["tolerance_permille"]
    activated = counts(work.session, report.authorisation_id, report.year).activated if content.nil else 0
    return warnings(content, tolerance_permille=int(tolerance), activated_in_registry=activated)


def _paper(work: Work, report: AnnualReport) -> Paper:
    authorisation = get_authorisation(work.session, report.authorisation_id)
    content = shown_content(work, report)
    amends = queries.get_report(work.session, report.amends_id) if report.amends_id is not None else None
    steps = ("report:draft", "report:file", "report:withdraw", "report:check", "report:accept", "report:return")
    return Paper(
        report=report,
        authorisation=authorisation,
        identity=identity_of(work, authorisation),
        content=content,
        window=queries.window_for(work.session, report.authority_division, report.year),
        problems=problems(content) if report.state in EDITABLE else (),
        warnings=warned(work, report, content),
        filings=queries.filings_of(work.session, report.id or 0),
        revisions=queries.list_revisions(work.session, report.authorisation_id, report.year),
        may=frozenset(step.partition(":")[2] for step in steps if work.allows(step, report)),
        attachments=queries.attachments_of(work.session, report.id or 0),
        amends=amends,
        beside=beside(filed_rows(amends.filed_content, figures_of(work.session, authorisation)), content) if amends is not None else (),
    )


def _file(work: Work, report: AnnualReport, *, signed_name: str, scan: str = "") -> AnnualReport:
    authorisation = get_authorisation(work.session, report.authorisation_id)
    window = queries.window_for(work.session, report.authority_division, report.year)
    refuse_unopened(window, today=work.today, due_next=_due_next(work, authorisation))
    content = content_of(work.session, authorisation, report, year=report.year, today=work.today)
    if found := problems(content):
        raise Invalid(*found)
    report.figures = stored_figures({row.figure.key: Stated(row.value, row.reason, follows=row.prefilled) for row in content.rows})
    report.warnings = [stored_warning(item) for item in warned(work, report, content)]
    at = work.now.astimezone(SHANGHAI).isoformat(timespec="seconds")
    alone = authorisation.organisation_id is not None and acts_as_approver(work, authorisation.organisation_id)
    declaration = Declaration(signed_name, work.actor.person_id, at, scan=scan, rule=ONE_PERSON_KEY if alone else "")
    identity = identity_in_content(work, authorisation)
    fix_content(work, report, filed_content(content, declaration, identity=identity, year=report.year, window_version=window.version))
    report.window_version = window.version
    report.checked_at = report.checked_by = None
    advanced: AnnualReport = advance(work, report, REPORT_LIFE, Action.FILE)
    keep_filing(work, report, signed_name)
    return advanced


def fix_content(work: Work, report: AnnualReport, content: dict[str, object]) -> None:
    """Put the filed content, its hash and the receipt number on the report; each filing names the hash of the one before it."""
    if report.filings:
        content = {**content, "previous": report.filed_hash}
    report.filings += 1
    report.filed_content = content
    report.filed_hash = content_hash(content)
    report.filed_at, report.filed_by = work.now, work.actor.person_id
    report.filed_version = report.version
    report.first_filed_on = report.first_filed_on or work.today
    report.receipt_number = receipt_number(report.number, report.filings)


def keep_filing(work: Work, report: AnnualReport, signed_name: str) -> None:
    """Keep this filing for ever."""
    filing = ReportFiling(
        report_id=report.id or 0,
        sequence=report.filings,
        receipt_number=report.receipt_number or "",
        content=report.filed_content,
        content_hash=report.filed_hash or "",
        filed_at=report.filed_at or work.now,
        filed_by=report.filed_by,
        signed_name=signed_name,
    )
    work.session.add(filing)
    work.flush()


def stored_warning(item: Warned) -> dict[str, object]:
    """Return a warning in the form in which it is stored: stable code, figures, and the words as said."""
    return {"code": item.code, "keys": list(item.keys), "reason": str(item.reason), "remedy": str(item.remedy)}


def _repeated(work: Work, report: AnnualReport, *versions: int) -> bool:
    same_person = report.filed_by is not None and report.filed_by == work.actor.person_id
    return report.state == State.FILED and same_person and report.filed_version in versions


def _signed(work: Work, *, declared: bool, name: str) -> str:
    if not declared:
        raise invalid("declared", say("没有勾选声明。"), say("请核对全部内容后勾选声明，再报送。"))
    if work.actor.name and name != work.actor.name:
        remedy = say("请填写“%(name)s”，或由签署人本人登录报送。", name=work.actor.name)
        raise invalid("signed_name", say("签名与登录人姓名不一致。"), remedy, value=name)
    return name


def _amendment(work: Work, report: AnnualReport) -> AnnualReport:
    authorisation = get_authorisation(work.session, report.authorisation_id)
    revision = len(queries.list_revisions(work.session, report.authorisation_id, report.year)) + 1
    draft = new_report(work, authorisation, report.year, revision=revision)
    content = filed_rows(report.filed_content, figures_of(work.session, authorisation))
    draft.amends_id = report.id
    draft.first_filed_on = report.first_filed_on
    draft.figures = stored_figures({row.figure.key: Stated(row.value, row.reason) for row in content.rows})
    draft.texts = dict(content.texts)
    draft.lists = {key: [dict(row) for row in rows] for key, rows in content.lists.items()}
    draft.choices = dict(report.choices)
    draft.nil, draft.nil_since, draft.nil_reason = report.nil, report.nil_since, report.nil_reason
    draft.version = 1
    work.record(draft, "report:amend")
    work.flush()
    _copy_photos(work, report, draft)
    return draft


def _copy_photos(work: Work, report: AnnualReport, draft: AnnualReport) -> None:
    """An amendment begins with the photos of the report that it amends."""
    for kind, item in queries.attachments_of(work.session, report.id or 0).items():
        if kind in queries.PHOTOS:
            values = item.model_dump(exclude={"id", "report_id"})
            copy = ReportAttachment(**values, report_id=draft.id or 0)
            work.session.add(copy)
            work.flush()
            work.record(copy, "report:attach")


def identity_in_content(work: Work, authorisation: Authorisation) -> dict[str, str]:
    """Return section 1 of the form as it is filed."""
    values = [value for _term, value in identity_of(work, authorisation)]
    return dict(zip(("user", "uscc", "gi", "track", "authorisation", "announcement", "valid_from"), values, strict=False))


def _due_next(work: Work, authorisation: Authorisation) -> int | None:
    term: Term | None = queries.term_of(work.session, authorisation, today=work.today)
    filed = queries.filed_years(work.session, authorisation.id or 0)
    return None if term is None else year_due_next(term, today=work.today, filed=filed)
