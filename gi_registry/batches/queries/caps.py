"""Reads of caps."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from gi_registry.batches.models import CapProposal, YieldCap
from gi_registry.batches.rules.caps import CAP_PROPOSAL_LIFE, Per, lookup
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Gi


def cap_in_force(
    session: Session,
    *,
    gi_id: int,
    zone: str,
    year: int,
    unit: str,
    variety: str = "",
    per: str = Per.MU,
    commodity: str = "",
) -> YieldCap | None:
    """Return the newest revision of the narrowest cap decided for a zone and variety, whether it takes effect yet or not."""
    for wanted_zone, wanted_variety in lookup(zone, variety):
        found = newest_cap(
            session, gi_id=gi_id, zone=wanted_zone, variety=wanted_variety, year=year, unit=unit, per=per, commodity=commodity
        )
        if found is not None:
            return found
    return None


def newest_cap(session: Session, *, gi_id: int, zone: str, variety: str, year: int, unit: str, per: str, commodity: str) -> YieldCap | None:
    """Return the newest revision of exactly this cap: the one that a new decision would supersede."""
    query = select(YieldCap).where(
        col(YieldCap.gi_id) == gi_id,
        col(YieldCap.zone) == zone,
        col(YieldCap.variety) == variety,
        col(YieldCap.year) == year,
        col(YieldCap.unit) == unit,
        col(YieldCap.per) == per,
        col(YieldCap.commodity) == commodity,
        col(YieldCap.superseded_by).is_(None),
    )
    cap: YieldCap | None = session.execute(query.order_by(col(YieldCap.revision).desc())).scalars().first()
    return cap


def list_caps(session: Session, gi_id: int) -> Sequence[YieldCap]:
    """Return every cap of a GI, superseded ones too, newest year first."""
    order = (
        col(YieldCap.year).desc(),
        col(YieldCap.per).desc(),
        col(YieldCap.zone),
        col(YieldCap.variety),
        col(YieldCap.commodity),
        col(YieldCap.unit),
        col(YieldCap.revision).desc(),
    )
    return session.execute(select(YieldCap).where(col(YieldCap.gi_id) == gi_id).order_by(*order)).scalars().all()


def get_cap(session: Session, cap_id: int) -> YieldCap:
    """Return a cap; raise NotFound."""
    if (cap := session.get(YieldCap, cap_id)) is None:
        raise NotFound
    return cap


def every_cap(session: Session) -> Sequence[tuple[YieldCap, str]]:
    """Return every cap with its GI's code, in the order they were set."""
    query = select(YieldCap, col(Gi.code)).join(Gi, col(Gi.id) == col(YieldCap.gi_id)).order_by(col(YieldCap.id))
    return [(row[0], row[1]) for row in session.execute(query)]


# ---- proposals -----------------------------------------------------------------------------------------------------------------------


def get_proposal(session: Session, proposal_id: int, *, lock: bool = False) -> CapProposal:
    """Return a proposal, its row locked until the transaction ends when asked; raise NotFound."""
    query = select(CapProposal).where(col(CapProposal.id) == proposal_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    proposal: CapProposal | None = session.execute(query).scalar_one_or_none()
    if proposal is None:
        raise NotFound
    return proposal


def proposals_of(session: Session, gi_id: int) -> Sequence[CapProposal]:
    """Return the proposals of a GI, newest first."""
    query = select(CapProposal).where(col(CapProposal.gi_id) == gi_id).order_by(col(CapProposal.id).desc())
    return session.execute(query).scalars().all()


def waiting_proposals(session: Session, condition: ColumnElement[bool]) -> Sequence[CapProposal]:
    """Return the proposals that wait for a decision under a condition, oldest first."""
    query = select(CapProposal).where(condition, col(CapProposal.state) == CAP_PROPOSAL_LIFE.initial).order_by(col(CapProposal.id))
    return session.execute(query).scalars().all()


def decided_by_proposal(session: Session, cap_ids: Collection[int]) -> dict[int, CapProposal]:
    """Return the proposal that each cap came of, by cap id; a cap recorded from an announcement has none."""
    query = select(CapProposal).where(col(CapProposal.cap_id).in_(sorted(cap_ids)))
    return {row.cap_id: row for row in session.execute(query).scalars() if row.cap_id is not None}
