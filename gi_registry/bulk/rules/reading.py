"""From the text of a file to rows: CSV, or a GeoJSON FeatureCollection whose properties are the columns."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

from gi_registry.bulk.rules.encoding import decode
from gi_registry.bulk.rules.kinds import RowError
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.identifiers import storable
from gi_registry.kernel.words import say

GEOMETRY = "geometry"
MOST_ROWS = 200_000


@dataclass(frozen=True)
class Line:
    """One row as it stands: its line in the file and its cells by header."""

    row: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Table:
    """What a file holds: the headers, the rows that could be read, and the errors of those that could not."""

    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    errors: tuple[RowError, ...] = ()


def read_table(content: bytes, *, name: str = "", encoding: str = "") -> Table:
    """Return the rows of a CSV or GeoJSON file (told apart by content); raise Invalid for what is no such file."""
    text = decode(content, encoding)
    if text.lstrip()[:1] == "{" or name.lower().endswith((".geojson", ".json")):
        return _read_geojson(text)
    return _read_csv(text)


def _read_csv(text: str) -> Table:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    errors: list[RowError] = []
    headers: tuple[str, ...] = ()
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if not headers:
                headers = _headers(cells)
            elif len(cells) != len(headers):
                errors.append(_ragged(reader.line_num, len(cells), len(headers)))
            else:
                plain = {header: _unescaped(cell.strip()) for header, cell in zip(headers, cells, strict=True)}
                lines.append(Line(reader.line_num, plain))
            _limit(len(lines))
    except csv.Error as problem:
        _refuse_csv(reader.line_num, problem)
    if not headers:
        raise invalid("file", say("文件没有列名行。"), say("第一行须是列名。"))
    if not lines and not errors:
        raise invalid("file", say("文件只有列名，没有数据。"), say("请从第二行起填写数据。"))
    return Table(headers, tuple(lines), tuple(errors))


def _refuse_csv(row: int, problem: csv.Error) -> NoReturn:
    raise invalid(
        "file",
        say("第 %(row)s 行的引号或分隔符不成对，读不下去。", row=row or 1),
        say("请检查该行及之前的英文双引号是否成对，或重新导出 CSV。"),
        value=problem,
    ) from None


def _headers(cells: Sequence[str]) -> tuple[str, ...]:
    headers = tuple(cell.strip() for cell in cells)
    if "" in headers:
        raise invalid("file", say("第 %(place)s 列没有列名。", place=headers.index("") + 1), say("请补上列名，或删去这一列。"))
    twice = sorted({header for header in headers if headers.count(header) > 1})
    if twice:
        raise invalid("file", say("列名“%(name)s”出现了不止一次。", name=twice[0]), say("每个列名只能出现一次。"))
    return headers


def _ragged(row: int, got: int, want: int) -> RowError:
    return RowError(
        row,
        "",
        "",
        say("这一行有 %(got)s 格，列名有 %(want)s 个。", got=got, want=want),
        say("请检查该行是否漏填，或内容里的逗号没有放在英文双引号内。"),
    )


def _unescaped(cell: str) -> str:
    """Undo what an export does against formulas (see ``writing.safe_cell``)."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _limit(rows: int) -> None:
    if rows > MOST_ROWS:
        raise invalid("file", say("文件超过 %(most)s 行。", most=MOST_ROWS), say("请拆成几个文件分别导入。"))


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
    _limit(len(features))
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
