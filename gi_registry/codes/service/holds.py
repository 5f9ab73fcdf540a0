"""Freeze, recall and lift: a person in office decides, on a document; the user is told. Disown: the user itself, of its own codes.

Stock and quota do not move.
"""

from __future__ import annotations

from collections.abc import Sequence

from gi_registry.codes import queries
from gi_registry.codes.models import Allotment, CodeInterval
from gi_registry.codes.rules.intervals import BY_STATEMENT, Status
from gi_registry.codes.rules.life import STATUS_LABELS
from gi_registry.codes.schemas import Hold, Lift, Which
from gi_registry.codes.service.custody import Done, by_number, mine, write_interval
from gi_registry.codes.service.selection import lock_shelf
from gi_registry.kernel.errors import Conflict, NotFound
from gi_registry.kernel.words import Words, say
from gi_registry.notices import service as notices
from gi_registry.workflow import Work, check_version


def hold(work: Work, allotment_id: int, fields: Hold, *, secret_key: str = "") -> Done:
    """Freeze or recall codes, activated or not. Raises NotFound, Invalid, Conflict for codes that are excepted already."""
    allotment = mine(work, allotment_id, "code:hold")
    check_version(allotment, fields.version)
    shelf = lock_shelf(work.session, allotment_id)
    pieces = shelf.chosen(by_number(work, shelf, fields, secret_key=secret_key))
    shelf.refuse_excepted(pieces)
    status = Status(fields.kind.value)
    written = tuple(write_interval(work, piece, status, basis=fields.basis) for piece in shelf.split(pieces))
    labels = sum(row.serial_to - row.serial_from for row in written)
    _tell(work, allotment, STATUS_LABELS[status], labels=labels, basis=fields.basis)
    return Done(written, labels)


def lift(work: Work, allotment_id: int, fields: Lift) -> Allotment:
    """End a freeze or a recall from now on; the interval stays on file. Raises NotFound, Conflict when there is nothing to lift."""
    allotment = mine(work, allotment_id, "code:hold")
    lock_shelf(work.session, allotment_id)
    interval = queries.find_interval(work.session, fields.interval_id)
    if interval is None or queries.allotment_of(work.session, interval) != allotment_id:
        raise NotFound
    _refuse_unless_held(interval)
    interval.lifted_at, interval.lift_basis = work.now, fields.basis
    work.record(interval, "code:lift")
    work.flush()
    words = say("解除%(status)s", status=STATUS_LABELS[interval.status])
    _tell(work, allotment, words, labels=interval.serial_to - interval.serial_from, basis=fields.basis)
    return allotment


def disown(work: Work, allotment_id: int, which: Which, *, basis: str, secret_key: str = "") -> Done:
    """Freeze codes of one's own on one's own statement that the labels are not in one's use.

    Raises NotFound (not yours), Invalid (no such codes), Conflict for codes that are excepted already.
    """
    mine(work, allotment_id, "code:disown")
    shelf = lock_shelf(work.session, allotment_id)
    pieces = shelf.chosen(by_number(work, shelf, which, secret_key=secret_key))
    shelf.refuse_excepted(pieces)
    written = tuple(write_interval(work, piece, Status.FROZEN, basis=basis, origin=BY_STATEMENT) for piece in shelf.split(pieces))
    return Done(written, sum(row.serial_to - row.serial_from for row in written))


def take_back(work: Work, interval_ids: Sequence[int], *, basis: str) -> int:
    """Lift what one's own statement froze and nobody lifted meanwhile; return how many labels. Raises NotFound (not yours)."""
    labels = 0
    for interval_id in interval_ids:
        interval = queries.find_interval(work.session, interval_id)
        if interval is None or interval.origin != BY_STATEMENT:
            raise NotFound
        allotment_id = queries.allotment_of(work.session, interval)
        mine(work, allotment_id, "code:disown")
        lock_shelf(work.session, allotment_id)
        work.session.refresh(interval)
        if interval.lifted_at is None:
            interval.lifted_at, interval.lift_basis = work.now, basis
            work.record(interval, "code:lift")
            labels += interval.serial_to - interval.serial_from
    work.flush()
    return labels


def _refuse_unless_held(interval: CodeInterval) -> None:
    if interval.status not in {Status.FROZEN, Status.RECALLED}:
        raise Conflict(say("只有冻结和召回可以解除。"), remedy=say("激活、损坏、退回和作废不能撤回。"))
    if interval.lifted_at is not None:
        raise Conflict(say("这一段早已解除。"), remedy=say("请刷新页面。"))


def _tell(work: Work, allotment: Allotment, what: Words, *, labels: int, basis: str) -> None:
    if allotment.owner_org_id is None:
        return
    notices.notify(
        work,
        organisation_id=allotment.owner_org_id,
        title=say("标签%(what)s：%(number)s", what=what, number=allotment.number),
        body=say(
            "申领编号 %(number)s 的 %(labels)s 枚标签%(what)s。依据：%(basis)s。",
            number=allotment.number,
            labels=labels,
            what=what,
            basis=basis,
        ),
        link=f"/allotments/{allotment.id}",
    )
