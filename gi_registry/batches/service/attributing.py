"""Which batch a sale came from, as the seller says: it joins the graphs of two users, so that a recall finds what was sold on.

The trade moved the goods already; here they are only put down to their batch, so that what is left of it falls.
"""

from __future__ import annotations

from collections.abc import Sequence

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, Process, ProcessInput, ProcessOutput
from gi_registry.batches.queries import process as reads
from gi_registry.batches.queries.trace import downstream_ids
from gi_registry.batches.rules import process as rules
from gi_registry.batches.rules.amounts import with_unit
from gi_registry.batches.rules.ledger import Account, Posting, reverse
from gi_registry.batches.rules.process import PROCESS_LIFE, ProcessKind
from gi_registry.batches.service.posting import key_of, lock_keys, post
from gi_registry.batches.service.recalling import carry_recall
from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, begin

FROM_BATCH, UNNAMED = "sale:from_batch", "sale:unnamed"


def sold_without_source(work: Work, batch: Batch) -> Sequence[Batch]:
    """Return the confirmed purchases of others that may have come from a batch and name no source yet."""
    sold = reads.sold_by(work.session, batch.authorisation_id)
    named = reads.made_by_any(work.session, [purchase.id or 0 for purchase in sold])
    return [purchase for purchase in sold if purchase.id not in named and _alike(purchase, batch)]


def _alike(purchase: Batch, batch: Batch) -> bool:
    same = (purchase.account_year, purchase.unit, purchase.commodity) == (batch.account_year, batch.unit, batch.commodity)
    return purchase.sale_confirmed_on is not None and same


def name_source(work: Work, batch_id: int, *, purchase_id: int) -> Process:
    """Say, as the seller, that a confirmed purchase of another user came from a batch of one's own.

    Where the batch is recalled, the purchase and what was made of it are recalled with it.
    Raises Invalid for a purchase that is not of these goods or has its source, Conflict where the batch has less left or is the younger,
    or where more was made of the purchase while one waited for the locks.
    """
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:declare", batch)
    purchase = work.session.get(Batch, purchase_id)
    if purchase is None or purchase.supplier_authorisation_id != batch.authorisation_id:
        raise NotFound
    locked = _locked_with_made(work, batch, purchase_id)
    batch, purchase = locked[batch_id], locked[purchase_id]
    if not _alike(purchase, batch) or reads.process_that_made(work.session, purchase_id) is not None:
        raise invalid("purchase_id", say("这笔售出与本批的年度、品名或单位不同，或已指明来源。"), say("请从列出的售出中选择。"))
    _refuse_impossible(work, batch, purchase)
    process = _store(work, batch, purchase)
    if batch.state == "recalled":
        carry_recall(work, batch)
    return process


def _locked_with_made(work: Work, batch: Batch, purchase_id: int) -> dict[int, Batch]:
    """Lock a batch, a purchase and what was made of it: a recall of the batch, made or coming, reaches all of them."""
    ids = downstream_ids(work.session, purchase_id)
    lock_keys(work, key_of(batch), *{key_of(found).quota for found in reads.batches_by_id(work.session, ids)})
    if downstream_ids(work.session, purchase_id) != ids:
        raise Conflict(say("在您办理期间，这批货又做成了新的批次。"), remedy=say("请刷新页面，再办一次。"))
    return reads.locked_batches(work.session, [batch.id or 0, *ids])


def _refuse_impossible(work: Work, batch: Batch, purchase: Batch) -> None:
    if (purchase.id or 0) <= (batch.id or 0):
        raise Conflict(say("本批的申报晚于这笔购进，不能作为它的来源。"), remedy=say("请核对批次；补报的采收请联系主管部门。"))
    left = queries.left_by_batch(work.session, batch.authorisation_id, batch.id or 0).get(batch.id or 0, 0)
    sold = queries.balances_of(work.session, key_of(batch)).get(Account.SOLD, 0)
    if purchase.quantity > min(left, sold):
        raise Conflict(
            say(
                "这笔售出 %(asked)s，本批可以归入的只有 %(left)s。",
                asked=with_unit(purchase.quantity, purchase.unit),
                left=with_unit(max(0, min(left, sold)), batch.unit),
            ),
            remedy=say("请选择其他批次；确认售出时选了别的等级的，请选那个等级的批次。"),
        )


def _store(work: Work, batch: Batch, purchase: Batch) -> Process:
    process = Process(
        authorisation_id=batch.authorisation_id,
        owner_org_id=batch.owner_org_id,
        authority_division=batch.authority_division,
        gi_id=batch.gi_id,
        kind=ProcessKind.SALE.value,
        step=rules.STEP_OF[ProcessKind.SALE].value,
        on_date=purchase.harvested_on or purchase.sale_confirmed_on or work.today,
        unit=batch.unit,
        state=PROCESS_LIFE.initial,
        created_at=work.now,
    )
    begin(process, PROCESS_LIFE)
    work.record(process, "process:name_source")
    work.flush()
    work.record(ProcessInput(process_id=process.id or 0, batch_id=batch.id or 0, quantity=purchase.quantity), "process:take")
    work.record(ProcessOutput(process_id=process.id or 0, batch_id=purchase.id or 0, quantity=purchase.quantity), "process:make")
    work.flush()
    moved = (Posting(Account.STOCK, -purchase.quantity), Posting(Account.SOLD, purchase.quantity))
    key, source = key_of(batch), process.id or 0
    post(work, key, reverse(moved), tag=UNNAMED, source_kind="process", source_id=source, on_date=process.on_date)
    post(work, key, moved, tag=FROM_BATCH, source_kind="process", source_id=source, batch_id=batch.id, on_date=process.on_date)
    return process
