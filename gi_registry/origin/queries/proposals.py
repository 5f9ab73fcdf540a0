"""Reads of proposed area versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import AreaProposal, AreaVersion, Plot
from gi_registry.registry.models import Gi


def get_proposal(session: Session, proposal_id: int) -> AreaProposal:
    """Return a proposal; raise NotFound."""
    if (proposal := session.get(AreaProposal, proposal_id)) is None:
        raise NotFound
    return proposal


def lock_proposal(session: Session, proposal_id: int) -> AreaProposal:
    """Return a proposal as it is now, held against another decision on its GI until this transaction ends; raise NotFound."""
    gi_id = get_proposal(session, proposal_id).gi_id
    session.execute(select(Gi).where(col(Gi.id) == gi_id).with_for_update()).scalar_one()
    query = select(AreaProposal).where(col(AreaProposal.id) == proposal_id).execution_options(populate_existing=True)
    locked: AreaProposal = session.execute(query).scalar_one()
    session.execute(select(AreaVersion).where(col(AreaVersion.gi_id) == gi_id).execution_options(populate_existing=True)).all()
    return locked


def list_proposals(session: Session, gi_id: int) -> Sequence[AreaProposal]:
    """Return the proposals of a GI, newest first."""
    query = select(AreaProposal).where(col(AreaProposal.gi_id) == gi_id).order_by(col(AreaProposal.id).desc())
    return session.execute(query).scalars().all()


def proposals_waiting(session: Session, visible: ColumnElement[bool], *, besides: int | None, limit: int) -> tuple[list[AreaProposal], int]:
    """Return the oldest open proposals of others than a person, and how many there are."""
    waits = (col(AreaProposal.state) == "proposed", col(AreaProposal.proposed_by) != (besides or 0), visible)
    rows = session.execute(select(AreaProposal).where(*waits).order_by(col(AreaProposal.id)).limit(limit)).scalars().all()
    return list(rows), int(session.execute(select(func.count()).select_from(AreaProposal).where(*waits)).scalar_one())


def versions_in_zone(session: Session, gi_id: int, zone: str) -> Sequence[AreaVersion]:
    """Return the versions of exactly one zone."""
    query = select(AreaVersion).where(col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) == zone).order_by(col(AreaVersion.id))
    return session.execute(query).scalars().all()


def plots_touched(session: Session, gi_id: int, zone: str, *, since: date, limit: int) -> tuple[Sequence[Plot], int]:
    """Return the plots that a version of a zone decides on from a day on, by number, and how many there are.

    The whole area (zone empty) decides on plots of zones that have no versions of their own, too.
    """
    own = select(col(AreaVersion.zone)).where(col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) != "")
    of_zone = col(Plot.zone) == zone if zone else col(Plot.zone).not_in(own)
    touched = (col(Plot.gi_id) == gi_id, of_zone, or_(col(Plot.valid_to).is_(None), col(Plot.valid_to) > since))
    total = int(session.execute(select(func.count()).select_from(Plot).where(*touched)).scalar_one())
    return session.execute(select(Plot).where(*touched).order_by(col(Plot.number)).limit(limit)).scalars().all(), total
