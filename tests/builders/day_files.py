"""Look-ups of days as the archive holds them, made up from a seed: nearly all codes once and at home, some often, some everywhere."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from gi_registry.kernel.clock import start_of
from gi_registry.scans.archive.files import write_day

Row = tuple[int, int, datetime, str | None, str, str, bool, int]
PLACES = (None, "320500", "320000", "310000", "330100", "440300", "110000", "650100", "810000")


def make_rows(seed: int, day: date, *, codes: int = 60, looks: int = 400) -> list[Row]:
    """Return look-ups of one Shanghai day in the order of the archive."""
    chance = random.Random(f"{seed} {day}")
    rows: list[Row] = []
    for _look in range(looks):
        code = int(codes * chance.random() ** 3)
        counted = chance.random() < 0.9
        verdict = chance.choice(("first-check", "repeat", "suspect")) if counted else chance.choice(("not-activated", "void"))
        rows.append(
            (
                code % 3 + 1,
                code // 3,
                start_of(day) + timedelta(microseconds=chance.randrange(86_400_000_000)),
                chance.choice(PLACES),
                f"{chance.randrange(40):016x}",
                verdict,
                counted,
                chance.randrange(3),
            )
        )
    return sorted(rows, key=lambda row: row[:3])


def write_rows(folder: Path, days: Iterable[date], *, seed: int, **wishes: Any) -> list[Row]:
    """Write a day file for each day and return all rows."""
    found: list[Row] = []
    for day in days:
        rows = make_rows(seed, day, **wishes)
        write_day(folder, day, [rows[low : low + 37] for low in range(0, len(rows), 37)])
        found += rows
    return found
