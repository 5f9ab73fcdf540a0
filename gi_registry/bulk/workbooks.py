"""Opening a workbook in a process of its own (see ``child``): whatever the file does to its reader, this process lives on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gi_registry.bulk.apart import read_apart
from gi_registry.bulk.rules.grid import Grid
from gi_registry.bulk.rules.table import MOST_ROWS
from gi_registry.bulk.rules.workbook import Workbook, refusal, refuse_choice, remarks, workbook_of

_CHILD = Path(__file__).with_name("child.py")
_WALL_S = 20.0
_WALL_S_PER_MB = 6.0


def open_workbook(content: bytes, wish: str = "", *, most_rows: int = MOST_ROWS) -> Workbook:
    """Return the sheets of a workbook and the rows of the wished one, or of the only visible one with data.

    Raises Invalid for a file that is no workbook, is broken, encrypted, too large, or that ends its reader, Unavailable where too many are
    read at once. The reader's processor time is limited by itself; the wall clock only stops one that hangs.
    """
    wishes = json.dumps({"sheet": wish, "most": most_rows})
    command = [sys.executable, "-I", str(_CHILD), wishes]
    told = read_apart(command, content, within_s=_WALL_S + _WALL_S_PER_MB * len(content) / 1_000_000)
    if told is None:
        raise refusal("ended")
    return workbook_of(json.loads(told))


def read_sheet(content: bytes, wish: str, fits: Callable[[Grid], bool]) -> Grid:
    """Return the grid of one sheet: the wished one, else the only visible one with data, else the only one that ``fits``.

    Raises Invalid that lists the sheets where the choice is not certain.
    """
    book = open_workbook(content, wish)
    chosen = book.chosen
    if chosen is None and not wish:
        fitting = [index for index, grid in book.grids.items() if fits(grid)]
        if len(fitting) == 1:
            chosen = fitting[0]
            book = open_workbook(content, f"#{chosen}")
    if chosen is None or chosen not in book.grids or not book.grids[chosen].rows:
        raise refuse_choice(book, wish)
    grid = book.grids[chosen]
    return replace(grid, warnings=(*grid.warnings, *remarks(book, chosen, wish)))
