"""Sales between users: what the buyer states, the seller confirms within a period, or disputes with a figure of its own.

Every act locks the quota rows of both sides in one order, then the batch, then the sale, and is refused with figures where a stock or an
entitlement would not hold it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, Trade
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules import ledger
from gi_registry.batches.rules import trade as rules
from gi_registry.batches.rules.amounts import read_amount, with_unit
from gi_registry.batches.rules.life import LABELLABLE
from gi_registry.batches.rules.trade import TRADE_LIFE
from gi_registry.batches.schemas import AnswerRow
from gi_registry.batches.service import sellers
from gi_registry.batches.service.declaring import withdraw_batch
from gi_registry.batches.service.posting import SELL, available_of_batch, key_of, lock_keys, not_overdrawn, post
from gi_registry.kernel.errors import Conflict, MassBalanceExceeded, NotFound, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, advance, check_version

CORRECT = "trade:correct"
AT_ONCE = 200


@dataclass(frozen=True)
class _Locked:
    """A sale with everything it touches locked: the batch, and the keys of both sides (the seller's as the batch's goods there)."""

    trade: Trade
    batch: Batch
    buyer: LedgerKey
    seller: LedgerKey


def view_trade(work: Work, trade_id: int) -> Trade:
    """Return a sale to either side or to an officer of its region; NotFound for everybody else."""
    trade = queries.get_trade(work.session, trade_id)
    seller = registry.get_authorisation(work.session, trade.seller_authorisation_id) if trade.seller_authorisation_id else None
    if seller is None or not work.allows("ledger:view", seller):
        work.require("ledger:view", trade)
    return trade


def confirm_sale(work: Work, batch_id: int, *, version: int | None = None, grade: str | None = None) -> Batch:
    """Confirm, as the seller, that another user's purchase came from here: it leaves one's stock and counts for the buyer (domain §6).

    ``version`` is the batch's. Raises Conflict for a purchase withdrawn, recalled or confirmed already, and where labels hold the
    entitlement that is sold; MassBalanceExceeded where the seller's stock holds less.
    """
    batch = queries.get_batch(work.session, batch_id)
    if batch.supplier_authorisation_id is None:
        raise NotFound
    work.require("batch:declare", registry.get_authorisation(work.session, batch.supplier_authorisation_id))
    check_version(batch, version)
    if batch.sale_confirmed_on is not None:
        raise Conflict(say("这笔销售已经确认。"), remedy=say("请刷新页面。"))
    confirm_trade(work, sellers.trade_of(work, batch).id or 0, grade=grade)
    return batch


def confirm_trade(work: Work, trade_id: int, *, version: int | None = None, grade: str | None = None) -> Trade:
    """Confirm a sale as the seller, with the buyer's figure, after a dispute too; ``grade`` says from which stock (default: the buyer's).

    Raises as ``confirm_sale``.
    """
    held = _as_seller(work, trade_id, version)
    if held.batch.state not in LABELLABLE:
        raise Conflict(say("这笔购进已撤回或召回，不能确认。"), remedy=say("请与购进方核对；需要确认的，请其重新申报。"))
    TRADE_LIFE.after(held.trade.state, "confirm")
    if held.trade.seller_quantity is not None:
        held.trade.seller_quantity = held.trade.quantity  # its own figure of a dispute stays in the history
    _agree(work, held, held.trade.quantity, action="confirm", grade=grade)
    _tell(work, held.trade.buyer_authorisation_id, held, say("售出方已确认您的购进 %(number)s", number=held.batch.number))
    return held.trade


def dispute_trade(work: Work, trade_id: int, *, quantity: str, why: str, version: int | None = None) -> Trade:
    """Say, as the seller, what one sold instead (kilograms or pieces; 0: nothing) and why; the buyer and the county see both figures."""
    held = _as_seller(work, trade_id, version)
    own = rules.own_figure(read_amount(quantity, held.trade.unit, "quantity"), held.trade.quantity, unit=held.trade.unit)
    held.trade.seller_quantity, held.trade.reason, held.trade.answered_on = own, why, work.today
    advance(work, held.trade, TRADE_LIFE, "dispute")
    told = say("售出方对购进 %(number)s 的数量有异议：售出方称 %(own)s", number=held.batch.number, own=with_unit(own, held.trade.unit))
    _tell(work, held.trade.buyer_authorisation_id, held, told)
    return held.trade


def accept_trade(work: Work, trade_id: int, *, version: int | None = None) -> Trade:
    """Take over, as the buyer, the seller's figure: the purchase is corrected, the goods leave the seller's stock, the sale counts.

    Raises Conflict where the seller sold nothing or its books do not hold the sale, MassBalanceExceeded where the goods that are too many
    are no longer there.
    """
    held = _as_buyer(work, trade_id, version)
    TRADE_LIFE.after(held.trade.state, "accept")
    agreed = rules.acceptable(held.trade.seller_quantity)
    with not_overdrawn(work, held.buyer):
        _correct(work, held, agreed)
        held.trade.quantity = agreed
        with _sellers_stock_unseen(held, agreed):
            _agree(work, held, agreed, action="accept", grade=None)
    _tell(work, held.trade.seller_authorisation_id, held, say("购进方已按您的数量更正 %(number)s", number=held.batch.number))
    return held.trade


def withdraw_trade(work: Work, trade_id: int, *, why: str, version: int | None = None) -> Trade:
    """Take a purchase back, as the buyer, before the seller confirmed it; its batch is withdrawn with it."""
    trade = queries.get_trade(work.session, trade_id)
    work.require("batch:declare", trade)
    check_version(trade, version)
    TRADE_LIFE.after(trade.state, "withdraw")
    withdraw_batch(work, trade.batch_id, why=why)
    return trade


def restate_trade(work: Work, trade_id: int, *, version: int | None = None) -> Trade:
    """Ask the seller again, as the buyer, after the period lapsed: a new period begins."""
    held = _as_buyer(work, trade_id, version)
    period = policy.at(work.session, sellers.PERIOD, held.trade.authority_division, work.today)
    held.trade.answer_by, held.trade.period_version = work.today + timedelta(days=int(period.value)), period.version
    advance(work, held.trade, TRADE_LIFE, "restate")
    sellers.ask_seller(work, held.trade, held.batch)
    return held.trade


def record_answer(work: Work, trade_id: int, *, answer: AnswerRow) -> list[Words]:
    """Store what a file says of the seller's word as stated; return what is odd about it: a stock that holds less than was sold.

    Raises Invalid for a dispute without a reason or a figure, IllegalTransition where the sale is past that.
    """
    held = _locked(work, queries.get_trade(work.session, trade_id), None)
    trade, unit = held.trade, held.trade.unit
    trade.answered_on = answer.answered_on
    if answer.seller_quantity:
        trade.seller_quantity = read_amount(answer.seller_quantity, unit, "seller_quantity")
    if answer.state == "disputed":
        if not (answer.reason and answer.seller_quantity):
            raise invalid("reason", say("双方数量不一致的，没有写明售出方的数量和理由。"), say("请补上售出方数量和异议理由。"))
        trade.reason = answer.reason
    if answer.state != "confirmed" or trade.seller_authorisation_id is None:
        advance(work, trade, TRADE_LIFE, _STEPS[answer.state])
        return []
    taken = ledger.draw(trade.quantity, queries.stock_by_grade(work.session, held.seller), grade=trade.grade)
    postings = rules.sale_as_stated(trade.quantity, taken, farmer_id=0, grade=trade.grade)
    post(work, held.seller, postings, tag=SELL, source_kind="batch", source_id=trade.batch_id, on_date=answer.answered_on)
    sellers.settle(work, trade, held.batch, action="confirm", on=answer.answered_on)
    lacking = trade.quantity - sum(taken.values())
    return [say("售出方的库存比售出的少 %(amount)s，来源未申报。", amount=with_unit(lacking, unit))] if lacking else []


_STEPS = {"stated": "restate", "confirmed": "confirm", "disputed": "dispute", "lapsed": "lapse"}


def lapse_trades(work: Work) -> int:
    """End the wait for sellers whose period is over, and put older purchases that still wait on file as sales; return how many moved."""
    for batch in queries.purchases_without_trade(work.session, limit=AT_ONCE):
        sellers.trade_of(work, batch)
    moved = 0
    for waiting in queries.overdue_trades(work.session, work.today, limit=AT_ONCE):
        trade = queries.locked_trade(work.session, waiting.id or 0)
        if not (trade.state == TRADE_LIFE.initial and trade.answer_by < work.today):
            continue
        advance(work, trade, TRADE_LIFE, "lapse")
        _tell_lapsed(work, trade)
        moved += 1
    return moved


def _as_seller(work: Work, trade_id: int, version: int | None) -> _Locked:
    trade = view_trade(work, trade_id)
    if trade.seller_authorisation_id is None:
        raise NotFound
    work.require("batch:declare", registry.get_authorisation(work.session, trade.seller_authorisation_id))
    return _locked(work, trade, version)


def _as_buyer(work: Work, trade_id: int, version: int | None) -> _Locked:
    trade = view_trade(work, trade_id)
    work.require("batch:declare", trade)
    return _locked(work, trade, version)


def _locked(work: Work, trade: Trade, version: int | None) -> _Locked:
    buyer = key_of(queries.get_batch(work.session, trade.batch_id))
    seller = LedgerKey(trade.seller_authorisation_id or 0, trade.gi_id, trade.year, trade.zone, trade.unit, commodity=trade.commodity)
    lock_keys(work, buyer, *([seller] if trade.seller_authorisation_id else []))
    batch = queries.locked_batch(work.session, trade.batch_id)
    trade = queries.locked_trade(work.session, trade.id or 0)
    check_version(trade, version)
    return _Locked(trade, batch, buyer, seller)


def _agree(work: Work, held: _Locked, quantity: int, *, action: str, grade: str | None) -> None:
    """The goods leave the seller's stock and the sale counts for both, unless labels hold the entitlement that goes with them."""
    with ExitStack() as stack:
        if not held.seller.commodity:
            stack.enter_context(not_overdrawn(work, held.seller))
        stock = queries.stock_by_grade(work.session, held.seller)
        postings = ledger.sale(quantity, held=stock, unit=held.trade.unit, grade=held.trade.grade if grade is None else grade)
        post(work, held.seller, postings, tag=SELL, source_kind="batch", source_id=held.trade.batch_id)
        sellers.settle(work, held.trade, held.batch, action=action)


