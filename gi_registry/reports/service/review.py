"""What the authority does with a filed report: county check, acceptance by another person, return with reasons."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.errors import NotAllowed
from gi_registry.kernel.words import Words, say
from gi_registry.notices.service import notify
from gi_registry.registry.queries import get_authorisation
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.draft import Known, Row
from gi_registry.reports.rules.life import REPORT_LIFE, Action, State
from gi_registry.reports.rules.paper import compare
from gi_registry.reports.schemas import Return, Step
from gi_registry.reports.service.filing import Paper, refuse_with_amendment, view_report
from gi_registry.reports.service.prefill import known_figures
from gi_registry.workflow import Work, advance, check_version


@dataclass(frozen=True)
class Review:
    """A filed report beside what the registry says now; ``why_not`` names the steps that cannot be taken and why."""

    paper: Paper
    rows: tuple[tuple[Row, Known | None, bool], ...]
    amends: AnnualReport | None
    before: dict[str, int]
    why_not: dict[str, Words]

    @property
    def differences(self) -> int:
        """How many filed figures differ from the registry's figures now."""
        return sum(differs for _row, _now, differs in self.rows)


def open_review(work: Work, report_id: int) -> Review:
    """Return the officer's page of a report; NotFound outside the actor's region."""
    paper = view_report(work, report_id)
    report = paper.report
    now = {} if report.nil else known_figures(work.session, paper.authorisation, report.year, today=work.today)
    amends = queries.get_report(work.session, report.amends_id) if report.amends_id else None
    figures = amends.filed_content.get("figures", {}) if amends is not None else {}
    return Review(
        paper=paper,
        rows=compare(paper.content, now),
        amends=amends,
        before={key: item["value"] for key, item in figures.items()},
        why_not=_why_not(work, report),
    )


def check_report(work: Work, report_id: int, *, fields: Step) -> AnnualReport:
    """The county handler has compared the figures: filed → county_checked."""
    report = queries.lock_report(work.session, report_id)
    work.require("report:check", report)
    REPORT_LIFE.after(report.state, Action.CHECK)
    check_version(report, fields.version)
    report.checked_at, report.checked_by = work.now, work.actor.person_id
    advanced: AnnualReport = advance(work, report, REPORT_LIFE, Action.CHECK)
    return advanced


def accept_report(work: Work, report_id: int, *, fields: Step) -> AnnualReport:
    """Accept a checked report; another person than the one who checked it. An amendment supersedes what it amends in the same breath."""
    report = queries.lock_report(work.session, report_id)
    work.require("report:accept", report)
    REPORT_LIFE.after(report.state, Action.ACCEPT)
    check_version(report, fields.version)
    _refuse_same_person(work, report)
    refuse_with_amendment(work, report)
    if report.amends_id is not None:
        advance(work, queries.lock_report(work.session, report.amends_id), REPORT_LIFE, Action.SUPERSEDE)
    report.accepted_at, report.accepted_by = work.now, work.actor.person_id
    advanced: AnnualReport = advance(work, report, REPORT_LIFE, Action.ACCEPT)
    _tell(
        work,
        report,
        say("%(year)s 年度年报已接受", year=report.year),
        say("年报 %(number)s 已核查并接受，回执编号 %(receipt)s。", number=report.number, receipt=report.receipt_number or ""),
    )
    return advanced


def return_report(work: Work, report_id: int, *, fields: Return) -> AnnualReport:
    """Return a report with reasons, which the producer sees; it was filed in time if it was, and can be filed again."""
    report = queries.lock_report(work.session, report_id)
    work.require("report:return", report)
    REPORT_LIFE.after(report.state, Action.RETURN)
    check_version(report, fields.version)
    refuse_with_amendment(work, report)
    report.returned_at, report.returned_reasons = work.now, fields.reasons
    advanced: AnnualReport = advance(work, report, REPORT_LIFE, Action.RETURN)
    _tell(
        work,
        report,
        say("%(year)s 年度年报已退回，请修改后重新报送", year=report.year),
        say("退回理由：%(reasons)s", reasons=fields.reasons),
    )
    return advanced


def _refuse_same_person(work: Work, report: AnnualReport) -> None:
    if report.checked_by is not None and report.checked_by == work.actor.person_id:
        raise NotAllowed(say("核查与接受须由不同的人办理。"), remedy=say("请由本单位另一名审批人接受。"))


def _why_not(work: Work, report: AnnualReport) -> dict[str, Words]:
    found: dict[str, Words] = {}
    for action in (Action.CHECK, Action.ACCEPT, Action.RETURN):
        if not work.allows(f"report:{action}", report):
            found[action] = say("您的角色不办理这一步。")
        elif not REPORT_LIFE.allows(report.state, action):
            found[action] = say("当前状态为“%(state)s”。", state=REPORT_LIFE.label(report.state))
    if report.state == State.COUNTY_CHECKED and report.checked_by is not None and report.checked_by == work.actor.person_id:
        found[Action.ACCEPT] = say("核查与接受须由不同的人办理。")
    return found


def _tell(work: Work, report: AnnualReport, title: Words, body: Words) -> None:
    organisation = get_authorisation(work.session, report.authorisation_id).organisation_id
    if organisation is not None:
        notify(work, organisation_id=organisation, title=title, body=body, link=f"/reports/{report.id}")
