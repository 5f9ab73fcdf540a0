"""Ground on file: what lies near an outline, and which plots of a GI share ground, by the spatial index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Date, TextClause, and_, bindparam, column, func, select, table, text
from sqlmodel import Session, col

from gi_registry.db import CGCS2000
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.shared_land import Overlap, same_season, shared_m2
from gi_registry.origin.rules.versions import overlap

PIECE = 500
_SIDES = ("min_lon", "max_lon", "min_lat", "max_lat")


def plots_near(session: Session, geometry: BaseGeometry, *, gi_id: int) -> Sequence[Plot]:
    """Return the plots of a GI, of any user and time, whose bounding box meets that of an outline, by number."""
    query = select(Plot).where(col(Plot.gi_id) == gi_id, _meets_box(session, geometry)).order_by(col(Plot.number))
    return session.execute(query).scalars().all()


def overlaps_of(session: Session, gi_id: int, year: int) -> tuple[Overlap, ...]:
    """Return every pair of plots of a GI that share more ground than surveying explains, in use together on some day of a year.

    The rule of ground QT-03: ``shared_m2`` decides; plots of different seasons (rice and crab in one field) do not count; two plots of
    one user do. Pairs come from the spatial index, the lower id first, in the order of the ids.
    """
    first, last = date(year, 1, 1), date(year + 1, 1, 1)
    found = [
        Overlap.of(one, other, shared)
        for one, other in _pairs(session, gi_id, first, last)
        if overlap((one.valid_from, one.valid_to), (other.valid_from, other.valid_to))
        and same_season(one.season, other.season)
        and (shared := shared_m2(one.geometry, other.geometry, accuracy_m=min(one.accuracy_m, other.accuracy_m)))
    ]
    return tuple(sorted(found, key=lambda item: (item.plot_id, item.other_id)))


def overlaps_with(session: Session, plot: Plot, *, on: date) -> list[tuple[Plot, int]]:
    """Return the other plots of the same GI and season, in use on a day, that share ground with one, with the shared square metres."""
    found = []
    for other in plots_near(session, plot.geometry, gi_id=plot.gi_id):
        used = overlap((other.valid_from, other.valid_to), (on, None)) and (other.valid_from is None or other.valid_from <= on)
        if other.id == plot.id or not used or not same_season(plot.season, other.season):
            continue
        if shared := shared_m2(plot.geometry, other.geometry, accuracy_m=min(plot.accuracy_m, other.accuracy_m)):
            found.append((other, shared))
    return found


def _meets_box(session: Session, geometry: BaseGeometry) -> ColumnElement[bool]:
    west, south, east, north = geometry.bounds
    if session.get_bind().dialect.name == "postgresql":
        box = func.ST_MakeEnvelope(west, south, east, north, CGCS2000)
        return col(Plot.geometry).op("&&", is_comparison=True)(box)
    boxes = table("plot_rtree", column("id"), *map(column, _SIDES))
    meets = and_(boxes.c.min_lon <= east, boxes.c.max_lon >= west, boxes.c.min_lat <= north, boxes.c.max_lat >= south)
    return col(Plot.id).in_(select(boxes.c.id).where(meets))


def _pairs(session: Session, gi_id: int, first: date, last: date) -> Iterator[tuple[Plot, Plot]]:
    """Yield the pairs of plots of a GI whose boxes meet, both in use within [first, last)."""
    query = _BY_GIST if session.get_bind().dialect.name == "postgresql" else _BY_RTREE
    pairs = [(row[0], row[1]) for row in session.execute(query, {"gi": gi_id, "first": first, "last": last})]
    for start in range(0, len(pairs), PIECE):
        piece = pairs[start : start + PIECE]
        wanted = {key for pair in piece for key in pair}
        plots = {plot.id: plot for plot in session.execute(select(Plot).where(col(Plot.id).in_(wanted))).scalars()}
        yield from ((plots[left], plots[right]) for left, right in piece)


def _text(joined: str) -> TextClause:
    used = " AND ".join(
        f"{plot}.gi_id = :gi AND ({plot}.valid_from IS NULL OR {plot}.valid_from < :last)"
        f" AND ({plot}.valid_to IS NULL OR {plot}.valid_to > :first)"
        for plot in ("one", "other")
    )
    found = text(f"SELECT one.id, other.id FROM {joined} WHERE one.id < other.id AND {used}")  # noqa: S608  # no word of a stranger
    return found.bindparams(bindparam("first", type_=Date()), bindparam("last", type_=Date()))


_BY_GIST = _text("plot one JOIN plot other ON one.geometry && other.geometry")
# CROSS JOIN keeps SQLite to this order: each plot asks the tree for its neighbours, instead of every plot being held against every other.
_BY_RTREE = _text(
    "plot one CROSS JOIN plot_rtree a ON a.id = one.id"
    " CROSS JOIN plot_rtree b ON b.min_lon <= a.max_lon AND b.max_lon >= a.min_lon AND b.min_lat <= a.max_lat AND b.max_lat >= a.min_lat"
    " CROSS JOIN plot other ON other.id = b.id"
)
