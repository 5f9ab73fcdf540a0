"""Write a report: open the prefilled form, keep a draft, keep a nil report."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from gi_registry.accounts.queries import get_organisation
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import Conflict, FieldError, Invalid, StaleVersion
from gi_registry.kernel.words import Words, say
from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import get_authorisation, get_gi, get_protection
from gi_registry.registry.rules import TRACK_LABELS, Track
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.content import report_number
from gi_registry.reports.rules.draft import Content, Row, Stated, kept, merge
from gi_registry.reports.rules.figures import TEXTS, read_figure, shown
from gi_registry.reports.rules.life import EDITABLE, REPORT_LIFE
from gi_registry.reports.rules.obligation import Status, refuse_unowed, status_of
from gi_registry.reports.rules.sections import Mark, mark_of
from gi_registry.reports.rules.window import Window
from gi_registry.reports.schemas import Draft, NilReport
from gi_registry.reports.service.prefill import content_of, figures_of, known_figures, stored_figures
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Form:
    """What the form of one authorisation and year shows; ``version`` 0 when nothing was saved yet."""

    authorisation: Authorisation
    year: int
    identity: tuple[tuple[Words, str], ...]
    title: str
    content: Content
    window: Window
    status: Status
    report: AnnualReport | None

    @property
    def version(self) -> int:
        """The version that the form carries."""
        return self.report.version if self.report is not None else 0


def open_form(work: Work, authorisation_id: int, year: int) -> Form:
    """Return the prefilled form of a year that is owed.

    Raises NotFound for what is not the actor's, Conflict for a year that is not owed (naming the one due next) and for one that was
    filed and is not being amended.
    """
    authorisation = writer_of(work, authorisation_id)
    refuse_year(work, authorisation, year)
    report = queries.find_editable(work.session, authorisation_id, year)
    standing = queries.find_report(work.session, authorisation_id, year)
    if report is None and standing is not None:
        raise _already_filed(standing)
    window = queries.window_for(work.session, authorisation.authority_division, year)
    submitted = standing.first_filed_on if standing is not None else None
    return Form(
        authorisation=authorisation,
        year=year,
        identity=identity_of(work, authorisation),
        title=get_gi(work.session, authorisation.gi_id).name,
        content=content_of(work.session, authorisation, report, year=year, today=work.today),
        window=window,
        status=status_of(window, today=work.today, first_filed_on=submitted),
        report=report,
    )


def save_draft(work: Work, authorisation_id: int, year: int, *, fields: Draft) -> AnnualReport:
    """Keep what was typed, however incomplete; a figure equal to the registry's follows it until filing.

    Raises Invalid per figure that cannot be read, StaleVersion (with both values) when someone saved in between.
    """
    authorisation = writer_of(work, authorisation_id)
    rows, texts = _read(work, authorisation, year, fields)
    figures = stored_figures({row.figure.key: kept(row) for row in rows})
    report = editable_report(work, authorisation, year)
    if (report.figures, report.texts, report.nil) == (figures, texts, False) and report.id is not None:
        return report
    if fields.version != (report.version if report.id is not None else 0):
        raise _stale(work, authorisation, report, rows)
    mark_changes(work, report, figures=figures, texts=texts)
    report.figures, report.texts = figures, texts
    report.nil, report.nil_since, report.nil_reason = False, None, ""
    return save_report(work, report)


def save_nil(work: Work, authorisation_id: int, year: int, *, fields: NilReport) -> AnnualReport:
    """Keep a nil report: the mark was not used, since when and why. Raises Invalid for a date after the year."""
    authorisation = writer_of(work, authorisation_id)
    if fields.nil_since.year > year:
        reason = say("日期晚于 %(year)s 年度。", year=year)
        raise Invalid(FieldError("nil_since", reason, say("请填写该年度内或更早的日期。"), fields.nil_since.isoformat()))
    report = editable_report(work, authorisation, year)
    if (report.nil, report.nil_since, report.nil_reason) == (True, fields.nil_since, fields.nil_reason):
        return report
    if fields.version != (report.version if report.id is not None else 0):
        since, why = str(say("未使用起始")), str(say("原因"))
        raise StaleVersion(
            mine={since: fields.nil_since.isoformat(), why: fields.nil_reason},
            theirs={since: str(report.nil_since or "—"), why: report.nil_reason or "—"},
        )
    report.nil, report.nil_since, report.nil_reason = True, fields.nil_since, fields.nil_reason
    return save_report(work, report)


def mark_changes(work: Work, report: AnnualReport, *, figures: dict[str, Any], texts: dict[str, str]) -> None:
    """Note which sections the whole form changes, so that one of them that is open elsewhere is found stale."""
    sections = {figure.key: figure.section for figure in figures_of(work.session, get_authorisation(work.session, report.authorisation_id))}
    sections |= {field.key: field.section for field in TEXTS}
    before = {key: _by_hand(item) for key, item in report.figures.items()}
    changed = {str(sections[key]) for key, item in figures.items() if _by_hand(item) != before.get(key) and key in sections}
    changed |= {str(sections[key]) for key in texts | report.texts if texts.get(key) != report.texts.get(key) and key in sections}
    at = work.now.astimezone(SHANGHAI).isoformat(timespec="seconds")
    marks = {number: asdict(Mark(report.version + 1, mark_of(report.sections, number).finished, at, work.actor.name)) for number in changed}
    report.sections = {**report.sections, **marks}


def _by_hand(item: dict[str, Any]) -> dict[str, Any] | None:
    """A figure as a person stated it; None for one that is empty or follows the registry."""
    return None if item["value"] is None or item.get("follows") else item


def refuse_year(work: Work, authorisation: Authorisation, year: int) -> None:
    """Raise Conflict for a year that this authorisation does not owe; the refusal names the year that is due next."""
    term = queries.term_of(work.session, authorisation, today=work.today)
    if term is None:
        raise Conflict(say("该用标登记尚未公告，没有年报义务。"), remedy=say("公告核准后，从核准当年起报送。"))
    refuse_unowed(term, year, today=work.today, filed=queries.filed_years(work.session, authorisation.id or 0))


def identity_of(work: Work, authorisation: Authorisation) -> tuple[tuple[Words, str], ...]:
    """Return section 1 of the form: who, which GI, on what ground."""
    protection = get_protection(work.session, authorisation.protection_id)
    ident = authorisation.organisation_id
    user = get_organisation(work.session, ident) if ident is not None else None
    return (
        (say("用标人"), user.name if user else authorisation.raw_name),
        (say("统一社会信用代码"), (user.uscc if user else authorisation.raw_uscc) or ""),
        (say("地理标志"), get_gi(work.session, authorisation.gi_id).name),
        (say("保护途径"), f"{TRACK_LABELS[Track(protection.track)]} {protection.number}"),
        (say("用标登记号"), authorisation.number),
        (say("核准公告"), authorisation.announcement_raw),
        (say("核准日期"), authorisation.valid_from.isoformat() if authorisation.valid_from else ""),
        (say("地址"), user.address if user else ""),
        (say("联系人"), user.contact if user else ""),
    )


def writer_of(work: Work, authorisation_id: int) -> Authorisation:
    """Return an authorisation whose reports the actor may write; NotFound for what is not the actor's."""
    authorisation = get_authorisation(work.session, authorisation_id)
    work.require("report:draft", authorisation)
    return authorisation


