"""Land on file twice: two plots of one user and one GI that cover the same ground at the same time (domain, ground QT-03)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from gi_registry.origin.rules.measure import area_m2

LEAST_M2 = 50
LEAST_PERMILLE = 10
METRES_PER_DEGREE = 111_320


@dataclass(frozen=True)
class Overlap:
    """Two plots of one GI that share ground: their ids, their users (authorisation ids), the shared square metres."""

    plot_id: int
    other_id: int
    number: str
    other_number: str
    authorisation_id: int
    other_authorisation_id: int
    shared_m2: int

    @classmethod
    def of(cls, plot: Any, other: Any, shared: int) -> Overlap:
        """Return the overlap of two plots."""
        return cls(plot.id, other.id, plot.number, other.number, plot.authorisation_id, other.authorisation_id, shared)

    @property
    def one_user(self) -> bool:
        """Whether both plots are one user's own: the same land on file twice."""
        return self.authorisation_id == self.other_authorisation_id


def same_season(one: str, other: str) -> bool:
    """Say whether two plots are worked at the same time of the year; no season stated is the whole year (rice–crab fields are lawful)."""
    return not one or not other or one == other


def shared_m2(plot: BaseGeometry, other: BaseGeometry, *, accuracy_m: int) -> int:
    """Return the ground that two plots share in m², 0 for what surveying explains.

    Surveying explains 1 % of the smaller plot, 50 m², and a strip of the capture accuracy along half the smaller outline: neighbours
    rarely share exact corners.
    """
    if not plot.intersects(other):
        return 0
    common = area_m2(_surface(plot.intersection(other)))
    smaller = min(area_m2(plot), area_m2(other))
    outline_m = min(plot.length, other.length) * METRES_PER_DEGREE
    explained = max(smaller * LEAST_PERMILLE / 1000, LEAST_M2, outline_m / 2 * accuracy_m)
    return common if common > explained else 0


def _surface(shape: BaseGeometry) -> BaseGeometry:
    polygons = [part for part in getattr(shape, "geoms", [shape]) if part.geom_type == "Polygon"]
    return MultiPolygon(polygons)
