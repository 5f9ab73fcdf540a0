"""Judge plots again where an area changed: in slices, each with its cursor in one transaction, so that a kill loses and doubles nothing.

The scheduler works open runs off in small slices (``step``), the command line in large ones with a process for each core (``work_off``):
it reads and calculates without holding the database, and writes a slice only where the cursor still stands where it began.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from gi_registry.origin import queries
from gi_registry.origin.models import JudgingChange, JudgingRun, PlotJudgement
from gi_registry.origin.queries import PlotGround
from gi_registry.origin.rules.slices import Basis, Group, Judged, deciding, judge_groups
from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.versions import Version
from gi_registry.origin.service.judging import default_tolerance_m
from gi_registry.registry import queries as registry
from gi_registry.workflow import Opener, Work

logger = logging.getLogger(__name__)

SLICE = 1_000
LARGE_SLICE = 5_000


@dataclass(frozen=True)
class Slice:
    """Plots of a run between two places of its cursor, and what has to be judged of them."""

    after: tuple[int, int]
    ends_at: tuple[int, int]
    ground: tuple[PlotGround, ...]
    groups: tuple[Group, ...]
    last: bool


# ---- runs ----------------------------------------------------------------------------------------------------------------------------


def start(work: Work, *, gi_id: int | None, zone: str | None, since: date | None) -> JudgingRun:
    """Put a run on file that judges again the plots a change touches; the scheduler or the command line works it off.

    ``gi_id`` None is every GI, ``zone`` None every zone, ``""`` the whole area (plots of zones without versions of their own too);
    ``since`` is the first day of the version that changed, None judges for today. NotFound for a GI that is not there.
    """
    if gi_id is not None:
        registry.get_gi(work.session, gi_id)
    run = JudgingRun(gi_id=gi_id, zone=zone, since=since, judged_for=since or work.today, total=0, started_at=work.now)
    run.total = queries.count_touched(work.session, run)
    if not run.total:
        run.finished_at = work.now
    work.session.add(run)
    work.flush()
    return run


def step(work: Work, run_id: int, limit: int = SLICE) -> int:
    """Judge the next plots of a run and move its cursor; return how many, 0 when the run is finished."""
    run = queries.get_run(work.session, run_id, lock=True)
    if run.finished_at is not None:
        return 0
    part = next_slice(work.session, run, limit, after=(run.cursor_gi, run.cursor_plot))
    keep(work, run, part, judge_groups(part.groups))
    return len(part.ground)


def step_any(work: Work) -> int:
    """Judge the next plots of the oldest open run; return how many, 0 when no run is open: a job of the timetable.

    A run that cannot go on is undone to where it stood, told in the log and left open; those behind it go on. When only such runs are
    left, what stopped the first of them is raised, so that the job's own record shows it.
    """
    stopped: Exception | None = None
    for run_id in [run.id or 0 for run in queries.open_runs(work.session)]:
        try:
            with work.savepoint():
                done = step(work, run_id)
        except Exception as fault:
            logger.exception("judging run %s cannot go on", run_id)
            stopped = stopped or fault
            continue
        if done:
            return done
    if stopped is not None:
        raise stopped
    return 0


# ---- with several processes ----------------------------------------------------------------------------------------------------------


def work_off(open_reading: Opener, open_writing: Opener, run_id: int, *, pool: Executor, ahead: int, watch: Callable[[int], None]) -> None:
    """Finish a run: slices are read here, judged ``ahead`` of the writing in the pool, and written here in their order.

    ``watch`` is told of the number of plots of each slice that was written. Killed at any moment, what was written stands with its
    cursor; called again it goes on from there, also behind slices that another process has done meanwhile.
    """
    while _forward(open_reading, open_writing, run_id, pool=pool, ahead=ahead, watch=watch):
        continue


def _forward(open_reading: Opener, open_writing: Opener, run_id: int, *, pool: Executor, ahead: int, watch: Callable[[int], None]) -> bool:
    """Work from where the cursor stands; True where another process moved it, so that the rest has to be read anew."""
    waiting: deque[tuple[Slice, Future[list[list[Judged]]]]] = deque()
    slices = _slices(open_reading, run_id)
    while True:
        while len(waiting) <= ahead and (part := next(slices, None)) is not None:
            waiting.append((part, pool.submit(judge_groups, part.groups)))
        if not waiting:
            return False
        part, verdicts = waiting.popleft()
        with open_writing() as work:
            run = queries.get_run(work.session, run_id, lock=True)
            if run.finished_at is not None:
                return False
            if (run.cursor_gi, run.cursor_plot) != part.after:
                return True
            keep(work, run, part, verdicts.result())
        watch(len(part.ground))


def _slices(open_reading: Opener, run_id: int) -> Iterator[Slice]:
    after: tuple[int, int] | None = None
    while True:
        with open_reading() as work:
            run = queries.get_run(work.session, run_id)
            if run.finished_at is not None:
                return
            after = after or (run.cursor_gi, run.cursor_plot)
            part = next_slice(work.session, run, LARGE_SLICE, after=after)
        yield part
        if part.last:
            return
        after = part.ends_at


# ---- one slice -----------------------------------------------------------------------------------------------------------------------


def next_slice(session: Session, run: JudgingRun, limit: int, *, after: tuple[int, int]) -> Slice:
    """Return the next plots of a run behind a cursor, grouped by GI and zone, with all that judging them needs."""
    ground = queries.next_ground(session, run, limit, after=after)
    areas = queries.versions_by_zone(session, {plot.gi_id for plot in ground})
    tolerances = {day: default_tolerance_m(session, day) for day in _days(run)}
    ordered = tuple(sorted(ground, key=lambda plot: (plot.gi_id, plot.zone, plot.id)))
    groups = [
        _group(run, zone, areas[gi_id], plots=tuple(plots), tolerances=tolerances)
        for (gi_id, zone), plots in groupby(ordered, key=lambda plot: (plot.gi_id, plot.zone))
    ]
    ends_at = (ground[-1].gi_id, ground[-1].id) if ground else after
    return Slice(after, ends_at, ordered, tuple(groups), last=len(ground) < limit)


def _days(run: JudgingRun) -> list[date]:
    return [run.judged_for] if run.since is None else [run.since, run.since - timedelta(days=1)]


def _group(
    run: JudgingRun, zone: str, areas: dict[str, tuple[Version, ...]], *, plots: tuple[PlotGround, ...], tolerances: dict[date, int]
) -> Group:
    before = None
    if run.since is not None:
        eve = run.since - timedelta(days=1)
        before = Basis(eve, tolerances[eve], deciding(areas, zone, without=(run.zone or "", run.since)))
    now = Basis(run.judged_for, tolerances[run.judged_for], deciding(areas, zone))
    return Group(tuple(plot.wkb for plot in plots), tuple(plot.accuracy_m for plot in plots), now, before)


def keep(work: Work, run: JudgingRun, part: Slice, verdicts: Sequence[Sequence[Judged]]) -> None:
    """Write the verdicts of a slice and what they changed, and move the cursor: one transaction."""
    found = [verdict for group in verdicts for verdict in group]
    judged = [(plot, now, before) for plot, (now, before) in zip(part.ground, found, strict=True)]
    changes = _changes(work, run, judged)
    _upsert(work, [_judgement(work, run, plot, verdict=now) for plot, now, _ in judged if now.area_version_id is not None])
    _insert_changes(work, changes)
    run.done += len(judged)
    run.changed += len(changes)
    run.cursor_gi, run.cursor_plot = part.ends_at
    if part.last:
        run.finished_at = work.now
    work.session.add(run)
    work.flush()


def _judgement(work: Work, run: JudgingRun, plot: PlotGround, *, verdict: OriginVerdict) -> dict[str, Any]:
    return {
        "plot_id": plot.id,
        "area_version_id": verdict.area_version_id,
        "plot_version": plot.version,
        "verdict": verdict.verdict.value,
        "reason": verdict.reason.value,
        "distance_m": verdict.distance_m,
        "tolerance_m": verdict.tolerance_m,
        "share_inside": verdict.share_inside,
        "judged_for": run.judged_for,
        "judged_at": work.now,
    }


def _changes(work: Work, run: JudgingRun, judged: list[tuple[PlotGround, OriginVerdict, OriginVerdict | None]]) -> list[dict[str, Any]]:
    """Return the plots whose verdict is another than the day before the change, or, without a change, than the one on file."""
    on_file = queries.kept(work.session, [plot.id for plot, _, _ in judged]) if run.since is None else {}
    rows = []
    for plot, now, before in judged:
        was = on_file.get((plot.id, now.area_version_id or 0)) if before is None else (before.verdict, before.reason, before.distance_m)
        if was is not None and was[0] != now.verdict:
            rows.append(
                {
                    "run_id": run.id,
                    "plot_id": plot.id,
                    "was_verdict": str(was[0]),
                    "was_reason": str(was[1]),
                    "was_distance_m": was[2],
                    "verdict": now.verdict.value,
                    "reason": now.reason.value,
                    "distance_m": now.distance_m,
                }
            )
    return rows


def _upsert(work: Work, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = _dialect(work).insert(PlotJudgement)
    values = {name: insert.excluded[name] for name in rows[0] if name not in {"plot_id", "area_version_id"}}
    as_new = PlotJudgement.plot_version <= insert.excluded["plot_version"]  # a plot edited while its slice waited was judged at once
    upsert = insert.on_conflict_do_update(index_elements=["plot_id", "area_version_id"], set_=values, where=as_new)
    work.session.connection().execute(upsert, rows)


def _insert_changes(work: Work, rows: list[dict[str, Any]]) -> None:
    if rows:
        work.session.connection().execute(_dialect(work).insert(JudgingChange).on_conflict_do_nothing(), rows)


def _dialect(work: Work) -> Any:
    return postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
