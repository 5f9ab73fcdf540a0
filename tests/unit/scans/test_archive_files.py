"""Day files: what goes in comes out, whole or not at all, and the same rows give the same bytes."""

from __future__ import annotations

import os
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from gi_registry.kernel.clock import start_of
from gi_registry.scans.archive.files import SCHEMA, digest_of, path_of, remove_day, write_day
from tests.builders.day_files import make_rows, write_rows

DAY = date(2026, 3, 7)


def test_every_look_up_is_in_the_file_with_the_checks_of_its_code(tmp_path: Path) -> None:
    rows = write_rows(tmp_path, [DAY], seed=1)
    table = pq.ParquetFile(path_of(tmp_path, DAY)).read()
    assert table.schema.equals(SCHEMA)
    counted = Counter(row[:2] for row in rows if row[6])
    for row, kept in zip(rows, table.to_pylist(), strict=True):
        assert (kept["range_id"], kept["serial"], kept["at"]) == row[:3]
        assert kept["place"] == int(row[3] or 0)
        assert kept["client"] == int.from_bytes(bytes.fromhex(row[4]), signed=True)
        assert (kept["verdict"], kept["counted"], kept["merged"]) == row[5:]
        assert kept["checks"] == counted[row[:2]], "a code's rows lie in portions that end anywhere"


def test_moments_of_both_databases_are_the_same_moments(tmp_path: Path) -> None:
    rows = make_rows(2, DAY)
    as_text = [(*row[:2], row[2].replace(tzinfo=None).isoformat(" ", "microseconds"), *row[3:]) for row in rows]
    assert write_day(tmp_path / "a", DAY, [rows]) == write_day(tmp_path / "b", DAY, [as_text])


def test_the_same_rows_give_the_same_bytes_and_other_rows_do_not(tmp_path: Path) -> None:
    rows = make_rows(3, DAY)
    first = write_day(tmp_path, DAY, [rows])
    assert write_day(tmp_path, DAY, [rows]) == first
    assert first.digest == digest_of(path_of(tmp_path, DAY))
    moved = [(*row[:2], row[2] + timedelta(microseconds=1), *row[3:]) for row in rows]
    assert write_day(tmp_path, DAY, [moved]).digest != first.digest


def test_a_file_that_cannot_be_finished_leaves_the_one_before(tmp_path: Path) -> None:
    rows = make_rows(4, DAY)
    before = write_day(tmp_path, DAY, [rows])

    def torn():
        yield rows[:100]
        yield rows[100:200]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_day(tmp_path, DAY, torn())
    assert digest_of(path_of(tmp_path, DAY)) == before.digest
    assert [path.name for path in path_of(tmp_path, DAY).parent.iterdir()] == ["scans.parquet"]


def test_what_a_killed_process_left_is_tidied_after_a_day(tmp_path: Path) -> None:
    write_rows(tmp_path, [DAY], seed=6)
    old, young = (path_of(tmp_path, DAY).with_name(f".scans.parquet.{name}") for name in ("old", "young"))
    for draft in (old, young):
        draft.write_bytes(b"PAR1")
    os.utime(old, (0, 0))
    write_rows(tmp_path, [DAY], seed=6)
    assert (old.exists(), young.exists()) == (False, True), "another process may be writing the young one"


def test_a_day_of_one_code_that_everybody_checks(tmp_path: Path) -> None:
    rows = [(1, 5, start_of(DAY) + timedelta(seconds=n), "310000", f"{n:016x}", "repeat", True, 0) for n in range(500)]
    write_day(tmp_path, DAY, [rows[:100], rows[100:101], rows[101:]])
    assert pq.ParquetFile(path_of(tmp_path, DAY)).read()["checks"].unique().to_pylist() == [500]


def test_a_removed_day_leaves_no_folder(tmp_path: Path) -> None:
    write_rows(tmp_path, [DAY], seed=5)
    remove_day(tmp_path, DAY)
    remove_day(tmp_path, DAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["0" * 16, "f" * 16, "7fffffffffffffff", "8000000000000000"])
def test_client_keys_of_all_bits_fit(tmp_path: Path, key: str) -> None:
    write_day(tmp_path, DAY, [[(1, 5, start_of(DAY), None, key, "repeat", True, 0)]])
    kept = pq.ParquetFile(path_of(tmp_path, DAY)).read()["client"].to_pylist()
    assert [f"{number & (2**64 - 1):016x}" for number in kept] == [key]
