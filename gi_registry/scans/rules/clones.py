"""When a code is checked more often and in more places than one package can be (domain.md §6, the counted part of CL-01)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class CountingTest:
    """Policy ``verify.suspect``: this many client-days in this many provinces within these hours.

    ``client_days_without_places`` applies where no place is known; None: then nothing is ever suspected.
    """

    client_days: int
    provinces: int
    hours: int
    client_days_without_places: int | None = None

    @property
    def least(self) -> int:
        """The number of checks below which nothing needs to be counted."""
        bare = self.client_days_without_places
        return self.client_days if bare is None else min(self.client_days, bare)


@dataclass(frozen=True)
class Counted:
    """What was counted of one code: client-days and provinces within ``hours``."""

    client_days: int
    provinces: int
    hours: int


def read_counting_test(value: object) -> CountingTest | None:
    """Read the policy value; None when it is absent or does not have the shape (then no code is suspected)."""
    if not isinstance(value, Mapping):
        return None
    try:
        bare = value.get("client_days_without_places")
        return CountingTest(int(value["client_days"]), int(value["provinces"]), int(value["hours"]), None if bare is None else int(bare))
    except (KeyError, TypeError, ValueError):
        return None


def looks_copied(test: CountingTest, counted: Counted) -> bool:
    """Say whether the counted facts meet the test."""
    if counted.provinces == 0:
        return test.client_days_without_places is not None and counted.client_days >= test.client_days_without_places
    return counted.client_days >= test.client_days and counted.provinces >= test.provinces
