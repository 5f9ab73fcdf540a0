"""Use cases of places and days."""

from __future__ import annotations

from gi_registry.divisions.service.keeping import SOURCE, put_day, put_division, seed_calendar, working_days
from gi_registry.divisions.service.units import resolve

__all__ = ["SOURCE", "put_day", "put_division", "resolve", "seed_calendar", "working_days"]
