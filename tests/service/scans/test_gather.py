"""On an event loop what became ready together is stored together; what must wait waits in a thread, and too many are told so."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from gi_registry.scans import gather
from gi_registry.scans.connections import Busy, connect
from gi_registry.scans.gather import Gathering
from gi_registry.scans.rules.client import MERGE_WINDOW
from gi_registry.scans.service import Look
from gi_registry.scans.tally import Slip, Tally
from tests.conftest import NOW


def slip(labels: Any, serial: int, client: int = 1) -> Slip:
    return Slip(Look(labels.range_id, serial, NOW + timedelta(seconds=client), f"{client:016x}"), None, None, MERGE_WINDOW)


def gathered(connections: Any, act: Callable[[Gathering], Any]) -> Any:
    """Run on a loop in a thread of its own: the browser of another test keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool, ThreadPoolExecutor(1) as apart:

        async def run() -> Any:
            return await act(Gathering(Tally(connections), pool))

        return apart.submit(lambda: asyncio.run(run())).result(60)


def all_of(slips: list[Slip]) -> Callable[[Gathering], Any]:
    return lambda gathering: asyncio.wait_for(asyncio.gather(*(gathering.store(each) for each in slips)), 20)


def test_each_is_told_its_own_place_and_one_is_first(connections, labels):
    slips = [slip(labels, serial, client) for client in range(1, 4) for serial in range(40)]
    assert gathered(connections, all_of(slips)) == [True] * len(slips)
    firsts = [each for each in slips if each.result is not None and each.result.is_first]
    assert sorted(each.look.serial for each in firsts) == list(range(40))
    for each in slips:  # on PostgreSQL what was checked before is left to a transaction of its own
        if each.result is None:
            assert not Tally(connections).check_alone(each).is_first


@pytest.mark.databases("sqlite")
def test_what_became_ready_in_one_turn_of_the_loop_is_one_transaction(connections, labels, monkeypatch):
    sizes: list[int] = []
    store = Tally.store_at_once
    monkeypatch.setattr(Tally, "store_at_once", lambda self, slips: sizes.append(len(slips)) or store(self, slips))
    gathered(connections, all_of([slip(labels, serial) for serial in range(30)]))
    assert sizes == [30]


@pytest.mark.databases("sqlite")
def test_a_lock_is_waited_for_in_a_thread_and_the_loop_goes_on(database_url, labels):
    opened = connect(database_url, wait_ms=5_000)
    blocker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")

    async def act(gathering: Gathering) -> tuple[int, bool]:
        turns, storing = 0, gathering.store(mine)
        while turns < 20:
            await asyncio.sleep(0.01)
            turns += 1
            assert not storing.done()
        blocker.execute("ROLLBACK")
        return turns, await asyncio.wait_for(storing, 10)

    mine = slip(labels, 1)
    assert gathered(opened, act) == (20, True)
    assert mine.result is not None
    assert mine.result.is_first
    opened.close()


@pytest.mark.databases("sqlite")
def test_who_waited_in_vain_is_told_so_and_the_first_check_is_left(database_url, labels):
    opened = connect(database_url, wait_ms=100)
    blocker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None, check_same_thread=False)
    blocker.execute("BEGIN IMMEDIATE")
    mine = slip(labels, 1)
    gathered(opened, all_of([mine]))
    assert isinstance(mine.problem, Busy)
    blocker.execute("ROLLBACK")
    again = slip(labels, 1, 2)
    gathered(opened, all_of([again]))
    assert again.result is not None
    assert again.result.is_first
    opened.close()


def test_of_too_many_the_last_are_told_that_they_were_not_stored(connections, labels, monkeypatch):
    monkeypatch.setattr(gather, "MOST_WAITING", 5)
    slips = [slip(labels, serial) for serial in range(8)]
    assert gathered(connections, all_of(slips)) == [True] * 5 + [False] * 3
    assert [each.result is not None for each in slips] == [True] * 5 + [False] * 3


def test_who_went_away_meanwhile_does_not_stop_the_others(connections, labels):
    async def act(gathering: Gathering) -> bool:
        gone, stays = gathering.store(slip(labels, 1)), gathering.store(slip(labels, 2))
        gone.cancel()
        return await asyncio.wait_for(stays, 10)

    assert gathered(connections, act)
