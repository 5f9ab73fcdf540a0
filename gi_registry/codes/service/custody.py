"""What happens to granted codes: printed, received, activated on a batch, spoiled, settled."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from gi_registry.batches import service as batches
from gi_registry.batches.models import Batch
from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, CodeInterval
from gi_registry.codes.rules.format import Malformed, parse
from gi_registry.codes.rules.intervals import LEAVES_STOCK, Status, layer_of
from gi_registry.codes.rules.life import ALLOTMENT_LIFE, Action, State
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.codes.schemas import Activation, Printed, Received, Spoil, SpoilKind, Step, Which
from gi_registry.codes.service.keys import open_secret
from gi_registry.codes.service.orders import listed
from gi_registry.codes.service.printing import receive_from_printer
from gi_registry.codes.service.selection import Piece, Shelf, lock_shelf
from gi_registry.kernel.errors import Conflict, NotFound, invalid
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import say
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.registry.rules import Effect
from gi_registry.registry.service import standing
from gi_registry.workflow import Work, advance, check_version


@dataclass(frozen=True)
class Done:
    """What an act on codes did: the intervals written and how many labels they hold."""

    intervals: tuple[CodeInterval, ...]
    labels: int


# ---- the allotment as a whole ----


def mark_printed(work: Work, allotment_id: int, fields: Printed) -> Allotment:
    """Say that the labels were printed, and by whom."""
    allotment = held(work, allotment_id, "code:activate")
    if queries.open_print_job(work.session, allotment_id) is not None:
        raise Conflict(say("这批标签已委托印制单位印制，由印制单位登记。"), remedy=say("要自己打印的，请先撤回委托。"))
    allotment.printed_at, allotment.printer = work.now, fields.printer
    return _advanced(work, allotment, Action.PRINT, version=fields.version)


def mark_received(work: Work, allotment_id: int, fields: Received) -> Allotment:
    """Say that the labels are in hand; from now on they count as stock of the year.

    Raises Conflict where a print house has not shipped yet, Invalid where it has and nothing was counted.
    """
    allotment = held(work, allotment_id, "code:activate")
    receive_from_printer(work, allotment, fields.count)
    allotment.received_at = work.now
    return _advanced(work, allotment, Action.RECEIVE, version=fields.version)


def close(work: Work, allotment_id: int, fields: Step) -> Allotment:
    """Settle an allotment; Conflict while labels are in stock."""
    allotment = held(work, allotment_id, "code:activate")
    shelf = lock_shelf(work.session, allotment_id)
    left = shelf.left + shelf.held
    if left and allotment.state == State.RECEIVED:
        raise Conflict(say("还有 %(left)s 枚标签在库，不能结清。", left=left), remedy=say("请激活，或登记损坏、退回、作废。"))
    allotment.closed_at = work.now
    return _advanced(work, allotment, Action.CLOSE, version=fields.version)


def withdraw(work: Work, allotment_id: int, fields: Step) -> Allotment:
    """Void a whole allotment of which nothing is activated: every code becomes void, the reservation is released."""
    allotment = held(work, allotment_id, "code:void")
    if queries.open_print_job(work.session, allotment_id) is not None:
        raise Conflict(say("这批标签已委托印制单位印制，不能整批作废。"), remedy=say("请先撤回委托；已印好的，收货登记后再作废。"))
    shelf = lock_shelf(work.session, allotment_id)
    if shelf.activated:
        raise Conflict(
            say("已有 %(count)s 枚标签激活，不能整批作废。", count=shelf.activated), remedy=say("请把在库的标签按序号登记作废，再结清。")
        )
    _advanced(work, allotment, Action.VOID, version=fields.version)
    spoil_pieces(work, allotment, Status.VOID, shelf.free_pieces(), reason=str(say("整批作废")), origin="act")
    return allotment


def _advanced(work: Work, allotment: Allotment, action: Action, *, version: int | None) -> Allotment:
    row: Allotment = advance(work, allotment, ALLOTMENT_LIFE, action, expected_version=version)
    return row


def mine(work: Work, allotment_id: int, permission: str) -> Allotment:
    """Return an allotment that the actor holds ``permission`` for; NotFound otherwise."""
    allotment = queries.get_allotment(work.session, allotment_id)
    work.require(permission, allotment)
    return allotment


def held(work: Work, allotment_id: int, permission: str) -> Allotment:
    """Return an allotment as ``mine`` does, its row locked first of all rows (then ranges, quota, batch) and read as it stands now."""
    mine(work, allotment_id, permission)
    return queries.locked_allotment(work.session, allotment_id)


# ---- activation ----


def activate(work: Work, allotment_id: int, fields: Activation, *, secret_key: str = "") -> Done:
    """Bind codes to a batch: their reservation becomes use, and the batch is labelled by as much.

    ``secret_key`` (the installation's) is needed only where codes are named by what is printed on them.
    Raises NotFound (not yours), Conflict (not received, standing, frozen, another product or year, codes already spoken of),
    MassBalanceExceeded (more content than the batch has left), Invalid (no such serial numbers).
    """
    allotment = held(work, allotment_id, "code:activate")
    check_version(allotment, fields.version)
    _refuse_unless(may_activate(work, allotment))
    batch = _batch(work, allotment, fields.batch_id)
    authorisation = registry.get_authorisation(work.session, allotment.authorisation_id)
    shelf = lock_shelf(work.session, allotment_id)
    pieces = shelf.chosen(by_number(work, shelf, fields, secret_key=secret_key))
    shelf.refuse_taken(pieces)
    return Done(
        tuple(_activate_piece(work, allotment, piece, batch=batch, authorisation=authorisation) for piece in pieces), _labels(pieces)
    )


def by_number(work: Work, shelf: Shelf, which: Which, *, secret_key: str) -> Which:
    """Turn printed codes into serial numbers; one code alone means that label."""
    if not (which.from_code or which.to_code):
        return which
    low = _number(work, shelf, which.from_code or which.to_code, field="from_code", secret_key=secret_key)
    high = _number(work, shelf, which.to_code or which.from_code, field="to_code", secret_key=secret_key)
    return Which(first=min(low, high), last=max(low, high))


def _number(work: Work, shelf: Shelf, text: str, *, field: str, secret_key: str) -> int:
    try:
        code = parse(text)
    except Malformed as problem:
        raise invalid(field, problem.reason, say("请重新输入标签上的 20 位标识码。"), value=text) from None
    key = queries.find_key(work.session, code.key_id)
    serial = None if key is None else verify_mac(code, open_secret(work.session, code.key_id, secret_key))
    number = None if serial is None else shelf.number_of(code.range_label, serial)
    if number is None:
        raise invalid(field, say("这枚标识码不属于本次申领。"), say("请核对标签，或到它所属的申领页面办理。"), value=text)
    return number


def may_activate(work: Work, allotment: Allotment) -> Verdict:
    """Say whether codes of this allotment may be activated today, and if not why."""
    if allotment.state != State.RECEIVED:
        state = ALLOTMENT_LIFE.label(allotment.state)
        return Failed(say("这批标签的状态是“%(state)s”，入库后才能激活。", state=state), say("请先登记印制和入库。"))
    authorisation = registry.get_authorisation(work.session, allotment.authorisation_id)
    found = standing(work.session, authorisation, work.today)
    why = listed(found.reasons)
    if not found.active:
        return Failed(say("这项用标资格目前不能激活标签：%(why)s", why=why), say("请先办理用标资格的变更；未用的标签请登记退回。"))
    if Effect.FREEZE_ACTIVATION in found.effects:
        return Failed(say("激活已被冻结：%(why)s", why=why), say("冻结解除后可以激活；有异议的，请向作出决定的机关提出。"))
    return Passed()


def _refuse_unless(verdict: Verdict) -> None:
    if isinstance(verdict, Failed):
        raise Conflict(verdict.reason, remedy=verdict.remedy)


def _batch(work: Work, allotment: Allotment, batch_id: int) -> Batch:
    batch = batches.get_batch(work.session, batch_id)
    if batch.authorisation_id != allotment.authorisation_id:
        raise NotFound
    problem = batch_fits(allotment, batch)
    if isinstance(problem, Failed):
        raise Conflict(problem.reason, remedy=problem.remedy, basis=batch.number)
    return batch


def batch_fits(allotment: Allotment, batch: Batch) -> Verdict:
    """Say whether labels of this allotment may go on this batch: same product, unit, year and zone, and the batch is alive."""
    choose = say("请选择与这批标签一致的批次，或为该批次另行申领。")
    if batch.state not in {"declared", "closed"}:
        return Failed(say("批次 %(number)s 已召回或撤回，不能贴标。", number=batch.number), choose)
    if batch.kind == "pre_printed":
        return Failed(say("批次 %(number)s 使用预印包装，不用一物一码。", number=batch.number), choose)
    if batch.product_id is not None and batch.product_id != allotment.product_id:
        return Failed(say("批次 %(number)s 登记的是另一项产品。", number=batch.number), choose)
    if batch.unit != allotment.unit:
        return Failed(say("批次 %(number)s 的计量单位与标签不同。", number=batch.number), choose)
    if (batch.account_year, batch.zone) != (allotment.year, allotment.zone):
        return Failed(
            say(
                "批次 %(number)s 属于 %(year)s 年度，标签占用的是 %(own)s 年度的额度。",
                number=batch.number,
                year=batch.account_year,
                own=allotment.year,
            ),
            choose,
        )
    return Passed()


def _activate_piece(work: Work, allotment: Allotment, piece: Piece, *, batch: Batch, authorisation: Authorisation) -> CodeInterval:
    interval = write_interval(work, piece, Status.ACTIVATED, batch_id=batch.id)
    batches.use_reserved(
        work, authorisation, gi_id=allotment.gi_id, year=allotment.year, zone=allotment.zone, unit=allotment.unit, batch_id=batch.id or 0,
        quantity=len(piece.span) * allotment.content_per_label, source_kind="code_interval", source_id=interval.id or 0,
    )  # fmt: skip
    return interval


# ---- spoiled, returned, void ----


def spoil(work: Work, allotment_id: int, fields: Spoil, *, secret_key: str = "") -> Done:
    """Take codes out of the stock. What was not activated is released in the quota, once.

    Damaged and returned need labels that are not activated; void may also mark activated ones: they must not be believed any more,
    but the label was used, so the use stays in the ledger. [policy] Raises NotFound, Conflict, Invalid.
    """
    allotment = held(work, allotment_id, "code:void")
    check_version(allotment, fields.version)
    if allotment.state in {State.CLOSED, State.VOID} and fields.kind != SpoilKind.VOID:
        raise Conflict(
            say("这批标签%(state)s，没有在库的标签。", state=ALLOTMENT_LIFE.label(allotment.state)), remedy=say("请核对标签的申领编号。")
        )
    shelf = lock_shelf(work.session, allotment_id)
    pieces = shelf.chosen(by_number(work, shelf, fields, secret_key=secret_key))
    shelf.refuse_excepted(pieces)
    if fields.kind != SpoilKind.VOID:
        shelf.refuse_taken(pieces)
    return spoil_pieces(work, allotment, Status(fields.kind.value), shelf.split(pieces), reason=fields.reason, origin="act")


def spoil_pieces(work: Work, allotment: Allotment, status: Status, pieces: Iterable[Piece], *, reason: str, origin: str) -> Done:
    """Take pieces out of the stock, whatever the reason; what was granted by an order and not activated goes back to the quota."""
    authorisation = registry.get_authorisation(work.session, allotment.authorisation_id)
    written = []
    for piece in pieces:
        interval = write_interval(work, piece, status, basis=reason, origin=origin)
        written.append(interval)
        if not piece.activated and allotment.origin == "order":
            batches.release(
                work, authorisation, gi_id=allotment.gi_id, year=allotment.year, zone=allotment.zone, unit=allotment.unit,
                quantity=len(piece.span) * allotment.content_per_label, source_kind="code_interval", source_id=interval.id or 0,
            )  # fmt: skip
    return Done(tuple(written), sum(interval.serial_to - interval.serial_from for interval in written))


def void_interval(work: Work, allotment_id: int, which: Which, *, reason: str) -> Done:
    """Void codes, activated or not."""
    return spoil(work, allotment_id, Spoil(kind=SpoilKind.VOID, reason=reason, **which.model_dump()))


def damaged(work: Work, allotment_id: int, which: Which, *, reason: str) -> Done:
    """Say that labels were damaged before use."""
    return spoil(work, allotment_id, Spoil(kind=SpoilKind.DAMAGED, reason=reason, **which.model_dump()))


def returned(work: Work, allotment_id: int, which: Which, *, reason: str) -> Done:
    """Say that labels were handed back unused."""
    return spoil(work, allotment_id, Spoil(kind=SpoilKind.RETURNED, reason=reason, **which.model_dump()))


void = void_interval


def write_interval(
    work: Work,
    piece: Piece,
    status: Status,
    *,
    batch_id: int | None = None,
    basis: str = "",
    origin: str = "act",
    at: datetime | None = None,
) -> CodeInterval:
    """Say something of a piece: the interval, and what it takes from the stock of its range."""
    interval = CodeInterval(
        range_id=piece.code_range.id or 0,
        serial_from=piece.span.low,
        serial_to=piece.span.high,
        status=status.value,
        layer=layer_of(status).value,
        batch_id=batch_id,
        at=at or work.now,
        basis=basis,
        origin=origin,
    )
    work.record(interval, f"code:{_ACTS[status]}")
    if status in LEAVES_STOCK and not piece.activated:
        piece.code_range.used += len(piece.span)
        work.record(piece.code_range, f"range:{_ACTS[status]}")
    work.flush()
    return interval


_ACTS = {
    Status.ACTIVATED: "activate",
    Status.VOID: "void",
    Status.DAMAGED: "damage",
    Status.RETURNED: "return",
    Status.FROZEN: "freeze",
    Status.RECALLED: "recall",
}


def _labels(pieces: Iterable[Piece]) -> int:
    return sum(len(piece.span) for piece in pieces)
