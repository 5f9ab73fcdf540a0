"""Pages of two-sided sales: what others say they bought here, and what became of one's own purchases."""

from __future__ import annotations

from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.rules.trade import TRADE_LIFE, TRADE_TONES
from gi_registry.batches.schemas import ConfirmFields, DisputeFields, Version, Why
from gi_registry.batches.service import goods_pages as pages
from gi_registry.kernel.words import say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

TRADE_COLUMNS = ("batch", "side", "partner", "year", "grade", "quantity", "seller_quantity", "unit", "traded_on", "answer_by", "state")
_WORDS = WORDS | {"trade_life": TRADE_LIFE, "tones": TRADE_TONES}


@bp.get("/authorisations/<int:authorisation_id>/trades")
@access("ledger:view")
def list_trades(authorisation_id: int) -> str | Response:
    """List the sales of an authorisation on both sides; what waits for its word comes first."""
    shown = pages.trades_page(current_work(), authorisation_id)
    if wanted() == "html":
        return page("batches/trades.html", shown=shown, **_WORDS)
    return table([_cells(row) for row in shown.rows], columns=TRADE_COLUMNS, name="trades")


def _cells(row: pages.TradeRow) -> dict[str, object]:
    trade = row.trade
    values = {name: getattr(trade, name, None) for name in TRADE_COLUMNS}
    values |= {"traded_on": trade.traded_on.isoformat(), "answer_by": trade.answer_by.isoformat()}
    return values | {"batch": row.batch.number, "side": "seller" if row.selling else "buyer", "partner": row.partner}


@bp.get("/trades/<int:trade_id>")
@access("ledger:view")
def show_trade(trade_id: int) -> str:
    """Show a sale with both figures and what either side may do now."""
    return page("batches/trade.html", shown=pages.trade_page(current_work(), trade_id), **_WORDS)


@bp.post("/trades/<int:trade_id>/confirm")
@access("batch:declare")
def confirm_trade(trade_id: int) -> Response:
    """Confirm, as the seller, what the buyer states."""
    reshow(show_trade, trade_id)
    form = read_form(ConfirmFields)
    service.confirm_trade(current_work(), trade_id, version=form.version, grade=form.grade)
    return redirect_with(say("已确认售出，数量从您的库存转出。"), "batches.show_trade", trade_id=trade_id)


@bp.post("/trades/<int:trade_id>/dispute")
@access("batch:declare")
def dispute_trade(trade_id: int) -> Response:
    """Say, as the seller, what was sold instead."""
    reshow(show_trade, trade_id)
    form = read_form(DisputeFields)
    service.dispute_trade(current_work(), trade_id, quantity=form.quantity, why=form.reason, version=form.version)
    return redirect_with(say("异议已送达购进方，双方数量一致前不计入对方的可贴标数量。"), "batches.show_trade", trade_id=trade_id)


@bp.post("/trades/<int:trade_id>/accept")
@access("batch:declare")
def accept_trade(trade_id: int) -> Response:
    """Take over, as the buyer, the seller's figure."""
    reshow(show_trade, trade_id)
    service.accept_trade(current_work(), trade_id, version=read_form(Version).version)
    return redirect_with(say("已按售出方的数量更正。"), "batches.show_trade", trade_id=trade_id)


@bp.post("/trades/<int:trade_id>/restate")
@access("batch:declare")
def restate_trade(trade_id: int) -> Response:
    """Ask the seller again after the period lapsed."""
    trade = service.restate_trade(current_work(), trade_id, version=read_form(Version).version)
    message = say("已再次请售出方确认，期限到 %(by)s。", by=trade.answer_by.isoformat())
    return redirect_with(message, "batches.show_trade", trade_id=trade_id)


@bp.post("/trades/<int:trade_id>/withdraw")
@access("batch:declare")
def withdraw_trade(trade_id: int) -> Response:
    """Take a purchase back, as the buyer."""
    reshow(show_trade, trade_id)
    form = read_form(Why)
    service.withdraw_trade(current_work(), trade_id, why=form.reason, version=form.version)
    return redirect_with(say("这笔购进已撤回。"), "batches.show_trade", trade_id=trade_id)
