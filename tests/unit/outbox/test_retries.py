"""When a failed message is tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from gi_registry.outbox.rules import MOST_TRIES, next_try

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def test_waits_double_and_end() -> None:
    assert next_try(1, NOW) == NOW + timedelta(minutes=1)
    assert next_try(4, NOW) == NOW + timedelta(minutes=8)
    assert next_try(MOST_TRIES, NOW) is None
