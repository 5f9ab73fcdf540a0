"""What a recall reaches beyond the goods: runs of labels, how many were looked up, who holds them. Counts only, nobody's look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, and_, col, func, select

from gi_registry.batches.models import Batch
from gi_registry.batches.rules.life import LABELLABLE
from gi_registry.batches.service import reach_of, sold_without_source
from gi_registry.codes.models import CodeInterval
from gi_registry.codes.queries import Bound, bound_to
from gi_registry.codes.rules.intervals import Status
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.scans.models import FirstCheck
from gi_registry.workflow import Work

_AT_ONCE = 5_000


@dataclass(frozen=True)
class Looked:
    """Labels of a batch: how many were looked up while they were live, and how often in all."""

    labels: int = 0
    checks: int = 0


@dataclass(frozen=True)
class RecalledBatch:
    """A batch within reach of a recall, with its labels."""

    batch: Batch
    user: Authorisation
    activated: int
    looked: Looked


@dataclass(frozen=True)
class Beyond:
    """Another user who holds goods within reach: counts only."""

    user: Authorisation
    batches: int
    pending: int
    activated: int
    looked: Looked


@dataclass(frozen=True)
class RecallPage:
    """A recall before or after it was confirmed.

    ``rows`` and ``runs`` are what the actor may see; ``beyond`` are other users who hold goods of it, recalled with it, with their counts.
    """

    root: Batch
    authorisation: Authorisation
    gi: Gi
    rows: tuple[RecalledBatch, ...]
    runs: tuple[Bound, ...]
    numbers: Mapping[int, str]
    beyond: tuple[Beyond, ...]
    unnamed: int
    may_name: bool
    may_recall: bool

    @property
    def done(self) -> bool:
        """Whether the batch is recalled."""
        return self.root.state == "recalled"

    @property
    def _held(self) -> tuple[RecalledBatch | Beyond, ...]:
        return (*self.rows, *self.beyond)

    @property
    def batches(self) -> int:
        """How many batches the recall reaches, whoever holds them."""
        return len(self.rows) + sum(other.batches for other in self.beyond)

    @property
    def pending(self) -> int:
        """How many batches a confirmation would recall."""
        return sum(row.batch.state in LABELLABLE for row in self.rows) + sum(other.pending for other in self.beyond)

    @property
    def activated(self) -> int:
        """How many labels are on these goods."""
        return sum(row.activated for row in self._held)

    @property
    def looked_up(self) -> int:
        """How many of the labels were looked up."""
        return sum(row.looked.labels for row in self._held)

    @property
    def checks(self) -> int:
        """How often they were looked up."""
        return sum(row.looked.checks for row in self._held)

    @property
    def users(self) -> int:
        """How many users hold the goods."""
        return len({row.user.id for row in self._held})


def recall_page(work: Work, batch_id: int) -> RecallPage:
    """Return what a recall of a batch reaches; NotFound for a batch the actor may not see."""
    reach = reach_of(work, batch_id)
    session = work.session
    everything = (*reach.within, *reach.beyond)
    runs, looked = bound_to(session, [batch.id or 0 for batch in everything]), looked_up(session, [batch.id or 0 for batch in everything])
    activated: dict[int, int] = {}
    for run in runs:
        activated[run.batch_id] = activated.get(run.batch_id, 0) + run.labels
    users = {one: registry.get_authorisation(session, one) for one in {batch.authorisation_id for batch in everything}}
    rows = {
        one.id or 0: RecalledBatch(one, users[one.authorisation_id], activated.get(one.id or 0, 0), looked.get(one.id or 0, Looked()))
        for one in everything
    }
    seen = {batch.id or 0 for batch in reach.within}
    return RecallPage(
        root=reach.root,
        authorisation=registry.get_authorisation(session, reach.root.authorisation_id),
        gi=registry.get_gi(session, reach.root.gi_id),
        rows=tuple(row for batch_id, row in rows.items() if batch_id in seen),
        runs=tuple(run for run in runs if run.batch_id in seen),
        numbers={batch.id or 0: batch.number for batch in reach.within},
        beyond=_beyond([row for batch_id, row in rows.items() if batch_id not in seen]),
        unnamed=len(sold_without_source(work, reach.root)),
        may_name=work.allows("batch:declare", reach.root),
        may_recall=work.allows("batch:recall", reach.root),
    )


def _beyond(rows: Sequence[RecalledBatch]) -> tuple[Beyond, ...]:
    by_user: dict[int, list[RecalledBatch]] = {}
    for row in rows:
        by_user.setdefault(row.user.id or 0, []).append(row)
    return tuple(
        Beyond(
            held[0].user,
            len(held),
            sum(row.batch.state in LABELLABLE for row in held),
            sum(row.activated for row in held),
            Looked(sum(row.looked.labels for row in held), sum(row.looked.checks for row in held)),
        )
        for _user, held in sorted(by_user.items())
    )


def looked_up(session: Session, batch_ids: Sequence[int]) -> dict[int, Looked]:
    """Return how many labels of each batch were looked up and how often, by batch id; batches without a look-up are absent."""
    found: dict[int, Looked] = {}
    inside = and_(
        col(FirstCheck.range_id) == col(CodeInterval.range_id),
        col(FirstCheck.serial) >= col(CodeInterval.serial_from),
        col(FirstCheck.serial) < col(CodeInterval.serial_to),
    )
    for at in range(0, len(batch_ids), _AT_ONCE):
        query = (
            select(CodeInterval.batch_id, func.count(), func.sum(FirstCheck.count))
            .join(FirstCheck, inside)
            .where(col(CodeInterval.batch_id).in_(batch_ids[at : at + _AT_ONCE]), CodeInterval.status == Status.ACTIVATED)
            .where(col(CodeInterval.lifted_at).is_(None))
            .group_by(col(CodeInterval.batch_id))
        )
        found |= {batch_id: Looked(labels, int(checks or 0)) for batch_id, labels, checks in session.exec(query) if batch_id}
    return found


def run_rows(shown: RecallPage) -> list[Mapping[str, object]]:
    """Return the runs of labels as rows for CSV and JSON; serial numbers from 1, the last one included."""
    return [
        {
            "batch": shown.numbers[run.batch_id],
            "allotment": run.allotment,
            "range": run.label,
            "first": run.serial_from + 1,
            "last": run.serial_to,
            "labels": run.labels,
        }
        for run in shown.runs
    ]
