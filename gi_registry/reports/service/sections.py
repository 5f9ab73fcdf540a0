"""Write a report section by section: the task list, one section, confirmation of what is prefilled, photos."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import FieldError, Invalid, NotFound, StaleVersion
from gi_registry.kernel.words import Words, say
from gi_registry.registry.models import Authorisation
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport, ReportAttachment
from gi_registry.reports.queries import PHOTOS
from gi_registry.reports.rules.draft import Part, Row, Stated, kept, merge, parts
from gi_registry.reports.rules.figures import TEXTS, read_figure, shown
from gi_registry.reports.rules.lists import LISTS, ListRow, has_list, lines, read_list
from gi_registry.reports.rules.sections import LABELS, PUBLICITY, Mark, Task, mark_of, tasks
from gi_registry.reports.schemas import Confirm, SectionDraft
from gi_registry.reports.service.drafting import Form, editable_report, open_form, save_report, writer_of
from gi_registry.reports.service.prefill import content_of, figures_of, known_figures, stated_figures, stored_figures
from gi_registry.workflow import Work, check_version

PUBLIC = "public:"
PHOTO_LABELS: Mapping[str, Words] = {"front": say("包装正面"), "back": say("包装背面"), "mark": say("标志细部")}


@dataclass(frozen=True)
class TaskList:
    """The sections of one authorisation and year, and the form they belong to."""

    form: Form
    tasks: tuple[Task, ...]

    @property
    def ready(self) -> tuple[Task, ...]:
        """The sections that only want a confirmation."""
        return tuple(task for task in self.tasks if task.ready)

    @property
    def finished(self) -> int:
        """How many sections are finished."""
        return sum(task.progress == "done" for task in self.tasks)

    def next_after(self, number: str) -> Task | None:
        """Return the next section that is not finished, beginning after ``number`` and going round; None when all are."""
        place = [task.number for task in self.tasks].index(number) + 1
        return next((task for task in (*self.tasks[place:], *self.tasks[:place]) if task.progress != "done"), None)

    @property
    def first_open(self) -> Task | None:
        """The first section that wants more than a confirmation, else the first that is not finished."""
        left = [task for task in self.tasks if task.progress != "done"]
        return next((task for task in left if not task.ready), left[0] if left else None)


@dataclass(frozen=True)
class SectionPage:
    """One section to write: its part of the content (None for identity and publicity), its mark, its neighbours, its photos."""

    form: Form
    number: str
    label: Words
    part: Part | None
    mark: Mark
    before: str
    after: str
    photos: Mapping[str, ReportAttachment]


@dataclass(frozen=True)
class _Typed:
    """What a person typed into one section."""

    rows: tuple[Row, ...]
    texts: Mapping[str, str]
    lists: Mapping[str, tuple[ListRow, ...]]
    choices: Mapping[str, bool]


def open_tasks(work: Work, authorisation_id: int, year: int) -> TaskList:
    """Return the task list of a year that is owed; raises as ``open_form``."""
    form = open_form(work, authorisation_id, year)
    stored = form.report.sections if form.report is not None else {}
    return TaskList(form, tasks(parts(form.content), stored))


def open_section(work: Work, authorisation_id: int, year: int, *, number: str) -> SectionPage:
    """Return one section to write; NotFound for a section that the form does not have."""
    form = open_form(work, authorisation_id, year)
    if number not in LABELS:
        raise NotFound
    order = list(LABELS)
    place = order.index(number)
    stored = form.report.sections if form.report is not None else {}
    return SectionPage(
        form=form,
        number=number,
        label=LABELS[number],
        part=next((part for part in parts(form.content) if part.section == number), None),
        mark=mark_of(stored, number),
        before=order[place - 1] if place else "",
        after=order[place + 1] if place + 1 < len(order) else "",
        photos=queries.attachments_of(work.session, form.report.id or 0) if form.report is not None else {},
    )


def field_labels(section: SectionPage) -> dict[str, Words]:
    """Return the label of every field that a section may send, by name; publicity as ``public:`` and the figure."""
    rows = section.form.content.rows
    labels = {row.figure.key: say("%(label)s（%(unit)s）", label=row.figure.label, unit=row.figure.measure.label) for row in rows}
    labels |= {PUBLIC + row.figure.key: say("“%(label)s”是否公开", label=row.figure.label) for row in rows}
    return labels | {field.key: field.label for field in TEXTS} | {field.key: field.label for field in LISTS}


def save_section(work: Work, authorisation_id: int, year: int, *, number: str, fields: SectionDraft) -> AnnualReport:
    """Keep one section as typed; ``fields.done`` marks it finished. What was not sent of it stays as it is.

    Only a change of the same section in between is stale: two people may write two sections at once. Raises StaleVersion with both
    values by field, Invalid per value that cannot be read, NotFound for a section that the form does not have.
    """
    authorisation = writer_of(work, authorisation_id)
    if number not in LABELS:
        raise NotFound
    report = editable_report(work, authorisation, year)
    before = _stored(work, authorisation, report, number)
    typed = _read(work, authorisation, report, number=number, values=fields)
    mark = mark_of(report.sections, number)
    mine, theirs = _differences(typed, before)
    if not mine and not report.nil and (mark.finished or not fields.done):
        return report
    if mine and fields.version != mark.version:
        raise StaleVersion(mine=mine, theirs=theirs)
    report.figures = {**report.figures, **stored_figures({row.figure.key: kept(row) for row in typed.rows})}
    report.texts = _over(report.texts, typed.texts)
    report.lists = _over(report.lists, {key: [dict(row) for row in rows] for key, rows in typed.lists.items()})
    report.choices = {**report.choices, **typed.choices}
    report.nil, report.nil_since, report.nil_reason = False, None, ""
    _mark(work, report, [number], finished=fields.done)
    return save_report(work, report)


def confirm_sections(work: Work, authorisation_id: int, year: int, *, fields: Confirm) -> int:
    """Finish every section that needs no more than a confirmation; returns how many. Raises StaleVersion when the draft moved on."""
    authorisation = writer_of(work, authorisation_id)
    report = editable_report(work, authorisation, year)
    if fields.version != (report.version if report.id is not None else 0):
        check_version(report, fields.version)
    content = content_of(work.session, authorisation, report, year=year, today=work.today)
    ready = [task.number for task in tasks(parts(content), report.sections) if task.ready and task.number in fields.sections]
    if not ready:
        return 0
    taken = {row.figure.key: kept(row) for row in content.rows if row.figure.section in ready}
    report.figures = {**report.figures, **stored_figures(taken)}
    _mark(work, report, ready, finished=True)
    save_report(work, report)
    return len(ready)


def add_photo(work: Work, authorisation_id: int, year: int, *, kind: str, scan: Scan | None) -> AnnualReport:
    """Keep a photo (JPEG, PNG or PDF, at most 10 MB) of the goods' front, back or mark with the draft; a later one takes its place."""
    authorisation = writer_of(work, authorisation_id)
    if kind not in PHOTOS:
        raise Invalid(FieldError("kind", say("没有这一种照片。"), say("请从页面上选择。"), kind))
    report = editable_report(work, authorisation, year)
    if report.id is None:
        save_report(work, report)
    attach(work, report, kind=kind, scan=scan, field=f"photo-{kind}")
    return report