def editable_report(work: Work, authorisation: Authorisation, year: int) -> AnnualReport:
    """Return the draft being written, held until the end of the transaction, or a new one that is not stored yet."""
    refuse_year(work, authorisation, year)
    ident = authorisation.id or 0
    queries.lock_years(work.session, ident)
    report = queries.find_editable(work.session, ident, year)
    if report is not None:
        return queries.lock_report(work.session, report.id or 0)
    standing = queries.find_report(work.session, ident, year)
    if standing is not None:
        raise _already_filed(standing)
    revision = len(queries.list_revisions(work.session, ident, year)) + 1
    return new_report(work, authorisation, year, revision=revision)


def new_report(work: Work, authorisation: Authorisation, year: int, *, revision: int, state: str = REPORT_LIFE.initial) -> AnnualReport:
    """Return a new report that is not stored yet: a draft, or what a file states of the past."""
    return AnnualReport(
        number=report_number(year, authorisation.id or 0, revision),
        authorisation_id=authorisation.id or 0,
        year=year,
        revision=revision,
        state=state,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        version=0,
        saved_at=work.now,
    )


def save_report(work: Work, report: AnnualReport) -> AnnualReport:
    """Keep a draft in its next version; Conflict when it is being written no longer."""
    if report.state not in EDITABLE:
        raise _already_filed(report)
    report.version += 1
    report.saved_at = work.now
    work.record(report, "report:save")
    work.flush()
    return report


def _read(work: Work, authorisation: Authorisation, year: int, fields: Draft) -> tuple[tuple[Row, ...], dict[str, str]]:
    figures = figures_of(work.session, authorisation)
    stated: dict[str, Stated] = {}
    errors: list[FieldError] = []
    for figure in figures:
        if figure.key not in fields.values:
            continue
        try:
            value = read_figure(figure, fields.values[figure.key])
        except Invalid as problem:
            errors += problem.fields
        else:
            stated[figure.key] = Stated(value, fields.reasons.get(figure.key, "").strip()[:500])
    texts = {field.key: fields.values[field.key].strip() for field in TEXTS if fields.values.get(field.key, "").strip()}
    errors += [
        FieldError(field.key, say("内容过长，最多 %(most)s 字。", most=field.longest), say("请缩短后再保存。"))
        for field in TEXTS
        if len(texts.get(field.key, "")) > field.longest
    ]
    if errors:
        raise Invalid(*errors)
    return merge(figures, stated, known_figures(work.session, authorisation, year, today=work.today)), texts


def _stale(work: Work, authorisation: Authorisation, report: AnnualReport, rows: tuple[Row, ...]) -> StaleVersion:
    """Both values of each figure that differs, by its label."""
    theirs = {row.figure.key: row for row in content_of(work.session, authorisation, report, year=report.year, today=work.today).rows}
    pairs = [(row, theirs[row.figure.key]) for row in rows if row.value != theirs[row.figure.key].value]
    return StaleVersion(
        mine={_label(mine): shown(mine.figure, mine.value) for mine, _other in pairs},
        theirs={_label(mine): shown(other.figure, other.value) for mine, other in pairs},
    )


def _label(row: Row) -> str:
    return f"{row.figure.label} ({row.figure.measure.label})"


def _already_filed(report: AnnualReport) -> Conflict:
    return Conflict(
        say("%(year)s 年度年报已经报送，编号 %(number)s。", year=report.year, number=report.number),
        remedy=say("如需更正，请打开该年报并选择“更正”。"),
    )
