"""From the text of a file to rows: CSV, or a GeoJSON FeatureCollection whose properties are the columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NoReturn

from gi_registry.bulk.rules.encoding import decode, refuse_markup
from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.kinds import RowError, RowWarning
from gi_registry.bulk.rules.layout import lay_out
from gi_registry.bulk.rules.table import MOST_ROWS, Line, Table, limit_rows
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.words import say

__all__ = ["GEOMETRY", "MOST_ROWS", "Line", "Table", "read_table", "read_text"]

GEOMETRY = "geometry"
HEADROOM = 40


def read_table(content: bytes, *, name: str = "", encoding: str = "") -> Table:
    """Return the rows of a CSV or GeoJSON file (told apart by content) under its first row; raise Invalid for what is no such file."""
    found = read_text(content, name=name, encoding=encoding)
    return lay_out(found) if isinstance(found, Grid) else found


def read_text(content: bytes, *, name: str = "", encoding: str = "") -> Grid | Table:
    """Return what a text file holds: the grid of a CSV, the table of a GeoJSON; raise Invalid for what is neither."""
    text = decode(content, encoding)
    if text.lstrip()[:1] == "{" or name.lower().endswith((".geojson", ".json")):
        return _read_geojson(text)
    refuse_markup(text)
    grid = _read_csv(text)
    if name.lower().endswith((".xls", ".xlsx", ".ods")):
        told = RowWarning(0, say("文件名像工作簿，内容是 CSV，已按 CSV 读取。"))
        return replace(grid, warnings=(told,))
    return grid


def _read_csv(text: str) -> Grid:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[int, Sequence[str]]] = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((reader.line_num, [cell.strip() for cell in cells]))
                limit_rows(len(rows) - HEADROOM)
    except csv.Error as problem:
        _refuse_csv(reader.line_num, problem)
    return Grid(rows, strict=True)


def _refuse_csv(row: int, problem: csv.Error) -> NoReturn:
    raise invalid(
        "file",
        say("第 %(row)s 行的引号或分隔符不成对，读不下去。", row=row or 1),
        say("请检查该行及之前的英文双引号是否成对，或重新导出 CSV。"),
        value=problem,
    ) from None


def _read_geojson(text: str) -> Table:
    try:
        body = json.loads(text, parse_constant=_not_a_number)
    except (ValueError, RecursionError) as problem:
        raise invalid(
            "file", say("不是有效的 GeoJSON：%(problem)s。", problem=str(problem)[:80]), say("请用地图软件重新导出 GeoJSON。")
        ) from None
    features = body.get("features") if isinstance(body, dict) and body.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        raise invalid("file", say("GeoJSON 不是 FeatureCollection。"), say("请导出为要素集合（FeatureCollection），每个要素一行。"))
    if not features:
        raise invalid("file", say("文件里没有要素。"), say("请至少导出一个要素。"))
    return replace(table_of(features), crs=_stated_crs(body))


def _stated_crs(body: Mapping[str, Any]) -> str:
    """Return the system that the file names; GeoJSON that names none is in longitude and latitude (RFC 7946)."""
    crs = body.get("crs")
    properties = crs.get("properties") if isinstance(crs, dict) else None
    return str(properties.get("name", "")) if isinstance(properties, dict) else ""


def with_crs(table: Table, crs: str) -> Table:
    """Return the rows with the name of a system in each geometry; "" is longitude and latitude and needs no name."""
    if not crs:
        return table
    named = ', "crs": ' + json.dumps({"type": "name", "properties": {"name": crs}}) + "}"
    lines = [
        replace(line, cells={**line.cells, GEOMETRY: line.cells[GEOMETRY][:-1] + named}) if line.cells.get(GEOMETRY) else line
        for line in table.lines
    ]
    return replace(table, lines=tuple(lines))


def table_of(features: Sequence[Any]) -> Table:
    """Return features as rows: properties are the columns, the geometry is the column ``geometry``."""
    limit_rows(len(features))
    lines: list[Line] = []
    errors: list[RowError] = []
    for row, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or not isinstance(feature.get("properties") or {}, dict):
            errors.append(RowError(row, "", "", say("第 %(row)s 个要素不是 Feature 对象。", row=row), say("请重新导出该要素。")))
            continue
        cells = _cells(feature)
        broken = next((name for name, value in cells.items() if not storable(name + value)), None)
        if broken is None:
            lines.append(Line(row, cells))
        else:
            shown = broken if storable(broken) else ""
            errors.append(RowError(row, shown, "", say("文字里有不能保存的控制字符。"), say("请删去该字符后重新导出。")))
    headers = dict.fromkeys(header for line in lines for header in line.cells)
    return Table(tuple(headers), tuple(lines), tuple(errors))


def _not_a_number(name: str) -> NoReturn:
    raise ValueError(name)


def _cells(feature: Mapping[str, Any]) -> dict[str, str]:
    cells = {str(key): _text(value) for key, value in (feature.get("properties") or {}).items()}
    geometry = feature.get("geometry")
    cells[GEOMETRY] = json.dumps(geometry) if geometry else ""
    return cells


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
