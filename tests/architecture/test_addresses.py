"""An address that was printed, mailed or bookmarked never dies."""

from __future__ import annotations

from typing import Any

from tests.architecture.addresses import ROUTES, addresses


def test_the_addresses_are_those_on_file(app: Any) -> None:
    assert addresses(app) == ROUTES.read_text(encoding="ascii").splitlines(), "write them anew with: python -m tests.accept"
