"""What a benchmark returns, and how it is shown: our figure, the ceiling and the peer of the same run, and their ratios."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Better(StrEnum):
    """Which way is better: a rate wants more, a cost wants less."""

    MORE = "more"
    LESS = "less"


@dataclass(frozen=True)
class Figure:
    """One line of a benchmark.

    ``name`` is the benchmark's name, with ``:sqlite`` or ``:postgresql`` behind where both are measured. ``ours``, ``ceiling`` and
    ``peer`` share ``unit`` (a rate per CPU-second, or µs CPU per request). The ceiling is the best this machine could do
    in the same run; the peer, named in ``peer_name``, is what a user would get elsewhere, measured in the same run too.
    ``note`` is printed, never written to the file.
    """

    name: str
    unit: str
    ours: float
    ceiling: float | None = None
    peer: float | None = None
    peer_name: str = ""
    better: Better = Better.MORE
    note: str = ""

    def _ratio(self, other: float | None) -> float | None:
        if not other or not self.ours:
            return None
        return self.ours / other if self.better is Better.MORE else other / self.ours

    @property
    def ratio_ceiling(self) -> float | None:
        """How near to the ceiling: more is better whatever the unit."""
        return self._ratio(self.ceiling)

    @property
    def ratio_peer(self) -> float | None:
        """How much better than the peer: more is better whatever the unit."""
        return self._ratio(self.peer)

    def as_json(self) -> dict[str, object]:
        """Return the object that ``--json`` appends, one per line."""
        return {
            "name": self.name,
            "unit": self.unit,
            "ours": self.ours,
            "ceiling": self.ceiling,
            "peer": self.peer,
            "peer_name": self.peer_name,
            "ratio_ceiling": self.ratio_ceiling,
            "ratio_peer": self.ratio_peer,
        }

    def line(self) -> str:
        """Return the line that a person reads."""
        parts = [f"{self.name:<28} {number(self.ours)} {self.unit}"]
        if self.ceiling is not None:
            parts.append(f"ceiling {number(self.ceiling)} (x{self.ratio_ceiling or 0:.3g})")
        if self.peer is not None:
            parts.append(f"{self.peer_name or 'peer'} {number(self.peer)} (x{self.ratio_peer or 0:.3g})")
        return " · ".join(parts) + (f"\n{'':<28} {self.note}" if self.note else "")


def number(value: float) -> str:
    """Return a figure with about three significant digits and thousands grouped."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cpu_seconds() -> float:
    """Return the CPU time of this process and its ended children, user and system."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def cpu_seconds_of(pids: list[int]) -> float:
    """Return the CPU time that running processes have used so far, from /proc."""
    ticks = os.sysconf("SC_CLK_TCK")
    total = 0.0
    for pid in pids:
        with Path(f"/proc/{pid}/stat").open(encoding="ascii", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        total += (int(fields[11]) + int(fields[12])) / ticks
    return total


@dataclass
class Stopwatch:
    """CPU and wall seconds of a ``with measured()`` block."""

    cpu: float = 0.0
    wall: float = 0.0


@contextmanager
def measured() -> Iterator[Stopwatch]:
    """Measure the block: ``with measured() as watch: …``, then ``watch.cpu`` and ``watch.wall``."""
    watch = Stopwatch()
    cpu, wall = cpu_seconds(), time.perf_counter()
    yield watch
    watch.cpu, watch.wall = cpu_seconds() - cpu, time.perf_counter() - wall


def rate(work: Callable[[], int], *, rounds: int = 3) -> float:
    """Return the best rate, in units per CPU-second, of ``work``, which returns how many units it did."""
    best = 0.0
    for _ in range(rounds):
        with measured() as watch:
            done = work()
        best = max(best, done / max(watch.cpu, 1e-9))
    return best
