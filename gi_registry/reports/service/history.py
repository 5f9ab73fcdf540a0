"""Reports of the past, from files: stored as stated, with warnings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gi_registry.kernel.clock import SHANGHAI, start_of
from gi_registry.kernel.errors import Duplicate, FieldError, Invalid, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.registry.models import Authorisation
from gi_registry.reports import queries
from gi_registry.reports.models import AnnualReport
from gi_registry.reports.rules.content import Declaration, content_hash, filed_content, receipt_number
from gi_registry.reports.rules.draft import Content, Row
from gi_registry.reports.rules.figures import LABEL_PARTS, Figure, catalogue, read_figure, typed
from gi_registry.reports.rules.labels import MarkingMode
from gi_registry.reports.rules.obligation import owes
from gi_registry.reports.schemas import StatedReport
from gi_registry.reports.service.drafting import new_report
from gi_registry.reports.service.filing import identity_in_content, keep_filing, stored_warning, warned
from gi_registry.workflow import Work

RENAMED = {"area_mu": "area", "sales_wan": "sales"}
BY_MODE = (*LABEL_PARTS, "marked")


def store_report(work: Work, authorisation: Authorisation, *, fields: StatedReport, values: Mapping[str, str]) -> AnnualReport | None:
    """Store a report that was filed before, or elsewhere; None when the same one is on file already.

    ``values`` are figures as typed, by column. Raises Invalid naming columns, Duplicate when another report of the year is on file.
    """
    work.require("rows:import", authorisation)
    if fields.year > work.today.year or fields.filed_on > work.today:
        raise invalid("filed_on", say("日期在将来。"), say("请核对年度和报送日期。"), value=fields.filed_on.isoformat())
    if fields.nil and fields.nil_since is None:
        raise invalid("nil_since", say("未使用年报须写明从何时起。"), say("请填写日期。"))
    content = _content(work, authorisation, fields, values)
    known = queries.find_report(work.session, authorisation.id or 0, fields.year)
    if known is None:
        return _insert(work, authorisation, fields, content)
    if _same(known, fields, content):
        return None
    reason = say("%(year)s 年度已有报告 %(number)s，内容不同。", year=fields.year, number=known.number)
    raise Duplicate(reason, remedy=say("请用更正程序修改，不要重复导入。"))


def figures_by_column(mode: str, *, unit: str) -> dict[str, Figure]:
    """Return the figure behind each column of a file, for the marking mode of the row."""
    figures = {figure.key: figure for figure in catalogue([mode], unit=unit, purchases=True)}
    columns = {column: figures[key] for column, key in RENAMED.items()}
    columns |= {column: figures[f"{mode}.{column}"] for column in BY_MODE}
    return columns | {key: figure for key, figure in figures.items() if "." not in key and key not in RENAMED.values()}


def row_of(report: AnnualReport, *, unit: str) -> dict[str, str]:
    """Return a filed report as a row of a file; label figures of the first marking mode that has any."""
    figures = report.filed_content.get("figures", {})
    mode = next((key.partition(".")[0] for key in figures if "." in key), MarkingMode.ITEM_CODE.value)
    values = {column: typed(figure, queries.stated(report, figure.key)) for column, figure in figures_by_column(mode, unit=unit).items()}
    return values | {
        "year": str(report.year),
        "state": report.state,
        "filed_on": str(report.first_filed_on or ""),
        "nil": "true" if report.nil else "false",
        "nil_since": str(report.nil_since or ""),
        "nil_reason": report.nil_reason,
        "marking_mode": "" if report.nil else mode,
        "signed_by": report.filed_content.get("declaration", {}).get("name", ""),
    }


def warnings_of(report: AnnualReport) -> tuple[Words, ...]:
    """Return what a person should look at in an imported report."""
    return tuple(say("%(warning)s", warning=item["reason"]) for item in report.warnings)


def _content(work: Work, authorisation: Authorisation, fields: StatedReport, values: Mapping[str, str]) -> Content:
    if fields.nil:
        since = fields.nil_since.isoformat() if fields.nil_since else ""
        return Content(nil=True, nil_since=since, nil_reason=fields.nil_reason)
    ident = authorisation.id or 0
    modes = queries.modes_of(work.session, ident)
    mode = fields.marking_mode or (modes[0] if modes else MarkingMode.ITEM_CODE.value)
    rows, errors = list[Row](), list[FieldError]()
    for column, figure in figures_by_column(mode, unit=queries.unit_of(work.session, ident)).items():
        try:
            rows.append(Row(figure, read_figure(figure, values.get(column, "")), None))
        except Invalid as problem:
            errors += [FieldError(column, item.reason, item.remedy, item.value) for item in problem.fields]
    if errors:
        raise Invalid(*errors)
    return Content(tuple(rows))


def _insert(work: Work, authorisation: Authorisation, fields: StatedReport, content: Content) -> AnnualReport:
    revision = len(queries.list_revisions(work.session, authorisation.id or 0, fields.year)) + 1
    report = new_report(work, authorisation, fields.year, revision=revision, state=fields.state)
    report.origin, report.version = "import", 1
    report.nil, report.nil_since, report.nil_reason = fields.nil, fields.nil_since, fields.nil_reason
    report.window_version = queries.window_for(work.session, report.authority_division, fields.year).version
    report.figures = {row.figure.key: {"value": row.value, "reason": "", "follows": False} for row in content.rows if row.value is not None}
    filed_at = start_of(fields.filed_on)
    report.filed_content = _filed(work, authorisation, fields, content=content, filed_at=filed_at, window_version=report.window_version)
    report.filed_hash = content_hash(report.filed_content)
    report.filings, report.filed_at, report.first_filed_on = 1, filed_at, fields.filed_on
    report.receipt_number = receipt_number(report.number, 1)
    report.warnings = [stored_warning(item) for item in warned(work, report, content)] + _not_owed(work, authorisation, fields.year)
    work.record(report, "report:import")
    work.flush()
    keep_filing(work, report, fields.signed_by)
    return report


def _filed(
    work: Work, authorisation: Authorisation, fields: StatedReport, *, content: Content, filed_at: datetime, window_version: str
) -> dict[str, Any]:
    declaration = Declaration(fields.signed_by, None, filed_at.astimezone(SHANGHAI).isoformat(timespec="seconds"))
    identity = identity_in_content(work, authorisation)
    return filed_content(content, declaration, identity=identity, year=fields.year, window_version=window_version)


def _not_owed(work: Work, authorisation: Authorisation, year: int) -> list[dict[str, object]]:
    term = queries.term_of(work.session, authorisation, today=work.today)
    if term is not None and owes(term, year):
        return []
    reason = say("%(year)s 年度没有报送义务。", year=year)
    return [{"code": "year-not-owed", "keys": [], "reason": str(reason), "remedy": str(say("请核对年度、核准日期和年报起始年度。"))}]


def _same(known: AnnualReport, fields: StatedReport, content: Content) -> bool:
    figures = {key: item["value"] for key, item in known.filed_content.get("figures", {}).items()}
    stated = {row.figure.key: row.value for row in content.rows if row.value is not None}
    mode = next((key.partition(".")[0] for key in stated if "." in key), "")
    comparable = {key: value for key, value in figures.items() if "." not in key or key.startswith(f"{mode}.")}
    return (
        comparable == stated
        and (known.nil, known.nil_since, known.nil_reason) == (fields.nil, fields.nil_since, fields.nil_reason)
        and (known.state, known.first_filed_on) == (fields.state, fields.filed_on)
    )
