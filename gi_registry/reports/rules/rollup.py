"""The line of an authority over a report year, as a province writes it to the national office (国知办函保字〔2023〕1072号)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gi_registry.kernel.words import Words, say
from gi_registry.reports.rules.obligation import Status

SUBMITTED, MISSING = "submitted", "missing"
"""Derived filters of a list: filed in time or late; open or overdue."""


@dataclass(frozen=True)
class Tally:
    """Obligations of a year: how many are due, were filed (of them late), are missing (of them overdue); returned, accepted.

    Due is everything owed, whether its window is open or not; filed + missing + not_open = due.
    """

    due: int = 0
    filed: int = 0
    late: int = 0
    missing: int = 0
    overdue: int = 0
    not_open: int = 0
    returned: int = 0
    accepted: int = 0

    @property
    def words(self) -> Words:
        """The line in words."""
        return say(
            "应报送 %(due)s，已报送 %(filed)s（其中逾期 %(late)s），未报送 %(missing)s",
            due=self.due, filed=self.filed, late=self.late, missing=self.missing + self.not_open,
        )  # fmt: skip

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(one + two for one, two in zip(self.numbers.values(), other.numbers.values(), strict=True)))

    @property
    def numbers(self) -> dict[str, int]:
        """The figures by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def tally_of(status: Status, state: str, count: int) -> Tally:
    """Return the tally of ``count`` obligations that stand alike: derived status, and the state of their report (empty without one)."""
    late = status is Status.LATE
    filed = late or status is Status.FILED
    return Tally(
        due=count,
        filed=count if filed else 0,
        late=count if late else 0,
        missing=count if status in {Status.OPEN, Status.OVERDUE} else 0,
        overdue=count if status is Status.OVERDUE else 0,
        not_open=count if status is Status.NOT_OPEN else 0,
        returned=count if state == "returned" else 0,
        accepted=count if state == "accepted" else 0,
    )


def total(tallies: Iterable[Tally]) -> Tally:
    """Return the sum."""
    whole = Tally()
    for one in tallies:
        whole = whole + one
    return whole


def grouped(rows: Iterable[tuple[str, Tally]]) -> Mapping[str, Tally]:
    """Return one tally per group."""
    found: dict[str, Tally] = {}
    for key, tally in rows:
        found[key] = found.get(key, Tally()) + tally
    return found
