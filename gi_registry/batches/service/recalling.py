"""Recall: a batch and everything made of it, in one transaction, with a leaf for each and a notice to every user concerned.

A producer recalls its own goods, the county those of its region; what went further is told to whoever holds it. A recall is not lifted.
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
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.workflow import Work, advance_all, check_version


@dataclass(frozen=True)
class Reach:
    """What a recall of a batch reaches: batches the actor may recall, and those of others beyond its reach; withdrawn ones are out."""

    root: Batch
    within: tuple[Batch, ...]
    beyond: tuple[Batch, ...]

    @property
    def standing(self) -> tuple[Batch, ...]:
        """Those within reach that are not recalled yet."""
        return tuple(batch for batch in self.within if batch.state in LABELLABLE)


def reach_of(work: Work, batch_id: int) -> Reach:
    """Return what a recall of a batch would reach (or did); NotFound for a batch the actor may not see."""
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:view", batch)
    return _reach(work, batch, batches_by_id(work.session, reads.downstream_ids(work.session, batch_id)))


def _reach(work: Work, root: Batch, found: Sequence[Batch]) -> Reach:
    standing = [batch for batch in found if batch.state != "withdrawn"]
    may = work.allows("batch:recall", root)
    within = [batch for batch in standing if work.allows("batch:recall" if may else "batch:view", batch)]
    ids = {batch.id for batch in within}
    return Reach(root, tuple(within), tuple(batch for batch in standing if batch.id not in ids))


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
    reach = _reach(work, batch, list(locked.values()))
    for found in reach.standing:
        found.reason = why if found.id == batch_id else _reason(batch, why)
    advance_all(work, reach.standing, BATCH_LIFE, "recall")
    _tell(work, reach, why)
    return batch


def _reason(root: Batch, why: str) -> str:
    return str(say("随批次 %(number)s 召回：%(why)s", number=root.number, why=why))


def _tell(work: Work, reach: Reach, why: str) -> None:
    """Tell each user concerned, once: of its batches that are recalled, or of goods it bought that their seller recalls."""
    own = work.actor.organisation_id
    recalled = _by_owner(reach.within)
    for owner, batches in recalled.items():
        if owner != own:
            values = {"number": reach.root.number, "count": len(batches), "first": batches[0].number}
            told = say("批次 %(number)s 已召回，您有 %(count)s 个批次一并召回", **values)
            _notify(work, owner, batches[0], told, why=why)
    for owner, batches in _by_owner(reach.beyond).items():
        if owner != own and owner not in recalled:
            told = say("您购进的货来自已召回的批次 %(number)s，请停止销售并召回", number=reach.root.number)
            _notify(work, owner, batches[0], told, why=why)


def _by_owner(batches: Sequence[Batch]) -> dict[int, list[Batch]]:
    found: dict[int, list[Batch]] = {}
    for batch in batches:
        if batch.owner_org_id is not None:
            found.setdefault(batch.owner_org_id, []).append(batch)
    return found


def _notify(work: Work, organisation_id: int, batch: Batch, title: Words, *, why: str) -> None:
    body = say("召回原因：%(why)s。请在批次页面查看范围和标识码区段。", why=why)
    notices.notify(work, organisation_id=organisation_id, title=title, body=body, link=f"/batches/{batch.id}/recall")
