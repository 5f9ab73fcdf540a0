"""Declaring batches, and the steps of their life.

What a form says about the future is refused; what an import says is stored as stated, with warnings that anomalies may judge.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, BatchPlot
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules import dates, ledger
from gi_registry.batches.rules.amounts import read_amount, with_unit
from gi_registry.batches.rules.entitlement import BY_GROUND
from gi_registry.batches.rules.ledger import Postings
from gi_registry.batches.rules.life import BATCH_LIFE, Kind, Origin
from gi_registry.batches.schemas import BatchFields
from gi_registry.batches.service import sellers
from gi_registry.batches.service.capacity import entitlement, own_rate
from gi_registry.batches.service.posting import DECLARE, WITHDRAW, available_of_batch, key_of, lock_quota, not_overdrawn, post
from gi_registry.kernel.errors import Conflict, FieldError, Invalid, NotFound, invalid
from gi_registry.kernel.words import Words, packed, say
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service import judge_plots
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work, advance, begin, check_version

CONVERSION = "batches.conversion-permille"
_BY_FILE = say("随文件登记")


@dataclass(frozen=True)
class Share:
    """What one plot gave: the quantity as typed (kilograms or pieces)."""

    plot_id: int
    quantity: str


@dataclass(frozen=True)
class _Declared:
    """What was read: shares by plot, the whole in grams or pieces, and what is odd about it."""

    shares: tuple[tuple[Plot, int], ...]
    quantity: int
    oddities: tuple[FieldError, ...]


def declare_batch(work: Work, authorisation_id: int, *, fields: BatchFields, shares: Iterable[Share] = ()) -> Batch:
    """Declare a batch by a form; the number is the authorisation's with year and position.

    Raises Invalid per field for dates that cannot be right, quantities that do not add up, plots that are not one's own.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    unit = _unit(work, authorisation, fields)
    declared = _read(work, authorisation, fields, unit=unit, shares=tuple(shares))
    refused = (*declared.oddities, *_unfounded(work, authorisation, fields, declared, unit=unit))
    if refused:
        raise Invalid(*refused)
    position = queries.next_batch_position(work.session, authorisation_id, fields.harvest_year)
    number = f"{authorisation.number}-{fields.harvest_year}-{position:03d}"
    return _store(work, authorisation, fields, unit=unit, declared=declared, number=number, origin=Origin.FORM)


