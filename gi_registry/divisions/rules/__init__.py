"""Places, days and lists of units: pure."""

from __future__ import annotations

from gi_registry.divisions.rules.places import (
    LEVEL_LABELS,
    LEVEL_OF_LENGTH,
    PLACE_ENDINGS,
    Due,
    Level,
    Somewhere,
    WorkingDays,
    box_text,
    division_code,
    level_of,
    parent_of,
    path_codes,
    path_under,
    short_name,
)

__all__ = [
    "LEVEL_LABELS",
    "LEVEL_OF_LENGTH",
    "PLACE_ENDINGS",
    "Due",
    "Level",
    "Somewhere",
    "WorkingDays",
    "box_text",
    "division_code",
    "level_of",
    "parent_of",
    "path_codes",
    "path_under",
    "short_name",
]
