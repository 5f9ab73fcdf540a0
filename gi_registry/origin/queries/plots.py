"""Reads of plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Plot
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


def every_plot(session: Session) -> Sequence[tuple[Plot, str, str]]:
    """Return every plot with the number of its authorisation and the code of its GI."""
    query = (
        select(Plot, col(Authorisation.number), col(Gi.code))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .join(Gi, col(Gi.id) == col(Plot.gi_id))
        .order_by(col(Plot.id))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]