@contextmanager
def _sellers_stock_unseen(held: _Locked, agreed: int) -> Iterator[None]:
    """Tell a buyer that the seller's books do not hold the sale, without the seller's figures."""
    try:
        yield
    except Conflict as refusal:
        raise Conflict(
            say("售出方台账上的库存或额度不够转出 %(n)s，暂时不能采纳。", n=with_unit(agreed, held.trade.unit)),
            remedy=say("请售出方补报批次后再采纳，或由其直接确认。"),
        ) from refusal


def _correct(work: Work, held: _Locked, agreed: int) -> None:
    batch = held.batch
    product = agreed if batch.commodity else agreed * batch.conversion_permille // 1000
    gone, there = batch.product_quantity - product, available_of_batch(work.session, batch.id or 0)
    if gone > there:
        raise MassBalanceExceeded(
            say(
                "更正要减少 %(gone)s，这个批次只剩 %(there)s。",
                gone=with_unit(gone, batch.unit),
                there=with_unit(there, batch.unit),
            ),
            remedy=say("已贴标或已加工的部分不能减少，请与售出方重新核对数量。"),
        )
    postings = rules.correction((batch.quantity, batch.product_quantity), (agreed, product))
    post(work, held.buyer, postings, tag=CORRECT, source_kind="trade", source_id=held.trade.id or 0, batch_id=batch.id)
    batch.quantity, batch.product_quantity = agreed, product


def _tell(work: Work, authorisation_id: int | None, held: _Locked, title: Words) -> None:
    found = registry.get_authorisation(work.session, authorisation_id or 0)
    if found.organisation_id is not None:
        body = say("批次 %(number)s：双方的数量和状态见这笔购销的页面。", number=held.batch.number)
        notices.notify(work, organisation_id=found.organisation_id, title=title, body=body, link=f"/trades/{held.trade.id}")


def _tell_lapsed(work: Work, trade: Trade) -> None:
    batch = queries.get_batch(work.session, trade.batch_id)
    buyer = registry.get_authorisation(work.session, trade.buyer_authorisation_id)
    if buyer.organisation_id is None:
        return
    notices.notify(
        work,
        organisation_id=buyer.organisation_id,
        title=say("购进 %(number)s 逾期未获售出方确认", number=batch.number),
        body=say("售出方在 %(by)s 前没有确认，这笔购进暂不计入可贴标数量；可以再次请其确认，或撤回。", by=trade.answer_by.isoformat()),
        link=f"/trades/{trade.id}",
    )
