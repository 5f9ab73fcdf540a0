"""Judge plots again where an area changed: in slices, each with its cursor in one transaction, so that a kill loses and doubles nothing."""

from __future__ import annotations

from datetime import date

from gi_registry.origin import queries
from gi_registry.origin.models import JudgingRun
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work


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
