"""Reads of plots."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Farmer, Plot, PlotFile
from gi_registry.origin.rules.terms import PLOT_FILE_LIFE, PLOT_LIFE
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


def find_farmer(session: Session, authorisation_id: int, *, name: str, contract_number: str) -> Farmer | None:
    """Return the farmer of that name and contract under an authorisation, if any."""
    query = select(Farmer).where(
        col(Farmer.authorisation_id) == authorisation_id, col(Farmer.name) == name, col(Farmer.contract_number) == contract_number
    )
    return session.execute(query).scalar_one_or_none()


def farmers_of(session: Session, authorisation_id: int) -> Sequence[Farmer]:
    """Return the farmers under an authorisation, by name."""
    query = select(Farmer).where(col(Farmer.authorisation_id) == authorisation_id).order_by(col(Farmer.name), col(Farmer.id))
    return session.execute(query).scalars().all()


def get_farmer(session: Session, farmer_id: int | None) -> Farmer | None:
    """Return the farmer of a plot, None where none is stated."""
    return session.get(Farmer, farmer_id) if farmer_id else None


def every_farmer(session: Session) -> dict[int, Farmer]:
    """Return every farmer by id."""
    return {farmer.id or 0: farmer for farmer in session.execute(select(Farmer)).scalars()}


def get_plot_file(session: Session, file_id: int) -> PlotFile:
    """Return a file of plots; raise NotFound."""
    if (found := session.get(PlotFile, file_id)) is None:
        raise NotFound
    return found


def open_plot_files(session: Session, authorisation_id: int) -> Sequence[PlotFile]:
    """Return the files of plots of an authorisation that wait to be confirmed, newest first."""
    query = select(PlotFile).where(col(PlotFile.authorisation_id) == authorisation_id, col(PlotFile.state) == PLOT_FILE_LIFE.initial)
    return session.execute(query.order_by(col(PlotFile.id).desc())).scalars().all()


def plots_matching(condition: ColumnElement[bool], *, gi_id: int | None = None, verified: str = "", text: str = "") -> Any:
    """Return the query of the plots in use under a condition: of a GI, verified ``yes`` or ``no``, with a text in number, name or user."""
    query = (
        select(Plot, Authorisation, Gi)
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .join(Gi, col(Gi.id) == col(Plot.gi_id))
        .where(condition, col(Plot.state) == PLOT_LIFE.initial)
    )
    if gi_id is not None:
        query = query.where(col(Plot.gi_id) == gi_id)
    if verified in {"yes", "no"}:
        query = query.where(col(Plot.verified_on).is_not(None) if verified == "yes" else col(Plot.verified_on).is_(None))
    if text:
        looked_for = (col(Plot.number), col(Plot.name), col(Authorisation.number), col(Authorisation.raw_name))
        query = query.where(or_(*(value.contains(text, autoescape=True) for value in looked_for)))
    return query.order_by(col(Plot.number))
