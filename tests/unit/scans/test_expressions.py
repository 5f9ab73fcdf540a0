"""The expressions on the embedded engine against the same questions asked row by row; the cluster's turn is in ``tests/engines``."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from gi_registry.kernel.errors import Invalid, Unavailable
from gi_registry.scans.archive import expressions
from gi_registry.scans.archive.engine import open_engine
from gi_registry.scans.archive.files import path_of
from gi_registry.scans.archive.watching import copied
from gi_registry.scans.rules.clones import CountingTest
from tests.builders.day_files import write_rows
from tests.unit.scans import naive

DAY = date(2026, 3, 7)
DAYS = [DAY - timedelta(days=2), DAY - timedelta(days=1), DAY]
TESTS = [CountingTest(12, 4, 24, 20), CountingTest(20, 3, 48, None), CountingTest(5, 6, 6, 3), CountingTest(1, 1, 1, 1)]


@pytest.fixture(scope="module")
def engine():
    with open_engine() as running:
        yield running


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("test", TESTS, ids=str)
def test_copied_codes_are_those_that_a_row_by_row_reading_finds(tmp_path: Path, engine, test: CountingTest, seed: int) -> None:
    rows = write_rows(tmp_path, DAYS, seed=seed)
    found = dict(copied(engine, tmp_path, DAYS, test))
    wanted = naive.copied(rows, DAY, test)
    assert found.keys() == wanted.keys()
    for code, peak in found.items():
        assert (peak.counted, peak.begins_at, peak.ends_at, peak.fastest_minutes) == (
            wanted[code].counted, wanted[code].begins_at, wanted[code].ends_at, wanted[code].fastest_minutes
        )  # fmt: skip
        assert [place[1:] for place in peak.places] == [place[1:] for place in wanted[code].places]


def test_some_seeds_have_copied_codes_and_some_tests_find_none(tmp_path: Path, engine) -> None:
    """The control of the test above: it compares more than empty sets."""
    write_rows(tmp_path, DAYS, seed=0)
    found = [len(dict(copied(engine, tmp_path, DAYS, test))) for test in TESTS]
    assert found[0] > 0
    assert found[3] > found[0]
    assert not dict(copied(engine, tmp_path, DAYS, CountingTest(1_000, 3, 48, 1_000)))


def test_a_code_that_was_not_checked_on_the_day_is_left_to_the_day_it_was(tmp_path: Path, engine) -> None:
    write_rows(tmp_path, DAYS[:2], seed=0)
    write_rows(tmp_path, [DAY], seed=0, codes=1, looks=3)
    assert set(dict(copied(engine, tmp_path, DAYS, TESTS[0]))) <= {(1, 0)}


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("minutes", [0, 5, 60])
def test_hurried_codes_are_those_that_a_row_by_row_reading_finds(tmp_path: Path, engine, seed: int, minutes: int) -> None:
    rows = write_rows(tmp_path, [DAY], seed=seed)
    found = engine.rows(expressions.hurried(engine.scans([path_of(tmp_path, DAY)]), minutes=minutes))
    wanted = naive.hurried(rows, minutes)
    assert {(row[0], row[1]): int(row[2]) for row in found} == wanted
    assert wanted or minutes == 0


@pytest.mark.parametrize("seed", range(3))
def test_counts_of_ranges(tmp_path: Path, engine, seed: int) -> None:
    rows = write_rows(tmp_path, [DAY], seed=seed)
    found = engine.rows(expressions.by_range(engine.scans([path_of(tmp_path, DAY)])))
    assert {row[0]: tuple(int(value) for value in row[1:]) for row in found} == naive.by_range(rows)


def test_a_file_that_is_no_day_file_is_told(tmp_path: Path, engine) -> None:
    path_of(tmp_path, DAY).parent.mkdir()
    path_of(tmp_path, DAY).write_bytes(b"PAR1 nothing")
    with pytest.raises(Unavailable, match="扫码归档读不出来"):
        engine.scans([path_of(tmp_path, DAY)])


@pytest.mark.parametrize("address", ["", "spark", "http://example.com", "duckdb:///x"])
def test_another_engine_is_refused_with_what_there_is(address: str) -> None:
    with pytest.raises(Invalid, match="没有这种计算引擎"), open_engine(address):
        pass
