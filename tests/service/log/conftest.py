"""The log's own tests start with an empty log."""

from __future__ import annotations

import pytest


@pytest.fixture
def database_state() -> str:
    return "migrated"
