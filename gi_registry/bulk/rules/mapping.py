"""Files of others: which of our columns is made of which of theirs.

A mapping is a TOML or JSON table per kind, ``column = "text with {their header}"``. A value whose headers are all empty in a row is empty;
a text without a header is the same in every row.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from gi_registry.bulk.rules.kinds import Kind
from gi_registry.bulk.rules.reading import GEOMETRY, Line, Table
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

_SLOT = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Mapping:
    """A mapping for one kind: our column → text with their headers in braces."""

    name: str
    texts: Dict[str, str]

    @property
    def sources(self) -> tuple[str, ...]:
        """The headers that a file must have."""
        return tuple(dict.fromkeys(slot for text in self.texts.values() for slot in _SLOT.findall(text)))

    def value(self, text: str, cells: Dict[str, str]) -> str:
        """Return one of our values for their row."""
        slots = _SLOT.findall(text)
        if slots and not any(cells.get(slot) for slot in slots):
            return ""
        return _SLOT.sub(lambda found: cells.get(found.group(1), ""), text)


def mapping_of(name: str, content: Dict[str, Any], kind: Kind) -> Mapping:
    """Return the mapping for ``kind`` from a mapping file; raise Invalid when it has none or names a column the kind lacks."""
    texts = content.get(kind.name)
    if not isinstance(texts, dict):
        known = "、".join(key for key, value in content.items() if isinstance(value, dict))
        raise invalid(
            "mapping", say("映射“%(name)s”不适用于 %(kind)s。", name=name, kind=kind.name), say("它适用于：%(known)s。", known=known)
        )
    unknown = [column for column in texts if kind.column(column) is None]
    if unknown:
        raise invalid("mapping", say("映射里的列“%(column)s”不属于 %(kind)s。", column=unknown[0], kind=kind.name), say("请核对映射文件。"))
    return Mapping(name, {str(column): str(text) for column, text in texts.items()})


def apply(mapping: Mapping, table: Table) -> Table:
    """Return the table under our headers; raise Invalid when the file lacks a header the mapping reads."""
    missing = [source for source in mapping.sources if source not in table.headers]
    if missing:
        raise invalid(
            "file",
            say("文件缺少列：%(columns)s。", columns="、".join(missing)),
            say("映射“%(name)s”要用到这些列；请核对文件，或换一个映射。", name=mapping.name),
        )
    has_geometry = GEOMETRY in table.headers and GEOMETRY not in mapping.texts
    headers = (*mapping.texts, *([GEOMETRY] if has_geometry else []))
    lines = tuple(Line(line.row, _mapped(mapping, line.cells, has_geometry)) for line in table.lines)
    return Table(headers, lines, table.errors)


def _mapped(mapping: Mapping, cells: Dict[str, str], has_geometry: bool) -> dict[str, str]:
    values = {column: mapping.value(text, cells) for column, text in mapping.texts.items()}
    return values | ({GEOMETRY: cells[GEOMETRY]} if has_geometry else {})


def own_headers(kind: Kind, table: Table) -> Table:
    """Return the table under the kind's column names, headers given as names or titles; raise Invalid for missing or unknown ones.

    A geometry that the kind has no use for is left out.
    """
    by_title = {str(column.title): column.name for column in kind.columns}
    names = {header: header if kind.column(header) else by_title.get(header, "") for header in table.headers}
    present = set(names.values())
    missing = [f"{column.name}（{column.title}）" for column in kind.columns if column.required and column.name not in present]
    if missing:
        raise invalid(
            "file",
            say("文件缺少列：%(columns)s。", columns="、".join(missing)),
            say("请补上这些列；样表见 docs/import.md，或用 --mapping 读取其他格式的表头。"),
        )
    unknown = [header for header, name in names.items() if not name and header != GEOMETRY]
    if unknown:
        raise invalid(
            "file",
            say("不认识的列：%(columns)s。", columns="、".join(unknown)),
            say("可用的列：%(known)s。请改正列名，或删去这一列。", known="、".join(column.name for column in kind.columns)),
        )
    lines = tuple(Line(line.row, {names[key]: value for key, value in line.cells.items() if names[key]}) for line in table.lines)
    return Table(tuple(name for name in names.values() if name), lines, table.errors)