def store_batch(work: Work, authorisation_id: int, *, number: str, fields: BatchFields, shares: Iterable[Share] = ()) -> Batch:
    """Store a batch someone else's file states, under its own number: oddities become warnings, nothing is refused for them."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    unit = _unit(work, authorisation, fields)
    declared = _read(work, authorisation, fields, unit=unit, shares=tuple(shares))
    return _store(work, authorisation, fields, unit=unit, declared=declared, number=number, origin=Origin.IMPORT)


def _unit(work: Work, authorisation: Authorisation, fields: BatchFields) -> str:
    if fields.product_id is None:
        if not fields.unit:
            raise invalid("product_id", say("没有选择产品，也没有填写计量单位。"), say("请选择产品。"))
        return fields.unit
    own = registry.list_products(work.session, authorisation.id or 0)
    product = next((item for item in own if item.id == fields.product_id), None)
    if product is None:
        raise invalid("product_id", say("这个产品不属于本用标登记。"), say("请选择自己的产品。"))
    return product.unit


def _read(work: Work, authorisation: Authorisation, fields: BatchFields, *, unit: str, shares: tuple[Share, ...]) -> _Declared:
    read = tuple((_own_plot(work, authorisation, share), read_amount(share.quantity, unit, f"plot_{share.plot_id}")) for share in shares)
    read = tuple((plot, quantity) for plot, quantity in read if quantity)
    summed = sum(quantity for _plot, quantity in read)
    stated = read_amount(fields.quantity, unit, "quantity") if fields.quantity else summed
    if stated <= 0:
        raise invalid("quantity", say("没有填写数量。"), say("请填写实际数量；采收批次可以按地块填写。"))
    return _Declared(read, stated, tuple(_oddities(work, fields, read, difference=stated - summed if read else 0, unit=unit)))


def _own_plot(work: Work, authorisation: Authorisation, share: Share) -> Plot:
    try:
        plot = plots.get_plot(work.session, share.plot_id)
    except NotFound:
        plot = None
    if plot is None or plot.authorisation_id != authorisation.id:
        raise invalid("plots", say("选择的地块不属于本用标登记。"), say("请从自己的地块中选择。"))
    return plot


def _oddities(work: Work, fields: BatchFields, shares: tuple[tuple[Plot, int], ...], *, difference: int, unit: str) -> Iterable[FieldError]:
    yield from dates.problems(fields.dates, today=work.today)
    if fields.kind is Kind.HARVEST and fields.harvested_on is None:
        yield FieldError("harvested_on", say("没有填写采收日期。"), say("产地按采收当天有效的范围判定，请填写采收日期。"))
    if fields.kind is Kind.OPENING and fields.counted_year <= fields.harvest_year:
        yield FieldError("harvest_year", say("往年库存的采收年度应早于计入年度。"), say("请填写货物实际采收的年度。"))
    if fields.kind in (Kind.PURCHASE, Kind.PRE_PRINTED) and not (fields.supplier or fields.supplier_number or fields.supplier_farmer_id):
        yield FieldError("supplier", say("没有填写供货方或印制单位。"), say("请填写单位名称。"))
    if fields.supplier_farmer_id and not fields.evidence:
        yield FieldError("evidence", say("没有填写农户签收的收购清单。"), say("请填写收购清单的编号和日期。"))
    if difference:
        yield FieldError(
            "quantity", say("总数与各地块数量之和相差 %(amount)s。", amount=with_unit(abs(difference), unit)), say("请核对各地块的数量。")
        )
    for plot, _quantity in shares:
        if fields.harvested_on and not covers(plot.valid_from, plot.valid_to, fields.harvested_on):
            yield FieldError(
                f"plot_{plot.id}", say("地块 %(number)s 在采收当天不在使用期内。", number=plot.number), say("请核对采收日期或地块。")
            )


def _unfounded(work: Work, authorisation: Authorisation, fields: BatchFields, declared: _Declared, *, unit: str) -> Iterable[FieldError]:
    """What a form may not state because plots or the ledger say otherwise."""
    if fields.kind is Kind.HARVEST and not declared.shares and _has_plots(work, authorisation, fields):
        yield FieldError("plots", say("本产品按产能核定，采收数量没有写明地块。"), say("请按地块填写采收数量。"))
    if fields.kind is not Kind.OPENING or fields.counted_year <= fields.harvest_year:
        return
    from_year = fields.from_year or fields.harvest_year
    key = LedgerKey(authorisation.id or 0, authorisation.gi_id, from_year, fields.zone, unit, commodity=fields.commodity)
    lock_quota(work, key, fields.counted_year)
    held = sum(ledger.draw(declared.quantity, queries.stock_by_grade(work.session, key), grade=_grade(work, fields)).values())
    if not _before_the_ledger(work, key) and declared.quantity > held:
        yield FieldError(
            "quantity",
            say(
                "%(year)s 年度台账的库存还有 %(held)s，申报结转 %(asked)s。",
                year=key.year,
                held=with_unit(max(0, held), unit),
                asked=with_unit(declared.quantity, unit),
            ),
            say("请按台账的库存填写；采收有遗漏的，请先补报该年度的批次。"),
        )


def _has_plots(work: Work, authorisation: Authorisation, fields: BatchFields) -> bool:
    protection = registry.get_protection(work.session, authorisation.protection_id)
    on = fields.harvested_on or work.today
    found = plots.plots_in_force(work.session, authorisation.id or 0, gi_id=authorisation.gi_id, on=on, zone=None)
    return protection.capacity_basis in BY_GROUND and bool(found)


def _before_the_ledger(work: Work, key: LedgerKey) -> bool:
    first = queries.first_year(work.session, key.authorisation_id, key.gi_id)
    return first is None or key.year < first


def _store(
    work: Work, authorisation: Authorisation, fields: BatchFields, *, unit: str, declared: _Declared, number: str, origin: Origin
) -> Batch:
    for field in ("farmer_id", "supplier_farmer_id"):
        sellers.own_farmer(work, authorisation.id or 0, getattr(fields, field), field=field)
    rate, rate_version = _conversion(work, authorisation, fields, unit=unit)
    warnings = [item.reason for item in declared.oddities]
    batch = Batch(
        number=number,
        authorisation_id=authorisation.id or 0,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        gi_id=authorisation.gi_id,
        **fields.model_dump(
            include={"product_id", "zone", "harvest_year", "harvested_on", "packed_on", "best_before_on", "grade", "supplier"}
            | {"commodity", "farmer_id", "supplier_farmer_id", "from_year"}
        ),
        account_year=fields.counted_year,
        account_grade=_grade(work, fields),
        kind=fields.kind.value,
        quantity=declared.quantity,
        unit=unit,
        product_quantity=declared.quantity if fields.commodity else declared.quantity * rate // 1000,
        conversion_permille=rate,
        conversion_version=rate_version,
        supplier_authorisation_id=sellers.supplier_of(work, authorisation, fields),
        origin=origin.value,
        created_at=work.now,
    )
    begin(batch, BATCH_LIFE)
    work.session.add(batch)
    work.flush()
    warnings += _store_shares(work, batch, declared.shares, on=fields.harvested_on or work.today)
    warnings += _enter(work, batch)
    batch.warnings = [packed(words) for words in warnings]
    work.record(batch, "batch:declare")
    work.flush()
    sellers.open_trade(work, batch, authorisation, evidence=fields.evidence)
    return batch


def _grade(work: Work, fields: BatchFields) -> str:
    """Which grade's account the goods stand on: the one stated, else the product's."""
    if fields.grade or fields.product_id is None:
        return fields.grade
    return registry.get_product(work.session, fields.product_id).grade


def _conversion(work: Work, authorisation: Authorisation, fields: BatchFields, *, unit: str) -> tuple[int, str]:
    """What a thousand bought gives: the GI's own conversion of the year, which the entitlement counts by too, else the policy's."""
    if fields.kind is not Kind.PURCHASE:
        return 1000, ""
    key = LedgerKey(authorisation.id or 0, authorisation.gi_id, fields.counted_year, fields.zone, unit)
    if (cap := own_rate(work.session, key, commodity=fields.commodity, on=work.today)) is not None:
        return cap.per_mu, f"yield_cap:{cap.id}"
    on = fields.harvested_on or work.today
    found = policy.find(work.session, CONVERSION, authorisation.authority_division, on)
    rates: Mapping[str, int] = found.value if found else {}
    gi = registry.get_gi(work.session, authorisation.gi_id)
    return int(rates.get(gi.code, rates.get("default", 1000))), found.version if found else ""


def _store_shares(work: Work, batch: Batch, shares: tuple[tuple[Plot, int], ...], *, on: date) -> list[Words]:
    verdicts = judge_plots(work.session, [plot for plot, _quantity in shares], on)
    warnings: list[Words] = []
    for plot, quantity in shares:
        found = verdicts[plot.id or 0]
        share = BatchPlot(
            batch_id=batch.id or 0,
            plot_id=plot.id or 0,
            quantity=quantity,
            verdict=found.verdict.value,
            reason=found.reason.value,
            judged_on=on,
            area_version_id=found.area_version_id,
            distance_m=found.distance_m,
            tolerance_m=found.tolerance_m,
            share_inside=found.share_inside,
        )
        work.record(share, "batch:plot")
        if not found.counts:
            warnings.append(say("地块 %(number)s 在采收当天的产地范围外。", number=plot.number))
    work.flush()
    return warnings


def _enter(work: Work, batch: Batch) -> list[Words]:
    """Write the batch into the ledger; return what is odd about it there."""
    key = key_of(batch)
    lock_quota(work, key, _from(batch))
    postings, warnings = _postings(work, batch)
    post(work, key, postings, tag=DECLARE, source_kind="batch", source_id=batch.id or 0, batch_id=batch.id, on_date=batch.harvested_on)
    return warnings


def _postings(work: Work, batch: Batch) -> tuple[Postings, list[Words]]:
    key = key_of(batch)
    if batch.kind == Kind.HARVEST:
        return ledger.harvest(batch.quantity), []
    if batch.kind == Kind.PURCHASE:
        bought = ledger.purchase(batch.quantity, product=batch.product_quantity)
        sold, warnings = sellers.farmers_side(work, batch)
        return bought + sold, warnings
    if batch.kind == Kind.OPENING:
        from_year = _from(batch)
        held = queries.stock_by_grade(work.session, replace(key, year=from_year))
        years = {"from_year": from_year, "account_year": batch.account_year}
        postings = ledger.opening(batch.quantity, **years, held=held, grade=batch.account_grade)
        short = batch.quantity - sum(ledger.draw(batch.quantity, held, grade=batch.account_grade).values())
        known = [say("%(year)s 年度台账的库存比申报的少 %(amount)s。", year=from_year, amount=with_unit(short, batch.unit))]
        if _before_the_ledger(work, replace(key, year=from_year)):
            known = [say("%(year)s 年度早于台账的第一个年度，数量按申报记载，待提交证明材料。", year=from_year)]
        return postings, known if short > 0 else []
    held = queries.stock_by_grade(work.session, key)
    there = sum(ledger.draw(batch.quantity, held, grade=batch.account_grade).values())
    return ledger.packages(batch.quantity, held=held, grade=batch.account_grade), _odd_packages(work, batch, there=there)


def _from(batch: Batch) -> int:
    return batch.from_year or batch.harvest_year


def _odd_packages(work: Work, batch: Batch, *, there: int) -> list[Words]:
    key = key_of(batch)
    granted = entitlement(work.session, key.authorisation_id, gi_id=key.gi_id, year=key.year, zone=key.zone, unit=key.unit, on=work.today)
    warnings: list[Words] = []
    if batch.quantity > there:
        warnings.append(say("预印包装用量比库存多 %(amount)s，来源未申报。", amount=with_unit(batch.quantity - there, batch.unit)))
    if batch.quantity > granted.left:
        warnings.append(say("预印包装用量超过剩余额度 %(left)s。", left=with_unit(granted.left, batch.unit)))
    return warnings


# ---- the steps of a batch's life -----------------------------------------------------------------------------------------------------


def view_batch(work: Work, batch_id: int) -> Batch:
    """Return a batch the actor may see; NotFound otherwise."""
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:view", batch)
    return batch


def close_batch(work: Work, batch_id: int, *, version: int | None = None) -> Batch:
    """Say that nothing more will be taken from a batch than labels already planned."""
    batch = queries.get_batch(work.session, batch_id)
    work.require("batch:declare", batch)
    advance(work, batch, BATCH_LIFE, "close", expected_version=version)
    return batch


def withdraw_batch(work: Work, batch_id: int, *, why: str, version: int | None = None) -> Batch:
    """Take back a declaration that was a mistake, before any label; the ledger reverses it, nothing is deleted.

    Raises Conflict once labels stand on it, its goods were carried or sold on, its seller confirmed it, or labels hold its entitlement.
    """
    work.require("batch:declare", queries.get_batch(work.session, batch_id))
    return _withdraw(work, batch_id, why=why, version=version)


def store_state(work: Work, batch: Batch, state: str) -> None:
    """Bring a batch that somebody's file states to the state it has there; the books of a withdrawn one hold both transfers.

    Raises Conflict for one that cannot have been withdrawn (packages that bear the mark).
    """
    if state == "withdrawn":
        _withdraw(work, batch.id or 0, why=str(_BY_FILE))
    elif state and state != BATCH_LIFE.initial:
        batch.reason = str(_BY_FILE)
        advance(work, batch, BATCH_LIFE, {"closed": "close", "recalled": "recall"}[state])


def _withdraw(work: Work, batch_id: int, *, why: str, version: int | None = None) -> Batch:
    key = key_of(batch := queries.get_batch(work.session, batch_id))
    lock_quota(work, key, _from(batch))
    batch = queries.locked_batch(work.session, batch_id)
    check_version(batch, version)
    BATCH_LIFE.after(batch.state, "withdraw")
    if batch.kind == Kind.PROCESSED:
        raise Conflict(say("加工所得的批次不能单独撤回。"), remedy=say("请撤销所属的加工记录。"))
    if batch.sale_confirmed_on is not None and batch.supplier_farmer_id is None:
        raise Conflict(say("售出方已确认这笔销售，不能撤回。"), remedy=say("货物退回的，请与售出方各自更正申报。"))
    if queries.labelled_of_batch(work.session, batch_id):
        raise Conflict(say("批次已有贴标，不能撤回。"), remedy=say("申报有误的，请作废标识；产品有问题的，请召回批次。"))
    if available_of_batch(work.session, batch_id) < batch.product_quantity:
        raise Conflict(say("批次的货已结转或售出，不能撤回。"), remedy=say("请先处理结转或售出的记录。"))
    postings = ledger.reverse(_posted(work, batch))
    with not_overdrawn(work, key):
        post(work, key, postings, tag=WITHDRAW, source_kind="batch", source_id=batch_id, batch_id=batch_id, memo=why)
        batch.reason = why
        advance(work, batch, BATCH_LIFE, "withdraw")
        sellers.withdraw_trade(work, batch, why=why)
    return batch


def _posted(work: Work, batch: Batch) -> Postings:
    return tuple(queries.entries_of_source(work.session, DECLARE, "batch", batch.id or 0))
