"""The form section by section: task list, one section per page with autosave, both values after a conflict."""

from __future__ import annotations

from typing import Any

from flask import request
from pydantic import ValidationError
from werkzeug.wrappers import Response

from gi_registry.kernel.clock import SHANGHAI
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.words import say
from gi_registry.reports import service
from gi_registry.reports.routes.blueprint import WORDS, bp
from gi_registry.reports.routes.papers import scan_of
from gi_registry.reports.rules.draft import parts
from gi_registry.reports.rules.sections import MARK_USE, mark_of
from gi_registry.reports.schemas import Confirm, SectionDraft, section_fields
from gi_registry.reports.service.sections import field_labels
from gi_registry.web.access import access
from gi_registry.web.arguments import json_body
from gi_registry.web.forms import form_state, read_form, reshow
from gi_registry.web.negotiation import json_answer, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

TASKS = "/authorisations/<int:authorisation_id>/reports/<int:year>/sections"


@bp.get(TASKS)
@access("report:draft")
def show_tasks(authorisation_id: int, year: int) -> str:
    """Show the sections of a year with their states."""
    work = current_work()
    found = service.open_tasks(work, authorisation_id, year)
    return page("reports/tasks.html", found=found, form=found.form, today=work.today, **WORDS)


@bp.post(TASKS)
@access("report:draft")
def confirm_sections(authorisation_id: int, year: int) -> Response:
    """Finish the sections that were prefilled, in one act."""
    reshow(show_tasks, authorisation_id, year)
    done = service.confirm_sections(current_work(), authorisation_id, year, fields=read_form(Confirm))
    return redirect_with(say("已确认 %(n)s 部分。", n=done), "reports.show_tasks", authorisation_id=authorisation_id, year=year)


@bp.get(f"{TASKS}/<int:number>")
@access("report:draft")
def show_section(authorisation_id: int, year: int, number: int) -> str:
    """Show one section to write; after a conflict both values of each field."""
    work = current_work()
    shown = service.open_section(work, authorisation_id, year, number=str(number))
    if form_state().theirs:
        return page("reports/conflict.html", section=shown, form=shown.form, labels=field_labels(shown), sent=_sent(), **WORDS)
    choices = [part for part in parts(shown.form.content) if part.rows] if shown.number == "8" else []
    return page("reports/section.html", section=shown, form=shown.form, parts=choices, today=work.today, **WORDS)


@bp.post(f"{TASKS}/<int:number>")
@access("report:draft")
def save_section(authorisation_id: int, year: int, number: int) -> Response:
    """Keep one section; by script as JSON with the moment, by form with the next page."""
    reshow(show_section, authorisation_id, year, number)
    fields = _read_section()
    report = service.save_section(current_work(), authorisation_id, year, number=str(number), fields=fields)
    _save_photos(authorisation_id, year, number)
    if wanted() == "json":
        return json_answer(_saved(report, str(number)))
    return _after(authorisation_id, year, number, done=fields.done)


def _read_section() -> SectionDraft:
    body = json_body() if request.is_json else section_fields(request.form)
    if not storable(str(body)):
        raise invalid("body", say("内容里有不能保存的控制字符。"), say("请删去后重新提交。"))
    try:
        return SectionDraft.model_validate(body)
    except ValidationError:
        raise invalid("version", say("表单不完整。"), say("请重新打开该年度的页面后填写。")) from None


def _save_photos(authorisation_id: int, year: int, number: int) -> None:
    for kind in service.PHOTO_LABELS if str(number) == MARK_USE else ():
        scan = scan_of(f"photo-{kind}")
        if scan is not None:
            service.add_photo(current_work(), authorisation_id, year, kind=kind, scan=scan)


def _saved(report: Any, number: str) -> dict[str, Any]:
    at = report.saved_at.astimezone(SHANGHAI)
    return {
        "version": mark_of(report.sections, number).version,
        "saved_at": at.isoformat(timespec="seconds"),
        "time": at.strftime("%H:%M:%S"),
    }


def _after(authorisation_id: int, year: int, number: int, *, done: bool) -> Response:
    """Stay; or go on to the next section that is not finished, or to the check page."""
    found = service.open_tasks(current_work(), authorisation_id, year)
    report = found.form.report
    at = report.saved_at.astimezone(SHANGHAI).strftime("%H:%M:%S") if report is not None else ""
    message, place = say("已于 %(at)s 保存。", at=at), {"authorisation_id": authorisation_id, "year": year}
    if not done:
        return redirect_with(message, "reports.show_section", number=number, **place)
    following = found.next_after(str(number))
    if following is None and report is not None:
        return redirect_with(message, "reports.show_check", report_id=report.id)
    return redirect_with(message, "reports.show_section", number=following.number if following else number, **place)


def _sent() -> list[tuple[str, str]]:
    """What was typed, name by name, to be kept while the person decides."""
    left = ("csrf_token", "form_key", "version", "next", "conflicts")
    return [(name, text) for name, text in request.form.items() if name not in left and not name.startswith("pick:")]
