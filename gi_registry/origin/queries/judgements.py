"""Reads of kept verdicts and of the passes that judge plots again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true, tuple_, type_coerce
from sqlalchemy.types import NullType
from sqlmodel import Session, col

from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import AreaProposal, AreaVersion, JudgingChange, JudgingRun, Plot, PlotJudgement
from gi_registry.origin.rules.versions import Version
from gi_registry.registry.models import Authorisation


@dataclass(frozen=True)
class PlotGround:
    """What a verdict needs of a plot; ``wkb`` is as the driver gives it: bytes, or hexadecimal text."""

    id: int
    gi_id: int
    zone: str
    wkb: bytes | str
    accuracy_m: int
    version: int


def get_run(session: Session, run_id: int, *, lock: bool = False) -> JudgingRun:
    """Return a run as it is in the database; raise NotFound. ``lock`` keeps others from moving it in this transaction."""
    query = select(JudgingRun).where(col(JudgingRun.id) == run_id).execution_options(populate_existing=True)
    run: JudgingRun | None = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if run is None:
        raise NotFound
    return run


def list_runs(session: Session, gi_id: int, *, limit: int = 20) -> Sequence[JudgingRun]:
    """Return the newest runs that judged plots of a GI: its own, and those of every GI."""
    mine = or_(col(JudgingRun.gi_id) == gi_id, col(JudgingRun.gi_id).is_(None))
    return session.execute(select(JudgingRun).where(mine).order_by(col(JudgingRun.id).desc()).limit(limit)).scalars().all()


def run_after(session: Session, proposal: AreaProposal) -> JudgingRun | None:
    """Return the run that the approval of a proposal set off, in the same act."""
    query = select(JudgingRun).where(
        col(JudgingRun.gi_id) == proposal.gi_id,
        col(JudgingRun.zone) == proposal.zone,
        col(JudgingRun.since) == proposal.valid_from,
        col(JudgingRun.started_at) == proposal.decided_at,
    )
    return session.execute(query.order_by(col(JudgingRun.id).desc()).limit(1)).scalar_one_or_none()


def open_runs(session: Session) -> Sequence[JudgingRun]:
    """Return the runs that are not finished, oldest first."""
    return session.execute(select(JudgingRun).where(col(JudgingRun.finished_at).is_(None)).order_by(col(JudgingRun.id))).scalars().all()


def count_touched(session: Session, run: JudgingRun) -> int:
    """Return how many plots a run has to judge."""
    return int(session.execute(select(func.count()).select_from(Plot).where(_touched(run))).scalar_one())


def next_ground(session: Session, run: JudgingRun, limit: int, *, after: tuple[int, int]) -> list[PlotGround]:
    """Return the next plots of a run behind a cursor (GI, plot), in this order."""
    raw: Any = type_coerce(col(Plot.geometry), NullType())
    behind = tuple_(col(Plot.gi_id), col(Plot.id)) > tuple_(*after)
    query = (
        select(col(Plot.id), col(Plot.gi_id), col(Plot.zone), raw, col(Plot.accuracy_m), col(Plot.version))
        .where(_touched(run), behind)
        .order_by(col(Plot.gi_id), col(Plot.id))
        .limit(limit)
    )
    return [PlotGround(*row) for row in session.execute(query)]


def versions_by_zone(session: Session, gi_ids: Collection[int]) -> dict[int, dict[str, tuple[Version, ...]]]:
    """Return every area version of some GIs: GI → zone → versions."""
    found: dict[int, dict[str, tuple[Version, ...]]] = {gi_id: {} for gi_id in gi_ids}
    columns = (AreaVersion.id, AreaVersion.valid_from, AreaVersion.valid_to, AreaVersion.geometry, AreaVersion.uncertainty_m)
    query = select(col(AreaVersion.gi_id), col(AreaVersion.zone), *(col(column) for column in columns))
    for gi_id, zone, *about in session.execute(query.where(col(AreaVersion.gi_id).in_(gi_ids)).order_by(col(AreaVersion.id))):
        found[gi_id][zone] = (*found[gi_id].get(zone, ()), Version(*about))
    return found


def kept(session: Session, plot_ids: Sequence[int]) -> dict[tuple[int, int], tuple[str, str, int | None]]:
    """Return the verdicts on file of some plots: (plot, area version) → (verdict, reason, distance in metres)."""
    columns = (PlotJudgement.plot_id, PlotJudgement.area_version_id, PlotJudgement.verdict, PlotJudgement.reason, PlotJudgement.distance_m)
    query = select(*(col(column) for column in columns)).where(col(PlotJudgement.plot_id).in_(plot_ids))
    return {(row[0], row[1]): (row[2], row[3], row[4]) for row in session.execute(query)}


def changes_of(run_id: int, gi_id: int) -> Any:
    """Return the query of the plots of a GI whose verdict a run changed, with their users: those fallen outside first, then by number."""
    return (
        select(JudgingChange, Plot, Authorisation)
        .join(Plot, col(Plot.id) == col(JudgingChange.plot_id))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .where(col(JudgingChange.run_id) == run_id, col(Plot.gi_id) == gi_id)
        .order_by(col(JudgingChange.verdict) != "outside", col(Plot.number))
    )


def movements_of(session: Session, run_id: int, gi_id: int) -> dict[tuple[str, str], int]:
    """Return how many plots of a GI went from which verdict to which."""
    query = (
        select(col(JudgingChange.was_verdict), col(JudgingChange.verdict), func.count())
        .join(Plot, col(Plot.id) == col(JudgingChange.plot_id))
        .where(col(JudgingChange.run_id) == run_id, col(Plot.gi_id) == gi_id)
        .group_by(col(JudgingChange.was_verdict), col(JudgingChange.verdict))
    )
    return {(row[0], row[1]): row[2] for row in session.execute(query)}


def _touched(run: JudgingRun) -> ColumnElement[bool]:
    lives = or_(col(Plot.valid_to).is_(None), col(Plot.valid_to) > run.judged_for)
    return and_(lives, _in_scope(run.gi_id, run.zone))


def _in_scope(gi_id: int | None, zone: str | None) -> ColumnElement[bool]:
    if gi_id is None:
        return true()
    of_gi = col(Plot.gi_id) == gi_id
    if zone is None:
        return of_gi
    if zone:
        return and_(of_gi, col(Plot.zone) == zone)
    own = select(col(AreaVersion.zone)).where(col(AreaVersion.gi_id) == gi_id, col(AreaVersion.zone) != "")
    return and_(of_gi, col(Plot.zone).not_in(own))
