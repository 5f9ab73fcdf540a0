"""Geographic files of surveyors, phones and drones: read whole, or refused with the exact reason."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import numpy
import pytest
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from gi_registry.bulk.geofiles.wkb import geometry_of
from gi_registry.bulk.geofiles.words import Points, Read
from gi_registry.bulk.outlines import check_geojson, looks_like_geofile, open_geofile
from gi_registry.bulk.rules.geofile import LayerChoice
from gi_registry.kernel.errors import Invalid
from tests.builders.geofiles import (
    SQUARE,
    make_geojson,
    make_gpkg,
    make_kml,
    make_shapefile,
    placemark,
    polygon,
    unzipped,
    with_table,
    written,
    zipped,
)
from tests.builders.sheets import make_ods, make_xlsx

DATA = Path(__file__).resolve().parents[4] / "shared/data/geo"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the shared data are not at {DATA}")
HOLED = Polygon(SQUARE.exterior, [shapely.box(120.002, 31.002, 120.004, 31.004).exterior])
TWO = MultiPolygon([SQUARE, shapely.box(120.02, 31.0, 120.03, 31.01)])


def refused(content: bytes, **wishes: str) -> str:
    with pytest.raises(Invalid) as problem:
        open_geofile(content, **wishes)
    (field,) = problem.value.fields
    assert field.remedy is not None
    return f"{field.reason} {field.remedy}"


def told(content: bytes, **wishes: str) -> str:
    return " ".join(map(str, open_geofile(content, **wishes).notes))


def shapes(content: bytes, **wishes: str) -> list[object]:
    return [shape(feature["geometry"]) for feature in open_geofile(content, **wishes).features]


@needs_data
def test_the_shapefiles_on_file() -> None:
    found = open_geofile((DATA / "shp_ok_chinese_dbf.zip").read_bytes())
    assert [feature["properties"] for feature in found.features] == [{"NAME": "简体"}]
    assert (found.format, found.encoding) == ("shapefile", "gbk")
    assert "WGS_1984" in found.crs
    assert open_geofile((DATA / "shp_missing_prj.zip").read_bytes()).crs == ""


@needs_data
@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("kml/polygon", ["Polygon"]),
        ("kml/extended_data", ["Point"]),
        ("kml/multigeometry", ["LineString"]),
        ("kml/null_geometry", [None]),
        ("kml/bad", ["Point", "LineString", "Polygon"]),
        ("kml_gbk", ["Polygon"]),
    ],
)
def test_the_kml_on_file(name: str, kinds: list[str | None]) -> None:
    found = open_geofile((DATA / f"{name}.kml").read_bytes())
    assert [feature["geometry"] and feature["geometry"]["type"] for feature in found.features] == kinds
    assert found.crs == "EPSG:4326"


@needs_data
def test_the_kml_on_file_keeps_its_words_and_follows_no_link() -> None:
    assert open_geofile((DATA / "kml_gbk.kml").read_bytes()).features[0]["properties"]["name"] == "五常大米保护范围"
    assert open_geofile((DATA / "kml/extended_data.kml").read_bytes()).features[0]["properties"]["foo"] == "bar"
    assert "链接不会被打开" in refused((DATA / "kml/networklink.kml").read_bytes())


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030", "BIG5"])
@pytest.mark.parametrize("stated", [True, False], ids=["with .cpg", "without"])
def test_tables_in_every_encoding_are_read(encoding: str, stated: bool) -> None:
    words = "陽澄湖大閘蟹東塘圍網養殖" if encoding == "BIG5" else "阳澄湖大闸蟹东塘围网养殖"
    made = make_shapefile(rows={"name": [words]}, encoding=encoding, drop="" if stated else ".cpg")
    if not stated:  # GDAL puts a language driver into the table; many writers leave it 0
        members = unzipped(made)
        table = bytearray(members["地块.dbf"])
        table[29] = 0
        made = zipped(members | {"地块.dbf": bytes(table)})
    assert open_geofile(made).features[0]["properties"]["name"] == words
    assert ("请核对文字" in told(made)) is not stated


def test_an_encoding_that_does_not_fit_is_named_and_can_be_chosen() -> None:
    made = unzipped(make_shapefile(rows={"name": ["阳澄湖东塘"]}, encoding="GBK"))
    lying = zipped(made | {"地块.cpg": b"UTF-8"})
    assert "第 1 行的文字不是 utf-8 编码" in refused(lying)
    assert open_geofile(lying, encoding="gbk").features[0]["properties"]["name"] == "阳澄湖东塘"
    assert "不支持编码" in refused(lying, encoding="klingon")


def test_a_value_cut_off_in_a_character_keeps_the_rest() -> None:
    made = unzipped(make_shapefile(rows={"name": ["阳" * 200]}, encoding="UTF-8"))
    assert set(open_geofile(zipped(made)).features[0]["properties"]["name"]) == {"阳"}


def test_types_of_a_table() -> None:
    made = make_shapefile(rows={"n": [12], "x": [1.5], "empty": [None], "on": ["2020-01-02"]})
    assert open_geofile(made).features[0]["properties"] == {"n": 12, "x": 1.5, "empty": None, "on": "2020-01-02"}


@pytest.mark.parametrize("kind", ["Polygon Z", "Polygon"])
@pytest.mark.parametrize("make", [make_shapefile, make_gpkg])
def test_heights_are_left_out_with_a_note(make, kind: str) -> None:
    made = make([shapely.force_3d(SQUARE, 12.5) if "Z" in kind else SQUARE], kind=kind)
    assert shapes(made)[0].equals(SQUARE)
    assert ("高程" in told(made)) is (kind != "Polygon")


def test_measures_of_a_shapefile_are_left_out_with_a_note() -> None:
    members = unzipped(make_shapefile())
    shp = bytearray(members["地块.shp"])
    shp[32] = shp[108] = 25  # PolygonM, whose measures may be missing
    made = zipped(members | {"地块.shp": bytes(shp)})
    assert shapes(made)[0].equals(SQUARE)
    assert "高程" in told(made)


@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("byte_order", [0, 1])
@pytest.mark.parametrize("kind", ["POLYGON Z", "POLYGON M", "POLYGON ZM", "MULTIPOLYGON ZM"])
def test_binary_geometry_of_every_dialect(kind: str, flavor: str, byte_order: int) -> None:
    corner = "%s" + " 7" * (len(kind.split()[1]))
    ring = ", ".join(corner % f"{x} {y}" for x, y in SQUARE.exterior.coords)
    text = f"{kind} (({ring}))" if kind.startswith("P") else f"{kind} ((({ring})))"
    raw = shapely.to_wkb(shapely.from_wkt(text), output_dimension=4, flavor=flavor, byte_order=byte_order)
    found = Read()
    assert shape(geometry_of(raw, Points(), found)).equals(SQUARE)
    assert found.notes == [("height", "")]


@pytest.mark.parametrize("geometry", [SQUARE, HOLED, TWO], ids=["plain", "hole", "parts"])
@pytest.mark.parametrize("make", [make_shapefile, make_gpkg])
def test_holes_and_parts_come_through(make, geometry) -> None:
    (found,) = shapes(make([geometry]))
    assert found.equals(geometry)
    assert found.geom_type == geometry.geom_type


def test_an_island_in_a_lake_is_a_part_of_its_own() -> None:
    island = shapely.box(120.0025, 31.0025, 120.003, 31.003)
    whole = MultiPolygon([HOLED, island])
    assert shapes(make_shapefile([whole]))[0].equals(whole)


def turned_round(content: bytes) -> bytes:
    """Return a zipped Shapefile with the corners of its first record in reverse order."""
    members = unzipped(content)
    shp = bytearray(members["地块.shp"])
    rings, total = int.from_bytes(shp[144:148], "little"), int.from_bytes(shp[148:152], "little")
    start = 152 + 4 * rings
    starts = [int.from_bytes(shp[152 + 4 * i : 156 + 4 * i], "little") for i in range(rings)] + [total]
    for one, other in pairwise(starts):
        corners = [bytes(shp[start + 16 * i : start + 16 * i + 16]) for i in range(one, other)]
        shp[start + 16 * one : start + 16 * other] = b"".join(reversed(corners))
    return zipped(members | {"地块.shp": bytes(shp)})


@pytest.mark.parametrize("geometry", [SQUARE, HOLED], ids=["plain", "hole"])
def test_rings_that_turn_the_wrong_way_are_read_with_a_note(geometry) -> None:
    made = turned_round(make_shapefile([geometry]))
    assert shapes(made)[0].equals(geometry)
    assert "绕行方向" in told(made)
    assert "绕行方向" not in told(make_shapefile([geometry]))


def test_a_hole_outside_its_shell_stays_a_hole() -> None:
    outside = Polygon(SQUARE.exterior, [shapely.box(121, 31, 121.01, 31.01).exterior])
    (feature,) = open_geofile(make_shapefile([outside])).features
    assert len(feature["geometry"]["coordinates"]) == 2


@pytest.mark.parametrize(("missing", "words"), [(".shx", "缺 .shx"), (".dbf", "缺 .dbf"), (".shp", "缺 .shp")])
def test_a_missing_part_is_named(missing: str, words: str) -> None:
    assert words in refused(make_shapefile(drop=missing))


def test_a_missing_prj_is_told_to_the_caller() -> None:
    assert open_geofile(make_shapefile(drop=".prj")).crs == ""


def test_folders_other_files_and_spellings_do_not_matter() -> None:
    parts = {name.upper(): content for name, content in unzipped(make_shapefile(name="DK")).items()}
    packed = {f"成果/2025/{name}": content for name, content in parts.items()}
    packed |= {"__MACOSX/成果/2025/._DK.SHP": b"\x00", "成果/.DS_Store": b"x", "成果/说明.txt": b"x", "成果/DK.SHP.xml": b"<x/>"}
    assert open_geofile(zipped(packed)).layers[0].name == "成果/2025/DK"


def test_names_of_members_in_gbk_are_read() -> None:
    content = zipped({"plots_ab.kml": make_kml(placemark())})
    renamed = content.replace(b"plots_ab.kml", "东塘边界".encode("gbk") + b".kml")
    assert open_geofile(renamed).layers[0].name == "东塘边界"


def test_several_layers_must_be_chosen() -> None:
    one, other = unzipped(make_shapefile(name="东片")), unzipped(make_shapefile([SQUARE] * 3, name="西片"))
    both = zipped(one | other)
    with pytest.raises(LayerChoice) as choice:
        open_geofile(both)
    assert [(layer.name, layer.count) for layer in choice.value.layers] == [("东片", 1), ("西片", 3)]
    assert "1 东片（1）、2 西片（3）" in str(choice.value.fields[0].remedy)
    assert len(open_geofile(both, layer="西片").features) == len(open_geofile(both, layer="2").features) == 3
    assert "没有读取：东片" in told(both, layer="2")
    assert "没有图层“南片”" in refused(both, layer="南片")


def test_kml_of_folders_groups_and_extended_data() -> None:
    inner = (
        f"<Folder><name>一组</name>{placemark('东塘', data={'品种': '河蟹'})}<Folder><name>内</name>{placemark('西塘')}</Folder></Folder>"
    )
    multi = placemark("合", f"<MultiGeometry>{polygon()}{polygon(shapely.box(120.02, 31, 120.03, 31.01))}</MultiGeometry>")
    schema = (
        '<Placemark><ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="亩">3.5</SimpleData></SchemaData></ExtendedData></Placemark>'
    )
    found = open_geofile(make_kml("<name>全部</name>", inner, multi, schema))
    assert [feature["properties"].get("name") for feature in found.features] == ["东塘", "西塘", "合", None]
    assert [feature["properties"].get("folder") for feature in found.features] == ["一组", "一组/内", None, None]
    assert found.features[0]["properties"]["品种"] == "河蟹"
    assert found.features[3]["properties"]["亩"] == "3.5"
    assert found.features[2]["geometry"]["type"] == "MultiPolygon"


def test_kml_with_holes_heights_and_sloppy_coordinates() -> None:
    assert shapes(make_kml(placemark("", polygon(HOLED, ",5"))))[0].equals(HOLED)
    corners = "120, 31 ,0\n120.01 ,31,0\t120.01,31.01,0 120,31,0"
    sloppy = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    assert len(open_geofile(make_kml(placemark("", sloppy))).features[0]["geometry"]["coordinates"][0]) == 4


@pytest.mark.parametrize(
    ("inside", "kind"),
    [
        ("<gx:Track><when>2025</when><gx:coord>120 31 0</gx:coord></gx:Track>", "LineString"),
        ("<Point><coordinates>120,31</coordinates></Point>", "Point"),
        ("<LinearRing><coordinates>120,31 121,31 120,31</coordinates></LinearRing>", "LineString"),
        ("<Model/>", "Point"),
    ],
)
def test_what_is_no_surface_in_a_kml_keeps_its_kind(inside: str, kind: str) -> None:
    assert open_geofile(make_kml(placemark("x", inside))).features[0]["geometry"]["type"] == kind


def test_a_label_point_beside_a_surface_is_left_out_with_a_note() -> None:
    both = f"<MultiGeometry><Point><coordinates>120,31</coordinates></Point>{polygon()}</MultiGeometry>"
    made = make_kml(placemark("x", both))
    assert shapes(made)[0].equals(SQUARE)
    assert "点和线没有读取" in told(made)


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK", "GB18030", "Big5", "UTF-16"])
def test_kml_in_every_encoding(encoding: str) -> None:
    assert open_geofile(make_kml(placemark("東塘"), encoding=encoding)).features[0]["properties"]["name"] == "東塘"


def test_kml_whose_declaration_lies_is_refused_until_the_encoding_is_chosen() -> None:
    lying = make_kml(placemark("东塘"), encoding="GBK").replace(b"GBK", b"UTF-8")
    assert "utf-8" in refused(lying)
    assert open_geofile(lying, encoding="gbk").features[0]["properties"]["name"] == "东塘"


def test_kmz_with_one_and_with_several_kml() -> None:
    kml = make_kml(placemark())
    assert shapes(zipped({"doc.kml": kml, "files/photo.jpg": b"x"}))[0].equals(SQUARE)
    several = zipped({"doc.kml": kml, "layers/更多.kml": make_kml(placemark("a"), placemark("b"))})
    assert "1 doc（1）、2 layers/更多（2）" in refused(several)
    assert len(open_geofile(several, layer="更多").features) == 2


def test_links_beside_placemarks_are_told() -> None:
    linked = make_kml(placemark(), "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>")
    assert "网络链接，没有打开" in told(linked)


def test_geojson_in_a_zip_and_several_formats_in_one() -> None:
    assert shapes(zipped({"a.geojson": make_geojson(SQUARE)}))[0].equals(SQUARE)
    mixed = zipped({"a.geojson": make_geojson(SQUARE), "b.kml": make_kml(placemark()), "c.gpkg": make_gpkg(layer="丙")})
    assert "1 a（1）、2 b（1）、3 c/丙（1）" in refused(mixed)
    sql = "CREATE TABLE owners (id INTEGER PRIMARY KEY); INSERT INTO gpkg_contents(table_name, data_type) VALUES ('owners', 'attributes')"
    assert "owners" in told(zipped({"c.gpkg": with_table(make_gpkg(), sql)})), "what is said of a GeoPackage is said of one in a zip"


def test_what_is_no_geographic_file_is_told_apart() -> None:
    assert not looks_like_geofile(make_xlsx())
    assert not looks_like_geofile(make_ods())
    assert not looks_like_geofile(make_geojson(SQUARE))
    assert not looks_like_geofile(b"<html><body>kml</body></html>")
    for made in (make_kml(placemark()), make_shapefile(), make_gpkg(), zipped({"doc.kml": b"<kml/>"})):
        assert looks_like_geofile(made)
    remark = zipped({"plots.shp": b"x", "plots.shp.xml": b"<a>content.xml and [Content_Types].xml</a>"})
    assert looks_like_geofile(remark), "the names of the members decide, not what stands in them"


@pytest.mark.slow
def test_two_hundred_thousand_corners_are_read_in_reasonable_time() -> None:
    turn = numpy.linspace(0, 2 * numpy.pi, 199_999, endpoint=False)
    large = Polygon(numpy.column_stack([120 + 0.1 * numpy.cos(turn), 31 + 0.1 * numpy.sin(turn)]))
    for made in (make_shapefile([large]), make_gpkg([large]), make_kml(placemark("x", polygon(large)))):
        (feature,) = open_geofile(made).features
        assert len(feature["geometry"]["coordinates"][0]) == len(large.exterior.coords)


def test_every_feature_of_a_large_layer_comes_through() -> None:
    many = [shapely.box(120 + i * 1e-4, 31, 120 + i * 1e-4 + 5e-5, 31.0001) for i in range(5_000)]
    found = open_geofile(make_shapefile(many, rows={"name": [str(i) for i in range(5_000)]}))
    assert [feature["properties"]["name"] for feature in found.features] == [str(i) for i in range(5_000)]


def test_gdal_and_this_reader_agree_on_the_wine_areas() -> None:
    path = DATA.parent / "ava/ava_current_simplified_50m.geojson"
    if not path.exists():
        pytest.skip(f"the shared data are not at {path}")
    areas = [shape(feature["geometry"]) for feature in json.loads(path.read_text(encoding="utf-8"))["features"]][:40]
    for made in (make_shapefile(areas, kind="MultiPolygon"), make_gpkg(areas, kind="MultiPolygon", promote_to_multi=True)):
        for found, area in zip(shapes(made), areas, strict=True):
            assert found.equals(area)


def test_a_file_of_gdal_is_a_file_for_us() -> None:
    assert set(written("ESRI Shapefile", "plots.shp", [SQUARE])) >= {"plots.shp", "plots.shx", "plots.dbf", "plots.prj"}


def test_objects_without_end_inside_a_feature_are_refused() -> None:
    heavy = b'{"type":"Feature","geometry":null,"properties":{"a":[' + b",".join([b"{}"] * 900_000) + b"]}}"
    assert "要素超过" in refused(zipped({"a.geojson": heavy}))
    with pytest.raises(Invalid, match="要素超过"):
        check_geojson(heavy)
