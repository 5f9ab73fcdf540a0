"""HTML, JSON or CSV: by ``?format=`` first, then by Accept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, json, request
from xlsxwriter import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def wanted() -> str:
    """Return ``html``, ``json``, ``csv`` or ``xlsx``."""
    asked = request.args.get("format", "")
    if asked in {"json", "csv", "xlsx", "html"}:
        return asked
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return "json" if best in {"application/json", "application/problem+json"} else "html"


def safe_cell(value: object) -> str:
    """Return a CSV cell that no spreadsheet runs as a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def table(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str], name: str) -> Response:
    """Answer the rows that a page shows as JSON, CSV (UTF-8 with BOM, as spreadsheets expect) or XLSX."""
    if wanted() == "xlsx":
        return _workbook(rows, columns=columns, name=name)
    if wanted() == "json":
        return json_answer({"items": [{column: row.get(column) for column in columns} for row in rows]})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _workbook(rows: Iterable[Mapping[str, Any]], *, columns: Sequence[str], name: str) -> Response:
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, {"in_memory": True, **plain}) as book:
        sheet = book.add_worksheet(name[:31])
        lines: list[list[Any]] = [list(columns), *([row.get(column) for column in columns] for row in rows)]
        for line, cells in enumerate(lines):
            for place, cell in enumerate(cells):
                sheet.write(line, place, cell if isinstance(cell, int | float) or cell is None else str(cell))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    answer = Response(out.getvalue(), mimetype=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def json_answer(body: object, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """Answer an object as JSON."""
    return Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=mimetype)
