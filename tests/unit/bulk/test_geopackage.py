"""GeoPackages as surveyors and strangers make them: layers, keys, systems, and what would run somebody's SQL."""

from __future__ import annotations

import sqlite3

import pytest

from gi_registry.bulk.outlines import open_geofile
from tests.builders.geofiles import SQUARE, make_gpkg, make_shapefile, with_table
from tests.unit.bulk.test_geofiles import refused, told


def test_an_empty_layer_beside_a_full_one_needs_no_choice() -> None:
    both = make_gpkg(layer="地块", append_to=make_gpkg(layer="空"))
    assert "1 空（1）、2 地块（1）" in refused(both)
    assert open_geofile(unguarded(both, 'DELETE FROM "空"')).layer == "地块"


def test_two_layers_of_a_geopackage_and_a_table_without_geometry() -> None:
    made = make_gpkg([SQUARE] * 2, layer="西片", append_to=make_gpkg(layer="东片", rows={"name": ["东塘"]}))
    assert "东片（1）" in refused(made)
    assert open_geofile(made, layer="东片").features[0]["properties"] == {"name": "东塘"}
    sql = "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT);"
    sql += "INSERT INTO gpkg_contents(table_name, data_type) VALUES ('owners', 'attributes')"
    one = with_table(make_gpkg(), sql)
    assert "owners" in told(one)
    assert len(open_geofile(one).features) == 1


def test_a_key_that_is_a_text_stays_an_attribute() -> None:
    sql = """CREATE TABLE parcels (parcel TEXT PRIMARY KEY, geom BLOB, name TEXT);
    INSERT INTO parcels SELECT 'P-' || fid, geom, name FROM plots;
    DELETE FROM gpkg_contents; INSERT INTO gpkg_contents(table_name, data_type) VALUES ('parcels', 'features');
    UPDATE gpkg_geometry_columns SET table_name = 'parcels'"""
    found = open_geofile(unguarded(make_gpkg(rows={"name": ["东塘"]}), sql))
    assert found.features[0]["properties"] == {"parcel": "P-1", "name": "东塘"}


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIRTUAL TABLE words USING fts5(geom, name)",
        "CREATE VIEW words AS SELECT * FROM plots",
    ],
    ids=["virtual", "view"],
)
def test_a_layer_that_would_run_a_strangers_sql_is_refused(sql: str) -> None:
    made = f"{sql}; INSERT INTO gpkg_contents(table_name, data_type) VALUES ('words', 'features');"
    made += "INSERT INTO gpkg_geometry_columns SELECT 'words', 'geom', geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns"
    assert "“words”" in refused(unguarded(make_gpkg(), made))
    renamed = "ALTER TABLE gpkg_contents RENAME TO real; CREATE VIEW gpkg_contents AS SELECT * FROM real"
    assert "“gpkg_contents”" in refused(unguarded(make_gpkg(), renamed))


def unguarded(gpkg: bytes, sql: str) -> bytes:
    """Return a GeoPackage after some SQL, its triggers gone: they want functions that only GDAL has."""
    database = sqlite3.connect(":memory:")
    database.deserialize(gpkg)
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{name}"')
    database.executescript(sql)
    return database.serialize()


def test_numbers_that_are_none_are_told_and_left_out() -> None:
    endless = unguarded(make_gpkg(rows={"亩": [3.5]}), 'UPDATE plots SET "亩" = 9e999')
    found = open_geofile(endless)
    assert found.features[0]["properties"] == {"亩": None}
    assert "第 1 个要素的“亩”" in told(endless)
    shapefile = make_shapefile(rows={"mu": [float("inf")]})
    assert open_geofile(shapefile).features[0]["properties"]["mu"] is None
    assert open_geofile(make_gpkg(rows={"亩": [3.5]})).features[0]["properties"] == {"亩": 3.5}


@pytest.mark.parametrize("code", [4490, 4326, 4528, 4549, 3857])
def test_a_geopackage_says_its_system(code: int) -> None:
    assert open_geofile(make_gpkg(crs=f"EPSG:{code}")).crs == f"EPSG:{code}"


def test_a_geopackage_without_a_system_says_none() -> None:
    assert open_geofile(make_gpkg(crs="")).crs == ""
