"""The label identity of the annual report: opening + received − activated − spoiled − returned = closing.

Labels count from the moment the allotment was received; what is said of them earlier (damaged at the printer) counts on that day.
A void mark on an activated label says that it must not be believed; it left the stock when it was activated and is not deducted twice.
Source: domain notes §5, user form, part 3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from gi_registry.codes.rules.intervals import Span, Status, common, size_of


@dataclass(frozen=True)
class Stock:
    """A range as it was received: ``size`` labels on ``received_on``."""

    range_id: int
    size: int
    received_on: date


@dataclass(frozen=True)
class Marked:
    """An interval of a range as of the day it was said."""

    range_id: int
    span: Span
    status: str
    on: date


@dataclass(frozen=True)
class CodeCounts:
    """Labels of a year, in pieces. ``spoiled`` = damaged + void before activation; ``void`` = all marked void, activated ones included."""

    opening: int
    received: int
    activated: int
    spoiled: int
    void: int
    returned: int
    closing: int


def count_labels(stocks: Iterable[Stock], marks: Iterable[Marked], *, year: int) -> CodeCounts:
    """Count a calendar year (Shanghai dates) from ranges and intervals."""
    by_range = {stock.range_id: stock for stock in stocks}
    known = [mark for mark in marks if mark.range_id in by_range]
    activations = [mark for mark in known if mark.status == Status.ACTIVATED]
    events = [(stock.received_on, "received", stock.size) for stock in by_range.values()]
    for mark in known:
        day = max(mark.on, by_range[mark.range_id].received_on)
        live = size_of(common(mark.span, (other.span for other in activations if other.range_id == mark.range_id)))
        events += _events(mark, day, live=live)
    return _summed(events, year)


def _events(mark: Marked, day: date, *, live: int) -> list[tuple[date, str, int]]:
    size = len(mark.span)
    if mark.status == Status.ACTIVATED:
        return [(day, "activated", size)]
    if mark.status == Status.RETURNED:
        return [(day, "returned", size - live)]
    if mark.status == Status.DAMAGED:
        return [(day, "spoiled", size - live)]
    if mark.status == Status.VOID:
        return [(day, "spoiled", size - live), (day, "void", size)]
    return []


def _summed(events: Iterable[tuple[date, str, int]], year: int) -> CodeCounts:
    totals = dict.fromkeys(("opening", "received", "activated", "spoiled", "void", "returned"), 0)
    sign = {"received": 1, "activated": -1, "spoiled": -1, "returned": -1, "void": 0}
    for day, kind, number in events:
        if day.year < year:
            totals["opening"] += sign[kind] * number
        elif day.year == year:
            totals[kind] += number
    closing = totals["opening"] + totals["received"] - totals["activated"] - totals["spoiled"] - totals["returned"]
    return CodeCounts(**totals, closing=closing)
