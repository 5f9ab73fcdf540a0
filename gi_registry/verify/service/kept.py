"""What a process keeps of the register, so that a look-up reads nothing: ranges, and for each stretch of serials its record.

Nothing is kept longer than it is true: a record ends with its day and with the next moment at which something begins or ends to hold, and
what rests on a row is dropped when the log says that the row was changed (``drop``). What was read before a change and is stored
after it would be stale for good: hence the generation, which each drop moves on and each keeper compares.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from gi_registry.codes.rules.intervals import Cuts
from gi_registry.codes.rules.mac import Prover
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.queries.changes import Row
from gi_registry.verify.queries.codes import Issued, Minted, Stated
from gi_registry.verify.rules.outline import Outline
from gi_registry.verify.rules.record import Record
from gi_registry.verify.rules.stencil import Stencil

MOST_RANGES = 1_024
"""Of so many ranges; the one kept longest makes room. A range takes 12 KB and its intervals."""
MOST_STRETCHES = 20_000
"""Of so many stretches in all; one takes 3 to 6 KB with its page."""


@dataclass
class Stretch:
    """What is on file about each serial between two cuts; ``stencils`` of its page are cut when it is first shown."""

    record: Record
    settled: Verdict | None
    today: date
    since: datetime
    until: datetime
    depends: frozenset[Row]
    stencils: dict[object, Stencil | None] = field(default_factory=dict)

    def holds(self, now: datetime) -> bool:
        """Say whether the record is the one of a moment."""
        return self.since <= now < self.until


@dataclass
class KeptRange:
    """A range: what it was issued for, what was said of its serials, and the records made of that so far."""

    minted: Minted
    issued: Issued
    prover: Prover
    said: Sequence[Stated]
    cuts: Cuts | None
    depends: frozenset[Row]
    stretches: dict[int, Stretch] = field(default_factory=dict)
    outlines: dict[int, Outline | None] = field(default_factory=dict)

    def find(self, serial: int, now: datetime) -> Stretch | None:
        """Return the record of a serial, where one is kept that holds now."""
        if self.cuts is None:
            return None
        found = self.stretches.get(self.cuts.stretch_of(serial))
        return found if found is not None and found.holds(now) else None


class Shelf:
    """The kept ranges of a process."""

    def __init__(self) -> None:
        self.ranges: dict[str, KeptRange] = {}
        self.generation = 0
        self._order: deque[tuple[KeptRange, int]] = deque()
        self._lock = threading.Lock()

    def keep_range(self, label: str, kept: KeptRange, *, read_in: int) -> None:
        """Keep a range that was read in a generation, unless something was dropped since."""
        with self._lock:
            if read_in == self.generation:
                while len(self.ranges) >= MOST_RANGES:
                    del self.ranges[next(iter(self.ranges))]
                self.ranges[label] = kept

    def keep(self, kept: KeptRange, serial: int, stretch: Stretch, *, read_in: int) -> None:
        """Keep the record of a serial and of all between the same cuts, unless something was dropped since it was read."""
        if kept.cuts is None:
            return
        with self._lock:
            if read_in == self.generation:
                number = kept.cuts.stretch_of(serial)
                if number not in kept.stretches:
                    self._order.append((kept, number))
                kept.stretches[number] = stretch
                while len(self._order) > MOST_STRETCHES:
                    oldest, place = self._order.popleft()
                    oldest.stretches.pop(place, None)

    def drop(self, changed: frozenset[Row] | None) -> None:
        """Forget what rests on rows that were changed; None: everything."""
        with self._lock:
            self.generation += 1
            if changed is None:
                self.ranges, self._order = {}, deque()
                return
            self.ranges = {label: kept for label, kept in self.ranges.items() if kept.depends.isdisjoint(changed)}
            for kept in self.ranges.values():
                kept.stretches = {n: stretch for n, stretch in kept.stretches.items() if stretch.depends.isdisjoint(changed)}
