"""The questions of the archive asked row by row: slow, and short enough to be believed."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

from gi_registry.kernel.clock import legal_date, start_of
from gi_registry.scans.rules.clones import CountingTest, Peak, Seen, busiest, looks_copied
from tests.builders.day_files import Row

Code = tuple[int, int]


def copied(rows: list[Row], day: date, test: CountingTest) -> dict[Code, Peak]:
    """The codes checked on ``day`` that meet the test in the hours before its end, and before."""
    since = start_of(day) - timedelta(hours=test.hours)
    checks: dict[Code, list[Row]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row[2]):
        if row[6] and row[2] >= since:
            checks[row[:2]].append(row)
    found = {}
    for code, seen in checks.items():
        peak = busiest([Seen(row[2], row[4], row[3]) for row in seen], test.hours)
        if peak and looks_copied(test, peak.counted) and any(legal_date(row[2]) == day for row in seen):
            found[code] = peak
    return found


def hurried(rows: list[Row], minutes: int) -> dict[Code, int]:
    """The shortest whole-second time between two checks in two provinces, where it is within the minutes."""
    last: dict[Code, Row] = {}
    found: dict[Code, int] = {}
    for row in sorted(rows, key=lambda row: row[2]):
        if not row[6] or not row[3]:
            continue
        before = last.get(row[:2])
        if before and (before[3] or "")[:2] != row[3][:2]:
            seconds = int(row[2].timestamp()) - int(before[2].timestamp())
            if seconds <= minutes * 60:
                found[row[:2]] = min(seconds, found.get(row[:2], seconds))
        last[row[:2]] = row
    return found


def by_range(rows: list[Row]) -> dict[int, tuple[int, int, int, int]]:
    """Checks, first checks, look-ups of codes that were not activated, and of how many codes."""
    found = {}
    for range_id in {row[0] for row in rows}:
        own = [row for row in rows if row[0] == range_id]
        dead = [row for row in own if row[5] == "not-activated"]
        found[range_id] = (
            sum(row[6] for row in own), sum(row[5] == "first-check" for row in own), len(dead), len({row[1] for row in dead})
        )  # fmt: skip
    return found
