"""What the office sees of verdicts that changed: the runs of a GI, how far each is, and which plots went from what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gi_registry.kernel.errors import NotFound
from gi_registry.origin import queries
from gi_registry.origin.models import JudgingRun
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work


@dataclass(frozen=True)
class JudgementsPage:
    """The runs that judged plots of a GI, newest first, and one of them: how many plots went from which verdict to which."""

    gi: Gi
    runs: Sequence[JudgingRun]
    run: JudgingRun | None
    movements: Mapping[tuple[str, str], int]

    @property
    def changed(self) -> int:
        """How many plots of the GI have another verdict."""
        return sum(self.movements.values())

    @property
    def changes(self) -> Any:
        """The query of the plots that changed, with their users."""
        return queries.changes_of((self.run.id or 0) if self.run else 0, self.gi.id or 0)


def judgements_page(work: Work, gi_id: int, run_id: int | None = None) -> JudgementsPage:
    """Return the runs of a GI and the one asked for, else the newest; NotFound for a GI of another region, or another GI's run."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("gi:view", gi)
    runs = queries.list_runs(work.session, gi_id)
    run = next((each for each in runs if each.id == run_id or run_id is None), None)
    if run is None and run_id is not None:
        raise NotFound
    return JudgementsPage(gi, runs, run, queries.movements_of(work.session, run.id or 0, gi_id) if run else {})
