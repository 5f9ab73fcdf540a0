"""Readers of strangers' files run a few at a time: a burst waits its turn, and is told when it waited too long."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore

import pytest

from gi_registry.bulk import apart
from gi_registry.kernel.errors import Unavailable

SLOW = (sys.executable, "-I", "-c", "import sys, time; sys.stdin.read(); time.sleep(0.6); print(time.monotonic() - 0.6, time.monotonic())")


def at_most(told: list[bytes | None]) -> int:
    """Return how many readers ran side by side at most, from when each says it began and ended."""
    spans = [tuple(map(float, each.split())) for each in told if each]
    return max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)


def burst(count: int) -> list[bytes | None]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(lambda _: apart.read_apart(SLOW, b"x", within_s=20), range(count)))


def test_a_burst_is_read_a_few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(2))
    told = burst(6)
    assert None not in told
    assert at_most(told) <= 2
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(6))
    assert at_most(burst(6)) > 2, "without the limit they run side by side"


def test_who_waits_too_long_is_told_that_nothing_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(1))
    monkeypatch.setattr(apart, "PATIENCE_S", 0.05)
    with apart._places, pytest.raises(Unavailable, match="没有读取，也没有保存"):
        apart.read_apart(SLOW, b"x", within_s=20)
    assert apart.read_apart(SLOW, b"x", within_s=20)


def test_a_reader_that_fails_or_hangs_says_nothing_and_gives_its_place_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(1))
    assert apart.read_apart((sys.executable, "-c", "raise SystemExit(3)"), b"", within_s=20) is None
    assert apart.read_apart((sys.executable, "-c", "import time; time.sleep(60)"), b"", within_s=0.2) is None
    assert apart.read_apart((sys.executable, "-c", "print(1)"), b"", within_s=20) == b"1\n"
