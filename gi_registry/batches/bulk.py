"""Kinds of rows: caps (yield caps) and batches. Quantities are kilograms for unit g, pieces for unit piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.models import Batch
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.amounts import UNITS, read_amount, write_amount
from gi_registry.batches.rules.caps import Per
from gi_registry.batches.rules.life import BATCH_LIFE, DECLARED_KINDS, CapStatus
from gi_registry.batches.rules.life import Kind as BatchKind
from gi_registry.batches.schemas import FIRST_YEAR, LAST_YEAR, BatchFields, CapFields
from gi_registry.batches.service import Share, set_cap, store_batch, store_state
from gi_registry.batches.service.caps import already_said, knows_zone
from gi_registry.batches.service.posting import lock_keys
from gi_registry.bulk.rules import UNCHANGED, Column, Form, Kind, Note
from gi_registry.bulk.shapes import read_row
from gi_registry.kernel.errors import Duplicate, invalid
from gi_registry.kernel.words import say, unpacked
from gi_registry.origin.models import Farmer
from gi_registry.origin.queries import find_plot, get_farmer
from gi_registry.origin.schemas import FarmerFields
from gi_registry.origin.service import farmer_for
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.registry.rules import Unit
from gi_registry.workflow import Work

CAPS = (
    Column("gi", say("地理标志编号"), "GI-0001", required=True, explain=say("已登记的地理标志编号。")),
    Column("zone", say("分区"), "", explain=say("没有分区的留空。")),
    Column("year", say("年度"), "2025", required=True, explain=say("采收年度。"), form=Form.NUMBER),
    Column(
        "unit",
        say("计量单位"),
        "piece",
        required=True,
        explain=say("g 按公斤填写，piece 按件填写。"),
        form=Form.CHOICE,
        choices=tuple(Unit),
    ),
    Column("per_mu", say("每亩上限"), "600", required=True, explain=say("每亩最多可产，单位为公斤或件。"), form=Form.NUMBER),
    Column(
        "status",
        say("状态"),
        "provisional",
        required=True,
        explain=say("provisional 暂定、final 最终。"),
        form=Form.CHOICE,
        choices=tuple(CapStatus),
    ),
    Column("decided_on", say("核定日期"), "2025-03-01", required=True, explain=say("年-月-日。"), form=Form.DATE),
    Column("basis", say("依据"), "示例协会〔2025〕3 号", explain=say("文件名称和文号。")),
    Column("variety", say("品种"), "", explain=say("只对一个品种的填写，其他留空。")),
    Column(
        "per",
        say("计量对象"),
        "mu",
        explain=say("mu 亩、head 头、cellar 窖池、kiln 窑、input 购进原料（上限填千分之几）；空为亩。"),
        form=Form.CHOICE,
        choices=tuple(Per),
    ),
    Column("commodity", say("原料品名"), "", explain=say("只有 input 填写，空为各种原料。")),
    Column("effective_on", say("生效日期"), "", explain=say("年-月-日；空为即日起。"), form=Form.DATE),
)

BATCHES = (
    Column("number", say("批次号"), "PC-0001", required=True, explain=say("本系统内唯一。")),
    Column("authorisation", say("登记号"), "SQ-0001", required=True, explain=say("用标登记的登记号。")),
    Column(
        "kind",
        say("来源"),
        "harvest",
        required=True,
        explain=say("harvest 采收、opening 往年库存、purchase 购进、pre_printed 预印包装。"),
        form=Form.CHOICE,
        choices=DECLARED_KINDS,
    ),
    Column("product", say("产品名称"), "示例湖大闸蟹", explain=say("已登记的产品；空则须填计量单位。")),
    Column("grade", say("等级"), "特级", explain=say("与产品登记的等级一致。")),
    Column(
        "unit",
        say("计量单位"),
        "piece",
        explain=say("g 按公斤填写，piece 按件填写；填了产品的可空。"),
        form=Form.CHOICE,
        choices=tuple(Unit),
    ),
    Column("zone", say("分区"), "", explain=say("没有分区的留空。")),
    Column("harvest_year", say("采收年度"), "2025", required=True, explain=say("货物采收的年度。"), form=Form.NUMBER),
    Column("account_year", say("计入年度"), "", explain=say("计入哪一年度的额度，空为采收年度；往年库存必填。"), form=Form.NUMBER),
    Column("harvested_on", say("采收日期"), "2025-09-25", explain=say("年-月-日；产地按这一天有效的范围判定。"), form=Form.DATE),
    Column("packed_on", say("包装日期"), "2025-09-26", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("best_before_on", say("保质期至"), "2025-10-03", explain=say("年-月-日，可空。"), form=Form.DATE),
    Column("quantity", say("数量"), "1000", explain=say("公斤或件；填了地块数量的可空。"), form=Form.NUMBER),
    Column("plots", say("地块数量"), "DK-0001=600;DK-0002=400", explain=say("地块编号=数量，以分号隔开。")),
    Column("supplier", say("供货方或印制单位"), "", explain=say("购进和预印包装填写。")),
    Column("supplier_authorisation", say("售出方登记号"), "", explain=say("售出方也是用标人的填写，待其确认。")),
    Column("commodity", say("原料名称"), "", explain=say("还须加工的原料，例如鲜叶；已是产品的留空。")),
    Column("from_year", say("结转自年度"), "", explain=say("往年库存逐年结转的，填货物上次计入的年度；空为采收年度。"), form=Form.NUMBER),
    Column("farmer", say("农户"), "", explain=say("采收记在签约农户账上、或向其收购的，填写姓名。")),
    Column("farmer_contract", say("合同编号"), "", explain=say("与农户的合同编号，可空。")),
    Column(
        "state",
        say("批次状态"),
        "declared",
        explain=say("declared 已申报、closed 已办结、recalled 已召回、withdrawn 已撤回；空为 declared。"),
        form=Form.CHOICE,
        choices=BATCH_LIFE.states,
    ),
)


def _store_cap(work: Work, row: Mapping[str, str]) -> Note | None:
    gi = registry.find_gi(work.session, row["gi"])
    if gi is None:
        raise invalid("gi", say("没有编号为 %(code)s 的地理标志。", code=row["gi"]), say("请先导入地理标志（gis）。"), value=row["gi"])
    fields = read_row(CapFields, row)
    if already_said(work, gi.id or 0, fields):
        return UNCHANGED
    set_cap(work, gi.id or 0, fields)
    if not knows_zone(work, gi.id or 0, fields.zone):
        return Note(warnings=(say("还没有名为“%(zone)s”的分区，登记以前这个上限对谁都不起作用。", zone=fields.zone),))
    return None


def _dump_caps(session: Session) -> Iterator[dict[str, str]]:
    for cap, code in queries.every_cap(session):
        names = ("zone", "year", "unit", "status", "decided_on", "basis", "variety", "per", "commodity")
        amount = str(cap.per_mu) if cap.per == Per.INPUT else plain(cap.per_mu, cap.unit)
        effective = cap.effective_on.isoformat() if cap.effective_on else ""
        yield {name: str(getattr(cap, name)) for name in names} | {"gi": code, "per_mu": amount, "effective_on": effective}


def _store_batch(work: Work, row: Mapping[str, str]) -> Note | None:
    authorisation = authorisation_named(work, row, "authorisation")
    work.require("rows:import", authorisation)
    known = queries.find_batch(work.session, row["number"])
    if known is None:
        named = {"product_id": product_named(work, authorisation, row), **_farmer(work, authorisation, row)}
        fields = read_row(BatchFields, row, supplier_number=row["supplier_authorisation"], **named)
        shares = _shares(work, row["plots"])
        state = _state(row)
        batch = store_batch(work, authorisation.id or 0, number=row["number"], fields=fields, shares=shares)
        store_state(work, batch, state)
        return Note(warnings=tuple(unpacked(warning) for warning in batch.warnings))
    if _agrees(known, row, authorisation):
        return UNCHANGED
    raise Duplicate(
        say("批次 %(number)s 已登记，内容不同。", number=known.number), remedy=say("批次不改写：有误的请撤回，再以新批次号申报。")
    )


def _state(row: Mapping[str, str]) -> str:
    state = row.get("state", "")
    if state and state not in BATCH_LIFE.states:
        reason = say("没有“%(state)s”这种状态。", state=state)
        raise invalid("state", reason, say("请填写 declared、closed、recalled 或 withdrawn，或留空。"), value=state)
    return state


def _farmer(work: Work, authorisation: Authorisation, row: Mapping[str, str]) -> dict[str, int | None]:
    farmer_id = farmer_named(work, authorisation, row)
    column = "supplier_farmer_id" if row["kind"] == BatchKind.PURCHASE else "farmer_id"
    return {column: farmer_id} if farmer_id else {}


def _prepare(work: Work, rows: Iterable[Mapping[str, str]]) -> None:
    lock_rows(work, ((row["authorisation"], year, row) for row in rows for year in _years(row)))


def _years(row: Mapping[str, str]) -> set[str]:
    carried = {row["from_year"] or row["harvest_year"]} if row["kind"] == BatchKind.OPENING else set()
    return {row["account_year"] or row["harvest_year"], *carried}


# ---- what rows of batches and of purchases name alike --------------------------------------------------------------------------------


Touched = tuple[str, str, Mapping[str, str]]
"""A user's number and a year of its books that a row touches, and the row."""


