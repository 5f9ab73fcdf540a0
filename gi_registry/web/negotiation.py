"""HTML, JSON or CSV: by ``?format=`` first, then by Accept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import Response, json, request

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def wanted() -> str:
    """Return ``html``, ``json`` or ``csv``."""
    asked = request.args.get("format", "")
    if asked in {"json", "csv", "html"}:
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
    """Answer the rows that a page shows as JSON or CSV (UTF-8 with BOM, as spreadsheets expect)."""
    if wanted() == "json":
        return json_answer({"items": [{column: row.get(column) for column in columns} for row in rows]})
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([safe_cell(row.get(column)) for column in columns] for row in rows)
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def json_answer(body: object, *, status: int = 200, mimetype: str = "application/json") -> Response:
    """Answer an object as JSON."""
    return Response(json.dumps(body, ensure_ascii=False), status=status, mimetype=mimetype)
