"""Three officers take a planted fraud to the public list and off it again, by keyboard alone at 200 % zoom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DOUBLE
from tests.browser.test_journey import take_a_planted_fraud_to_the_public_list

pytestmark = pytest.mark.xdist_group("journey-keyboard")


def test_officers_work_by_keyboard_alone_at_double_size(visit: Any) -> None:
    take_a_planted_fraud_to_the_public_list(visit, width=DOUBLE, keyboard=True)