def lock_rows(work: Work, touched: Iterable[Touched]) -> None:
    """Lock the quota rows that the rows of a file will touch, in the one order, before the first row is stored.

    Row after row, each file would lock in an order of its own: two files, or a file and somebody's sale, could wait in a circle. What
    cannot be read is left to the row's own refusal.
    """
    named = {(number, year, row["zone"], row["unit"], row["product"], row["grade"]) for number, year, row in touched if number}
    users = {number: registry.find_authorisation(work.session, number) for number in {item[0] for item in named}}
    keys: set[LedgerKey] = set()
    for number, year, zone, unit, product, grade in named:
        user = users[number]
        if user is None or not (year.isdecimal() and FIRST_YEAR <= int(year) <= LAST_YEAR):
            continue
        sold = registry.find_product(work.session, user.id or 0, name=product, grade=grade) if product else None
        if (counted := sold.unit if sold else unit) in UNITS:
            keys.add(LedgerKey(user.id or 0, user.gi_id, int(year), zone, counted))
    lock_keys(work, *keys)


def authorisation_named(work: Work, row: Mapping[str, str], column: str) -> Authorisation:
    """Return the authorisation whose number stands in a column; raise Invalid for one that is not on file."""
    found = registry.find_authorisation(work.session, row[column])
    if found is None:
        reason = say("没有登记号为 %(number)s 的用标登记。", number=row[column])
        raise invalid(column, reason, say("请先导入用标登记（authorisations）。"), value=row[column])
    return found