def attach(work: Work, report: AnnualReport, *, kind: str, scan: Scan | None, field: str) -> str:
    """Keep a paper with a report and return its SHA-256; raises Invalid naming ``field`` for what is no scan or photo."""
    owner, division = report.owner_org_id, report.authority_division
    document = store_scan(work, scan, field=field, owner_org_id=owner, authority_division=division)
    attachment = ReportAttachment(
        report_id=report.id or 0,
        kind=kind,
        document_id=document.id or 0,
        sha256=document.sha256,
        added_at=work.now,
        added_by=work.actor.person_id,
    )
    work.session.add(attachment)
    work.flush()
    work.record(attachment, "report:attach")
    return document.sha256


def _stored(work: Work, authorisation: Authorisation, report: AnnualReport, number: str) -> _Typed:
    content = content_of(work.session, authorisation, report, year=report.year, today=work.today)
    choices = {row.figure.key: row.public for row in content.rows}
    return _Typed(tuple(row for row in content.rows if row.figure.section == number), content.texts, content.lists, choices)


def _read(work: Work, authorisation: Authorisation, report: AnnualReport, *, number: str, values: SectionDraft) -> _Typed:
    errors: list[FieldError] = []
    sent = values.values
    figures = [figure for figure in figures_of(work.session, authorisation) if figure.section == number]
    stated = stated_figures(report.figures)
    for figure in figures:
        if figure.key not in sent:
            continue
        try:
            reason = values.reasons.get(figure.key, "").strip()[:500]
            stated[figure.key] = Stated(read_figure(figure, sent[figure.key]), reason)
        except Invalid as problem:
            errors += problem.fields
    texts = {field.key: sent[field.key].strip() for field in TEXTS if field.section == number and field.key in sent}
    errors += [
        FieldError(field.key, say("内容过长，最多 %(most)s 字。", most=field.longest), say("请缩短后再保存。"))
        for field in TEXTS
        if len(texts.get(field.key, "")) > field.longest
    ]
    lists = _read_lists(number, sent, errors)
    if errors:
        raise Invalid(*errors)
    known = known_figures(work.session, authorisation, report.year, today=work.today)
    return _Typed(merge(figures, stated, known), texts, lists, _choices(work, authorisation, number, sent))


