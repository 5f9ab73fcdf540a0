"""A change is told by every process within two seconds, though each answers from what it keeps."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from typing import Any

import pytest

from gi_registry.config import read_settings
from gi_registry.verify.service import Asked, Desk, look_up
from tests.builders.scans import SECRET_KEY, Labels, make_labels, say_of

WITHIN_S = 2.0
PATIENCE_S = 6.0

pytestmark = pytest.mark.slow


def watcher(url: str, codes: list[str], seconds: float | None, pipe: Connection) -> None:
    """Look codes up over and over from a process of its own; say when it is ready, and when the first of them was told as frozen."""
    differs = {} if seconds is None else {"trace_cache_seconds": seconds}
    desk = Desk(read_settings({}, database_url=url, secret_key=SECRET_KEY, **differs))
    asked = Asked(address="203.0.113.9", agent="watcher", counts=False)
    for code in codes:
        assert look_up(desk, code, asked).verdict == "repeat"
    pipe.send("ready")
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        if look_up(desk, codes[0], asked).verdict == "frozen":
            pipe.send(time.monotonic())
            return
        time.sleep(0.01)
    pipe.send(None)


def seen_after(url: str, open_work: Any, labels: Labels, *, seconds: float | None = None) -> list[float | None]:
    """Freeze a code while two processes watch it; return after how many seconds each told so (None: not while it looked)."""
    context = multiprocessing.get_context("spawn")
    pipes, processes = [], []
    for _ in range(2):
        ours, theirs = context.Pipe(duplex=False)
        processes.append(context.Process(target=watcher, args=(url, [labels.code(1), labels.code(2)], seconds, theirs)))
        processes[-1].start()
        pipes.append(ours)
    assert [pipe.recv() for pipe in pipes] == ["ready", "ready"]
    with open_work() as work:
        work.record(say_of(work, labels, "frozen", 1, 2), "code:freeze")
    frozen_at = time.monotonic()
    told = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    return [None if at is None else at - frozen_at for at in told]


def test_two_processes_tell_a_change_within_two_seconds(database_url, open_work, on_file):
    told = seen_after(database_url, open_work, on_file(make_labels))
    assert all(after is not None and after < WITHIN_S for after in told), told


def test_processes_that_never_ask_the_log_would_go_on_telling_what_was(database_url, open_work, on_file):
    """The control: what is kept is really kept, and the log is what ends it."""
    assert seen_after(database_url, open_work, on_file(make_labels), seconds=3600) == [None, None]
