"""Files of others: which of our columns is made of which of theirs.

A mapping is a TOML or JSON table per kind, ``column = "text with {their header}"``. A value whose headers are all empty in a row is empty;
a text without a header is the same in every row. ``{header|day-first}`` reads dates written day/month/year, ``{header|name}``
translates through the table ``[tables.name]`` of the file, whose entry ``"*"`` stands for every other value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field, replace
from typing import Any

from gi_registry.bulk.rules.cells import day_first
from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.kinds import Kind, RowWarning
from gi_registry.bulk.rules.layout import HEADER_WITHIN, folded
from gi_registry.bulk.rules.reading import GEOMETRY
from gi_registry.bulk.rules.table import Line, Table
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

_SLOT = re.compile(r"\{([^{}|]+)(?:\|([^{}|]+))?\}")
_TABLES = "tables"
_ELSE = "*"
_DAY_FIRST = "day-first"


@dataclass(frozen=True)
class Mapping:
    """A mapping for one kind: our column → text with their headers in braces; ``tables`` translate their values into ours."""

    name: str
    texts: Dict[str, str]
    tables: Dict[str, Dict[str, str]] = field(default_factory=dict)
    own: tuple[tuple[str, str], ...] = ()

    def over(self, headers: tuple[str, ...]) -> Mapping:
        """Return the mapping for a file: columns it says nothing of are read where the file has them under their name or title."""
        texts: dict[str, str] = {}
        for spellings in self.own:
            header = next((spelling for spelling in spellings if spelling in headers), "")
            if header:
                texts[spellings[0]] = f"{{{header}}}"
        said = {name: f"{{{text}}}" if text in headers else text for name, text in self.texts.items()}
        return replace(self, texts={**texts, **said}, own=())

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers that a file must have."""
        return tuple(dict.fromkeys(header for text in self.texts.values() for header, _ in _SLOT.findall(text)))

    def value(self, text: str, cells: Dict[str, str]) -> str:
        """Return one of our values for their row."""
        slots = _SLOT.findall(text)
        if slots and not any(cells.get(header) for header, _ in slots):
            return ""
        return _SLOT.sub(lambda found: self._read(cells.get(found[1], ""), found[2]), text)

    def _read(self, value: str, how: str | None) -> str:
        if how is None or not value:
            return value
        if how == _DAY_FIRST:
            return day_first(value)
        table = self.tables[how]
        return table.get(value, table.get(_ELSE, value))


def mapping_of(name: str, content: Dict[str, Any], kind: Kind) -> Mapping:
    """Return the mapping for ``kind`` from a mapping file; raise Invalid when it has none or names a column the kind lacks."""
    texts = content.get(kind.name)
    if not isinstance(texts, dict):
        known = "、".join(key for key, value in content.items() if isinstance(value, dict) and key != _TABLES)
        raise invalid(
            "mapping", say("映射“%(name)s”不适用于 %(kind)s。", name=name, kind=kind.name), say("它适用于：%(known)s。", known=known)
        )
    unknown = [column for column in texts if kind.column(column) is None]
    if unknown:
        raise invalid("mapping", say("映射里的列“%(column)s”不属于 %(kind)s。", column=unknown[0], kind=kind.name), say("请核对映射文件。"))
    mapping = Mapping(name, {str(column): str(text) for column, text in texts.items()}, _tables(content))
    for text in mapping.texts.values():
        for _, how in _SLOT.findall(text):
            if how and how != _DAY_FIRST and how not in mapping.tables:
                raise invalid("mapping", say("映射里没有对照表“%(table)s”。", table=how), say("请核对映射文件。"))
    return mapping


def mapping_of_columns(columns: Dict[str, str], kind: Kind) -> Mapping:
    """Return the mapping that a person chose column by column; a column of which nothing is said is read under its own name or title.

    Raises Invalid for a column the kind lacks.
    """
    said = {name: text for name, text in columns.items() if text.strip()}
    return replace(mapping_of("", {kind.name: said}, kind), own=tuple((column.name, str(column.title)) for column in kind.columns))


def _tables(content: Dict[str, Any]) -> dict[str, dict[str, str]]:
    tables = content.get(_TABLES)
    if not isinstance(tables, dict):
        return {}
    return {str(name): {str(key): str(value) for key, value in table.items()} for name, table in tables.items() if isinstance(table, dict)}


def apply(mapping: Mapping, table: Table) -> Table:
    """Return the table under our headers; raise Invalid when the file lacks a header the mapping reads."""
    if mapping.own:
        return apply(mapping.over(table.headers), _telling(mapping.over(table.headers), table))
    missing = [source for source in mapping.sources if source not in table.headers]
    if missing:
        raise invalid(
            "file",
            say("文件缺少列：%(columns)s。", columns="、".join(missing)),
            say("映射“%(name)s”要用到这些列；请核对文件，或换一个映射。", name=mapping.name),
        )
    has_geometry = GEOMETRY in table.headers and GEOMETRY not in mapping.texts
    headers = (*mapping.texts, *([GEOMETRY] if has_geometry else []))
    lines = tuple(_mapped(mapping, line, has_geometry) for line in table.lines)
    return replace(table, headers=headers, lines=lines)


