"""Places are coarse, offline, and unknown where the table says nothing."""

from __future__ import annotations

import pytest

from gi_registry.scans.rules.place import PlaceTable, coarse, read_place_table

ROWS = (
    "# first,last,division",
    "203.0.113.0,203.0.113.127,320583",
    "203.0.113.128,203.0.113.255,110000",
    "2001:db8::,2001:db8::ffff,440106",
)


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.0", "320500"),
        ("203.0.113.127", "320500"),
        ("203.0.113.128", "110000"),
        ("203.0.114.0", None),
        ("::ffff:203.0.113.5", "320500"),
        ("2001:db8::5", "440100"),
        ("2001:db9::5", None),
        ("", None),
        ("unix:", None),
    ],
)
def test_an_address_lies_in_a_city_or_nowhere(address, place):
    assert read_place_table(ROWS).place(address) == place


def test_without_a_table_every_place_is_unknown():
    assert PlaceTable().place("203.0.113.5") is None


@pytest.mark.parametrize("row", ["203.0.113.9,203.0.113.1,110000", "a,b,110000", "203.0.113.1,203.0.113.2", "203.0.113.1,203.0.113.2,北京"])
def test_a_row_that_cannot_be_read_is_named(row):
    with pytest.raises(ValueError, match="row 1"):
        read_place_table([row])


def test_nothing_finer_than_a_city_is_kept():
    assert coarse("320583104") == "320500"
    assert coarse("32") == "320000"
