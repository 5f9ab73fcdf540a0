"""Coordinate systems: read or declared, never guessed; metres that do not fit are refused with what their numbers hint at."""

from __future__ import annotations

import json

import pytest
from pyproj import CRS, Transformer

from gi_registry.kernel.errors import Invalid
from gi_registry.origin.rules import geojson, typed, zones
from gi_registry.origin.rules.crs import chosen, crs_of, placed, settle_for
from gi_registry.origin.rules.shift import Datum
from tests.builders.geofiles import SQUARE, make_geojson

ESRI = {
    4528: "CGCS2000_3_Degree_GK_Zone_40",
    4549: "CGCS2000_3_Degree_GK_CM_120E",
    4498: "CGCS2000_GK_Zone_20",
    4509: "CGCS2000_GK_CM_117E",
    4490: "GCS_China_Geodetic_Coordinate_System_2000",
}


def refused(text: str) -> str:
    with pytest.raises(Invalid) as problem:
        crs_of(text)
    return f"{problem.value.fields[0].reason} {problem.value.fields[0].remedy}"


def metres(code: int, lon: float, lat: float) -> tuple[float, float]:
    x, y = Transformer.from_crs("EPSG:4490", f"EPSG:{code}", always_xy=True).transform(lon, lat)
    return float(x), float(y)


@pytest.mark.parametrize("code", range(4491, 4555))
def test_every_zone_of_gauss_krueger_comes_back_to_a_millimetre(code: int) -> None:
    meridian = next(p.value for p in CRS.from_epsg(code).coordinate_operation.params if "ongitude" in p.name)
    [(lon, lat)] = settle_for(crs_of(str(code)))([metres(code, meridian + 0.7, 31.4)])
    assert (lon, lat) == pytest.approx((meridian + 0.7, 31.4), abs=2e-9)


@pytest.mark.parametrize("code", [4491, 4498, 4501, 4513, 4528, 4533])
def test_the_zone_in_front_of_an_easting_names_its_system(code: int) -> None:
    meridian = next(p.value for p in CRS.from_epsg(code).coordinate_operation.params if "ongitude" in p.name)
    x, y = metres(code, meridian + 0.7, 31.4)
    zone = zones.zone_of(x)
    assert zone is not None
    assert zones.prefixed(zone) == code
    assert f"EPSG:{code}" in str(zones.likely(x, y))


@pytest.mark.parametrize("code", [3857, 32650, 32651])
def test_mercator_and_utm_are_taken(code: int) -> None:
    [(lon, lat)] = settle_for(crs_of(f"EPSG:{code}"))([metres(code, 119.5, 31.4)])
    assert (lon, lat) == pytest.approx((119.5, 31.4), abs=2e-9)


@pytest.mark.parametrize(
    "text", ["4490", "EPSG:4326", "cgcs2000", "WGS 84", "urn:ogc:def:crs:OGC:1.3:CRS84", "http://www.opengis.net/def/crs/EPSG/0/4490"]
)
def test_longitude_and_latitude_under_every_name(text: str) -> None:
    assert (crs_of(text).projected, crs_of(text).datum) == (False, Datum.CGCS2000)


@pytest.mark.parametrize("code", ESRI)
def test_the_wkt_of_a_prj_is_understood(code: int) -> None:
    wkt = CRS.from_epsg(code).to_wkt("WKT1_ESRI")
    assert ESRI[code] in wkt
    assert crs_of(wkt).projected is (code != 4490)


@pytest.mark.parametrize(("text", "datum"), [("gcj02", Datum.GCJ02), ("GCJ-02", Datum.GCJ02), ("bd09", Datum.BD09), ("BD-09", Datum.BD09)])
def test_shifted_coordinates_are_declared_by_name(text: str, datum: Datum) -> None:
    assert crs_of(text).datum is datum


@pytest.mark.parametrize("code", [4214, 2422, 21420, 4610, 2364, 2343])
def test_old_datums_are_refused_with_who_can_convert(code: int) -> None:
    said = refused(str(code))
    assert "七参数" in said
    assert ("北京" in said) is (code in (4214, 2422, 21420))
    assert "七参数" in refused(CRS.from_epsg(code).to_wkt("WKT1_ESRI"))


@pytest.mark.parametrize(
    ("text", "words"), [("klingon", "不认识"), ("EPSG:99999", "不认识"), ("4269", "不接收"), ("EPSG:4978", "不接收"), ("27700", "不接收")]
)
def test_what_is_not_taken_is_named(text: str, words: str) -> None:
    assert words in refused(text)


@pytest.mark.parametrize(
    ("code", "position", "words"),
    [
        ("4528", (512_345.6, 3_480_000.0), "带号或中央经线"),
        ("4549", (40_512_345.0, 3_480_000.0), "EPSG:4528"),
        ("4528", (39_512_345.0, 3_480_000.0), "EPSG:4527"),
        ("4528", (3_480_000.0, 40_512_345.0), "写反"),
        ("4549", (3_480_000.0, 512_345.0), "写反"),
        ("4528", (120.3, 31.4), "是经纬度"),
        ("3857", (120.3, 31.4), "是经纬度"),
    ],
)
def test_metres_that_do_not_fit_are_refused_with_a_hint(code: str, position: tuple[float, float], words: str) -> None:
    with pytest.raises(Invalid) as problem:
        settle_for(crs_of(code))([position])
    assert words in f"{problem.value.fields[0].reason} {problem.value.fields[0].remedy}"


