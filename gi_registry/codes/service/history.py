"""Activations that someone reports of the past: stored as stated, with warnings; findings judge them, nothing is refused for quota."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from gi_registry.batches import service as batches
from gi_registry.batches.models import Batch
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.codes.rules.alphabet import SYMBOLS
from gi_registry.codes.rules.format import RANGE_SYMBOLS
from gi_registry.codes.rules.intervals import Layer, Span, Status
from gi_registry.codes.rules.life import State
from gi_registry.codes.schemas import StatedActivation
from gi_registry.codes.service.custody import write_interval
from gi_registry.codes.service.keys import ensure_key
from gi_registry.codes.service.selection import Piece
from gi_registry.kernel.clock import start_of
from gi_registry.kernel.errors import Conflict, Invalid, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Product
from gi_registry.registry.rules import MarkingMode
from gi_registry.registry.service import standing
from gi_registry.workflow import Work


def record_activation(work: Work, fields: StatedActivation, *, secret_key: str) -> tuple[Words, ...] | None:
    """Store an activation as stated and return what a person should look at; None when exactly this is on file already.

    A range that is not on file is put there with an allotment of origin ``import`` and grows with later rows. Raises Invalid for a
    batch, label or serial that cannot be, and for serials that are activated already.
    """
    batch = batches.find_batch(work.session, fields.batch)
    if batch is None:
        raise invalid("batch", say("没有批次 %(number)s。", number=fields.batch), say("请先导入批次（batches）。"), value=fields.batch)
    authorisation = registry.get_authorisation(work.session, batch.authorisation_id)
    work.require("rows:import", authorisation)
    span = Span(fields.serial_from, fields.serial_to)
    row = queries.find_range(work.session, fields.range_label)
    if row is not None and _on_file(work, row, span, batch=batch):
        return None
    warnings = tuple(_warnings(work, authorisation, batch, on=fields.activated_on))
    row = _new_range(work, batch, fields, secret_key=secret_key) if row is None else _grown(work, row, batch, fields)
    at = start_of(fields.activated_on)
    interval = write_interval(work, Piece(row, span), Status.ACTIVATED, batch_id=batch.id, origin="import", at=at)
    return warnings + tuple(
        _book(work, authorisation, queries.get_allotment(work.session, row.allotment_id), batch=batch, interval=interval)
    )


def _on_file(work: Work, row: CodeRange, span: Span, *, batch: Batch) -> bool:
    for said in queries.intervals_of(work.session, row.id or 0):
        known = Span(said.serial_from, said.serial_to)
        if said.layer != Layer.ACTIVATION or not known.overlaps(span):
            continue
        if known == span and said.batch_id == batch.id:
            return True
        raise invalid(
            "serial_from",
            say("序列号 %(low)s 至 %(high)s（不含）已登记激活。", low=known.low, high=known.high),
            say("同一枚标识码只能激活一次，请核对号段和序列号。"),
            value=span.low,
        )
    return False


def _warnings(work: Work, authorisation: Authorisation, batch: Batch, *, on: date) -> Iterable[Words]:
    if batch.harvested_on is not None and on < batch.harvested_on:
        yield say("激活日期早于采收日期 %(day)s。", day=batch.harvested_on.isoformat())
    if on > work.today:
        yield say("激活日期在今天之后。")
    if batch.state not in {"declared", "closed"}:
        yield say("批次 %(number)s 已召回或撤回。", number=batch.number)
    if not standing(work.session, authorisation, on).active:
        yield say("%(day)s 用标资格不在有效期内。", day=on.isoformat())


def _new_range(work: Work, batch: Batch, fields: StatedActivation, *, secret_key: str) -> CodeRange:
    if len(fields.range_label) != RANGE_SYMBOLS or not set(fields.range_label) <= set(SYMBOLS):
        raise invalid(
            "range_label", say("号段须是 5 位标识码字符。"), say("字符取自 0–9 和除 I、L、O、U 外的大写字母。"), value=fields.range_label
        )
    product, at = _product(work, batch), start_of(fields.activated_on)
    allotment = Allotment(
        number=f"FM{batch.account_year}-{fields.range_label}",
        authorisation_id=batch.authorisation_id,
        gi_id=batch.gi_id,
        product_id=product.id or 0,
        year=batch.account_year,
        zone=batch.zone,
        count=fields.serial_to,
        content_per_label=product.content_per_label,
        quantity=fields.serial_to * product.content_per_label,
        unit=product.unit,
        state=State.RECEIVED.value,
        origin="import",
        ordered_at=at,
        received_at=at,
        owner_org_id=batch.owner_org_id,
        authority_division=batch.authority_division,
    )
    work.record(allotment, "allotment:import")
    work.flush()
    row = CodeRange(
        label=fields.range_label,
        key_id=ensure_key(work, secret_key).id,
        allotment_id=allotment.id or 0,
        authorisation_id=batch.authorisation_id,
        size=fields.serial_to,
    )
    work.record(row, "range:import")
    work.flush()
    return row


def _product(work: Work, batch: Batch) -> Product:
    if batch.product_id is not None:
        return registry.get_product(work.session, batch.product_id)
    products = registry.list_products(work.session, batch.authorisation_id)
    coded = [item for item in products if item.marking_mode == MarkingMode.ITEM_CODE and item.unit == batch.unit]
    if len(coded) != 1:
        raise invalid(
            "batch", say("批次 %(number)s 没有写明产品。", number=batch.number), say("请在批次中写明产品，才能知道每枚标签的净含量。")
        )
    return coded[0]


def _grown(work: Work, row: CodeRange, batch: Batch, fields: StatedActivation) -> CodeRange:
    allotment = queries.get_allotment(work.session, row.allotment_id)
    if row.authorisation_id != batch.authorisation_id:
        raise invalid("range_label", say("号段 %(label)s 属于另一项用标资格。", label=row.label), say("请核对号段。"), value=row.label)
    at = start_of(fields.activated_on)
    changed = False
    if allotment.origin == "import" and allotment.received_at is not None and at < allotment.received_at:
        allotment.received_at = allotment.ordered_at = at
        changed = True
    if fields.serial_to > row.size:
        _lengthen(work, allotment, row, size=fields.serial_to)
        changed = True
    if changed:
        work.record(allotment, "allotment:import")
        work.flush()
    return row


def _lengthen(work: Work, allotment: Allotment, row: CodeRange, *, size: int) -> None:
    if allotment.origin != "import":
        raise invalid(
            "serial_to", say("号段 %(label)s 只有 %(size)s 枚。", label=row.label, size=row.size), say("请核对序列号。"), value=size
        )
    row.size = size
    allotment.count = size
    allotment.quantity = size * allotment.content_per_label
    work.record(row, "range:import")


def _book(work: Work, authorisation: Authorisation, allotment: Allotment, *, batch: Batch, interval: CodeInterval) -> Iterable[Words]:
    """Post the use: from the reservation where there is one and it suffices, else as stated."""
    quantity = (interval.serial_to - interval.serial_from) * allotment.content_per_label
    source: dict[str, Any] = {"source_kind": "code_interval", "source_id": interval.id or 0}
    if quantity > batches.available_of_batch(work.session, batch.id or 0):
        yield say("激活的数量超过批次 %(number)s 的余量。", number=batch.number)
    if allotment.origin == "order":
        account: dict[str, Any] = {
            "gi_id": allotment.gi_id,
            "year": allotment.year,
            "zone": allotment.zone,
            "unit": allotment.unit,
            "quantity": quantity,
        }
        try:
            with work.savepoint():
                batches.use_reserved(work, authorisation, batch_id=batch.id or 0, **account, **source)
            return
        except (Conflict, Invalid) as problem:
            yield problem.reason
            batches.release(work, authorisation, **account, **source)
    batches.record_use(work, authorisation, quantity=quantity, batch_id=batch.id or 0, **source)
