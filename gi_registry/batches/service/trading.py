"""Sales between users: what the buyer states, the seller confirms."""

from __future__ import annotations

from dataclasses import replace

from gi_registry.batches import queries
from gi_registry.batches.models import Batch
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.life import LABELLABLE
from gi_registry.batches.service.posting import SELL, key_of, lock_keys, not_overdrawn, post
from gi_registry.kernel.errors import Conflict, NotFound
from gi_registry.kernel.words import say
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, check_version


def confirm_sale(work: Work, batch_id: int, *, version: int | None = None) -> Batch:
    """Confirm, as the seller, that another user's purchase came from here: it leaves one's stock and counts for the buyer (domain §6).

    Raises Conflict for a purchase withdrawn, recalled or confirmed already, and where labels hold the entitlement that is sold.
    """
    batch = queries.get_batch(work.session, batch_id)
    if batch.supplier_authorisation_id is None:
        raise NotFound
    seller = registry.get_authorisation(work.session, batch.supplier_authorisation_id)
    work.require("batch:declare", seller)
    key = replace(key_of(batch), authorisation_id=seller.id or 0)
    lock_keys(work, key)
    batch = queries.locked_batch(work.session, batch_id)
    check_version(batch, version)
    if batch.sale_confirmed_on is not None:
        raise Conflict(say("这笔销售已经确认。"), remedy=say("请刷新页面。"))
    if batch.state not in LABELLABLE:
        raise Conflict(say("这笔购进已撤回或召回，不能确认。"), remedy=say("请与购进方核对；需要确认的，请其重新申报。"))
    held = queries.stock_by_grade(work.session, key)
    with not_overdrawn(work, key):
        postings = ledger.sale(batch.quantity, held=held, unit=batch.unit, grade=batch.account_grade)
        post(work, key, postings, tag=SELL, source_kind="batch", source_id=batch_id)
        batch.sale_confirmed_on = work.today
        work.record(batch, "batch:confirm_sale")
    return batch
