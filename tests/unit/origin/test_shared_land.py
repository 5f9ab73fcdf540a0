from __future__ import annotations

import pytest
from shapely.geometry import box

from gi_registry.origin.rules.measure import area_m2
from gi_registry.origin.rules.shared_land import shared_m2

POND = box(118.500, 33.900, 118.502, 33.902)


def test_the_same_ground_is_shared_whole() -> None:
    assert shared_m2(POND, POND, accuracy_m=5) == area_m2(POND)


def test_half_a_pond_is_shared() -> None:
    half = box(118.501, 33.900, 118.503, 33.902)
    assert shared_m2(POND, half, accuracy_m=5) == pytest.approx(area_m2(POND) / 2, rel=0.01)


@pytest.mark.parametrize(
    "neighbour",
    [
        box(118.503, 33.900, 118.505, 33.902),  # apart
        box(118.502, 33.900, 118.504, 33.902),  # along one edge
        box(118.502, 33.902, 118.504, 33.904),  # at one corner
        box(118.50199, 33.900, 118.504, 33.902),  # a strip of one metre that surveying explains
    ],
)
def test_neighbours_share_nothing(neighbour: object) -> None:
    assert shared_m2(POND, neighbour, accuracy_m=5) == 0
