"""A file whose name says one thing and whose bytes say another is read by its bytes, and that is said."""

from __future__ import annotations

import pytest

from gi_registry.bulk.outlines import open_geofile
from gi_registry.bulk.rules.naming import beginning, disagreement
from gi_registry.kernel.errors import Invalid
from tests.builders.geofiles import SQUARE, make_geojson, make_gpkg, make_kml, make_shapefile, placemark
from tests.unit.bulk.test_geofiles import told


@pytest.mark.parametrize(
    ("name", "content", "ending", "format_"),
    [
        ("地块.csv", make_kml(placemark()), "csv", "KML"),
        ("地块.kml", make_shapefile(), "kml", "zip"),
        ("地块.shp", make_shapefile(), "shp", "zip"),
        ("地块.zip", make_gpkg(), "zip", "GeoPackage"),
        ("地块.XLSX", make_gpkg(), "xlsx", "GeoPackage"),
    ],
)
def test_what_is_read_against_its_name_is_told(name: str, content: bytes, ending: str, format_: str) -> None:
    found = told(content, name=name)
    assert f".{ending} 结尾" in found
    assert format_ in found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("地块.kml", make_kml(placemark())),
        ("地块.ovkml", make_kml(placemark())),
        ("", make_kml(placemark())),
        ("地块.ZIP", make_shapefile()),
        ("地块.kmz", make_shapefile()),
        ("地块.gpkg", make_gpkg()),
        ("地块.geojson", make_geojson(SQUARE)),
        ("地块.csv", "编号,名称\nA1,甲\n".encode()),
    ],
)
def test_a_name_that_agrees_or_says_nothing_is_not_remarked(name: str, content: bytes) -> None:
    assert disagreement(name, content) is None


@pytest.mark.parametrize(
    "start",
    [b"PK\x03\x04", b"PK\x05\x06", b"SQLite format 3\x00", b"\x00\x00\x27\x0a", b"<kml"],
    ids=["zip", "empty zip", "gpkg", "shp", "kml"],
)
def test_a_table_that_begins_with_the_bytes_of_another_format_is_told_so(start: bytes) -> None:
    content = start + ",编号\nA1,甲\n".encode()
    with pytest.raises(Invalid) as problem:
        open_geofile(content, name="地块.csv")
    (field,) = problem.value.fields
    assert ".csv 结尾" in str(field.reason)
    with pytest.raises(Invalid) as unnamed:
        open_geofile(content)
    assert "结尾" not in str(unnamed.value), "without a name there is nothing to disagree with"


def test_what_bytes_begin_as() -> None:
    assert beginning(make_kml(placemark(), encoding="UTF-16")) == "kml"
    assert beginning(b"\xef\xbb\xbf \n" + make_geojson(SQUARE)) == "json"
    assert beginning(b"") == beginning(b"<html></html>") == beginning(b"PKW,1\n") == ""
