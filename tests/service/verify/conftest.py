"""Look-up desks on a fresh database whose clock the test sets: one that keeps nothing, one that keeps what the log lets it keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gi_registry.config import read_settings
from gi_registry.scans.connections import connect
from gi_registry.verify.service import Asked, Desk
from tests.builders.scans import SECRET_KEY
from tests.conftest import NOW

PHONE = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    made = Desk(
        read_settings({}, database_url=database_url, secret_key=SECRET_KEY, trace_cache_seconds=0),
        connections=connect(database_url, wait_ms=300),
        clock=lambda: NOW,
    )
    yield made
    made.connections.close()


@pytest.fixture
def keeping(database_url: str) -> Iterator[Desk]:
    """Return a desk that keeps what it read until the log tells of a change, and asks the log with every look-up."""
    made = Desk(
        read_settings({}, database_url=database_url, secret_key=SECRET_KEY, trace_cache_seconds=1e-9),
        connections=connect(database_url, wait_ms=300),
        clock=lambda: NOW,
    )
    yield made
    made.connections.close()


@pytest.fixture
def on_file(open_work: Any) -> Callable[..., Any]:
    """Return a function that stores what ``make`` makes and gives it back."""

    def store(make: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        with open_work() as work:
            return make(work, *args, **facts)

    return store


def asked(client: int = 1, **differs: Any) -> Asked:
    return Asked(address=f"203.0.113.{client}", agent=PHONE, **differs)
