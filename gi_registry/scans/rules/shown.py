"""What of the counts may be shown: a place with fewer than three look-ups might point at a person, so it is told as fewer than three."""

from __future__ import annotations

FEWEST = 3
LONGEST_DAYS, USUAL_DAYS = 92, 30


def shown_count(count: int) -> int | None:
    """Return the count of a place, None where it is below three (told as 少于 3)."""
    return count if count >= FEWEST else None


def bar_heights(counts: list[int], *, height: int) -> list[int]:
    """Return the heights of bars in whole units, the largest count as high as the drawing; a count above zero is never invisible."""
    largest = max(counts, default=0)
    if largest == 0:
        return [0 for _ in counts]
    return [max(1, count * height // largest) if count else 0 for count in counts]
