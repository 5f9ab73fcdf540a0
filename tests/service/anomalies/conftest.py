"""Counting queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event


@dataclass
class Counted:
    """How many statements were run."""

    count: int = 0


@pytest.fixture
def count_queries(database: Any) -> Callable[[], Any]:
    """Return a context manager that counts the statements inside it."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()

        def note(*_args: Any) -> None:
            counted.count += 1

        event.listen(database.engine, "before_cursor_execute", note)
        yield counted
        event.remove(database.engine, "before_cursor_execute", note)

    return counting
