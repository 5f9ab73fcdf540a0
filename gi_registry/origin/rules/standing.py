"""What rests on a plot: before it is corrected or retired, a person is told which batches and labels stand on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Standing:
    """A batch that took goods from a plot: its number and page, the year it feeds, and how many labels were activated for it."""

    number: str
    href: str
    year: int
    labels: int


def of_open_year(standing: Iterable[Standing], year: int) -> tuple[Standing, ...]:
    """Return what stands on a plot in a year whose books are still open: this year's and last year's, which is reported this year."""
    return tuple(item for item in standing if item.year >= year - 1)
