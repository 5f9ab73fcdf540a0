"""Kinds of rows: which columns a file of the kind has, and the two functions that store and dump it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gi_registry.kernel.words import Words

_NOTHING_TO_ADD = Words("")


class Form(StrEnum):
    """How a column is written, and so how a cell of it is read: a number may have separators, a date several spellings."""

    TEXT = "text"
    DATE = "date"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True)
class Column:
    """A column: its ``name`` in files, its ``title`` for people (also accepted as a header), a sample value, what goes in.

    A number that stands in a text column (a code, a telephone) keeps its digits; ``choices`` are the values of a closed list.
    """

    name: str
    title: Words
    example: str = ""
    required: bool = False
    explain: Words = _NOTHING_TO_ADD
    form: Form = Form.TEXT
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """A cell that could not be read: what stood there, why, and what to do."""

    value: str
    reason: Words
    remedy: Words | None = None


@dataclass(frozen=True)
class RowWarning:
    """What a person should look at in a row that was stored, or, with row 0, in the file."""

    row: int
    message: Words


@dataclass(frozen=True)
class Note:
    """What ``store`` may say of a stored row: that nothing changed, or what a person should look at."""

    unchanged: bool = False
    warnings: tuple[Words, ...] = ()


UNCHANGED = Note(unchanged=True)


Placed = Callable[[str, str, tuple[float, float] | None], tuple[str, tuple[Words, ...]]]


@dataclass(frozen=True)
class Kind:
    """A kind of rows.

    ``store(work, row)`` stores one row (column name → text; a geometry is GeoJSON text in the column ``geometry``), raises Invalid
    naming columns, and returns None or a Note. ``dump(session)`` yields rows of the same shape, so that a file that was exported
    changes nothing when it is imported again. ``placed(found, declared, corner)`` settles what the numbers of a spatial file refer to:
    the name of the system each geometry carries ("" for longitude and latitude) and what to tell; it raises Invalid where nobody says.
    ``prepare(work, rows)`` is asked once before the first row: it locks what the rows will touch, in the order everybody locks in.
    """

    name: str
    title: Words
    columns: tuple[Column, ...]
    store: Callable[[Any, Mapping[str, str]], Note | None]
    dump: Callable[[Any], Iterable[Mapping[str, str]]] | None = None
    placed: Placed | None = None
    prepare: Callable[[Any, Sequence[Mapping[str, str]]], None] | None = None

    @property
    def spatial(self) -> bool:
        """Whether the rows have a geometry, so that GeoJSON is their usual form."""
        return any(column.name == "geometry" for column in self.columns)

    def column(self, name: str) -> Column | None:
        """Return the column of that name."""
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True)
class RowError:
    """What is wrong with a row: the row's line in the file (1 is the header), the column, the value, why, and what to do."""

    row: int
    column: str
    value: str
    reason: Words
    remedy: Words | None = None

    def as_json(self) -> dict[str, object]:
        """Return the error for machines."""
        return {
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "reason": str(self.reason),
            "remedy": str(self.remedy) if self.remedy else "",
        }
