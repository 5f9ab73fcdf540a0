"""The lists of the form: tests, sales channels, export countries, shops, suppliers (domain: annual report content, sections 2–5).

A list is typed row by row; an empty row is no row. What is stored is text as typed, so that the hash is over what the person saw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from gi_registry.kernel.errors import FieldError, Invalid
from gi_registry.kernel.quantities import scaled
from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.figures import Section

ListRow = Mapping[str, str]
MOST_ROWS = 40
LONGEST_CELL = 200


@dataclass(frozen=True)
class Cell:
    """A column of a list. ``kind``: text, date (ISO), amount (万元, up to six decimals), kilograms, url, or result (合格/不合格)."""

    key: str
    label: Words
    kind: str = "text"
    needed: bool = False


@dataclass(frozen=True)
class ListField:
    """One list of the form."""

    key: str
    section: Section
    label: Words
    cells: tuple[Cell, ...]


RESULTS: dict[str, Words] = {"pass": say("合格"), "fail": say("不合格")}

LISTS: tuple[ListField, ...] = (
    ListField(
        "supply_rows",
        Section.PRODUCTION,
        say("外购原料明细"),
        (Cell("supplier", say("供应商"), needed=True), Cell("quantity", say("数量（公斤）"), "kilograms"), Cell("proof", say("产地证明"))),
    ),
    ListField(
        "shop_rows",
        Section.MARK_USE,
        say("网店"),
        (Cell("name", say("平台和店名"), needed=True), Cell("url", say("网址"), "url", needed=True)),
    ),
    ListField(
        "channel_rows",
        Section.SALES,
        say("按销售渠道"),
        (Cell("channel", say("渠道"), needed=True), Cell("value", say("销售额（万元）"), "amount", needed=True)),
    ),
    ListField(
        "export_rows",
        Section.SALES,
        say("按出口国家或地区"),
        (Cell("country", say("国家或地区"), needed=True), Cell("value", say("出口额（万元）"), "amount", needed=True)),
    ),
    ListField(
        "test_rows",
        Section.QUALITY,
        say("检测报告明细"),
        (
            Cell("institution", say("检测机构"), needed=True),
            Cell("accreditation", say("CMA/CNAS 编号")),
            Cell("report", say("报告编号"), needed=True),
            Cell("day", say("日期"), "date", needed=True),
            Cell("result", say("结果"), "result", needed=True),
        ),
    ),
)

BY_KEY = {field.key: field for field in LISTS}


def read_list(field: ListField, values: Mapping[str, str]) -> tuple[dict[str, str], ...]:
    """Read a list from ``key.row.cell`` names as typed; rows left empty are dropped. Raises Invalid naming each wrong cell."""
    prefix, rows = f"{field.key}.", dict[int, dict[str, str]]()
    for name, text in values.items():
        number, _, cell = name.removeprefix(prefix).partition(".")
        if name.startswith(prefix) and number.isascii() and number.isdigit() and len(number) <= 3:
            rows.setdefault(int(number), {})[cell] = text.strip()
    errors: list[FieldError] = []
    found = [_row(field, number, cells, errors) for number, cells in sorted(rows.items()) if any(cells.values())]
    if len(found) > MOST_ROWS:
        errors.append(FieldError(field.key, say("最多 %(most)s 行。", most=MOST_ROWS), say("其余的请合并填写。")))
    if errors:
        raise Invalid(*errors)
    return tuple(found)


def has_list(field: ListField, values: Mapping[str, str]) -> bool:
    """Say whether the values hold anything of a list, be it an empty row."""
    return any(name.startswith(f"{field.key}.") for name in values)


def shown_cell(cell: Cell, text: str) -> Words | str:
    """Return a cell for reading."""
    return RESULTS.get(text, text) if cell.kind == "result" else text


def lines(field: ListField, rows: tuple[ListRow, ...]) -> str:
    """Return a list as one line a row, for a comparison."""
    return "\n".join("，".join(str(shown_cell(cell, row.get(cell.key, ""))) for cell in field.cells if row.get(cell.key)) for row in rows)


def _row(field: ListField, number: int, cells: Mapping[str, str], errors: list[FieldError]) -> dict[str, str]:
    row = {}
    for cell in field.cells:
        text = cells.get(cell.key, "")
        name = f"{field.key}.{number}.{cell.key}"
        problem = _problem(cell, text, name)
        if problem is not None:
            errors.append(problem)
        row[cell.key] = text
    return row


def _problem(cell: Cell, text: str, name: str) -> FieldError | None:
    if not text:
        missing = say("“%(label)s”没有填写。", label=cell.label)
        return FieldError(name, missing, say("请补填，或清空这一行。")) if cell.needed else None
    if len(text) > LONGEST_CELL:
        return FieldError(name, say("内容过长，最多 %(most)s 字。", most=LONGEST_CELL), say("请缩短后再保存。"), text)
    if cell.kind == "date" and not _is_day(text):
        return FieldError(name, say("“%(value)s”不是日期。", value=text), say("请按 2025-11-23 的格式填写。"), text)
    if cell.kind == "url" and not text.startswith(("https://", "http://")):
        return FieldError(name, say("“%(value)s”不是网址。", value=text), say("请填写以 https:// 开头的完整网址。"), text)
    if cell.kind == "result" and text not in RESULTS:
        return FieldError(name, say("请选择检测结果。"), None, text)
    if cell.kind in {"amount", "kilograms"}:
        return _amount_problem(cell, text, name)
    return None


def _amount_problem(cell: Cell, text: str, name: str) -> FieldError | None:
    try:
        scaled(text, name, scale=1_000_000 if cell.kind == "amount" else 1_000)
    except Invalid as problem:
        return problem.fields[0]
    return None


def _is_day(text: str) -> bool:
    try:
        return 1990 <= date.fromisoformat(text).year <= 2100
    except ValueError:
        return False