def farmer_named(work: Work, authorisation: Authorisation, row: Mapping[str, str]) -> int | None:
    """Return the farmer a row names, put on file where new; None where it names none. Raises Invalid for a contract of nobody."""
    cells = {name: row.get(name, "") for name in FarmerFields.model_fields}
    farmer = farmer_for(work, authorisation, read_row(FarmerFields, cells))
    return farmer.id if farmer else None


def product_named(work: Work, authorisation: Authorisation, row: Mapping[str, str]) -> int | None:
    """Return the product a row names, None where it names none; raise Invalid for one the authorisation does not have."""
    if not row["product"]:
        return None
    product = registry.find_product(work.session, authorisation.id or 0, name=row["product"], grade=row["grade"])
    if product is None:
        raise invalid(
            "product",
            say("这个登记没有产品“%(name)s %(grade)s”。", name=row["product"], grade=row["grade"]),
            say("请先导入产品（products），并核对等级。"),
            value=row["product"],
        )
    return product.id


def _shares(work: Work, text: str) -> list[Share]:
    shares: list[Share] = []
    for part in filter(None, (piece.strip() for piece in text.replace("；", ";").split(";"))):
        number, _, quantity = part.partition("=")
        plot = find_plot(work.session, number.strip())
        if plot is None or not quantity.strip():
            raise invalid(
                "plots",
                say("“%(part)s”不是“地块编号=数量”，或没有这个地块。", part=part),
                say("请先导入地块，并写成 DK-0001=600。"),
                value=part,
            )
        shares.append(Share(plot.id or 0, quantity.strip()))
    return shares


def _agrees(known: Batch, row: Mapping[str, str], authorisation: Authorisation) -> bool:
    year = row["account_year"] or row["harvest_year"]
    stated = (authorisation.id, row["kind"], row["harvest_year"], year, row["harvested_on"], row["supplier"])
    on_file = (
        known.authorisation_id,
        known.kind,
        str(known.harvest_year),
        str(known.account_year),
        str(known.harvested_on or ""),
        known.supplier,
    )
    if stated != on_file or row.get("state", "") not in ("", known.state):
        return False
    return not row["quantity"] or read_amount(row["quantity"], known.unit, "quantity") == known.quantity


def _dump_batches(session: Session) -> Iterator[dict[str, str]]:
    for batch, number, product in queries.every_batch(session):
        names = (
            "number",
            "kind",
            "grade",
            "unit",
            "zone",
            "harvest_year",
            "account_year",
            "harvested_on",
            "packed_on",
            "best_before_on",
            "supplier",
            "commodity",
            "from_year",
        )
        cells = {name: str(getattr(batch, name) if getattr(batch, name) is not None else "") for name in names}
        shares = queries.shares_of(session, batch.id or 0)
        supplier = batch.supplier_authorisation_id
        farmer = get_farmer(session, batch.farmer_id or batch.supplier_farmer_id)
        yield cells | {
            "authorisation": number,
            "state": batch.state,
            "product": product or "",
            "quantity": plain(batch.quantity, batch.unit),
            "plots": ";".join(f"{plot.number}={plain(share.quantity, batch.unit)}" for share, plot in shares),
            "supplier_authorisation": registry.get_authorisation(session, supplier).number if supplier else "",
            **farmer_cells(farmer),
        }


def farmer_cells(farmer: Farmer | None) -> dict[str, str]:
    """Return what a file says of a farmer, empty where there is none."""
    return {"farmer": farmer.name if farmer else "", "farmer_contract": farmer.contract_number if farmer else ""}


def plain(quantity: int, unit: str) -> str:
    """Return a quantity (grams or pieces) in kilograms or pieces as a file holds it, without spaces between thousands."""
    return write_amount(quantity, unit).replace("\u2009", "")


KINDS = (
    Kind("caps", say("单产上限"), CAPS, _store_cap, _dump_caps),
    Kind("batches", say("批次"), BATCHES, _store_batch, _dump_batches, prepare=_prepare),
)
