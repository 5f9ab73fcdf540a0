"""How far each part of an authorisation's work is, for its task list: what the register, which stands below, cannot know itself."""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.batches.queries import list_batches
from gi_registry.codes.queries import counts, list_allotments
from gi_registry.kernel.words import Words, say
from gi_registry.origin.queries import plots_in_force
from gi_registry.registry.models import Authorisation
from gi_registry.reports.queries import obligations
from gi_registry.reports.rules.obligation import LABELS, Status
from gi_registry.workflow import Work

_TONES = {Status.OPEN: "waiting", Status.OVERDUE: "refused", Status.FILED: "settled", Status.LATE: "settled", Status.NOT_OPEN: "ended"}


@dataclass(frozen=True)
class TaskState:
    """One line's state: the words and their tone (settled, waiting, refused, ended, info)."""

    words: Words
    tone: str


def task_states(work: Work, authorisation: Authorisation) -> dict[str, TaskState]:
    """Return the state of plots, batches, codes and reports of an authorisation that the caller may see."""
    key = authorisation.id or 0
    plots = len(plots_in_force(work.session, key, gi_id=authorisation.gi_id, on=work.today))
    batches = len(list_batches(work.session, key, work.today.year))
    return {
        "plots": TaskState(say("%(n)s 块", n=plots), "settled" if plots else "waiting"),
        "batches": TaskState(say("%(year)s 年 %(n)s 批", year=work.today.year, n=batches), "settled" if batches else "info"),
        "codes": _codes(work, key),
        "reports": _reports(work, key),
    }


def _codes(work: Work, authorisation_id: int) -> TaskState:
    if not list_allotments(work.session, authorisation_id):
        return TaskState(say("尚未领取"), "info")
    stock = counts(work.session, authorisation_id, work.today.year).closing
    return TaskState(say("结存 %(n)s 枚", n=stock), "settled")


def _reports(work: Work, authorisation_id: int) -> TaskState:
    year = work.today.year - 1
    owed = obligations(work.session, year, today=work.today, condition=Authorisation.id == authorisation_id)  # type: ignore[arg-type]  # a column
    if not owed:
        return TaskState(say("%(year)s 年度无须报送", year=year), "ended")
    status = owed[0].status
    return TaskState(say("%(year)s 年度%(status)s", year=year, status=LABELS[status]), _TONES[status])
