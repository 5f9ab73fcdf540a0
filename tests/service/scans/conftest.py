"""A range on file and the connections that scans use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gi_registry.scans.connections import Connections, connect
from tests.builders.scans import Labels, make_labels


@pytest.fixture
def labels(open_work: Any) -> Labels:
    with open_work() as work:
        return make_labels(work)


@pytest.fixture
def connections(database_url: str, labels: Labels) -> Iterator[Connections]:
    opened = connect(database_url)
    yield opened
    opened.close()
