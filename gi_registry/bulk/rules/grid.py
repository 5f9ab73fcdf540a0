"""A sheet as it stands, whichever format it came from: rows with their numbers, and what the values alone do not tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gi_registry.bulk.rules.kinds import Fault, RowWarning

Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column of a merged cell, counted from 0."""


@dataclass(frozen=True)
class Grid:
    """Rows that are not blank: number in the file (from 1) and cells.

    ``strict``: a row must have as many cells as there are headers (CSV); else cells that are not there are empty (sheets). ``faults``
    are the cells, by row number and column from 0, that could not be read.
    """

    rows: Sequence[tuple[int, Sequence[str]]]
    strict: bool = False
    merged: Sequence[Merge] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    faults: Mapping[tuple[int, int], Fault] = field(default_factory=dict)
    warnings: tuple[RowWarning, ...] = ()


def letters(column: int) -> str:
    """Return a column, counted from 0, as a spreadsheet shows it: A, Z, AA."""
    text = ""
    number = column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text
