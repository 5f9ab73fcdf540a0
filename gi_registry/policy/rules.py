"""Which of several values of one parameter decides: the nearest place, then the latest date.

No published rule fixes national deadlines, grounds or thresholds for users of the mark, so each of them is a versioned parameter with
a date from which it holds, the basis it rests on, and why we chose it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

EVERYWHERE = ""


@dataclass(frozen=True)
class Parameter:
    """One value in force: ``version`` is stored by the row it decides, ``basis`` and ``why`` are shown to people."""

    key: str
    value: Any
    version: str
    basis: str = ""
    why: str = ""


@dataclass(frozen=True)
class Candidate:
    """One version of a parameter: valid in ``division`` (empty: everywhere) from ``valid_from`` to before ``valid_to``."""

    division: str
    valid_from: date
    valid_to: date | None
    parameter: Parameter

    def holds(self, on: date) -> bool:
        """Say whether it is in force on that Shanghai date."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


def version_of(division: str, valid_from: date) -> str:
    """Return the version's name: the place, where there is one, and the date from which it holds."""
    return f"{division}@{valid_from.isoformat()}" if division else valid_from.isoformat()


def choose(candidates: Iterable[Candidate], places: Sequence[str], on: date) -> Parameter | None:
    """Return the value in force on ``on`` for ``places`` (the place itself, its parent, … nearest first), else None.

    The nearest place that has a value in force wins over a later value of a wider place; within one place the latest wins.
    """
    held = [candidate for candidate in candidates if candidate.holds(on)]
    for place in (*places, EVERYWHERE):
        own = [candidate for candidate in held if candidate.division == place]
        if own:
            return max(own, key=lambda candidate: candidate.valid_from).parameter
    return None
