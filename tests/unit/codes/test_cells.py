"""Which cells of a partly used sheet are free."""

from __future__ import annotations

import pytest

from gi_registry.codes.rules.cells import free_cells
from gi_registry.kernel.errors import Invalid


@pytest.mark.parametrize(
    ("start", "skip", "free"),
    [
        ("", "", range(18)),
        ("1", "", range(18)),
        (" 4 ", "", range(3, 18)),
        ("18", "", [17]),
        ("1", "5, 9-12", [0, 1, 2, 3, 5, 6, 7, *range(12, 18)]),
        ("3", "1，2、3；17–18", range(3, 16)),
        ("1", "12-9 9", [*range(8), *range(12, 18)]),
    ],
)
def test_free_cells(start: str, skip: str, free: object) -> None:
    assert free_cells(start, skip, cells=18) == tuple(free)  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("start", "skip", "field", "words"),
    [
        ("0", "", "start", "没有第 0 格"),
        ("19", "", "start", "没有第 19 格"),
        ("-1", "", "start", "没有第 -1 格"),
        ("九", "", "start", "没有第 九 格"),
        ("9" * 5_000, "", "start", "没有第 9999"),
        ("1", "19", "skip", "没有第 19 格"),
        ("1", "3-0", "skip", "没有第 0 格"),
        ("1", "a", "skip", "看不懂"),
        ("1", "1-2-3", "skip", "看不懂"),
        ("1", "1-18", "skip", "没有空格"),
        ("18", "18", "skip", "没有空格"),
    ],
)
def test_what_is_no_cell_is_refused_by_its_field(start: str, skip: str, field: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        free_cells(start, skip, cells=18)
    (problem,) = refused.value.fields
    assert problem.field == field
    assert words in str(problem.reason)
    assert problem.remedy is not None
