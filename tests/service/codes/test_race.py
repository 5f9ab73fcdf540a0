"""200 parallel orders of 10 on an entitlement of 1,000 grant exactly 1,000, on both databases; without the lock they overdraw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gi_registry.batches import service as batches
from gi_registry.batches.service import posting
from gi_registry.codes import queries, service
from gi_registry.codes.service.keys import ensure_key
from gi_registry.kernel.errors import QuotaExceeded
from tests.builders.codes import SECRET_KEY, Season, make_allotment, make_season, order_of

ENTITLEMENT, SPARE, EACH, ORDERS = 7200, 1000, 10, 200


@pytest.fixture
def season(open_work: Callable[..., Any]) -> Season:
    """A season of whose entitlement all but 1,000 is granted."""
    with open_work() as work:
        made = make_season(work)
        make_allotment(work, made, count=ENTITLEMENT - SPARE, received=False)
    return made


def race(orders: int, act: Callable[[int], int]) -> list[int]:
    """Run ``act`` so many times at once and return what each granted."""
    with ThreadPoolExecutor(max_workers=orders) as pool:
        return list(pool.map(act, range(orders)))


def granted(open_work: Callable[..., Any], season: Season) -> int:
    with open_work(writable=False) as work:
        return sum(item.count for item in queries.list_allotments(work.session, season.id))


@pytest.mark.slow
def test_200_orders_at_once_grant_exactly_what_is_left(open_work: Callable[..., Any], season: Season) -> None:
    def order(number: int) -> int:
        try:
            with open_work() as work:
                service.allot(work, season.id, order_of(season, EACH, idempotency_key=f"order-{number}"), secret_key=SECRET_KEY)
        except QuotaExceeded:
            return 0
        return EACH

    answers = race(ORDERS, order)
    assert sum(answers) == SPARE
    assert granted(open_work, season) == ENTITLEMENT
    with open_work(writable=False) as work:
        found = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
        assert (found.reserved, found.left) == (ENTITLEMENT, 0)
        labels = [
            row.label for item in queries.list_allotments(work.session, season.id) for row in queries.ranges_of(work.session, item.id or 0)
        ]
        assert len(set(labels)) == len(labels)


@pytest.mark.slow
def test_a_double_click_of_20_is_one_allotment(open_work: Callable[..., Any], season: Season) -> None:
    def click(_number: int) -> int:
        with open_work() as work:
            made = service.allot(work, season.id, order_of(season, EACH, idempotency_key="one"), secret_key=SECRET_KEY)
        return made.id or 0

    assert len(set(race(20, click))) == 1
    assert granted(open_work, season) == ENTITLEMENT - SPARE + EACH


@pytest.mark.slow
def test_negative_control_without_the_lock_the_quota_is_overdrawn(
    open_work: Callable[..., Any], season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race where the entitlement is read before the quota row is locked: everyone sees the same 1,000."""
    orders = 12
    seen, everyone_has_read = threading.local(), threading.Barrier(orders)
    monkeypatch.setattr(posting, "lock_quota", lambda *_args, **_kw: None)
    monkeypatch.setattr(posting, "entitlement", lambda *_args, **_kw: seen.entitlement)

    def order(number: int) -> int:
        with open_work(writable=False) as work:
            seen.entitlement = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
        everyone_has_read.wait()
        with open_work() as work:
            service.allot(work, season.id, order_of(season, 100, idempotency_key=f"order-{number}"), secret_key=SECRET_KEY)
        return 100

    assert sum(race(orders, order)) == 1200
    assert granted(open_work, season) == ENTITLEMENT + 200


@pytest.mark.slow
def test_the_same_labels_are_activated_once(open_work: Callable[..., Any], season: Season) -> None:
    from gi_registry.codes.schemas import Activation
    from gi_registry.kernel.errors import Conflict, Invalid

    with open_work() as work:
        allotment = make_allotment(work, season, count=100)

    def activate(number: int) -> int:
        which = {"first": 1, "last": 10} if number % 2 else {"count": 10}
        try:
            with open_work() as work:
                return service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, **which)).labels
        except (Conflict, Invalid):  # taken already, or no ten left
            return 0

    total = sum(race(20, activate))
    with open_work(writable=False) as work:
        row = queries.ranges_of(work.session, allotment.id or 0)[0]
        spans = [(item.serial_from, item.serial_to) for item in queries.intervals_of(work.session, row.id or 0)]
        covered = {serial for low, high in spans for serial in range(low, high)}
        assert len(covered) == sum(high - low for low, high in spans) == row.used == total


def test_first_orders_at_once_make_one_key(open_work: Callable[..., Any]) -> None:
    start = threading.Barrier(8)

    def first(_number: int) -> int:
        start.wait()
        with open_work() as work:
            return int(ensure_key(work, SECRET_KEY).id)

    assert race(8, first) == [0] * 8
    with open_work(writable=False) as work:
        assert [key.id for key in queries.list_keys(work.session)] == [0]
