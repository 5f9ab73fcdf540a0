"""Kind of rows: purchases (sales between users, or from one's own farmers, with what the seller said)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.bulk import authorisation_named, farmer_cells, farmer_named, lock_rows, plain, product_named
from gi_registry.batches.models import Batch, Trade
from gi_registry.batches.rules.trade import TRADE_LIFE
from gi_registry.batches.schemas import AnswerRow, BatchFields
from gi_registry.batches.service import find_trade, record_answer, store_batch, store_state
from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import Duplicate, invalid
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.origin.queries import get_farmer
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.registry.rules import Unit
from gi_registry.workflow import Work

WITHDRAWN = "withdrawn"
COLUMNS = (
    Column("number", say("批次号"), "GJ-0001", required=True, explain=say("购进批次的编号，本系统内唯一。")),
    Column("buyer", say("购进方登记号"), "SQ-0001", required=True, explain=say("用标登记的登记号。")),
    Column("seller", say("售出方登记号"), "SQ-0002", explain=say("售出方是用标人的填写；与农户二选一。")),
    Column("farmer", say("农户"), "", explain=say("向签约农户收购的填写姓名。")),
    Column("farmer_contract", say("合同编号"), "", explain=say("与农户的合同编号，可空。")),
    Column("product", say("产品名称"), "", explain=say("已登记的产品；空则须填计量单位。")),
    Column("grade", say("等级"), "", explain=say("与产品登记的等级一致。")),
    Column("commodity", say("原料名称"), "", explain=say("还须加工的原料，例如鲜叶；已是产品的留空。")),
    Column(
        "unit",
        say("计量单位"),
        "piece",
        explain=say("g 按公斤填写，piece 按件填写；填了产品的可空。"),
        form=Form.CHOICE,
        choices=tuple(Unit),
    ),
    Column("zone", say("分区"), "", explain=say("没有分区的留空。")),
    Column("year", say("计入年度"), "2025", required=True, explain=say("货物采收、也计入额度的年度。"), form=Form.NUMBER),
    Column("traded_on", say("购进日期"), "2025-09-25", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("quantity", say("购进方申报的数量"), "1000", required=True, explain=say("公斤或件。"), form=Form.NUMBER),
    Column("evidence", say("凭证"), "", explain=say("过磅单或农户签收的收购清单的编号。")),
    Column(
        "state",
        say("双方状态"),
        "confirmed",
        explain=say("stated 待售出方确认、confirmed 双方一致、disputed 双方数量不一致、lapsed 逾期未确认、withdrawn 已撤回；空为 stated。"),
        form=Form.CHOICE,
        choices=TRADE_LIFE.states,
    ),
    Column("seller_quantity", say("售出方数量"), "", explain=say("售出方自己的数字，公斤或件；相同的可空。"), form=Form.NUMBER),
    Column("answered_on", say("答复日期"), "2025-09-28", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("reason", say("异议理由"), "", explain=say("双方数量不一致的必填。")),
)


def _prepare(work: Work, rows: Iterable[Mapping[str, str]]) -> None:
    lock_rows(work, ((row[side], row["year"], row) for row in rows for side in ("buyer", "seller")))


def _store(work: Work, row: Mapping[str, str]) -> Note | None:
    buyer = authorisation_named(work, row, "buyer")
    work.require("rows:import", buyer)
    answer = read_row(AnswerRow, row)
    known = queries.find_batch(work.session, row["number"])
    batch = known or _stated(work, buyer, row)
    trade = find_trade(work.session, batch.id or 0)
    if trade is None or (known and not _same_sale(work.session, trade, batch, row)):
        raise _other_content(row)
    on_file = _state_of(trade, batch)
    said = on_file == answer.state or (on_file == "confirmed" and known is None)
    if known and said:
        return UNCHANGED
    warnings: tuple[Words, ...] = tuple(unpacked(warning) for warning in batch.warnings) if known is None else ()
    if known and WITHDRAWN in (answer.state, on_file):
        raise _other_content(row)
    if answer.state == WITHDRAWN:
        store_state(work, batch, WITHDRAWN)
    elif not said:
        warnings += tuple(record_answer(work, trade.id or 0, answer=answer))
    return Note(warnings=warnings)


def _other_content(row: Mapping[str, str]) -> Duplicate:
    reason = say("批次 %(number)s 已登记，内容不同。", number=row["number"])
    return Duplicate(reason, remedy=say("购进不改写：有误的请撤回，再以新批次号申报。"))


def _state_of(trade: Trade, batch: Batch) -> str:
    """The state a file tells: a purchase from a farmer is agreed at once, and withdrawn with its batch."""
    return WITHDRAWN if batch.state == WITHDRAWN else trade.state


def _stated(work: Work, buyer: Authorisation, row: Mapping[str, str]) -> Batch:
    if bool(row["seller"]) == bool(row["farmer"]):
        raise invalid("seller", say("售出方登记号和农户应填且只填一个。"), say("向用标人购进的填登记号，向签约农户收购的填姓名。"))
    if row["seller"]:
        authorisation_named(work, row, "seller")
    named = {"supplier_farmer_id": farmer_named(work, buyer, row), "product_id": product_named(work, buyer, row)}
    cells = {name: row[name] for name in ("grade", "commodity", "unit", "zone", "quantity", "evidence")}
    cells |= {"kind": "purchase", "harvest_year": row["year"], "harvested_on": row["traded_on"], "supplier_number": row["seller"]}
    return store_batch(work, buyer.id or 0, number=row["number"], fields=read_row(BatchFields, cells, **named))


def _same_sale(session: Session, trade: Trade, batch: Batch, row: Mapping[str, str]) -> bool:
    on_file = _cells(session, trade, batch)
    asked = ("buyer", "seller", "farmer", "year", "quantity")
    return all(row[name].replace(",", "") == on_file[name] for name in asked)


def _dump(session: Session) -> Iterator[dict[str, str]]:
    for trade, batch in queries.every_trade(session):
        yield _cells(session, trade, batch)


def _cells(session: Session, trade: Trade, batch: Batch) -> dict[str, str]:
    farmer = get_farmer(session, trade.seller_farmer_id)
    seller = trade.seller_authorisation_id
    product = registry.get_product(session, batch.product_id) if batch.product_id else None
    values: dict[str, object] = {name: getattr(trade, name) for name in ("commodity", "unit", "zone", "year", "evidence", "reason")}
    values |= {
        "number": batch.number,
        "buyer": registry.get_authorisation(session, trade.buyer_authorisation_id).number,
        "seller": registry.get_authorisation(session, seller).number if seller else "",
        **farmer_cells(farmer),
        "state": _state_of(trade, batch),
        "product": product.name if product else "",
        "grade": batch.grade,
        "traded_on": batch.harvested_on or "",
        "quantity": plain(trade.quantity, trade.unit),
        "seller_quantity": "" if trade.seller_quantity is None else plain(trade.seller_quantity, trade.unit),
        "answered_on": trade.answered_on or "",
    }
    return {name: str(value) for name, value in values.items()}


PURCHASES = Kind("purchases", say("购销"), COLUMNS, _store, _dump, prepare=_prepare)
