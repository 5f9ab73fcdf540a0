"""Reads of areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules.versions import Version
from gi_registry.registry.models import Gi


def get_area(session: Session, area_id: int) -> AreaVersion:
    """Return an area version; raise NotFound."""
    if (area := session.get(AreaVersion, area_id)) is None:
        raise NotFound
    return area


def list_areas(session: Session, gi_id: int) -> Sequence[AreaVersion]:
    """Return all versions of all zones of a GI, newest first within a zone."""
    query = select(AreaVersion).where(col(AreaVersion.gi_id) == gi_id)
    return sorted(session.execute(query).scalars(), key=lambda area: (area.zone, -(area.valid_from or date.min).toordinal()))


def versions_of(session: Session, gi_id: int, zone: str) -> tuple[Version, ...]:
    """Return the versions that decide for a zone: the zone's own, or the whole area's where the zone has none."""
    for wanted in dict.fromkeys((zone, "")):
        query = select(AreaVersion).where(col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) == wanted)
        if rows := session.execute(query).scalars().all():
            return tuple(Version(row.id or 0, row.valid_from, row.valid_to, row.geometry, row.uncertainty_m) for row in rows)
    return ()


def zones_of(session: Session, gi_id: int) -> list[str]:
    """Return the names of the zones a GI has, without the whole area."""
    query = select(col(AreaVersion.zone)).where(col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) != "").distinct()
    return sorted(session.execute(query).scalars())


def plot_zones_of(session: Session, gi_id: int) -> list[str]:
    """Return the names of the zones that plots of a GI are in, without the whole area."""
    return sorted(session.execute(select(col(Plot.zone)).where(col(Plot.gi_id) == gi_id, col(Plot.zone) != "").distinct()).scalars())


def periods_of(session: Session, gi_id: int, zone: str) -> list[tuple[date | None, date | None]]:
    """Return the half-open periods of the versions of exactly one zone."""
    query = select(col(AreaVersion.valid_from), col(AreaVersion.valid_to)).where(
        col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) == zone
    )
    return [(row[0], row[1]) for row in session.execute(query)]


def every_area(session: Session) -> Sequence[tuple[AreaVersion, str]]:
    """Return every area version with its GI's code, in the order of import."""
    query = select(AreaVersion, col(Gi.code)).join(Gi, col(Gi.id) == col(AreaVersion.gi_id)).order_by(col(AreaVersion.id))
    return [(row[0], row[1]) for row in session.execute(query)]
