"""Exactly one look-up in the life of a code is its first check: across threads, processes and restarts, on both databases."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from gi_registry.scans.connections import Busy, Gone, Statement, connect
from gi_registry.scans.queries import find_history
from gi_registry.scans.rules.clones import Counted, CountingTest
from gi_registry.scans.service import Look, record_check, record_look
from tests.conftest import NOW

THREADS = 50


def look(labels, client: int = 1, **differs) -> Look:
    return Look(**{"range_id": labels.range_id, "serial": 3, "at": NOW, "client_key": f"{client:016x}"} | differs)


def race(act: Callable[[int], object]) -> list[object]:
    """Run ``act`` in fifty threads that start together."""
    start, results = threading.Barrier(THREADS), []

    def run(number: int) -> None:
        start.wait()
        results.append(act(number))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_of_fifty_at_once_one_is_first_and_all_are_counted(connections, labels):
    checks = race(lambda client: record_check(connections, look(labels, client), test=None))
    assert sum(check.is_first for check in checks) == 1
    assert sorted(check.count for check in checks) == list(range(1, THREADS + 1))


def test_fifty_of_one_client_at_once_are_one_check(connections, labels):
    checks = race(lambda _client: record_check(connections, look(labels), test=None))
    assert sum(check.is_first for check in checks) == 1
    assert {check.count for check in checks} == {1}


def test_reading_before_writing_would_yield_several_first_checks(connections, labels):
    """The negative control: the obvious way, a read and then a write, tells many buyers that they are the first."""
    insert = Statement(
        """INSERT INTO first_check (range_id, serial, first_at, last_at, count) VALUES (:range_id, :serial, :at, :at, 1)
        ON CONFLICT (range_id, serial) DO UPDATE SET count = first_check.count + 1"""
    )

    def careless(_client: int) -> bool:
        known = connections.read(lambda reader: find_history(reader, labels.range_id, 3))
        time.sleep(0.01)
        connections.write(lambda transaction: transaction.one(insert, range_id=labels.range_id, serial=3, at=NOW))
        return known is None

    assert sum(bool(first) for first in race(careless)) > 1


def _elsewhere(url: str, found: Look, results: multiprocessing.Queue) -> None:
    opened = connect(url)
    results.put([record_check(opened, replace(found, client_key=f"{number:016x}"), test=None).is_first for number in range(20)])
    opened.close()


@pytest.mark.slow
def test_processes_share_one_first_check(connections, database_url, labels):
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    workers = [context.Process(target=_elsewhere, args=(database_url, look(labels), results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    firsts = [first for _ in workers for first in results.get(timeout=60)]
    for worker in workers:
        worker.join()
    assert sum(firsts) == 1


def test_a_restart_keeps_the_first_check(connections, database_url, labels):
    assert record_check(connections, look(labels), test=None).is_first
    connections.close()
    later = connect(database_url)
    again = record_check(later, look(labels, 2, at=NOW + timedelta(days=400)), test=None)
    later.close()
    assert (again.is_first, again.first_at, again.count) == (False, NOW, 2)


def test_ten_minutes_apart_the_same_client_counts_again(connections, labels):
    counts = [record_check(connections, look(labels, at=NOW + timedelta(minutes=m)), test=None).count for m in (0, 9, 10, 19, 20)]
    assert counts == [1, 1, 2, 2, 3]


def test_a_look_up_of_a_code_that_is_not_live_is_stored_and_does_not_count(connections, labels, open_work):
    record_look(connections, look(labels, place="320500"), verdict="not-activated")
    record_look(connections, look(labels), verdict="not-activated")
    assert record_check(connections, look(labels), test=None).is_first
    with open_work() as work:
        from sqlmodel import select

        from gi_registry.scans.models import Scan

        rows = list(work.session.exec(select(Scan)))
    assert [(row.verdict, row.counted, row.merged_count, row.place) for row in rows] == [
        ("not-activated", False, 1, "320500"),
        ("first-check", True, 0, None),
    ]
    assert rows[0].at == NOW
    assert rows[0].at.tzinfo is UTC


def test_counted_facts_are_stated_from_the_moment_they_meet_the_policy_counted_anew_by_the_hour_and_never_taken_back(connections, labels):
    policy = CountingTest(client_days=4, provinces=3, hours=48)
    places = ("320500", "110000", "440100", "440300", "320500")
    told = [
        record_check(connections, look(labels, number, place=place, at=NOW + timedelta(hours=number)), test=policy).suspected
        for number, place in enumerate(places)
    ]
    assert told == [None, None, None, Counted(4, 3, 48), Counted(5, 3, 48)]
    soon = record_check(connections, look(labels, 8, at=NOW + timedelta(hours=4, minutes=59)), test=policy)
    assert soon.suspected == Counted(5, 3, 48)
    quiet = record_check(connections, look(labels, 9, at=NOW + timedelta(days=90)), test=policy)
    assert quiet.suspected == Counted(5, 3, 48)


def test_clients_of_long_ago_are_not_counted(connections, labels):
    policy = CountingTest(client_days=3, provinces=2, hours=48)
    looks = [look(labels, number, place=f"{number + 11}0000", at=NOW + timedelta(days=3 * number)) for number in range(6)]
    assert [record_check(connections, found, test=policy).suspected for found in looks] == [None] * 6


def test_a_first_check_can_be_neither_deleted_nor_moved_nor_counted_down(connections, labels, database):
    record_check(connections, look(labels), test=None)
    for statement in ("DELETE FROM first_check", "UPDATE first_check SET count = 0", "UPDATE first_check SET serial = 4"):
        with pytest.raises(DBAPIError), database.session() as session:
            session.connection().exec_driver_sql(statement)


@pytest.mark.databases("sqlite")
def test_a_locked_database_is_busy_not_broken(database_url, labels):
    impatient = connect(database_url, wait_ms=100)
    blocker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        record_check(impatient, look(labels), test=None)
    blocker.execute("ROLLBACK")
    assert record_check(impatient, look(labels), test=None).is_first
    impatient.close()


@pytest.mark.databases("postgresql")
def test_a_locked_row_is_busy_not_broken(database_url, database, labels, connections):
    record_check(connections, look(labels), test=None)
    impatient = connect(database_url, wait_ms=200)
    with database.session() as session:
        session.connection().exec_driver_sql("SELECT 1 FROM first_check FOR UPDATE")
        with pytest.raises(Busy):
            record_check(impatient, look(labels, 2), test=None)
    assert record_check(impatient, look(labels, 2), test=None).count == 2
    impatient.close()


@pytest.mark.databases("postgresql")
def test_connections_that_were_cut_are_replaced_for_the_next_reader(database_url, database, labels, connections):
    record_check(connections, look(labels), test=None)
    with database.session() as session:
        session.connection().exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    history = connections.read(lambda reader: find_history(reader, labels.range_id, 3))
    assert history is not None
    assert record_check(connections, look(labels, 2), test=None).count == 2


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def test_a_database_that_is_not_there_is_gone(url):
    with pytest.raises(Gone):
        connect(url).read(lambda reader: find_history(reader, 1, 1))
