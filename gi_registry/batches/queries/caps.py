"""Reads of caps."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from gi_registry.batches.models import YieldCap
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Gi


def cap_in_force(session: Session, *, gi_id: int, zone: str, year: int, unit: str) -> YieldCap | None:
    """Return the cap that counts: the newest revision of the zone, or of the whole GI where the zone has none."""
    for wanted in dict.fromkeys((zone, "")):
        query = select(YieldCap).where(
            col(YieldCap.gi_id) == gi_id,
            col(YieldCap.zone) == wanted,
            col(YieldCap.year) == year,
            col(YieldCap.unit) == unit,
            col(YieldCap.superseded_by).is_(None),
        )
        cap: YieldCap | None = session.execute(query.order_by(col(YieldCap.revision).desc())).scalars().first()
        if cap is not None:
            return cap
    return None


def list_caps(session: Session, gi_id: int) -> Sequence[YieldCap]:
    """Return every cap of a GI, superseded ones too, newest year first."""
    order = (col(YieldCap.year).desc(), col(YieldCap.zone), col(YieldCap.unit), col(YieldCap.revision).desc())
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
