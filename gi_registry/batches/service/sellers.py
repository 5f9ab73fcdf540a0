"""Who sold what a batch was bought from: another user, who is asked, or a farmer of one's own, who signed a list."""

from __future__ import annotations

from datetime import date, timedelta

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, Trade
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules.amounts import with_unit
from gi_registry.batches.rules.ledger import Postings
from gi_registry.batches.rules.life import Kind, Origin
from gi_registry.batches.rules.trade import TRADE_LIFE, sale_as_stated
from gi_registry.batches.schemas import BatchFields
from gi_registry.batches.service.posting import key_of
from gi_registry.kernel.errors import NotFound, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.origin import queries as plots
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work, advance, begin

PERIOD = "batches.trade-days"


def supplier_of(work: Work, authorisation: Authorisation, fields: BatchFields) -> int | None:
    """Return the authorisation of the seller that a purchase names; raise Invalid for one unknown, one's own or of another GI."""
    if not fields.supplier_number:
        return None
    found = registry.find_authorisation(work.session, fields.supplier_number)
    if found is None:
        raise invalid(
            "supplier_number",
            say("没有登记号为 %(number)s 的用标登记。", number=fields.supplier_number),
            say("请核对售出方的登记号；售出方不是用标人的，这一项不填。"),
            value=fields.supplier_number,
        )
    same = found.organisation_id is not None and found.organisation_id == authorisation.organisation_id
    if found.id == authorisation.id or same:
        raise invalid(
            "supplier_number",
            say("购进方和售出方是同一单位。"),
            say("请填写实际的售出方；自有的货按采收申报。"),
            value=fields.supplier_number,
        )
    if found.gi_id != authorisation.gi_id:
        raise invalid(
            "supplier_number",
            say("登记号 %(number)s 是另一个地理标志的用标登记。", number=fields.supplier_number),
            say("请核对售出方的登记号；货物不是本地理标志产品的，这一项不填。"),
            value=fields.supplier_number,
        )
    return found.id


def own_farmer(work: Work, authorisation_id: int, farmer_id: int | None, *, field: str) -> int | None:
    """Return a farmer of the authorisation; raise Invalid for someone else's."""
    if farmer_id is not None and farmer_id not in {item.id for item in plots.farmers_of(work.session, authorisation_id)}:
        raise invalid(field, say("没有这位农户。"), say("请从农户名单中选择。"))
    return farmer_id


def farmers_side(work: Work, batch: Batch) -> tuple[Postings, list[Words]]:
    """Return what leaves the account of the farmer who sold a batch, and what is odd about it; nothing where a farmer did not.

    A form is refused beyond what the farmer's harvest holds (MassBalanceExceeded); a file is stored as stated.
    """
    if batch.supplier_farmer_id is None:
        return (), []
    held = queries.stock_by_grade(work.session, key_of(batch).of_farmer(batch.supplier_farmer_id))
    taken = ledger.draw(batch.quantity, held, grade=batch.account_grade)
    known = sum(taken.values())
    if batch.origin == Origin.FORM:
        ledger.refuse_beyond(batch.quantity, known, unit=batch.unit)
    postings = sale_as_stated(batch.quantity, taken, farmer_id=batch.supplier_farmer_id, grade=batch.account_grade)
    lacking = batch.quantity - known
    odd = [say("农户账上的采收比收购的少 %(amount)s，来源未申报。", amount=with_unit(lacking, batch.unit))] if lacking else []
    return postings, odd


def open_trade(work: Work, batch: Batch, buyer: Authorisation, *, evidence: str = "") -> Trade | None:
    """Put the two-sided sale of a purchase on file and ask the seller; None where the seller is neither a user nor a farmer of one's own.

    The seller's period is policy (``batches.trade-days``), from the day it was stated here. A farmer's signed list confirms at once.
    """
    if batch.kind != Kind.PURCHASE or (batch.supplier_authorisation_id is None and batch.supplier_farmer_id is None):
        return None
    period = policy.at(work.session, PERIOD, buyer.authority_division, work.today)
    trade = Trade(
        batch_id=batch.id or 0,
        owner_org_id=batch.owner_org_id,
        authority_division=batch.authority_division,
        buyer_authorisation_id=batch.authorisation_id,
        seller_authorisation_id=batch.supplier_authorisation_id,
        seller_farmer_id=batch.supplier_farmer_id,
        gi_id=batch.gi_id,
        year=batch.account_year,
        zone=batch.zone,
        unit=batch.unit,
        commodity=batch.commodity,
        grade=batch.account_grade,
        quantity=batch.quantity,
        traded_on=batch.harvested_on or work.today,
        answer_by=work.today + timedelta(days=int(period.value)),
        period_version=period.version,
        evidence=evidence,
        state=TRADE_LIFE.initial,
        origin=batch.origin,
        created_at=work.now,
    )
    begin(trade, TRADE_LIFE)
    work.record(trade, "trade:state")
    work.flush()
    if trade.seller_farmer_id is None:
        ask_seller(work, trade, batch)
    elif evidence:
        settle(work, trade, batch, action="confirm")
    return trade


def trade_of(work: Work, batch: Batch) -> Trade:
    """Return the two-sided sale of a purchase; one stated before trades were kept is put on file now."""
    found = queries.find_trade(work.session, batch.id or 0)
    if found is None:
        found = open_trade(work, batch, registry.get_authorisation(work.session, batch.authorisation_id))
    if found is None:
        raise NotFound
    return found


def settle(work: Work, trade: Trade, batch: Batch, *, action: str, on: date | None = None) -> None:
    """Take the step that makes both sides agree: from now on the purchase counts. ``on``: the day a file says it was."""
    trade.answered_on = batch.sale_confirmed_on = on or work.today
    advance(work, trade, TRADE_LIFE, action)
    work.record(batch, "batch:confirm_sale")


def withdraw_trade(work: Work, batch: Batch, *, why: str) -> None:
    """End the sale of a purchase that the buyer takes back."""
    trade = queries.find_trade(work.session, batch.id or 0)
    if trade is None:
        return
    trade.reason = why
    if TRADE_LIFE.allows(trade.state, "withdraw"):
        advance(work, trade, TRADE_LIFE, "withdraw")


def ask_seller(work: Work, trade: Trade, batch: Batch) -> None:
    """Tell the seller's organisation what waits for its word, and until when."""
    seller = registry.get_authorisation(work.session, trade.seller_authorisation_id or 0)
    buyer = registry.get_authorisation(work.session, trade.buyer_authorisation_id)
    if seller.organisation_id is None:
        return
    values = {
        "buyer": buyer.raw_name,
        "amount": with_unit(trade.quantity, trade.unit),
        "number": batch.number,
        "by": trade.answer_by.isoformat(),
    }
    notices.notify(
        work,
        organisation_id=seller.organisation_id,
        title=say("%(buyer)s 申报向您购进 %(amount)s，请确认", **values),
        body=say("批次 %(number)s：请在 %(by)s 前核对并确认，或写明您售出的数量；逾期未确认的不计入对方的可贴标数量。", **values),
        link=f"/trades/{trade.id}",
    )
