"""Stocking, losses, adjustments and regrading: put on file, posted under the lock of the year, refused with figures."""

from __future__ import annotations

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, GoodsRecord
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules import records as rules
from gi_registry.batches.rules.amounts import read_amount
from gi_registry.batches.rules.ledger import Account, Postings, reverse
from gi_registry.batches.rules.life import LABELLABLE
from gi_registry.batches.rules.records import RECORD_LIFE, RecordKind
from gi_registry.batches.schemas import RecordFields
from gi_registry.batches.service.posting import available_of_batch, key_of, lock_quota, post
from gi_registry.batches.service.sellers import own_farmer
from gi_registry.documents import service as documents
from gi_registry.documents.service import Scan
from gi_registry.kernel.errors import Conflict, Invalid, MassBalanceExceeded, NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.origin import queries as plots
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, advance, begin, check_version

LIMIT = "batches.adjustment-permille"
ENTER, REVERSE = "record:enter", "record:reverse"


def record_goods(work: Work, authorisation_id: int, *, fields: RecordFields, scan: Scan | None = None) -> GoodsRecord:
    """Put a stocking, loss, adjustment or regrading on file and into the books, in one act.

    A record that names a batch stands on the batch's accounts, its farmer's where it is a farmer's harvest.

    An adjustment that, with those of the year that no county decided, goes beyond ``batches.adjustment-permille`` of what came in waits for
    the county and moves nothing yet: many small ones are one large one.
    Raises Invalid per field, Conflict for a batch recalled or withdrawn, MassBalanceExceeded with the figures where the account or the
    batch holds less.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("batch:declare", authorisation)
    batch = _own_batch(work, authorisation_id, fields)
    evidence = fields.evidence or (scan.name if scan else "")
    problems = rules.record_problems(
        fields.kind,
        on_date=fields.on_date,
        today=work.today,
        year=batch.account_year if batch else fields.year,
        source=fields.source,
        reason=fields.reason,
        evidence=evidence,
    )
    if problems:
        raise Invalid(*problems)
    record = GoodsRecord(
        authorisation_id=authorisation_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        gi_id=authorisation.gi_id,
        **fields.model_dump(include={"zone", "commodity", "grade", "to_grade", "on_date", "source", "reason", "unit", "year"})
        | _of_batch(batch),
        kind=fields.kind.value,
        farmer_id=batch.farmer_id if batch else own_farmer(work, authorisation_id, fields.farmer_id, field="farmer_id"),
        batch_id=batch.id if batch else None,
        plot_id=_own_plot(work, authorisation_id, fields.plot_id),
        quantity=_quantity(fields, batch.unit if batch else fields.unit),
        evidence=evidence,
        created_at=work.now,
    )
    if scan is not None:
        owner, division = authorisation.owner_org_id, authorisation.authority_division
        record.document_id = documents.store_scan(work, scan, field="document", owner_org_id=owner, authority_division=division).id
    return _file(work, record)


def decide_record(work: Work, record_id: int, *, approve: str, why: str, version: int | None = None) -> GoodsRecord:
    """Approve (``approve``) or refuse (``refuse``) an adjustment that waits, as the county; approved, it enters the books.

    Raises MassBalanceExceeded where the stock no longer holds a shortfall.
    """
    record = queries.get_record(work.session, record_id)
    work.require("record:decide", record)
    lock_quota(work, record_key(record))
    check_version(record, version)
    RECORD_LIFE.after(record.state, approve)
    record.decided_by, record.decision = work.actor.person_id, why
    if approve == "approve":
        _post(work, record, _postings(work, record))
    advance(work, record, RECORD_LIFE, approve)
    return record


def withdraw_record(work: Work, record_id: int, *, why: str, version: int | None = None) -> GoodsRecord:
    """Take a record back: one that waits is withdrawn, one in the books is answered by the opposite transfer.

    Raises Conflict or MassBalanceExceeded where the goods have moved on since.
    """
    record = queries.get_record(work.session, record_id)
    work.require("batch:declare", record)
    lock_quota(work, record_key(record))
    check_version(record, version)
    action = "reverse" if RECORD_LIFE.allows(record.state, "reverse") else "withdraw"
    RECORD_LIFE.after(record.state, action)
    if action == "reverse":
        _reverse(work, record)
    record.decision = why
    advance(work, record, RECORD_LIFE, action)
    return record


def view_record(work: Work, record_id: int) -> GoodsRecord:
    """Return a record of goods to its owner or an officer of its region; NotFound for everybody else."""
    record = queries.get_record(work.session, record_id)
    work.require("ledger:view", record)
    return record


def record_key(record: GoodsRecord) -> LedgerKey:
    """Return which accounts a record stands on."""
    return LedgerKey(
        record.authorisation_id,
        record.gi_id,
        record.year,
        record.zone,
        record.unit,
        farmer_id=record.farmer_id or 0,
        commodity=record.commodity,
        grade=record.grade,
    )


def _own_batch(work: Work, authorisation_id: int, fields: RecordFields) -> Batch | None:
    if fields.batch_id is None:
        return None
    try:
        batch = queries.get_batch(work.session, fields.batch_id)
    except NotFound:
        batch = None
    if batch is None or batch.authorisation_id != authorisation_id:
        raise invalid("batch_id", say("这个批次不属于本用标登记。"), say("请选择自己的批次。"))
    return batch


def _own_plot(work: Work, authorisation_id: int, plot_id: int | None) -> int | None:
    if plot_id is not None and plot_id not in {plot.id for plot in plots.list_plots(work.session, authorisation_id)}:
        raise invalid("plot_id", say("这块地不属于本用标登记。"), say("请选择自己登记的地块。"))
    return plot_id


def _of_batch(batch: Batch | None) -> dict[str, object]:
    if batch is None:
        return {}
    key = key_of(batch)
    return {"zone": key.zone, "commodity": key.commodity, "grade": key.grade, "unit": key.unit, "year": key.year}


def _quantity(fields: RecordFields, unit: str) -> int:
    text = fields.quantity.replace("−", "-")
    if fields.kind is RecordKind.ADJUSTMENT and text.startswith("-"):
        return -read_amount(text[1:], unit, "quantity")
    return read_amount(text, unit, "quantity")


def _file(work: Work, record: GoodsRecord) -> GoodsRecord:
    key = record_key(record)
    lock_quota(work, key)
    postings = _postings(work, record)
    waits = record.kind == RecordKind.ADJUSTMENT and _beyond_limit(work, record)
    begin(record, RECORD_LIFE)
    work.record(record, "goods_record:file")
    work.flush()
    if waits:
        return record
    _post(work, record, postings)
    advance(work, record, RECORD_LIFE, "enter")
    if record.kind == RecordKind.REGRADE and record.batch_id is not None:
        _move_batch(work, record)
    return record


def _beyond_limit(work: Work, record: GoodsRecord) -> bool:
    limit = policy.at(work.session, LIMIT, record.authority_division, work.today)
    balances = queries.totals_of(work.session, record_key(record))
    came_in = -sum(balances.get(account, 0) for account in (Account.FIELD, Account.SUPPLIER, Account.OPENING))
    record.came_in, record.limit_permille, record.policy_version = max(0, came_in), int(limit.value), limit.version
    before = queries.self_adjusted(work.session, record_key(record), more=record.quantity > 0)
    return rules.needs_approval(before + record.quantity, record.came_in, permille=record.limit_permille)


def _postings(work: Work, record: GoodsRecord) -> Postings:
    kind, unit = RecordKind(record.kind), record.unit
    if record.batch_id is not None:
        _refuse_gone(queries.locked_batch(work.session, record.batch_id))
    if kind is RecordKind.STOCKING:
        return rules.stocking(record.quantity)
    on_hand = queries.balances_of(work.session, record_key(record)).get(Account.STOCK, 0)
    if record.batch_id is not None:
        on_hand = min(on_hand, available_of_batch(work.session, record.batch_id))
    if kind is RecordKind.LOSS:
        return rules.loss(record.quantity, on_hand=on_hand, unit=unit)
    if kind is RecordKind.ADJUSTMENT:
        return rules.adjustment(record.quantity, on_hand=on_hand, unit=unit)
    return rules.regrade(record.quantity, on_hand=on_hand, unit=unit, grade=record.grade, to_grade=record.to_grade)


def _refuse_gone(batch: Batch) -> None:
    if batch.state not in LABELLABLE:
        raise Conflict(
            say("批次 %(number)s 已召回或撤回，不能再登记。", number=batch.number), remedy=say("请选择其他批次，或不选批次，按库存登记。")
        )


def _post(work: Work, record: GoodsRecord, postings: Postings) -> None:
    post(
        work,
        record_key(record),
        postings,
        tag=ENTER,
        source_kind=f"goods_record_{record.kind}",
        source_id=record.id or 0,
        batch_id=record.batch_id,
        memo=record.reason or record.source,
        on_date=record.on_date,
    )


def _move_batch(work: Work, record: GoodsRecord) -> None:
    """A batch changes its grade as a whole, before any label: what it holds is one grade's."""
    batch = queries.locked_batch(work.session, record.batch_id or 0)
    if record.quantity != batch.product_quantity or queries.labelled_of_batch(work.session, batch.id or 0):
        raise Conflict(
            say("批次 %(number)s 只能在贴标前整批换级。", number=batch.number),
            remedy=say("只换其中一部分的，请先分批，或不选批次，按库存换级。"),
        )
    batch.grade = batch.account_grade = record.to_grade
    work.record(batch, "batch:regrade")


def _reverse(work: Work, record: GoodsRecord) -> None:
    if record.kind == RecordKind.REGRADE and record.batch_id is not None:
        raise Conflict(say("整批换级不能冲回。"), remedy=say("请再办理一次换级，换回原来的等级。"))
    entries = queries.entries_of_source(work.session, ENTER, f"goods_record_{record.kind}", record.id or 0)
    postings = reverse(entries)
    stocks = queries.stock_by_grade(work.session, record_key(record))
    for posting in postings:
        if posting.account is Account.STOCK and posting.amount + stocks.get(posting.grade or "", 0) < 0:
            raise MassBalanceExceeded(say("这笔记录入账的货已转出，不能冲回。"), remedy=say("请先处理转出的记录。"))
    key, kind = record_key(record), f"goods_record_{record.kind}"
    post(work, key, postings, tag=REVERSE, source_kind=kind, source_id=record.id or 0, batch_id=record.batch_id)
