"""Reading geometry: every defect is named with what to do about it."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from gi_registry.kernel.errors import Invalid
from gi_registry.origin.rules import geojson, typed
from gi_registry.origin.rules.measure import area_m2, area_milli_mu

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "geo"
needs_data = pytest.mark.skipif(not DATA.exists(), reason=f"the shared data are not at {DATA}")
EXAMPLES = DATA / "geojson_valid_and_invalid" / "examples"
SQUARE = [[120.0, 31.0], [120.01, 31.0], [120.01, 31.01], [120.0, 31.01], [120.0, 31.0]]

REFUSED = {
    "bowtie_wuchang": "相交",
    "hole_outside": "外面",
    "latlon_swapped": "写反",
    "invalid_incorrect_geometry_data_type": "不是面",
    "invalid_less_three_unique_nodes": "2 个不同的点",
    "invalid_unclosed": "没有闭合",
    "invalid_feature_geometry_is_string": "不是 GeoJSON 对象",
    "invalid_feature_id_type": "id",
    "invalid_feature_no_properties": "properties",
    "invalid_feature_properties_is_array": "properties",
    "invalid_feature_properties_is_int": "properties",
    "invalid_feature_wrong_geometry_key": "没有 geometry",
    "invalid_featurecollection_feature_nullfeature": "不是 Feature",
    "invalid_featurecollection_features_is_object": "features 列表",
    "invalid_featurecollection_no_features_member": "features 列表",
    "invalid_featurecollection_nulltype": "不是 GeoJSON 的类型",
    "invalid_featurecollection_type_lowercase": "不是 GeoJSON 的类型",
    "invalid_featurecollection_unknown_type": "不是 GeoJSON 的类型",
    "invalid_geometry_bbox_not4or6": "不是面",
    "invalid_geometry_coordinates_1d": "坐标列表",
    "invalid_geometry_coordinates_empty_position": "不是 [经度, 纬度]",
    "invalid_geometry_coordinates_missing": "没有坐标",
    "invalid_geometry_depth_deep_polygon": "层数太多",
    "invalid_geometry_depth_shallow_multipolygon": "层数不够",
    "invalid_geometry_depth_shallow_polygon": "层数不够",
    "invalid_geometry_geometrycollection_null_geometry": "不是面",
    "invalid_geometry_mislabeled_point": "没有坐标",
    "invalid_geometry_missing_type": "类型",
    "invalid_geometry_wrong_geometry_type": "不是 GeoJSON 的类型",
    "problematic_crosses_antimeridian": "180 度",
    "problematic_feature_null_geometry": "null",
    "problematic_inner_and_exterior_ring_intersect": "与外边界相交",
    "problematic_outside_lat_lon_boundaries": "超出经纬度",
    "problematic_self_intersection_large": "相交",
    "problematic_self_intersection_small": "相交",
    "problematic_zero_length_linestring": "不是面",
    "problematic_geometrycollection_single": "不是面",
    "valid_geometry_point": "不是面",
    "valid_featurecollection_empty_features": "0 个要素",
}
ACCEPTED = {
    "invalid_exterior_not_ccw": "绕行方向",
    "invalid_interior_not_cw": "绕行方向",
    "problematic_3d_coordinates": "高程",
    "problematic_4d_coordinates": "高程",
    "problematic_duplicate_nodes": "重复的点",
    "problematic_crs_defined": "换算",
    "problematic_holes": "",
    "problematic_excessive_vertices": "",
    "problematic_excessive_coordinate_precision": "",
    "problematic_multitype_geometry_with_just_one_geometry": "",
    "problematic_geometry_not_wrapped": "",
    "valid_geometry_bbox": "bbox",
    "valid_feature_null_properties": "",
    "valid_geometry_multipolygon": "",
}


def read(name):
    return geojson.read_one(next(DATA.rglob(f"{name}.geojson")).read_bytes())


@needs_data
@pytest.mark.parametrize(("name", "words"), REFUSED.items(), ids=REFUSED)
def test_a_defect_is_named_with_its_remedy(name, words):
    with pytest.raises(Invalid) as refusal:
        read(name)
    first = refusal.value.fields[0]
    assert first.field == "geometry"
    assert words in str(first.reason)
    assert first.remedy is not None


@needs_data
@pytest.mark.parametrize(("name", "note"), ACCEPTED.items(), ids=ACCEPTED)
def test_what_can_be_put_right_is_read_with_a_note(name, note):
    reading = read(name)
    assert reading.geometry.is_valid
    assert reading.geometry.geom_type == "MultiPolygon"
    assert note in " ".join(map(str, reading.warnings))
    assert bool(note) == bool(reading.warnings)


@needs_data
def test_no_example_passes_unjudged():
    for path in EXAMPLES.rglob("*.geojson"):
        try:
            features = geojson.read_features(path.read_bytes())
        except Invalid:
            continue
        for feature in features:
            try:
                assert geojson.read_geometry(feature.geometry).geometry.is_valid
            except Invalid as refusal:
                assert refusal.fields[0].remedy is not None  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空的"),
        (b"   ", "空的"),
        (b"{", "不是 JSON"),
        (b"[]", "最外层"),
        ('{"type": "经"}'.encode("gbk"), "UTF-8"),
        (b'{"type": "Polygon", "coordinates": [[[NaN, 1], [2, 3], [4, 5], [NaN, 1]]]}', "不是 JSON"),
        (b"[" * 100_000, "不是 JSON"),
        (b'{"type": "Polygon", "coordinates": []}', "没有坐标"),
        (b'{"type": "MultiPolygon", "coordinates": [[]]}', "没有坐标"),
        (json.dumps({"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [3, 3], [1, 1]]]}).encode(), "相交"),
        (json.dumps({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}).encode(), "重叠"),
        (json.dumps({"type": "Polygon", "coordinates": [[["120", "31"], *SQUARE[1:]]]}).encode(), "不是数字"),
        (json.dumps({"type": "Polygon", "coordinates": [SQUARE], "bbox": [1, 2, 3]}).encode(), "bbox"),
        (
            json.dumps(
                {"type": "Polygon", "coordinates": [[[503000.1, 3480000.2], [503100.0, 3480000.0], [503100.0, 3480100.0]]]}
            ).encode(),
            "超出",
        ),
    ],
)
def test_bad_files_of_our_own(content, words):
    with pytest.raises(Invalid) as refusal:
        geojson.read_one(content)
    assert words in str(refusal.value.fields[0].reason)


def test_swapped_axes_of_tibet_are_seen_too():
    swapped = [[lat, lon] for lon, lat in ([80.0, 32.0], [80.01, 32.0], [80.01, 32.01], [80.0, 32.0])]
    with pytest.raises(Invalid, match="写反"):
        geojson.read_one(json.dumps({"type": "Polygon", "coordinates": [swapped]}))


def test_typed_coordinates_close_themselves():
    reading = typed.read_typed("120.75, 31.42\n120.76，31.42\n\n120.76 31.43\n")
    assert reading.geometry.is_valid
    assert reading.geometry.bounds == (120.75, 31.42, 120.76, 31.43)


@pytest.mark.parametrize(
    "line",
    [
        "120°45'04.3\"E 31°25'18.5\"N",
        "31°25′18.5″N, 120°45′04.3″E",
        "东经120度45分4.3秒，北纬31度25分18.5秒",
        "E120°45'4.3\" N31°25'18.5\"",
    ],
)
def test_degrees_minutes_seconds_are_read_in_either_order(line):
    other = "121°45'04.3\"E 31°25'18.5\"N\n121°45'04.3\"E 32°25'18.5\"N"
    west, south, _east, _north = typed.read_typed(f"{line}\n{other}").geometry.bounds
    assert west == pytest.approx(120.751194, abs=1e-6)
    assert south == pytest.approx(31.421806, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "没有填写"),
        ("120.1,31.1\n120.2,31.1", "2 个不同的角点"),
        ("120.1,31.1\n东边大树\n120.2,31.1", "第 2 行"),
        ("120°61'0\"E 31°0'0\"N\n1,1\n2,2", "不小于 60"),
        ("120°1'0\"E 121°0'0\"E\n1,1\n2,2", "两个经度"),
        ("31.42,120.75\n31.42,120.76\n31.43,120.76", "写反"),
        ("120,31\n121,32\n121,31\n120,32", "相交"),
    ],
)
def test_typed_lines_that_cannot_be_read_are_named(text, words):
    with pytest.raises(Invalid) as refusal:
        typed.read_typed(text)
    assert words in str(refusal.value.fields[0].reason)


def test_areas_are_geodesic_and_told_in_mu():
    # One hundredth of a degree at 31° N on GRS 80: 954.9 m by 1108.7 m, taken from pyproj's own line lengths.
    reading = geojson.read_one(json.dumps({"type": "Polygon", "coordinates": [SQUARE]}))
    assert area_m2(reading.geometry) == pytest.approx(954.9 * 1108.7, rel=1e-3)
    assert area_milli_mu(reading.geometry) == pytest.approx(area_m2(reading.geometry) * 1.5, rel=1e-6)


NUMBERS = some.one_of(some.floats(), some.integers(), some.booleans(), some.just(10**400), some.floats(-180, 180))
POSITIONS = some.lists(some.one_of(NUMBERS, some.text(max_size=3), some.none()), max_size=4)
CORNERS = some.tuples(some.integers(110, 113), some.integers(20, 23)).map(list)
COORDINATES = some.recursive(
    some.one_of(POSITIONS, CORNERS, NUMBERS, some.lists(CORNERS, max_size=7).map(lambda ring: ring + ring[:1])),
    lambda inner: some.lists(inner, max_size=4),
    max_leaves=12,
)
GEOMETRIES = some.one_of(
    some.fixed_dictionaries({"type": some.sampled_from([*geojson.TYPES, "Feature", "", None]), "coordinates": COORDINATES}),
    COORDINATES,
    some.none(),
)


@settings(max_examples=400, deadline=None)
@given(GEOMETRIES)
def test_whatever_comes_is_read_or_refused_in_words(geometry):
    try:
        reading = geojson.read_geometry(geometry)
    except Invalid as refusal:
        assert refusal.fields[0].remedy is not None  # noqa: PT017 - either outcome is right
    else:
        assert reading.geometry.is_valid
        assert not reading.geometry.is_empty


@given(some.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(Invalid):
        geojson.read_features(content)


@given(some.text(alphabet="0123456789.,°'\"ENSW东经北纬度分秒 \n-", max_size=60))
def test_any_typed_text_is_read_or_refused(text):
    with contextlib.suppress(Invalid):
        typed.read_typed(text)


def test_brackets_a_thousand_deep_are_refused():
    deep = '{"type": "Polygon", "coordinates": ' + "[" * 900 + "]" * 900 + "}"
    with pytest.raises(Invalid):
        geojson.read_one(deep)
