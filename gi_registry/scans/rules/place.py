"""Coarse places of scans: a table of address ranges that the operator supplies, looked up without any network."""

from __future__ import annotations

import csv
import ipaddress
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

CITY_DIGITS = 4
"""A place is a province (2 digits) or a city (4 digits of GB/T 2260); finer is never stored without consent."""


@dataclass(frozen=True)
class PlaceTable:
    """Half-open ranges of addresses, sorted; empty: every place is unknown."""

    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    codes: tuple[str, ...] = field(default=())

    def place(self, address: str) -> str | None:
        """Return the division code of a province or city, or None where the table says nothing."""
        number = _number(address) if self.starts else None
        if number is None:
            return None
        at = bisect_right(self.starts, number) - 1
        return self.codes[at] if at >= 0 and number < self.ends[at] else None


def read_place_table(lines: Iterable[str]) -> PlaceTable:
    """Read CSV rows ``first address,last address,division code``; raise ValueError naming the row that cannot be read."""
    rows: list[tuple[int, int, str]] = []
    for at, row in enumerate(csv.reader(line for line in lines if line.strip() and not line.startswith("#")), start=1):
        first, last = (_number(row[0]), _number(row[1])) if len(row) == 3 else (None, None)
        if first is None or last is None or last < first or not row[2].strip().isdigit():
            raise ValueError(f"row {at} of the place table is not 'first address,last address,division code': {','.join(row)[:80]}")
        rows.append((first, last + 1, coarse(row[2].strip())))
    rows.sort()
    return PlaceTable(tuple(r[0] for r in rows), tuple(r[1] for r in rows), tuple(r[2] for r in rows))


def coarse(division: str) -> str:
    """Return the six-digit code of the city, or of the province where the code names no city."""
    return (division[:CITY_DIGITS] + "00") if len(division) >= CITY_DIGITS else division.ljust(6, "0")


def province(division: str) -> str:
    """Return the two digits of the province."""
    return division[:2]


def _number(address: str) -> int | None:
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            return int(parsed) + 2**32
        parsed = parsed.ipv4_mapped
    return int(parsed)
