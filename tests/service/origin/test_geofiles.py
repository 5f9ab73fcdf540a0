"""Surveyors' files become plots and areas: every format, system and encoding; what is wrong is refused by name and nothing is stored."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy
import pytest
import shapely
from pyproj import Transformer
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gi_registry.bulk import service as bulk
from gi_registry.bulk.service import Options
from gi_registry.kernel.errors import Invalid
from gi_registry.origin import queries, service
from gi_registry.origin.bulk import KINDS
from gi_registry.origin.rules.shift import Datum, to_bd09, to_gcj02
from gi_registry.origin.service import LayerChoice, Wishes
from gi_registry.registry.bulk import KINDS as REGISTRY_KINDS
from gi_registry.workflow import Work
from tests.builders.geofiles import make_geojson, make_gpkg, make_kml, make_shapefile, placemark, polygon, unzipped, zipped
from tests.builders.origin import make_area, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

DATA = Path(__file__).resolve().parents[4] / "shared/data"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the shared data are not at {DATA}")
KIND = {kind.name: kind for kind in KINDS}
FIELD: Polygon = square(100).geoms[0]
NEARLY = 1e-5 * FIELD.area  # coordinates are kept to nine places, a tenth of a millimetre


def moved(geometry: BaseGeometry, to: int) -> BaseGeometry:
    """Return a lon/lat geometry in the metres of a system."""
    way = Transformer.from_crs("EPSG:4490", f"EPSG:{to}", always_xy=True)
    return shapely.transform(geometry, lambda at: numpy.column_stack(way.transform(at[:, 0], at[:, 1])))


def read(content: bytes, name: str = "f", **wishes: str):
    return service.read_outline("", content, name=name, wishes=Wishes(**wishes))


def refused(content: bytes, name: str = "f", **wishes: str) -> str:
    with pytest.raises(Invalid) as problem:
        read(content, name, **wishes)
    (field,) = problem.value.fields
    assert field.remedy is not None
    return f"{field.field}: {field.reason} {field.remedy}"


FILES = {
    "GeoJSON": make_geojson(FIELD),
    "KML": make_kml(placemark("东塘", polygon(FIELD))),
    "KMZ": zipped({"doc.kml": make_kml(placemark("东塘", polygon(FIELD)))}),
    "Shapefile": make_shapefile([FIELD]),
    "Shapefile in 3° zone 40": make_shapefile([moved(FIELD, 4528)], crs="EPSG:4528"),
    "Shapefile by central meridian": make_shapefile([moved(FIELD, 4549)], crs="EPSG:4549"),
    "Shapefile in 6° zone 21": make_shapefile([moved(FIELD, 4499)], crs="EPSG:4499"),
    "GeoPackage": make_gpkg([FIELD]),
    "GeoPackage in web Mercator": make_gpkg([moved(FIELD, 3857)], crs="EPSG:3857"),
    "GeoPackage of a drone in UTM": make_gpkg([moved(FIELD, 32651)], crs="EPSG:32651"),
    "GeoJSON in 3° zone 40": make_geojson(moved(FIELD, 4528), crs="urn:ogc:def:crs:EPSG::4528"),
}


@pytest.mark.parametrize("what", FILES)
def test_the_same_field_from_every_file(what: str) -> None:
    outline = read(FILES[what])
    assert outline.geometry.symmetric_difference(FIELD).area < NEARLY
    assert ("换算" in " ".join(map(str, outline.warnings))) is ("in " in what or "by " in what)


def test_a_missing_prj_must_be_declared() -> None:
    bare = make_shapefile([moved(FIELD, 4528)], crs="EPSG:4528", drop=".prj")
    assert "EPSG:4528" in refused(bare)
    assert read(bare, crs="4528").geometry.symmetric_difference(FIELD).area < NEARLY
    assert "没有写明" in str(read(bare, crs="4528").warnings[0])


def test_a_wrong_prj_is_noticed() -> None:
    in_degrees = unzipped(make_shapefile([FIELD]))
    in_metres = unzipped(make_shapefile([moved(FIELD, 4528)], crs="EPSG:4528"))
    assert "是经纬度，不是" in refused(zipped(in_degrees | {"地块.prj": in_metres["地块.prj"]}))
    wrong = zipped(in_metres | {"地块.prj": in_degrees["地块.prj"]})
    assert "EPSG:4528" in refused(wrong)
    mended = read(wrong, crs="4528")
    assert mended.geometry.symmetric_difference(FIELD).area < NEARLY
    assert "按声明的" in str(mended.warnings[0])


@pytest.mark.parametrize(("name", "way"), [("gcj02", to_gcj02), ("bd09", to_bd09)])
def test_a_phone_map_is_converted_once(name: str, way) -> None:
    shifted = shapely.transform(FIELD, way)
    for content in (make_kml(placemark("x", polygon(shifted))), make_shapefile([shifted]), make_geojson(shifted)):
        for outline in (read(content, crs=name), service.read_outline("", content, datum=Datum(name))):
            assert outline.converted_from == name
            assert outline.geometry.symmetric_difference(FIELD).area < NEARLY


def test_a_form_for_one_plot_takes_the_one_surface_and_lists_several() -> None:
    label = placemark("标注", "<Point><coordinates>120.75,31.42</coordinates></Point>")
    one = read(make_kml(label, placemark("东塘", polygon(FIELD))))
    assert "1 个点、线" in str(one.warnings[0])
    several = make_kml(placemark("东塘", polygon(FIELD)), placemark("西塘", polygon(square(50, east_m=500).geoms[0])))
    assert "1 东塘、2 西塘" in refused(several)
    assert read(several, feature="西塘").geometry.equals(read(several, feature="2").geometry)
    assert "没有序号" in refused(several, feature="9")


@needs_data
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("kml/bad", "哪一块|不是数字|不是 [经度"),
        ("kml/extended_data", "Point，不是面"),
        ("kml/multigeometry", "LineString，不是面"),
        ("kml/null_geometry", "没有图形"),
        ("kml/networklink", "网络链接"),
        ("shp_ok_chinese_dbf", "Point，不是面"),
        ("shp_missing_prj", "没有写明坐标系"),
        ("bowtie_wuchang", "相交"),
        ("hole_outside", "外面"),
        ("latlon_swapped", "写反"),
    ],
)
def test_each_defect_on_file_is_named(name: str, words: str) -> None:
    (path,) = (DATA / "geo").rglob(f"{Path(name).name}.*")
    said = refused(path.read_bytes(), path.name)
    assert any(word in said for word in words.split("|"))


@needs_data
@pytest.mark.parametrize("name", ["kml_gbk.kml", "kml/polygon.kml"])
def test_the_good_ones_on_file_are_read(name: str) -> None:
    assert read((DATA / "geo" / name).read_bytes(), name).geometry.is_valid


def test_a_layer_must_be_chosen() -> None:
    both = make_gpkg([FIELD], layer="西片", append_to=make_gpkg([FIELD], layer="东片"))
    with pytest.raises(LayerChoice):
        read(both)
    assert read(both, layer="东片").geometry.is_valid


def test_a_bow_tie_in_a_shapefile_offers_its_repair() -> None:
    west, south, east, north = FIELD.bounds
    bow_tie = Polygon([(west, south), (east, north), (east, south), (west, north)])
    assert "相交" in refused(make_shapefile([bow_tie]))
    assert "相交" in refused(make_shapefile([moved(bow_tie, 4528)], crs="EPSG:4528"))


# ---- files of many ----------------------------------------------------------------------------------------------------------------------


def load(work: Work, kind: str, content: bytes, **options):
    return bulk.load_file(work, KIND[kind], content, name="f", options=Options(**options))


def registered(work: Work):
    gi = make_gi(work)
    make_area(work, gi)
    return make_authorisation(work, protection=make_protection(work, gi))


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_a_shapefile_of_plots_with_our_columns(work: Work, encoding: str) -> None:
    authorisation = registered(work)
    rows = {"地块编号": ["SHP-1", "SHP-2"], "登记号": [authorisation.number] * 2, "地块名称": ["东塘", "西塘"]}
    fields = [FIELD, square(50, east_m=500).geoms[0]]
    content = make_shapefile([moved(each, 4528) for each in fields], crs="EPSG:4528", rows=rows, encoding=encoding)
    result = load(work, "plots", content)
    assert (result.stored, result.errors) == (2, ())
    assert "zone 40" in " ".join(str(warning.message) for warning in result.warnings)
    plot = queries.find_plot(work.session, "SHP-1")
    assert plot.name == "东塘"
    assert plot.geometry.symmetric_difference(FIELD).area < NEARLY
    assert load(work, "plots", content).unchanged == 2
    work.commit()


def test_columns_cut_off_after_ten_bytes_are_known(work: Work) -> None:
    authorisation = registered(work)
    rows = {"number": ["SHP-3"], "authorisation": [authorisation.number], "name": ["东塘"], "accuracy_m": [3]}
    content = make_shapefile([FIELD], rows=rows)
    assert b"authorisat\x00" in unzipped(content)["地块.dbf"]
    assert load(work, "plots", content).stored == 1
    assert queries.find_plot(work.session, "SHP-3").accuracy_m == 3


def test_columns_of_others_are_chosen_one_by_one(work: Work) -> None:
    authorisation = registered(work)
    rows = {"DKBM": ["3205830001"], "DKMC": ["东塘"], "SCMJ": [12.5]}
    content = make_shapefile([FIELD], rows=rows, encoding="GBK")
    with pytest.raises(Invalid, match="number（地块编号）"):
        load(work, "plots", content)
    columns = {"number": "DKBM", "name": "{DKMC}（{DKBM}）", "authorisation": authorisation.number}
    result = load(work, "plots", content, columns=columns)
    assert (result.stored, result.errors) == (1, ())
    assert "没有用到的列：SCMJ" in str(result.warnings[0].message)
    assert queries.find_plot(work.session, "3205830001").name == "东塘（3205830001）"


def test_a_kml_and_a_geopackage_of_plots(work: Work) -> None:
    authorisation = registered(work)
    data = {"number": "KML-1", "登记号": authorisation.number}
    kml = make_kml(f"<Folder><name>一组</name>{placemark('东塘', polygon(FIELD), data)}</Folder>")
    assert load(work, "plots", kml).stored == 1
    rows = {"number": ["GPKG-1"], "authorisation": [authorisation.number], "name": ["西塘"]}
    gpkg = make_gpkg([square(50, east_m=500).geoms[0]], rows=rows, append_to=make_gpkg([FIELD], layer="别的"))
    with pytest.raises(LayerChoice):
        load(work, "plots", gpkg)
    assert load(work, "plots", gpkg, layer="plots").stored == 1
    assert {plot.name for plot in (queries.find_plot(work.session, n) for n in ("KML-1", "GPKG-1"))} == {"东塘", "西塘"}


def test_a_missing_prj_stops_the_file_before_any_row(work: Work) -> None:
    rows = {"number": ["X-1"], "authorisation": [registered(work).number], "name": ["东塘"]}
    content = make_shapefile([moved(FIELD, 4528)], crs="EPSG:4528", rows=rows, drop=".prj")
    with pytest.raises(Invalid, match="EPSG:4528"):
        load(work, "plots", content)
    assert load(work, "plots", content, crs="4528").stored == 1


def test_a_file_of_a_phone_map_is_converted_once(work: Work) -> None:
    rows = {"number": ["BD-1"], "authorisation": [registered(work).number], "name": ["东塘"]}
    shifted = shapely.transform(FIELD, to_bd09)
    assert load(work, "plots", make_shapefile([shifted], rows=rows), crs="bd09").stored == 1
    plot = queries.find_plot(work.session, "BD-1")
    assert plot.converted_from == "bd09"
    assert plot.geometry.symmetric_difference(FIELD).area < NEARLY
    work.commit()


def test_rows_that_are_no_surface_are_named_and_the_good_ones_can_be_taken(work: Work) -> None:
    authorisation = registered(work)
    data = [{"number": f"K-{n}", "authorisation": authorisation.number} for n in range(3)]
    bow_tie = polygon(Polygon([(120, 31), (120.01, 31.01), (120.01, 31), (120, 31.01)]))
    well = "<Point><coordinates>120.75,31.42</coordinates></Point>"
    kml = make_kml(placemark("东塘", polygon(FIELD), data[0]), placemark("井", well, data[1]), placemark("八字", bow_tie, data[2]))
    result = load(work, "plots", kml)
    assert [(error.row, error.column) for error in result.errors] == [(2, "geometry"), (3, "geometry")]
    assert "Point，不是面" in str(result.errors[0].reason)
    assert "相交" in str(result.errors[1].reason)
    assert not result.kept
    assert load(work, "plots", kml, partial=True).stored == 1


def test_areas_come_as_shapefile(work: Work) -> None:
    gi = make_gi(work)
    rows = {"gi": [gi.code], "text": ["示例湖"], "valid_from": ["2020-01-01"]}
    assert load(work, "areas", make_shapefile([MultiPolygon([FIELD])], rows=rows, kind="MultiPolygon")).stored == 1
    [area] = queries.list_areas(work.session, gi.id)
    assert (area.text, area.valid_from) == ("示例湖", date(2020, 1, 1))


def test_a_kind_without_outlines_takes_no_kml(work: Work) -> None:
    gis = next(kind for kind in REGISTRY_KINDS if kind.name == "gis")
    with pytest.raises(Invalid, match="没有边界"):
        bulk.load_file(work, gis, make_kml(placemark()), name="x.kml", options=Options())


def test_geojson_of_another_system_is_no_longer_read_as_degrees(work: Work) -> None:
    authorisation = registered(work)
    body = json.loads(make_geojson(moved(FIELD, 4528), crs="EPSG:4528", number="G-1", authorisation=authorisation.number, name="东塘"))
    assert load(work, "plots", json.dumps(body).encode()).stored == 1
    assert queries.find_plot(work.session, "G-1").geometry.symmetric_difference(FIELD).area < NEARLY
    body.pop("crs")
    result = load(work, "plots", json.dumps(body).encode())
    assert "超出经纬度" in str(result.errors[0].reason)
    assert "EPSG:4528" in str(result.errors[0].remedy)
