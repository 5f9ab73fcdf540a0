"""Look-ups of many threads are stored together, each is told its own result, and one that waited in vain is not counted."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gi_registry.scans import tally as together
from gi_registry.scans.connections import Busy, Gone, Statement, connect
from gi_registry.scans.queries import find_history
from gi_registry.scans.rules.client import MERGE_WINDOW
from gi_registry.scans.service import Check, Look
from gi_registry.scans.tally import Slip, Tally
from tests.conftest import NOW

CODES, CLIENTS = 20, 8
_SYNCHRONOUS = Statement("PRAGMA synchronous")


def look(labels, serial: int, client: int) -> Look:
    return Look(labels.range_id, serial, NOW + timedelta(seconds=client), f"{client:016x}")


def slip(found: Look) -> Slip:
    return Slip(found, None, None, MERGE_WINDOW)


def test_of_many_threads_one_is_first_for_each_code_and_the_counts_have_no_gap(connections, labels):
    tally = Tally(connections)

    def one(number: int) -> tuple[int, Check]:
        serial = number % CODES
        return serial, tally.check(slip(look(labels, serial, number // CODES)))

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(one, range(CODES * CLIENTS)))
    firsts = Counter(serial for serial, check in told if check.is_first)
    assert firsts == dict.fromkeys(range(CODES), 1)
    for serial in range(CODES):
        assert sorted(check.count for place, check in told if place == serial) == list(range(1, CLIENTS + 1))


def test_what_comes_while_another_stores_is_stored_in_one_transaction(connections, labels, monkeypatch):
    tally, sizes, gate = Tally(connections), [], threading.Event()
    store = Tally._store

    def slowly(self: Tally, slips: list) -> None:
        sizes.append(len(slips))
        if len(sizes) == 1:
            gate.wait(10)
        store(self, slips)

    monkeypatch.setattr(Tally, "_store", slowly)
    with ThreadPoolExecutor(9) as pool:
        waiting = [pool.submit(tally.check, slip(look(labels, serial, 1))) for serial in range(9)]
        while len(tally._waiting) < 8:
            pass
        gate.set()
        assert all(each.result().is_first for each in waiting)
    assert sizes == [1, 8]


@pytest.mark.databases("sqlite")
def test_who_waited_in_vain_is_not_counted_and_the_first_check_is_left_to_the_next(database_url, labels):
    impatient = Tally(connect(database_url, wait_ms=100))
    blocker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(impatient.check, slip(look(labels, serial, 1))) for serial in range(4)]
        assert all(isinstance(each.exception(), Busy) for each in waiting)
    blocker.execute("ROLLBACK")
    assert impatient.check(slip(look(labels, 3, 2))) == Check(NOW + timedelta(seconds=2), 1, is_first=True)


def test_a_database_that_goes_away_is_told_to_each_that_waits(labels, database_url, tmp_path):
    away = connect(f"sqlite:///{tmp_path}/none.sqlite3")
    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(Tally(away).check, slip(look(labels, n, 1))) for n in range(4)]
        assert all(isinstance(each.exception(), Gone) for each in waiting)


def test_more_than_fit_into_one_transaction_are_all_stored(connections, labels, monkeypatch):
    monkeypatch.setattr(together, "TOGETHER", 3)
    tally = Tally(connections)
    with ThreadPoolExecutor(12) as pool:
        told = list(pool.map(lambda n: tally.check(slip(look(labels, n, 1))), range(60)))
    assert all(check.is_first for check in told)
    assert all(connections.read(lambda reader, n=n: find_history(reader, labels.range_id, n)) for n in range(60))


@pytest.mark.parametrize("durable", [False, True])
def test_what_is_durable_is_stored_the_same(database_url, labels, durable):
    opened = connect(database_url, durable=durable)
    assert Tally(opened).check(slip(look(labels, 1, 1))).is_first
    opened.close()


@pytest.mark.databases("sqlite")
def test_durable_means_that_the_disk_is_flushed_at_each_commit(database_url):
    opened = connect(database_url, durable=True)
    flushes = opened.write(lambda transaction: transaction.one(_SYNCHRONOUS)[0])
    opened.close()
    usual = connect(database_url)
    assert (flushes, usual.write(lambda transaction: transaction.one(_SYNCHRONOUS)[0])) == (2, 1)
    usual.close()