def _read_lists(number: str, sent: Mapping[str, str], errors: list[FieldError]) -> dict[str, tuple[ListRow, ...]]:
    found: dict[str, tuple[ListRow, ...]] = {}
    for field in LISTS:
        if field.section != number or not has_list(field, sent):
            continue
        try:
            found[field.key] = read_list(field, sent)
        except Invalid as problem:
            errors += problem.fields
    return found


def _choices(work: Work, authorisation: Authorisation, number: str, sent: Mapping[str, str]) -> dict[str, bool]:
    """What a person lets be published: a radio per figure, so that nothing sent is nothing chosen."""
    if number != PUBLICITY:
        return {}
    keys = (figure.key for figure in figures_of(work.session, authorisation))
    return {key: sent[PUBLIC + key] == "yes" for key in keys if PUBLIC + key in sent}


def _differences(typed: _Typed, stored: _Typed) -> tuple[dict[str, object], dict[str, object]]:
    """Both values, for reading, of every field that differs, by the name of the field."""
    mine: dict[str, object] = {}
    theirs: dict[str, object] = {}
    before = {row.figure.key: row for row in stored.rows}
    for row in typed.rows:
        other = before[row.figure.key]
        if (row.value, row.reason if row.changed else "") != (other.value, other.reason if other.changed else ""):
            mine[row.figure.key], theirs[row.figure.key] = _with_reason(row), _with_reason(other)
    for key, text in typed.texts.items():
        if text != stored.texts.get(key, ""):
            mine[key], theirs[key] = text or "—", stored.texts.get(key, "") or "—"
    for field in LISTS:
        now, then = typed.lists.get(field.key), tuple(stored.lists.get(field.key, ()))
        if now is not None and [dict(row) for row in now] != [dict(row) for row in then]:
            mine[field.key], theirs[field.key] = lines(field, now) or "—", lines(field, then) or "—"
    for key, public in typed.choices.items():
        if public != stored.choices.get(key):
            mine[PUBLIC + key], theirs[PUBLIC + key] = _publicity(public), _publicity(stored.choices.get(key, False))
    return mine, theirs


def _with_reason(row: Row) -> str:
    value = shown(row.figure, row.value)
    return f"{value} ({row.reason})" if row.reason and row.changed else value


def _publicity(public: bool) -> str:
    return str(say("公开") if public else say("不公开"))


def _over(stored: Mapping[str, object], typed: Mapping[str, object]) -> dict[str, object]:
    """What was stored with what was typed over it, without what was emptied."""
    return {key: value for key, value in {**stored, **typed}.items() if value}


def _mark(work: Work, report: AnnualReport, numbers: Collection[str], *, finished: bool) -> None:
    """Note that these sections changed in the version that is about to be saved."""
    at = work.now.astimezone(SHANGHAI).isoformat(timespec="seconds")
    mark = asdict(Mark(report.version + 1, finished, at, work.actor.name))
    report.sections = {**report.sections, **dict.fromkeys(numbers, mark)}
