"""From rows to a workbook: an export, and a template with a sheet that explains every column."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from typing import Any

import xlsxwriter

from gi_registry.bulk.rules.kinds import Column, Form, Kind
from gi_registry.bulk.rules.writing import safe_cell
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

_OPTIONS = {
    "constant_memory": False,
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_ROWS_TO_FILL = 5000
_WIDEST = 32_767
_FORMS = {
    Form.TEXT: say("文字"),
    Form.DATE: say("日期（年-月-日）"),
    Form.NUMBER: say("数字"),
    Form.CHOICE: say("选项"),
}


def to_xlsx(kind: Kind, rows: Iterable[Mapping[str, str]]) -> bytes:
    """Return rows as a workbook with one sheet. Every cell is text, so that no code loses a digit and nothing runs as a formula.

    Raises Invalid for a value that no cell can hold (a large outline).
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    sheet = book.add_worksheet(_sheet_name(kind))
    text, head = book.add_format({"num_format": "@"}), _head(book)
    names = [column.name for column in kind.columns]
    for place, name in enumerate(names):
        sheet.write_string(0, place, name, head)
    sheet.set_column(0, len(names) - 1, 16, text)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for place, name in enumerate(names):
            value = safe_cell(row.get(name) or "")
            if value:
                sheet.write_string(number, place, _fitting(value), text)
    book.close()
    return out.getvalue()


def _fitting(value: str) -> str:
    if len(value) > _WIDEST:
        raise invalid("file", say("有一格的内容（例如复杂的边界）超出工作簿一格的容量。"), say("请导出为 .geojson 或 .csv。"))
    return value


def template_xlsx(kind: Kind) -> bytes:
    """Return an empty workbook with lists to choose from, and a sheet that explains each column with a sample."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    sheet = book.add_worksheet(_sheet_name(kind))
    text, head, needed = book.add_format({"num_format": "@"}), _head(book), _head(book, "#FFE699")
    for place, column in enumerate(kind.columns):
        sheet.write_string(0, place, str(column.title), needed if column.required else head)
        sheet.set_column(place, place, max(12, 2 * len(str(column.title)) + 2, min(40, len(column.example) + 2)), text)
        if column.choices:
            rule = {"validate": "list", "source": list(column.choices), "ignore_blank": True, "error_type": "warning"}
            sheet.data_validation(1, place, _ROWS_TO_FILL, place, rule)
    sheet.freeze_panes(1, 0)
    _explain(book, kind)
    book.close()
    return out.getvalue()


def _explain(book: Any, kind: Kind) -> None:
    sheet, head, wrap = book.add_worksheet(str(_EXPLAINED)), _head(book), book.add_format({"text_wrap": True, "valign": "top"})
    for place, title in enumerate(_TITLES):
        sheet.write_string(0, place, str(title), head)
    for number, column in enumerate(kind.columns, start=1):
        for place, value in enumerate(_about(column)):
            sheet.write_string(number, place, value, wrap)
    for place, width in enumerate((20, 22, 8, 18, 30, 60, 40)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)


_EXPLAINED = say("填写说明")
_TITLES = (say("列"), say("列名"), say("必填"), say("类型"), say("样例"), say("说明"), say("可填的值"))


def _about(column: Column) -> tuple[str, ...]:
    needed = str(say("是")) if column.required else ""
    return (
        str(column.title),
        column.name,
        needed,
        str(_FORMS[column.form]),
        safe_cell(column.example),
        str(column.explain),
        "、".join(column.choices),
    )


def _head(book: Any, colour: str = "#DDEBF7") -> Any:
    return book.add_format({"bold": True, "bg_color": colour, "border": 1, "num_format": "@"})


def _sheet_name(kind: Kind) -> str:
    return kind.name[:31]
