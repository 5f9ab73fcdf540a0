"""Every geographic file on hand is read, or refused with exactly the defect it has; and files that a stranger would try."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy
import pytest
import shapely
from pyproj import Transformer

from gi_registry.kernel.errors import Invalid
from gi_registry.origin.rules import typed
from gi_registry.origin.rules.repair import Mendable
from gi_registry.origin.service.reading import Wishes, read_contents, read_outline
from tests.builders.geofiles import SQUARE, make_gpkg, make_kml, make_shapefile, placemark, polygon, unzipped, zipped
from tests.unit.origin.test_reading import ACCEPTED, DATA, REFUSED, needs_data

NO_SURFACE = {
    "invalid_geometry_bbox_not_list": "Point",
    "invalid_geometry_bbox_not_numbers": "Point",
    "invalid_geometry_coordinates_string": "Point",
    "invalid_geometry_depth_deep_point": "Point",
    "invalid_geometry_depth_shallow_linestring": "LineString",
    "problematic_nested_geometrycollection": "GeometryCollection",
    "valid_feature": "Point",
    "valid_feature_null_geometry": "null",
    "valid_feature_with_bbox": "LineString",
    "valid_feature_with_id": "Point",
    "valid_feature_with_string_id": "Point",
    "valid_featurecollection_with_geometrycollection": "GeometryCollection",
    "valid_geometry": "Point",
    "valid_geometry_3d_coordinates": "Point",
    "valid_geometry_geometrycollection": "GeometryCollection",
    "valid_geometry_geometrycollection_empty_geometries": "GeometryCollection",
    "valid_geometry_linestring": "LineString",
    "valid_geometry_multilinestring": "MultiLineString",
    "valid_geometry_multipoint": "MultiPoint",
}
SURFACES = {
    "problematic_wrong_bbox_coordinate_order": "bbox",
    "valid_featurecollection": "",
    "valid_geometry_polygon": "",
}
SEVERAL = {"valid_featurecollection_bboxes": "2 个要素", "valid_featurecollection_multiple_feature_types": "4 个要素"}
OTHERS = {
    "kml_gbk.kml": "",
    "shp_ok_chinese_dbf.zip": "Point",
    "shp_missing_prj.zip": "没有写明坐标系",
    "kml/bad.kml": "不是数字",
    "kml/extended_data.kml": "Point",
    "kml/multigeometry.kml": "LineString",
    "kml/networklink.kml": "链接不会被打开",
    "kml/null_geometry.kml": "null",
    "kml/polygon.kml": "",
}


def outline(content: bytes, name: str = "", **wishes: str):
    return read_outline("", content, name=name, wishes=Wishes(**wishes))


def refused(content: bytes, name: str = "", **wishes: str) -> str:
    with pytest.raises(Invalid) as refusal:
        outline(content, name, **wishes)
    assert all(field.remedy is not None for field in refusal.value.fields)
    return str(refusal.value.fields[0].reason)


@needs_data
def test_every_file_on_hand_stands_in_a_list() -> None:
    listed = REFUSED.keys() | ACCEPTED.keys() | NO_SURFACE.keys() | SURFACES.keys() | SEVERAL.keys()
    assert {path.stem for path in DATA.rglob("*.geojson")} == listed
    assert {str(path.relative_to(DATA)) for path in DATA.rglob("*") if path.suffix in {".kml", ".zip", ".kmz", ".gpkg"}} == OTHERS.keys()


@needs_data
@pytest.mark.parametrize(("name", "words"), (NO_SURFACE | SEVERAL).items(), ids=NO_SURFACE | SEVERAL)
def test_what_is_no_one_surface_is_named(name: str, words: str) -> None:
    assert words in refused(next(DATA.rglob(f"{name}.geojson")).read_bytes())


@needs_data
@pytest.mark.parametrize(("name", "words"), SURFACES.items(), ids=SURFACES)
def test_a_surface_is_read_with_its_note(name: str, words: str) -> None:
    notes = " ".join(map(str, outline(next(DATA.rglob(f"{name}.geojson")).read_bytes()).warnings))
    assert words in notes
    assert bool(words) == bool(notes)


@needs_data
@pytest.mark.parametrize(("name", "words"), OTHERS.items(), ids=OTHERS)
def test_files_that_are_no_geojson_say_what_they_lack(name: str, words: str) -> None:
    content = (DATA / name).read_bytes()
    if words:
        assert words in refused(content, Path(name).name)
    else:
        assert outline(content, Path(name).name).geometry.is_valid


# ---- what a stranger would try --------------------------------------------------------------------------------------------------------

OPEN = polygon(SQUARE).replace(" 120.01,31.0<", "<")
ARCGIS = (
    'PROJCS["CGCS2000_3_Degree_GK_Zone_40",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",40500000.0],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",120.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
OVITAL = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2">'
    '<Document><name>奥维互动地图</name><Style id="s"><LineStyle><color>ff0000ff</color></LineStyle></Style><Folder><name>我的收藏</name>'
    "<Placemark><name>东塘</name><description><![CDATA[面积:12亩<br/>]]></description><OvCoordType>1</OvCoordType>"
    f"{polygon(SQUARE, ',0')}</Placemark>"
    "<Placemark><name>轨迹</name><LineString><coordinates>120,31 121,32</coordinates></LineString></Placemark></Folder></Document></kml>"
)


def metres(code: int) -> shapely.Polygon:
    way = Transformer.from_crs(4490, code, always_xy=True)
    return shapely.transform(SQUARE, lambda corners: numpy.column_stack(way.transform(corners[:, 0], corners[:, 1])))


def the_square(reading) -> bool:
    return reading.geometry.symmetric_difference(SQUARE).area < 1e-12


def test_an_open_ring_of_a_kml_is_refused_and_can_be_closed() -> None:
    with pytest.raises(Mendable, match="没有闭合") as refusal:
        outline(make_kml(placemark("东塘", OPEN)))
    assert refusal.value.repair().geometry.symmetric_difference(SQUARE).area < 1e-12


def test_groups_in_groups_of_a_kml_are_one_surface_of_several_parts() -> None:
    other = shapely.box(120.02, 31, 120.03, 31.01)
    inside = f"<MultiGeometry><MultiGeometry>{polygon()}</MultiGeometry>{polygon(other)}</MultiGeometry>"
    assert outline(make_kml(placemark("合", inside))).geometry.symmetric_difference(shapely.MultiPolygon([SQUARE, other])).is_empty


def test_a_feature_alone_is_read_and_a_collection_of_geometries_is_named() -> None:
    drawn = shapely.geometry.mapping(SQUARE)
    assert the_square(outline(json.dumps({"type": "Feature", "properties": {}, "geometry": drawn}).encode()))
    assert "GeometryCollection" in refused(json.dumps({"type": "GeometryCollection", "geometries": [drawn]}).encode())


def test_a_shapefile_with_heights_is_read_flat() -> None:
    reading = outline(make_shapefile([shapely.force_3d(SQUARE, 3)], kind="Polygon Z"))
    assert the_square(reading)
    assert "高程" in str(reading.warnings[0])


def test_a_geopackage_without_the_zone_in_front_is_read() -> None:
    assert the_square(outline(make_gpkg([metres(4549)], crs="EPSG:4549")))
    assert "不符" in refused(make_gpkg([metres(4528)], crs="EPSG:4549")), "with the zone in front the numbers do not fit that system"


def test_a_zip_with_a_folder_and_endings_in_any_spelling_is_read() -> None:
    spelled = {".shp": ".Shp", ".dbf": ".DBF", ".prj": ".Prj", ".shx": ".shX"}
    parts = unzipped(make_shapefile(name="Dk"))
    packed = {"我的地块/" + re.sub(r"\.\w+$", lambda end: spelled.get(end[0], end[0]), name): content for name, content in parts.items()}
    assert the_square(outline(zipped({"我的地块/": b""} | packed)))


@pytest.mark.parametrize("before", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_the_prj_of_arcgis_for_zone_40_is_understood(before: str) -> None:
    parts = unzipped(make_shapefile([metres(4528)], crs="EPSG:4528"))
    assert the_square(outline(zipped(parts | {"地块.prj": (before + ARCGIS).encode()})))
    assert "不符" in refused(zipped(parts | {"地块.prj": ARCGIS.replace("40500000", "39500000").encode()}))


def test_a_table_in_gb18030_without_a_cpg_keeps_rare_characters() -> None:
    parts = unzipped(make_shapefile(rows={"name": ["东塘𠮷围网养殖场"]}, encoding="GB18030", drop=".cpg"))
    table = bytearray(parts["地块.dbf"])
    table[29] = 0
    found = read_contents(zipped(parts | {"地块.dbf": bytes(table)}))
    assert found.features[0].properties == {"name": "东塘𠮷围网养殖场"}
    assert "gb18030" in str(found.notes[0])


def test_a_kml_of_ovital_map_gives_its_surface_and_names_the_rest() -> None:
    reading = outline(OVITAL.encode(), "我的收藏.ovkml")
    assert the_square(reading)
    assert "1 个点、线" in str(reading.warnings[0])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"Rar!\x1a\x07\x00", "压缩文件"),
        (b"\xff\xd8\xff\xe0", "图片"),
        (b"\xd0\xcf\x11\xe0", "工作簿"),
        (b'<?xml version="1.0"?><gpx version="1.1"></gpx>', "GPX"),
    ],
)
def test_what_holds_no_outline_by_its_kind_is_named(content: bytes, words: str) -> None:
    assert words in refused(content, "地块.zip")


@pytest.mark.parametrize(
    "line",
    [
        "120º45'04.3''E 31º25'18.5''N",
        "120˚45′04.3″ 31˚25′18.5″",
        "120d45m04.3sE 31d25m18.5sN",
        "120:45:04.3 31:25:18.5",
        "１２０°４５′０４．３″，３１°２５′１８．５″",
        '东经120°45´04.3"、北纬31°25´18.5"',
        "120°45’04.3” 31°25’18.5”",
        "120°45`04.3`` 31°25`18.5``",
        "31°25'18.5\"北 120°45'04.3\"东",
        "经度：120°45′04.3″ 纬度：31°25′18.5″",
        "E:120°45′04.3″ N:31°25′18.5″",
        "120度45分04.3秒 31度25分18.5秒",
        "(120.751194, 31.421806)",
    ],
)
def test_degrees_with_sloppy_signs_are_read(line: str) -> None:
    read = typed.read_typed(f"{line}\n121.75,31.3\n121.75,32.42").geometry
    assert min(shapely.get_coordinates(read), key=lambda corner: corner[0]) == pytest.approx((120.751194, 31.421806), abs=1e-5)


@pytest.mark.parametrize("line", ["120:61:04.3 31:25:18.5", "120d45m 31d25m", "120-45-04.3, 31-25-18.5"])
def test_degrees_that_could_be_something_else_are_not_guessed(line: str) -> None:
    with pytest.raises(Invalid, match="第 1 行"):
        typed.read_typed(f"{line}\n121.75,31.3\n121.75,32.42")
