"""The canonical row is the same bytes whatever database, zone or container the values come from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon

from gi_registry.log.coverage import COVERED, EXCLUDED, NOT_COVERED, canonical_row, row_id

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
SQUARE = Polygon([(120.0, 31.0), (120.1, 31.0), (120.1, 31.1), (120.0, 31.0)])


class Grade(StrEnum):
    FIRST = "first"


@pytest.mark.parametrize(
    ("value", "canonical"),
    [
        (None, "null"), (True, "true"), (7, "7"), ("约", '"约"'), (Grade.FIRST, '"first"'),
        (2**53, '"9007199254740992"'), (-(2**53), '"-9007199254740992"'), (2**53 - 1, "9007199254740991"),
        (AT, '"2026-03-10T02:00:00.000000Z"'), (date(2026, 3, 10), '"2026-03-10"'), (b"\x01\xff", '"01ff"'),
        (bytes(65), '"sha256:98ce42deef51d40269d542f5314bef2c7468d401ad5d85168bfab4c0108f75f7"'),
        ({"b": [1, (2,)], "a": {3: None}}, '{"a":{"3":null},"b":[1,[2]]}'), (1.5, "1.5"), (Decimal("1.50"), '"1.50"'),
    ],
)  # fmt: skip
def test_each_kind_of_value_has_one_form(value: Any, canonical: str) -> None:
    assert canonical_row("plot", {"x": value}).decode() == f'{{"x":{canonical}}}'


def test_the_same_moment_in_another_zone_is_the_same_row() -> None:
    assert canonical_row("plot", {"x": AT}) == canonical_row("plot", {"x": AT.astimezone(ZoneInfo("Asia/Shanghai"))})


def test_a_geometry_is_the_same_however_it_was_held() -> None:
    rows = [
        SQUARE, MultiPolygon([SQUARE]), shapely.set_srid(MultiPolygon([SQUARE]), 4490), shapely.force_3d(SQUARE, 5.0),
        shapely.from_wkb(shapely.to_wkb(MultiPolygon([SQUARE]), byte_order=0)),
    ]  # fmt: skip
    assert len({canonical_row("plot", {"geometry": each}) for each in rows}) == 1
    moved = shapely.transform(SQUARE, lambda points: points + 1e-9)
    assert canonical_row("plot", {"geometry": moved}) != canonical_row("plot", {"geometry": SQUARE})


@pytest.mark.parametrize(("value", "error"), [(float("nan"), ValueError), (object(), TypeError), ({1, 2}, TypeError)])
def test_what_has_no_one_form_is_refused(value: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        canonical_row("plot", {"x": value})


def test_secrets_are_left_out() -> None:
    assert canonical_row("person", {"id": 1, "password_hash": "x"}) == b'{"id":1}'
    assert canonical_row("plot", {"id": 1, "password_hash": "x"}) != b'{"id":1}'


def test_a_row_is_named_by_its_primary_key() -> None:
    assert (row_id((7,)), row_id(("320583",)), row_id((date(2026, 3, 10),)), row_id((3, 9))) == ("7", "320583", "2026-03-10", "3/9")


def test_no_table_is_both_covered_and_not() -> None:
    assert not COVERED & set(NOT_COVERED)
    assert set(EXCLUDED) <= COVERED
    assert all(NOT_COVERED.values())
    assert all(why for columns in EXCLUDED.values() for why in columns.values())
