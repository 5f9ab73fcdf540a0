"""Recall: a batch and everything made of it, in one transaction, with a leaf for each and a notice to every user concerned.

A producer recalls its own goods, the county those of its region; what was sold on goes with them, whoever holds it (Food Safety Law,
Article 63: food already sold is recalled, and whoever deals in it is told and stops). A recall is not lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gi_registry.batches import queries
from gi_registry.batches.models import Batch
from gi_registry.batches.queries import trace as reads
from gi_registry.batches.queries.process import batches_by_id, locked_batches
from gi_registry.batches.rules.life import BATCH_LIFE, LABELLABLE
from gi_registry.batches.service.posting import key_of, lock_keys
from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import say
from gi_registry.notices import service as notices
from gi_registry.workflow import Work, advance_all, check_version


@dataclass(frozen=True)
class Reach:
    """What a recall of a batch reaches: batches the actor may see, and those of others, of which it sees the holder and counts only.

    Withdrawn ones are out.
    """

    root: Batch
    within: tuple[Batch, ...]
    beyond: tuple[Batch, ...]

    @property
    def standing(self) -> tuple[Batch, ...]:
        """Those that are not recalled yet, whoever holds them."""
        return tuple(batch for batch in (*self.within, *self.beyond) if batch.state in LABELLABLE)


def reach_of(work: Work, batch_id: int) -> Reach:
    """Return what a recall of a batch would reach (or did); NotFound for a batch the actor may not see."""
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:view", batch)
    return _reach(work, batch, batches_by_id(work.session, reads.downstream_ids(work.session, batch_id)))


def _reach(work: Work, root: Batch, found: Sequence[Batch]) -> Reach:
    standing = [batch for batch in found if batch.state != "withdrawn"]
    seen = {batch.id: work.allows("batch:view", batch) for batch in standing}
    return Reach(root, tuple(one for one in standing if seen[one.id]), tuple(one for one in standing if not seen[one.id]))


def recall_batch(work: Work, batch_id: int, *, why: str, version: int | None = None) -> Batch:
    """Recall a batch and everything made of it: their labels answer *recalled* from now on, nothing more is labelled or processed.

    Raises Conflict for a batch recalled already, and where more was made of it while one waited for the locks: look again.
    """
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:recall", batch)
    ids = reads.downstream_ids(work.session, batch_id)
    lock_keys(work, *{key_of(found).quota for found in batches_by_id(work.session, ids)})
    if reads.downstream_ids(work.session, batch_id) != ids:
        raise Conflict(say("在您办理期间，这批货又做成了新的批次。"), remedy=say("请重新查看召回范围，再次确认。"))
    locked = locked_batches(work.session, ids)
    batch = locked[batch_id]
    check_version(batch, version)
    BATCH_LIFE.after(batch.state, "recall")
    standing = _reach(work, batch, list(locked.values())).standing
    for found in standing:
        found.reason = why if found.id == batch_id else _reason(batch, why)
    advance_all(work, standing, BATCH_LIFE, "recall")
    _tell(work, batch, standing, why)
    return batch


def carry_recall(work: Work, batch: Batch) -> None:
    """Recall what was found, after the recall of a batch, to have been made of it: a sale that is put down to it late. Its locks are held.

    The reason goes with it.
    """
    found = batches_by_id(work.session, reads.downstream_ids(work.session, batch.id or 0))
    late = [one for one in found if one.state in LABELLABLE]
    for one in late:
        one.reason = _reason(batch, batch.reason)
    advance_all(work, late, BATCH_LIFE, "recall")
    _tell(work, batch, late, batch.reason)


def _reason(root: Batch, why: str) -> str:
    return str(say("随批次 %(number)s 召回：%(why)s", number=root.number, why=why))


def _tell(work: Work, root: Batch, recalled: Sequence[Batch], why: str) -> None:
    """Tell each user whose goods are recalled, once; not the one who acts."""
    for owner, batches in _by_owner(recalled).items():
        if owner != work.actor.organisation_id:
            title = say("批次 %(number)s 已召回，您有 %(count)s 个批次一并召回", number=root.number, count=len(batches))
            body = say("召回原因：%(why)s。请在批次页面查看范围和标识码区段。", why=why)
            notices.notify(work, organisation_id=owner, title=title, body=body, link=f"/batches/{batches[0].id}/recall")


def _by_owner(batches: Sequence[Batch]) -> dict[int, list[Batch]]:
    found: dict[int, list[Batch]] = {}
    for batch in batches:
        if batch.owner_org_id is not None:
            found.setdefault(batch.owner_org_id, []).append(batch)
    return found
