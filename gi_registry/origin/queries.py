"""Reads of areas and plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules.versions import Version
from gi_registry.registry.models import Authorisation, Gi


def get_plot(session: Session, plot_id: int) -> Plot:
    """Return a plot; raise NotFound."""
    if (plot := session.get(Plot, plot_id)) is None:
        raise NotFound
    return plot


def find_plot(session: Session, number: str) -> Plot | None:
    """Return the plot with that number, if any."""
    return session.execute(select(Plot).where(col(Plot.number) == number)).scalar_one_or_none()


def list_plots(session: Session, authorisation_id: int) -> Sequence[Plot]:
    """Return the plots of an authorisation, by number."""
    query = select(Plot).where(col(Plot.authorisation_id) == authorisation_id).order_by(col(Plot.number))
    return session.execute(query).scalars().all()


def plots_in_force(session: Session, authorisation_id: int, *, gi_id: int, on: date, zone: str | None = None) -> Sequence[Plot]:
    """Return the plots whose half-open validity holds the day; ``zone`` None means every zone."""
    query = (
        select(Plot)
        .where(col(Plot.authorisation_id) == authorisation_id, col(Plot.gi_id) == gi_id)
        .where(or_(col(Plot.valid_from).is_(None), col(Plot.valid_from) <= on))
        .where(or_(col(Plot.valid_to).is_(None), col(Plot.valid_to) > on))
        .order_by(col(Plot.number))
    )
    if zone is not None:
        query = query.where(col(Plot.zone) == zone)
    return session.execute(query).scalars().all()


def next_plot_position(session: Session, authorisation_id: int) -> int:
    """Return the position of the next plot in the numbering of an authorisation."""
    query = select(func.count()).select_from(Plot).where(col(Plot.authorisation_id) == authorisation_id)
    return int(session.execute(query).scalar_one()) + 1


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


def every_plot(session: Session) -> Sequence[tuple[Plot, str, str]]:
    """Return every plot with the number of its authorisation and the code of its GI."""
    query = (
        select(Plot, col(Authorisation.number), col(Gi.code))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .join(Gi, col(Gi.id) == col(Plot.gi_id))
        .order_by(col(Plot.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