def _telling(mapping: Mapping, table: Table) -> Table:
    """Return the table with warnings that name the headers nobody reads, and the texts that are no header and stand in every row."""
    left = [header for header in table.headers if header != GEOMETRY and header not in mapping.sources]
    same = [f"{name}={text}" for name, text in mapping.texts.items() if not _SLOT.search(text)]
    told = [say("没有用到的列：%(columns)s。", columns="、".join(left))] if left else []
    told += [say("文件没有这样的列，每一行都按原文填写：%(columns)s。", columns="、".join(same))] if same else []
    return replace(table, warnings=(*table.warnings, *(RowWarning(0, words) for words in told)))


def _mapped(mapping: Mapping, line: Line, has_geometry: bool) -> Line:
    values = {column: mapping.value(text, line.cells) for column, text in mapping.texts.items()}
    if has_geometry:
        values[GEOMETRY] = line.cells[GEOMETRY]
    if not line.faults and not line.shared:
        return Line(line.row, values)
    origins = {column: [header for header, _ in _SLOT.findall(text)] for column, text in mapping.texts.items()}
    faults = {column: line.faults[header] for column, headers in origins.items() for header in headers if header in line.faults}
    return Line(line.row, values, faults, frozenset(column for column, headers in origins.items() if line.shared & set(headers)))


def own_headers(kind: Kind, table: Table) -> Table:
    """Return the table under the kind's column names, headers given as names or titles; raise Invalid for missing or unknown ones.

    A geometry that the kind has no use for is left out.
    """
    by_title = {str(column.title): column.name for column in kind.columns}
    names = {header: header if kind.column(header) else by_title.get(header, "") for header in table.headers}
    present = set(names.values())
    missing = [f"{column.name}（{column.title}）" for column in kind.columns if column.required and column.name not in present]
    if missing and GEOMETRY in table.headers:
        raise invalid(
            "file",
            say("文件缺少列：%(columns)s。", columns="、".join(missing)),
            say("请指明它们取自文件的哪一列，或对每一行都相同的内容（网页上在下面填，命令行用 --column）。"),
        )
    if missing:
        raise invalid(
            "file",
            say("文件缺少列：%(columns)s。", columns="、".join(missing)),
            say("请补上这些列；样表见 docs/import.md，或用 --mapping 读取其他格式的表头。"),
        )
    unknown = [header for header, name in names.items() if not name and header != GEOMETRY]
    if unknown and GEOMETRY in table.headers:
        raise invalid(
            "file",
            say("不认识的列：%(columns)s。", columns="、".join(unknown)),
            say("请指明各列取自文件的哪一列（网页上在下面选，命令行用 --column 列=文件的列名）；没有指明的列不读取，会列出来。"),
        )
    if unknown:
        raise invalid(
            "file",
            say("不认识的列：%(columns)s。", columns="、".join(unknown)),
            say("可用的列：%(known)s。请改正列名，或删去这一列。", known="、".join(column.name for column in kind.columns)),
        )
    lines = tuple(_renamed(line, names) for line in table.lines)
    return replace(table, headers=tuple(name for name in names.values() if name), lines=lines)


def _renamed(line: Line, names: Dict[str, str]) -> Line:
    cells = {names[key]: value for key, value in line.cells.items() if names[key]}
    if not line.faults and not line.shared:
        return Line(line.row, cells)
    faults = {names[key]: fault for key, fault in line.faults.items() if names[key]}
    return Line(line.row, cells, faults, frozenset(names[key] for key in line.shared if names[key]))


def wanted_of(kind: Kind, mapping: Mapping | None, grid: Grid) -> list[frozenset[str]]:
    """Return the headers by which the header row of a grid is known: the mapping's, or the kind's required columns by name or title.

    What was chosen column by column may be a header or the text of every row: it is a header where a row near the top has it beside the
    others.
    """
    if mapping is not None and not mapping.own:
        return [frozenset({source}) for source in mapping.sources]
    said = mapping.texts if mapping else {}
    wanted = [frozenset({column.name, str(column.title)}) for column in kind.columns if column.required and column.name not in said]
    if mapping is None:
        return wanted
    wanted += [frozenset({source}) for source in mapping.sources]
    rows = [{folded(cell) for cell in cells} for _row, cells in grid.rows[:HEADER_WITHIN]]
    fitting = [row for row in rows if all({folded(way) for way in ways} & row for ways in wanted)]
    best = max(fitting, key=lambda row: len(row & {folded(text) for text in said.values()}), default=set())
    return wanted + [frozenset({text}) for text in said.values() if text.strip() and folded(text) in best]


def known_of(kind: Kind, mapping: Mapping | None) -> list[str]:
    """Return every header that has a meaning, in its exact spelling."""
    if mapping is not None and not mapping.own:
        return list(mapping.sources)
    said = (*mapping.sources, *mapping.texts.values()) if mapping else ()
    return [*(name for column in kind.columns for name in (column.name, str(column.title))), *said]
