"""A ring that crosses itself thousands of times: told in milliseconds, where asking whether it is valid would take a processor for long."""

from __future__ import annotations

import numpy
from numpy.typing import NDArray

LONGEST = 400
SAMPLE = 60
MOST_MET = 100  # sides that a side may meet, by their boxes; in a ring that somebody drew it is two or three

Corners = NDArray[numpy.float64]


def tangled(corners: Corners) -> bool:
    """Say whether the sides of a ring meet each other so often that it is a scribble: its longest sides, or a sample of all."""
    low, high = numpy.minimum(corners[:-1], corners[1:]), numpy.maximum(corners[:-1], corners[1:])
    longest = numpy.argsort((high - low).max(axis=1))[-LONGEST:]
    if _met(low[longest], high[longest], low[longest], high[longest]).mean() > MOST_MET:
        return True
    sample = numpy.arange(0, len(low), max(1, len(low) // SAMPLE))
    return bool(numpy.median(_met(low[sample], high[sample], low, high)) > MOST_MET)


def _met(low: Corners, high: Corners, other_low: Corners, other_high: Corners) -> NDArray[numpy.int64]:
    """Return for each box how many of the others it meets."""
    counts = [int(((other_low <= top) & (other_high >= bottom)).all(axis=1).sum()) for bottom, top in zip(low, high, strict=True)]
    return numpy.array(counts, dtype=numpy.int64)
