"""A producer registers a plot on a phone; an officer keeps the versions of an area; nobody sees a neighbour's land."""

from __future__ import annotations

import io
import json

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.origin import queries
from gi_registry.registry.models import Protection
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.origin import make_area, make_plot, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

CORNERS = "120.7520,31.4220\n120.7530,31.4220\n120.7530,31.4228\n120.7520,31.4228"


@pytest.fixture
def place(open_work):
    """A GI, an authorisation, a plot; producer ``chen``, neighbour ``li``, province officer ``zhao``, county officer ``qian``."""
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi)
        authorisation = make_authorisation(work, protection=protection)
        make_area(work, gi)
        plot = make_plot(work, authorisation)
        other = make_authorisation(work, protection=work.session.get(Protection, protection.id))
        for login, of in (("chen", authorisation), ("li", other)):
            make_person(work, "producer_operator", login=login, organisation=work.session.get(Organisation, of.organisation_id))
        make_person(work, "province_officer", login="zhao", division="99")
        make_person(work, "county_handler", login="qian", division="999999")
        return {"gi": gi.id, "authorisation": authorisation.id, "plot": plot.id, "number": plot.number}


def add(client, place, **data):
    return post(client, f"/authorisations/{place['authorisation']}/plots/new", {"name": "西塘", "tenure": "own", "accuracy_m": "10"} | data)


def test_a_plot_is_typed_in_corner_by_corner_and_judged_at_once(client, place):
    sign_in(client, "chen")
    assert client.get(f"/authorisations/{place['authorisation']}/plots/new").status_code == 200
    answer = add(client, place, geometry=CORNERS, capture="phone")
    assert answer.status_code == 303
    shown = client.get(answer.headers["Location"])
    for words in ("西塘", "在产地范围内", "容差 50 米", "<svg", "登记地块"):
        assert words in shown.text
    listed = client.get(f"/authorisations/{place['authorisation']}/plots")
    assert "西塘" in listed.text
    exported = client.get(f"/authorisations/{place['authorisation']}/plots?format=json").json["items"]
    assert [row["verdict"] for row in exported] == ["inside", "inside"]


def test_a_file_is_uploaded(client, place):
    sign_in(client, "chen")
    content = json.dumps(square(100, east_m=60_000).__geo_interface__).encode()
    answer = add(client, place, file=(io.BytesIO(content), "塘.geojson"))
    assert answer.status_code == 303
    assert "在产地范围外" in client.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"geometry": ""}, "没有填写坐标"),
        ({"geometry": "31.42,120.75\n31.42,120.76\n31.43,120.76"}, "写反"),
        ({"geometry": "120,31\n121,32\n121,31\n120,32"}, "相交"),
        ({"geometry": CORNERS, "name": ""}, "没有填写"),
        ({"geometry": CORNERS, "accuracy_m": "十米"}, "整数"),
        ({"geometry": CORNERS, "valid_from": "明天"}, "日期"),
        ({"file": b"PK\x03\x04"}, "JSON"),
        ({"file": b"{}", "geometry": CORNERS}, "任选其一"),
    ],
)
def test_bad_input_comes_back_as_typed_with_the_reason(client, place, open_work, data, words):
    sign_in(client, "chen")
    file = {"file": (io.BytesIO(data["file"]), "x.geojson")} if "file" in data else {}
    answer = add(client, place, **data | file)
    assert answer.status_code == 422
    assert words in answer.text
    assert "error-summary" in answer.text
    if data.get("geometry"):
        assert data["geometry"].splitlines()[0] in answer.text
    with open_work() as work:
        assert len(queries.list_plots(work.session, place["authorisation"])) == 1


def test_a_neighbours_land_is_not_there(client, place):
    sign_in(client, "li")
    for path in (
        f"/plots/{place['plot']}",
        f"/authorisations/{place['authorisation']}/plots",
        f"/authorisations/{place['authorisation']}/plots/new",
    ):
        assert client.get(path).status_code == 404
    assert post(client, f"/plots/{place['plot']}/retire").status_code == 404
    assert client.get(f"/plots/{place['plot']}", headers={"Accept": "application/json"}).status_code == 404


def test_the_public_is_asked_to_sign_in(client, place):
    assert client.get(f"/plots/{place['plot']}").status_code == 303


def test_a_plot_is_retired_once_and_from_the_version_one_saw(client, place):
    sign_in(client, "chen")
    assert post(client, f"/plots/{place['plot']}/retire", {"version": "7"}).status_code == 409
    assert post(client, f"/plots/{place['plot']}/retire", {"version": "1"}).status_code == 303
    assert post(client, f"/plots/{place['plot']}/retire", {"version": "2"}).status_code == 409
    assert "已停用" in client.get(f"/plots/{place['plot']}").text


def test_a_county_officer_reads_areas_but_does_not_write_them(client, place):
    sign_in(client, "qian")
    assert client.get(f"/office/gis/{place['gi']}/areas").status_code == 200
    assert client.get(f"/office/gis/{place['gi']}/areas/new").status_code == 403
    assert client.get(f"/authorisations/{place['authorisation']}/plots").status_code == 200


def test_a_bad_form_for_a_neighbours_land_is_not_there_either(client, place):
    sign_in(client, "li")
    assert post(client, f"/authorisations/{place['authorisation']}/plots/new", {}).status_code == 404
    assert post(client, f"/authorisations/{place['authorisation']}/plots/new", {"geometry": "x", "name": "偷看"}).status_code == 404


def test_a_plot_is_put_right_and_keeps_its_outline_unless_a_new_one_is_given(client, place, open_work):
    sign_in(client, "chen")
    path = f"/plots/{place['plot']}/edit"
    assert "东塘" in client.get(path).text
    form = {"version": "1", "name": "东塘一围", "tenure": "contracted", "accuracy_m": "3", "capture": "survey", "valid_from": "2020-01-01"}
    assert post(client, path, form).status_code == 303
    with open_work() as work:
        plot = queries.get_plot(work.session, place["plot"])
        assert (plot.name, plot.tenure, plot.version, plot.area_milli_mu) == ("东塘一围", "contracted", 2, 12_000)
        assert [(was["name"], was["tenure"], was["version"]) for was in plot.earlier] == [("东塘", "own", 1)]
        assert plot.earlier[0]["geometry"]["type"] == "MultiPolygon"
    assert post(client, path, form).status_code == 409
    assert post(client, path, form | {"version": "2", "geometry": CORNERS}).status_code == 303
    assert "更正地块" in client.get(f"/plots/{place['plot']}").text
    with open_work() as work:
        assert queries.get_plot(work.session, place["plot"]).area_milli_mu != 12_000


def test_a_neighbour_puts_nothing_right(client, place):
    sign_in(client, "li")
    assert client.get(f"/plots/{place['plot']}/edit").status_code == 404
    assert post(client, f"/plots/{place['plot']}/edit", {"name": "抢塘", "version": "1"}).status_code == 404


def test_the_same_ground_is_put_on_file_once(client, place, open_work):
    sign_in(client, "chen")
    assert add(client, place, geometry=CORNERS).status_code == 303
    again = add(client, place, geometry=CORNERS, name="换个名字")
    assert again.status_code == 422
    assert "重叠" in again.text and "只登记一次" in again.text
    with open_work() as work:
        assert [plot.name for plot in queries.list_plots(work.session, place["authorisation"])].count("换个名字") == 0