@pytest.mark.parametrize(
    ("corner", "words"),
    [
        ((40_512_345.0, 3_480_000.0), "EPSG:4528"),
        ((20_512_345.0, 3_480_000.0), "EPSG:4498"),
        ((512_345.0, 3_480_000.0), "EPSG:4549"),
        ((13_358_338.0, 3_500_000.0), "EPSG:3857"),
        ((3_480_000.0, 40_512_345.0), "EPSG:4528"),
        ((120.3, 31.4), "EPSG:4490"),
    ],
)
def test_a_file_without_a_system_is_never_guessed_but_hinted(corner: tuple[float, float], words: str) -> None:
    with pytest.raises(Invalid) as problem:
        chosen("", "", corner)
    assert problem.value.fields[0].field == "crs"
    assert "不作猜测" in str(problem.value.fields[0].reason)
    assert words in str(problem.value.fields[0].remedy)


def test_what_was_declared_holds_and_a_contradiction_is_told() -> None:
    crs, notes = chosen("EPSG:4326", "4528", None)
    assert crs.projected
    assert "按声明的" in str(notes[0])
    assert chosen("EPSG:4326", "4490", None)[1] == ()
    assert chosen("EPSG:4326", "", None)[1] == ()
    assert "没有写明" in str(chosen("", "4490", None)[1][0])


def test_geometries_carry_the_name_of_their_system_only_where_it_is_needed() -> None:
    assert placed("EPSG:4326", "", None)[0] == ""
    assert placed("", "4528", None)[0] == "4528"
    assert placed("EPSG:4326", "gcj02", None)[0] == "gcj02"


def test_geojson_that_names_its_system_is_converted_with_a_note() -> None:
    corners = [list(metres(4528, x, y)) for x, y in SQUARE.exterior.coords]
    body = {"type": "Polygon", "coordinates": [corners], "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4528"}}}
    reading = geojson.read_one(json.dumps(body))
    assert reading.geometry.equals_exact(SQUARE, 1e-8) or reading.geometry.symmetric_difference(SQUARE).area < 1e-9
    assert "EPSG:4528" in str(reading.warnings[-1])


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_declared_shifts_are_converted_once(datum: str) -> None:
    reading = geojson.read_one(make_geojson(SQUARE), declared=datum)
    assert reading.converted_from == datum
    assert not reading.geometry.equals(SQUARE)
    assert reading.geometry.centroid.distance(SQUARE.centroid) < 0.02


@pytest.mark.parametrize(
    ("text", "crs", "bounds"),
    [
        (
            "J1 120°30′15.2″ 31°20′10″\nJ2 120°31′15.2″ 31°20′10″\nJ3 120°31′15.2″ 31°21′10″",
            "",
            (120.504222, 31.336111, 120.520889, 31.352778),
        ),
        ("1 120.5 31.2\n2 120.6 31.2\n3 120.6 31.3", "", (120.5, 31.2, 120.6, 31.3)),
        ("1、120.5,31.2\n2、120.6,31.2\n3、120.6,31.3", "", (120.5, 31.2, 120.6, 31.3)),
        ("东经120.5，北纬31.2\n北纬31.2，东经120.6\nE120.6 N31.3", "", (120.5, 31.2, 120.6, 31.3)),
        ("１２０．５，３１．２\n１２０．６，３１．２\n１２０．６，３１．３", "", (120.5, 31.2, 120.6, 31.3)),
        ("120º30' 31º20'\n120˚31' 31˚20'\n120゜31' 31゜21'", "", (120.5, 31.333333, 120.516667, 31.35)),
        ("東經120度30分 北緯31度20分\n东经120度31分 北纬31度20分\n东经120度31分 北纬31度21分", "", (120.5, 31.333333, 120.516667, 31.35)),
        ("东经120°30′～121°10′，北纬31°～31°30′", "", (120.5, 31.0, 121.166667, 31.5)),
        ("东经120°30′至121°10′\n北纬31°至31°30′", "", (120.5, 31.0, 121.166667, 31.5)),
        ("40512345.6 3480123.4\n40512445.6 3480123.4\n40512445.6 3480223.4", "4528", (120.129872, 31.443224, 120.130925, 31.444126)),
    ],
)
def test_typed_coordinates_in_the_spelling_of_every_office(text: str, crs: str, bounds: tuple[float, ...]) -> None:
    assert typed.read_typed(text, crs).geometry.bounds == pytest.approx(bounds, abs=1e-6)


def test_a_lost_sign_and_a_height_are_told() -> None:
    lost = typed.read_typed("115°5230″ 40°0400″\n115°5743″ 40°0400″\n115°5743″ 40°0814″")
    assert lost.geometry.bounds == pytest.approx((115.875, 40.066667, 115.961944, 40.137222), abs=1e-6)
    assert "丢了“′”" in str(lost.warnings[0])
    assert "高程" in str(typed.read_typed("120.5 31.2 15.3\n120.6 31.2 12\n120.6 31.3 14").warnings[0])


def test_typed_metres_without_a_system_are_hinted() -> None:
    with pytest.raises(Invalid, match="EPSG:4528"):
        typed.read_typed("40512345.6 3480123.4\n40512445.6 3480123.4\n40512445.6 3480223.4")


def test_only_plain_degrees_of_greenwich_are_longitude_and_latitude() -> None:
    plain = CRS.from_epsg(4490).to_wkt()
    assert not crs_of(plain).projected
    gon = plain.replace('ANGLEUNIT["degree",0.0174532925199433', 'ANGLEUNIT["grad",0.015707963267949')
    assert gon != plain
    assert "不接收" in refused(gon)
    turned = "+proj=ob_tran +o_proj=longlat +o_lat_p=40 +o_lon_p=0 +lon_0=120 +datum=WGS84 +no_defs"
    assert "不接收" in refused(CRS.from_proj4(turned).to_wkt())
