"""A new outline beside the one before: what is added, what is removed, on the ellipsoid.

Areas are whole square metres (geodesic, GRS 80); shares are thousandths of the old area. Where one side has words only, nothing is
compared: a difference of texts is read by people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import shapely
from shapely.geometry.base import BaseGeometry

from gi_registry.kernel.words import Words, say
from gi_registry.origin.rules.measure import area_m2


@dataclass(frozen=True)
class Comparison:
    """Two outlines and what lies between them; an outline that is not there is None, and with it what cannot be told."""

    old: BaseGeometry | None
    new: BaseGeometry | None
    old_m2: int | None
    new_m2: int | None
    added: BaseGeometry | None
    removed: BaseGeometry | None
    added_m2: int | None
    removed_m2: int | None

    @property
    def told(self) -> bool:
        """Whether both outlines are there."""
        return self.old is not None and self.new is not None

    @property
    def added_permille(self) -> int | None:
        """What is added, in thousandths of the old area."""
        return _permille(self.added_m2, self.old_m2)

    @property
    def removed_permille(self) -> int | None:
        """What is removed, in thousandths of the old area."""
        return _permille(self.removed_m2, self.old_m2)


def compare(old: BaseGeometry | None, new: BaseGeometry | None) -> Comparison:
    """Return two lon/lat outlines beside each other; either may be missing."""
    added = _surface(shapely.difference(new, old)) if old is not None and new is not None else None
    removed = _surface(shapely.difference(old, new)) if old is not None and new is not None else None
    return Comparison(old, new, _m2(old), _m2(new), added, removed, _m2(added), _m2(removed))


def _permille(part: int | None, whole: int | None) -> int | None:
    return round(part / whole * 1000) if part is not None and whole else None


def _m2(geometry: BaseGeometry | None) -> int | None:
    return None if geometry is None else area_m2(geometry)


def _surface(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygons of a difference: where edges touch it holds lines and points too."""
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    nested = [inner for part in shapely.get_parts(geometry) if part.geom_type == "MultiPolygon" for inner in part.geoms]
    return shapely.MultiPolygon([*parts, *nested])


class Stays(StrEnum):
    """What becomes of a unit of the list."""

    ADDED = "added"
    REMOVED = "removed"
    KEPT = "kept"


STAYS_WORDS: dict[str, Words] = {Stays.ADDED: say("新增"), Stays.REMOVED: say("移出"), Stays.KEPT: say("保留")}


def compare_lists(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Stays]:
    """Return what becomes of each unit, in the order of the new list with the removed ones behind.

    Each list maps a name to what it stands for today: a place is the same under another name or with its county in front.
    """
    before, after = set(old.values()), set(new.values())
    found = {name: Stays.KEPT if meant in before else Stays.ADDED for name, meant in new.items()}
    return found | {name: Stays.REMOVED for name, meant in old.items() if meant not in after}
