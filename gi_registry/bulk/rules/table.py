"""Rows under headers: what every format is read into before the columns of a kind are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gi_registry.bulk.rules.kinds import Fault, RowError, RowWarning
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

MOST_ROWS = 200_000


@dataclass(frozen=True)
class Line:
    """One row as it stands: its line in the file and its cells by header.

    ``faults`` are the cells that could not be read; ``shared`` the headers whose cell is part of a merged one.
    """

    row: int
    cells: Mapping[str, str]
    faults: Mapping[str, Fault] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Table:
    """What a file holds: the headers, the rows that could be read, the errors of those that could not, and what else to say.

    ``crs`` is what a geographic file says its numbers refer to.
    """

    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    errors: tuple[RowError, ...] = ()
    warnings: tuple[RowWarning, ...] = ()
    crs: str = ""


def limit_rows(rows: int) -> None:
    """Refuse a file with more rows than one import takes."""
    if rows > MOST_ROWS:
        raise invalid("file", say("文件超过 %(most)s 行。", most=MOST_ROWS), say("请拆成几个文件分别导入。"))
