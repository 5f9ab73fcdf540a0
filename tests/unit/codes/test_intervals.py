"""Intervals of serials and the label identity of the annual report."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gi_registry.codes.rules.identity import CodeCounts, Marked, Stock, count_labels
from gi_registry.codes.rules.intervals import Layer, Span, chunks, common, first, layer_of, merged, size_of, without

spans = st.builds(lambda low, size: Span(low, low + size), st.integers(0, 60), st.integers(1, 20))


@given(spans, st.lists(spans, max_size=6))
def test_free_and_taken_make_the_whole(span: Span, taken: list[Span]) -> None:
    free = {serial for part in without(span, taken) for serial in range(part.low, part.high)}
    used = {serial for part in common(span, taken) for serial in range(part.low, part.high)}
    assert free | used == set(range(span.low, span.high))
    assert not free & used


@given(st.lists(spans, max_size=8))
def test_merging_keeps_every_serial_once(many: list[Span]) -> None:
    assert size_of(merged(many)) == len({serial for part in many for serial in range(part.low, part.high)})


@given(st.integers(0, 200), st.lists(spans, max_size=6))
def test_next_n_takes_the_lowest_free(count: int, taken: list[Span]) -> None:
    free = without(Span(0, 100), taken)
    got = first(count, free)
    assert size_of(got) == min(count, size_of(free))
    assert [serial for part in got for serial in range(part.low, part.high)] == [
        serial for part in free for serial in range(part.low, part.high)
    ][:count]


def test_an_empty_or_backward_interval_is_refused() -> None:
    for low, high in ((5, 5), (6, 5), (-1, 3)):
        with pytest.raises(ValueError, match="no interval"):
            Span(low, high)


def test_spans_that_only_touch_do_not_overlap() -> None:
    assert not Span(0, 10).overlaps(Span(10, 20))
    assert Span(0, 11).overlaps(Span(10, 20))


def test_activation_is_one_layer_and_every_exception_the_other() -> None:
    assert layer_of("activated") == Layer.ACTIVATION
    assert {layer_of(status) for status in ("void", "damaged", "returned", "frozen", "recalled")} == {Layer.EXCEPTION}


def test_a_large_order_spans_ranges() -> None:
    assert chunks(2_500_000, 1 << 20) == [1 << 20, 1 << 20, 2_500_000 - 2 * (1 << 20)]
    assert chunks(10, 1 << 20) == [10]


STOCK = Stock(1, 1_000, date(2024, 9, 1))


def counts(*marks: Marked, year: int = 2024) -> CodeCounts:
    return count_labels([STOCK], marks, year=year)


def test_a_year_of_labels_balances() -> None:
    season = (
        Marked(1, Span(0, 600), "activated", date(2024, 10, 1)),
        Marked(1, Span(600, 650), "damaged", date(2024, 10, 2)),
        Marked(1, Span(650, 660), "void", date(2024, 11, 2)),
        Marked(1, Span(900, 1000), "returned", date(2024, 12, 31)),
    )
    assert counts(*season) == CodeCounts(opening=0, received=1_000, activated=600, spoiled=60, void=10, returned=100, closing=240)
    assert counts(*season, year=2025) == CodeCounts(opening=240, received=0, activated=0, spoiled=0, void=0, returned=0, closing=240)
    assert counts(*season, year=2023) == CodeCounts(opening=0, received=0, activated=0, spoiled=0, void=0, returned=0, closing=0)


def test_voiding_an_activated_label_is_not_deducted_twice() -> None:
    marks = (Marked(1, Span(0, 600), "activated", date(2024, 10, 1)), Marked(1, Span(590, 610), "void", date(2024, 10, 5)))
    assert counts(*marks) == CodeCounts(opening=0, received=1_000, activated=600, spoiled=10, void=20, returned=0, closing=390)


def test_what_was_spoiled_at_the_printer_counts_when_the_labels_arrive() -> None:
    assert counts(Marked(1, Span(0, 5), "damaged", date(2023, 12, 30)), year=2023).spoiled == 0
    assert counts(Marked(1, Span(0, 5), "damaged", date(2023, 12, 30))).spoiled == 5


def test_frozen_labels_stay_in_stock_and_unknown_ranges_are_not_ours() -> None:
    assert (
        counts(Marked(1, Span(0, 5), "frozen", date(2024, 12, 30)), Marked(9, Span(0, 5), "activated", date(2024, 12, 30))).closing == 1_000
    )
