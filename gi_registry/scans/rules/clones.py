"""When a code is checked more often and in more places than one package can be (domain.md §6, CL-01).

One place decides for both: the trace page asks ``looks_copied`` of one code at each check (policy ``verify.suspect``), the finding CL-01
asks the same of every code of a range and then whether they are a ring (policy ``ground.CL-01``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gi_registry.scans.rules.place import province


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


@dataclass(frozen=True)
class RingTest:
    """Policy ``ground.CL-01``: this many suspect codes of one range, or this many client-days on one suspect code, are a ring."""

    codes: int
    client_days_on_one: int


def looks_like_a_ring(test: RingTest, suspect_codes: Iterable[Counted]) -> bool:
    """Say whether the suspect codes of one range are more than chance: several of them, or one far beyond the test."""
    counted = tuple(suspect_codes)
    return len(counted) >= test.codes or any(code.client_days >= test.client_days_on_one for code in counted)


@dataclass(frozen=True)
class Seen:
    """One counted check: when, by which client of the day, from which province or city (None: not known)."""

    at: datetime
    client: str
    place: str | None


@dataclass(frozen=True)
class Peak:
    """The busiest window of a code: what was counted, between which checks, and (province, client-days, checks) of it.

    ``fastest_minutes``: the shortest time between checks in two provinces. It supports a finding and never makes one.
    """

    counted: Counted
    begins_at: datetime
    ends_at: datetime
    places: tuple[tuple[str, int, int], ...]
    fastest_minutes: int | None = None


def busiest(seen: Sequence[Seen], hours: int) -> Peak | None:
    """Return the window of ``hours`` with the most client-days, then the most provinces; ``seen`` is in order of time. Linear."""
    clients: Counter[str] = Counter()
    provinces: Counter[str] = Counter()
    best, chosen, start = (0, 0), (0, 0), 0
    for end, check in enumerate(seen):
        _enter(check, clients, provinces)
        while seen[start].at < check.at - timedelta(hours=hours):
            _leave(seen[start], clients, provinces)
            start += 1
        if (len(clients), len(provinces)) > best:
            best, chosen = (len(clients), len(provinces)), (start, end + 1)
    return _peak(seen[slice(*chosen)], Counted(*best, hours)) if best[0] else None


def _enter(check: Seen, clients: Counter[str], provinces: Counter[str]) -> None:
    clients[check.client] += 1
    if check.place:
        provinces[province(check.place)] += 1


def _leave(check: Seen, clients: Counter[str], provinces: Counter[str]) -> None:
    for counter, key in ((clients, check.client), (provinces, province(check.place) if check.place else "")):
        counter[key] -= 1
        if counter[key] <= 0:
            del counter[key]


def _peak(window: Sequence[Seen], counted: Counted) -> Peak:
    by_place: dict[str, list[str]] = {}
    gaps: list[int] = []
    last: Seen | None = None
    for check in window:
        by_place.setdefault(province(check.place) if check.place else "", []).append(check.client)
        if check.place:
            if last is not None and last.place and province(last.place) != province(check.place):
                gaps.append(int((check.at - last.at).total_seconds() // 60))
            last = check
    places = tuple((place, len(set(seen)), len(seen)) for place, seen in sorted(by_place.items()))
    return Peak(counted, window[0].at, window[-1].at, places, min(gaps, default=None))
