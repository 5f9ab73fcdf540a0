"""When a code looks copied: counted client-days and provinces, by policy."""

from __future__ import annotations

import pytest

from gi_registry.scans.rules.clones import Counted, CountingTest, looks_copied, read_counting_test

TEST = CountingTest(client_days=20, provinces=3, hours=48, client_days_without_places=50)


@pytest.mark.parametrize(
    ("clients", "provinces", "copied"),
    [(20, 3, True), (37, 6, True), (19, 3, False), (20, 2, False), (49, 0, False), (50, 0, True), (500, 1, False)],
)
def test_many_clients_in_many_provinces_or_very_many_where_no_place_is_known(clients, provinces, copied):
    assert looks_copied(TEST, Counted(clients, provinces, 48)) is copied


def test_without_a_figure_for_unknown_places_nothing_is_suspected_there():
    assert not looks_copied(CountingTest(20, 3, 48), Counted(10_000, 0, 48))


@pytest.mark.parametrize("value", [None, [], "20", {"client_days": 20}, {"client_days": "x", "provinces": 3, "hours": 48}])
def test_a_parameter_without_the_shape_suspects_nobody(value):
    assert read_counting_test(value) is None


def test_the_parameter_is_read():
    value = {"client_days": 20, "provinces": 3, "hours": 48, "client_days_without_places": 50}
    assert read_counting_test(value) == TEST
    assert TEST.least == 20
