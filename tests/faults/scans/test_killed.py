"""Processes that count are killed without warning: what they acknowledged is on file, once."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection

import pytest

from gi_registry.scans.connections import connect
from gi_registry.scans.queries import find_history
from gi_registry.scans.service import Look, record_check
from tests.builders.scans import make_labels
from tests.conftest import NOW

CYCLES = 5
EACH = 60


@dataclass(frozen=True)
class Told:
    serial: int
    is_first: bool


def careful(url: str, range_id: int, seed: int, pipe: Connection) -> None:
    """Count look-ups of three codes and acknowledge each after it is stored."""
    opened = connect(url)
    for number in range(10_000):
        serial = number % 3
        check = record_check(opened, Look(range_id, serial, NOW, f"{seed:08x}{number:08x}"), test=None)
        pipe.send(Told(serial, check.is_first))


def careless(url: str, range_id: int, seed: int, pipe: Connection) -> None:
    """The negative control: acknowledge inside the transaction, before it is stored."""
    opened = connect(url)
    for number in range(10_000):

        def early(transaction, number=number):
            from gi_registry.scans.rules.client import MERGE_WINDOW
            from gi_registry.scans.service import check as checked

            check = checked(transaction, Look(range_id, number % 3, NOW, f"{seed:08x}{number:08x}"), None, merge=MERGE_WINDOW)
            pipe.send(Told(number % 3, check.is_first))
            if number == EACH - 1:
                os.kill(os.getpid(), signal.SIGKILL)

        opened.write(early)


def killed(act: Callable[..., None], url: str, range_id: int) -> list[Told]:
    """Run ``act`` in a process, kill it after some acknowledgements, and start another, over and over."""
    context = multiprocessing.get_context("spawn")
    told: list[Told] = []
    for seed in range(CYCLES):
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=act, args=(url, range_id, seed, theirs))
        worker.start()
        theirs.close()
        told += [ours.recv() for _ in range(EACH)]
        worker.kill()
        worker.join()
        while True:  # what it acknowledged before it died counts too
            try:
                told.append(ours.recv())
            except EOFError:
                break
    return told


@pytest.fixture
def range_id(open_work):
    with open_work() as work:
        return make_labels(work).range_id


def stored(url: str, range_id: int) -> int:
    opened = connect(url)
    histories = [opened.read(lambda reader, serial=serial: find_history(reader, range_id, serial)) for serial in range(3)]
    opened.close()
    return sum(history.count for history in histories if history)


def test_what_was_acknowledged_is_on_file_and_one_look_up_was_first(database_url, range_id):
    told = killed(careful, database_url, range_id)
    assert len(told) >= CYCLES * EACH
    assert sorted(item.serial for item in told if item.is_first) == [0, 1, 2]
    assert len(told) <= stored(database_url, range_id) <= len(told) + CYCLES


def test_acknowledging_before_storing_would_lose_some(database_url, range_id):
    told = killed(careless, database_url, range_id)
    assert stored(database_url, range_id) < len(told)
