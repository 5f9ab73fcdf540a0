"""Which codes of an allotment are meant, and which of them are free: serial numbers in, pieces of ranges out.

A serial number counts 1 … count through the ranges of the allotment in their order; it stands in the margin of the printed sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from gi_registry.codes import queries
from gi_registry.codes.models import CodeInterval, CodeRange
from gi_registry.codes.rules.intervals import Layer, Span, Status, common, first, merged, size_of, without
from gi_registry.codes.schemas import Which
from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import Words, say


@dataclass(frozen=True)
class Piece:
    """A stretch of one range; ``activated`` when every code of it is."""

    code_range: CodeRange
    span: Span
    activated: bool = False


@dataclass(frozen=True)
class _Slot:
    code_range: CodeRange
    start: int  # serial number of the first code, minus one
    activated: tuple[Span, ...]
    excepted: tuple[Span, ...]
    held: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        """All serials of the range."""
        return Span(0, self.code_range.size)

    @property
    def free(self) -> list[Span]:
        """The serials that are neither activated nor set apart as exceptions."""
        return without(self.whole, self.activated + self.excepted)


class Shelf:
    """The ranges of one allotment with what was said of them."""

    def __init__(self, slots: Sequence[_Slot]) -> None:
        self._slots = slots

    @property
    def size(self) -> int:
        """How many codes the allotment has."""
        return sum(slot.code_range.size for slot in self._slots)

    @property
    def left(self) -> int:
        """How many are neither activated nor excepted."""
        return sum(size_of(slot.free) for slot in self._slots)

    @property
    def activated(self) -> int:
        """How many are activated."""
        return sum(size_of(slot.activated) for slot in self._slots)

    @property
    def held(self) -> int:
        """How many are frozen or recalled without being activated: not free, and not gone."""
        return sum(size_of(without(span, slot.activated)) for slot in self._slots for span in slot.held)

    def free_pieces(self) -> list[Piece]:
        """Return everything in stock."""
        return [Piece(slot.code_range, span) for slot in self._slots for span in slot.free]

    def numbers(self, code_range_id: int, span: Span) -> tuple[int, int]:
        """Return first and last serial number of a span of a range."""
        slot = next(slot for slot in self._slots if slot.code_range.id == code_range_id)
        return slot.start + span.low + 1, slot.start + span.high

    def number_of(self, label: str, serial: int) -> int | None:
        """Return the serial number of a serial of a range; None when it is not of this allotment."""
        slot = next((slot for slot in self._slots if slot.code_range.label == label), None)
        return None if slot is None or serial >= slot.code_range.size else slot.start + serial + 1

    def free_numbers(self) -> list[tuple[int, int]]:
        """Return first and last serial number of each stretch in stock; stretches that touch across ranges are one."""
        stretches = (Span(slot.start + span.low, slot.start + span.high) for slot in self._slots for span in slot.free)
        return [(span.low + 1, span.high) for span in merged(stretches)]

    def chosen(self, which: Which) -> list[Piece]:
        """Return the pieces that a person means; Invalid when there are no such codes, or not so many."""
        if which.count is not None:
            return self._next(which.count)
        low, high = which.first or which.last or 1, which.last or which.first or 1
        if high > self.size:
            raise invalid("last", say("序号超出范围：这次申领共 %(size)s 枚。", size=self.size), say("请核对印张边上的序号。"), value=high)
        return self._pieces(Span(low - 1, high))

    def _next(self, count: int) -> list[Piece]:
        if count > self.left:
            raise invalid(
                "count", say("在库只有 %(left)s 枚，不足 %(count)s 枚。", left=self.left, count=count), say("请减少数量。"), value=count
            )
        pieces: list[Piece] = []
        for slot in self._slots:
            taken = first(count, slot.free)
            pieces += [Piece(slot.code_range, span) for span in taken]
            count -= size_of(taken)
        return pieces

    def _pieces(self, numbers: Span) -> list[Piece]:
        pieces = []
        for slot in self._slots:
            inside = common(Span(slot.start, slot.start + slot.code_range.size), [numbers])
            pieces += [Piece(slot.code_range, Span(span.low - slot.start, span.high - slot.start)) for span in inside]
        return pieces

    def refuse_taken(self, pieces: Iterable[Piece]) -> None:
        """Raise Conflict when one of the codes is activated or excepted already, naming the serial numbers."""
        self._refuse(pieces, lambda slot: slot.activated + slot.excepted, what=say("已激活或已登记损坏、退回、作废"))

    def refuse_excepted(self, pieces: Iterable[Piece]) -> None:
        """Raise Conflict when one of the codes is excepted already."""
        self._refuse(pieces, lambda slot: slot.excepted, what=say("已登记损坏、退回、作废或冻结"))

    def _refuse(self, pieces: Iterable[Piece], taken: Callable[[_Slot], tuple[Span, ...]], *, what: Words) -> None:
        by_range = {slot.code_range.id: slot for slot in self._slots}
        for piece in pieces:
            slot = by_range[piece.code_range.id]
            for span in common(piece.span, taken(slot))[:1]:
                low, high = slot.start + span.low + 1, slot.start + span.high
                raise Conflict(
                    say("序号 %(low)s 至 %(high)s 的标签%(what)s。", low=low, high=high, what=what),
                    remedy=say("请刷新页面，按在库的序号填写。"),
                )

    def split(self, pieces: Iterable[Piece]) -> list[Piece]:
        """Return the pieces cut so that each is wholly activated or wholly not."""
        by_range = {slot.code_range.id: slot for slot in self._slots}
        cut = []
        for piece in pieces:
            live = by_range[piece.code_range.id].activated
            cut += [Piece(piece.code_range, span) for span in without(piece.span, live)]
            cut += [Piece(piece.code_range, span, activated=True) for span in common(piece.span, live)]
        return cut


def lock_shelf(session: Session, allotment_id: int) -> Shelf:
    """Return the shelf of an allotment, its ranges locked until the end of the transaction."""
    query = select(CodeRange).where(CodeRange.allotment_id == allotment_id).order_by(col(CodeRange.id))
    ranges = session.exec(query.with_for_update().execution_options(populate_existing=True)).all()
    return _shelf(session, ranges)


def read_shelf(session: Session, allotment_id: int) -> Shelf:
    """Return the shelf of an allotment as it stands, for a page."""
    return _shelf(session, queries.ranges_of(session, allotment_id))


def _shelf(session: Session, ranges: Sequence[CodeRange]) -> Shelf:
    slots, start = [], 0
    for row in ranges:
        said = queries.intervals_of(session, row.id or 0)
        held = tuple(Span(item.serial_from, item.serial_to) for item in said if item.status in {Status.FROZEN, Status.RECALLED})
        slots.append(_Slot(row, start, _spans(said, Layer.ACTIVATION), _spans(said, Layer.EXCEPTION), held))
        start += row.size
    return Shelf(slots)


def _spans(intervals: Iterable[CodeInterval], layer: Layer) -> tuple[Span, ...]:
    return tuple(Span(row.serial_from, row.serial_to) for row in intervals if row.layer == layer)
