"""The small world in which every address is tried, built once for each file of tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.world import World, built


@pytest.fixture(scope="module")
def world(make_database: Any, quick_passwords: None) -> Iterator[World]:
    """One of everything, and a person of every role here and elsewhere."""
    with make_database("sqlite") as url, built(url) as made:
        yield made
