"""Half-open intervals of serials: what is taken, what is free, what comes next. A million codes are a handful of numbers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np


class Status(StrEnum):
    """What was said of an interval of serials."""

    ACTIVATED = "activated"
    VOID = "void"
    DAMAGED = "damaged"
    RETURNED = "returned"
    FROZEN = "frozen"
    RECALLED = "recalled"


class Layer(StrEnum):
    """Two layers lie on a range; within one layer no serial is spoken of twice."""

    ACTIVATION = "activation"
    EXCEPTION = "exception"


SPOILS = (Status.VOID, Status.DAMAGED, Status.RETURNED)
LEAVES_STOCK = frozenset({Status.ACTIVATED, *SPOILS})


BY_STATEMENT = "statement"
"""Origin of a freeze that rests on the user's own statement, not on a decision of an office."""


def layer_of(status: str) -> Layer:
    """Return the layer of a status: activation stands alone, everything else is an exception."""
    return Layer.ACTIVATION if status == Status.ACTIVATED else Layer.EXCEPTION


@dataclass(frozen=True, order=True)
class Span:
    """Serials ``low`` … ``high`` − 1."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low < self.high:
            raise ValueError(f"{self.low}…{self.high} is no interval")

    def __len__(self) -> int:
        return self.high - self.low

    def overlaps(self, other: Span) -> bool:
        """Say whether a serial lies in both."""
        return self.low < other.high and other.low < self.high


def size_of(spans: Iterable[Span]) -> int:
    """Return how many serials lie in disjoint spans."""
    return sum(len(span) for span in spans)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same serials as the fewest spans, in order; neighbours that touch become one."""
    result: list[Span] = []
    for span in sorted(spans):
        if result and span.low <= result[-1].high:
            result[-1] = Span(result[-1].low, max(result[-1].high, span.high))
        else:
            result.append(span)
    return result


def without(span: Span, taken: Iterable[Span]) -> list[Span]:
    """Return what of ``span`` lies in none of ``taken``, in order."""
    free: list[Span] = []
    low = span.low
    for other in merged(taken):
        if other.high <= low:
            continue
        if other.low >= span.high:
            break
        if other.low > low:
            free.append(Span(low, other.low))
        low = other.high
    return [*free, Span(low, span.high)] if low < span.high else free


def common(span: Span, others: Iterable[Span]) -> list[Span]:
    """Return what of ``span`` lies in ``others``, in order."""
    return [Span(max(span.low, other.low), min(span.high, other.high)) for other in merged(others) if span.overlaps(other)]


class Cuts:
    """Serials cut where a span begins or ends: between two cuts the same is said of every serial.

    Spans may overlap: what was lifted stays on file below what came after it. Memory is linear in the spans.
    """

    __slots__ = ("_edges", "_highs", "_lows")

    def __init__(self, spans: Sequence[Span]) -> None:
        self._lows = np.fromiter((span.low for span in spans), dtype=np.int64, count=len(spans))
        self._highs = np.fromiter((span.high for span in spans), dtype=np.int64, count=len(spans))
        self._edges: list[int] = np.unique(np.concatenate((self._lows, self._highs))).tolist()

    def stretch_of(self, serial: int) -> int:
        """Return the number of the stretch that a serial lies in: equal for two serials of which the same is said."""
        return bisect_right(self._edges, serial)

    def covering(self, serial: int) -> list[int]:
        """Return which of the spans (by their place) cover a serial, in their order."""
        found: list[int] = np.nonzero((self._lows <= serial) & (self._highs > serial))[0].tolist()
        return found


def first(count: int, free: Sequence[Span]) -> list[Span]:
    """Return the first ``count`` serials of ``free`` as spans; fewer when there are not so many."""
    taken: list[Span] = []
    for span in free:
        if count <= 0:
            break
        taken.append(Span(span.low, min(span.high, span.low + count)))
        count -= len(taken[-1])
    return taken


def chunks(count: int, largest: int) -> list[int]:
    """Return how an order of ``count`` codes is laid into ranges of at most ``largest``."""
    return [min(largest, count - start) for start in range(0, count, largest)]
