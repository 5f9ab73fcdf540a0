"""A producer brings a file over the web; the county verifies from its list; nobody else sees a neighbour's ground."""

from __future__ import annotations

import io
import re
from threading import BoundedSemaphore

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.bulk import apart
from gi_registry.origin import queries
from gi_registry.registry.models import Authorisation, Protection
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.batches import make_batch
from tests.builders.divisions import make_division
from tests.builders.origin import make_area, make_plot, square
from tests.builders.plot_files import bow_tie, collection, shapefile
from tests.builders.registry import make_authorisation, make_gi, make_protection


@pytest.fixture
def place(open_work):
    """A GI; producer ``chen`` and neighbour ``li``; county officers ``qian`` here and ``sun`` elsewhere; ``zhao`` of the province."""
    with open_work() as work:
        gi = make_gi(work)
        protection = make_protection(work, gi)
        make_area(work, gi)
        mine = make_authorisation(work, protection=protection)
        other = make_authorisation(work, protection=work.session.get(Protection, protection.id))
        for login, of in (("chen", mine), ("li", other)):
            make_person(work, "producer_operator", login=login, organisation=work.session.get(Organisation, of.organisation_id))
        make_person(work, "county_handler", login="qian", division="999999")
        make_division(work, "999998")
        make_person(work, "county_handler", login="sun", division="999998")
        make_person(work, "province_officer", login="zhao", division="99")
        plot = make_plot(work, mine, number="DK-OLD")
        theirs = make_plot(work, other, square(100, east_m=500), number="DK-SECRET", name="邻家的塘")
        return {"gi": gi.id, "mine": mine.id, "plot": plot.id, "theirs": theirs.id}


def bring(client, place, content, name="村.zip"):
    return post(client, f"/authorisations/{place['mine']}/plots/import", {"file": (io.BytesIO(content), name)})


def test_a_shapefile_is_read_looked_at_and_stored_without_script(client, place, open_work):
    sign_in(client, "chen")
    assert client.get(f"/authorisations/{place['mine']}/plots/import").status_code == 200
    content = shapefile([({"DKMC": "北塘"}, square(100, north_m=900)), ({"DKMC": "南塘"}, square(80, north_m=-900))])
    brought = bring(client, place, content)
    assert brought.status_code == 303
    shown = client.get(brought.headers["Location"])
    for words in ("北塘", "南塘", "在产地范围内", "没有问题", "登记勾选的地块"):
        assert words in shown.text
    with open_work() as work:
        assert len(queries.list_plots(work.session, place["mine"])) == 1
    data = {"take": ["1", "2"], "version": version(shown), "scope": "all"}
    stored = post(client, f"{brought.headers['Location']}/store", data)
    assert stored.status_code == 303
    done = client.get(stored.headers["Location"])
    assert "已登记 2 块地" in done.text
    again = post(client, f"{brought.headers['Location']}/store", data)
    assert again.status_code == 409
    with open_work() as work:
        assert len(queries.list_plots(work.session, place["mine"])) == 3


def version(shown):
    return re.search(r'name="version" value="(\d+)"', shown.text)[1]


def test_a_repair_and_a_neighbour_are_told_without_naming_them(client, place):
    sign_in(client, "chen")
    content = collection(({"name": "歪塘"}, bow_tie(east_m=-900)), ({"name": "东塘"}, square(100, east_m=500)))
    brought = bring(client, place, content, "塘.geojson")
    shown = client.get(brought.headers["Location"])
    assert "接受这一修补" in shown.text
    assert shown.text.count("<svg") >= 3
    assert "其他使用人登记的 1 块地" in shown.text
    assert "DK-SECRET" not in shown.text
    assert "邻家的塘" not in shown.text
    refused = post(client, f"{brought.headers['Location']}/store", {"take": ["1", "2"], "version": version(shown), "scope": "all"})
    assert refused.status_code == 422
    assert "歪塘：边界有误，修补建议没有接受" in refused.text
    taken = post(
        client, f"{brought.headers['Location']}/store", {"take": ["1", "2"], "repair": ["1"], "version": version(shown), "scope": "all"}
    )
    assert taken.status_code == 303


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<kml>", b"\x00\x01\x02"])
def test_a_broken_file_is_a_422_and_leaves_nothing(client, place, open_work, content):
    sign_in(client, "chen")
    answer = bring(client, place, content)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    with open_work() as work:
        assert queries.open_plot_files(work.session, place["mine"]) == []


def test_a_neighbour_neither_brings_nor_sees_a_file(client, place):
    sign_in(client, "chen")
    where = bring(client, place, collection(({"name": "甲"}, square(80, east_m=-900))), "塘.geojson").headers["Location"]
    sign_in(client, "li")
    assert client.get(where).status_code == 404
    assert client.get(f"/authorisations/{place['mine']}/plots/map.json").status_code == 404
    assert bring(client, place, b"{}").status_code == 404


def test_the_map_editor_gets_ones_own_plots_only(client, place):
    sign_in(client, "chen")
    form = client.get(f"/authorisations/{place['mine']}/plots/new").text
    assert "plot-editor.js" in form
    assert "<script>" not in form
    found = client.get(f"/authorisations/{place['mine']}/plots/map.json").json
    assert [plot["number"] for plot in found["plots"]] == ["DK-OLD"]
    assert len(found["areas"]) == 1


def test_the_county_verifies_what_it_ticked_after_a_look(client, place, open_work):
    sign_in(client, "qian")
    listed = client.get("/office/plots?verified=no")
    ticked = re.findall(r'name="plot" value="([\d.]+)"', listed.text)
    assert len(ticked) == 2
    look = client.get("/office/plots/verify", query_string=[("plot", item) for item in ticked])
    assert "核实 2 块地" in look.text
    with open_work() as work:
        assert queries.get_plot(work.session, place["plot"]).verified_on is None
    done = post(client, "/office/plots/verify", {"plot": ticked})
    assert done.status_code == 303
    with open_work() as work:
        plot = queries.get_plot(work.session, place["plot"])
        assert plot.verified_on is not None
        seen = plot.version
    assert "DK-OLD" not in client.get("/office/plots?verified=no").text
    assert "DK-OLD" in client.get("/office/plots?verified=yes").text
    assert "已核实" in client.get(f"/authorisations/{place['mine']}/plots?verified=yes").text
    assert post(client, f"/plots/{place['plot']}/unverify", {"version": seen}).status_code == 303


def test_another_county_and_a_stale_page_verify_nothing(client, place, open_work):
    sign_in(client, "qian")
    assert client.get("/office/plots/verify").status_code == 422
    assert post(client, "/office/plots/verify", {"plot": [f"{place['plot']}.1", f"{place['theirs']}.9"]}).status_code == 409
    sign_in(client, "sun")
    assert "DK-OLD" not in client.get("/office/plots").text
    assert post(client, "/office/plots/verify", {"plot": f"{place['plot']}.1"}).status_code == 404
    with open_work() as work:
        assert queries.get_plot(work.session, place["plot"]).verified_on is None


def test_townships_are_compared_with_official_figures(client, place):
    sign_in(client, "zhao")
    path = f"/office/gis/{place['gi']}"
    data = {"division_code": "999999", "crop": "", "year": "2025", "area_mu": "20.5", "source": "示例统计年鉴"}
    assert post(client, f"{path}/official-areas", data).status_code == 303
    shown = client.get(f"{path}/plots?year=2025").text
    for words in ("示例县", "20.5", "示例统计年鉴", "处超过统计面积"):
        assert words in shown
    rows = client.get(f"{path}/plots?year=2025&format=json").json["items"]
    assert rows[0]["over_milli_mu"] > 6_000
    assert post(client, f"{path}/official-areas", data | {"division_code": "888888"}).status_code == 422
    assert post(client, f"{path}/official-areas", data | {"area_mu": "很多"}).status_code == 422


def test_retiring_a_plot_names_the_batches_on_it_and_asks(client, place, open_work):
    with open_work() as work:
        batch = make_batch(work, work.session.get(Authorisation, place["mine"]), plot=queries.get_plot(work.session, place["plot"]))
        number = batch.number
    sign_in(client, "chen")
    asked = client.get(f"/plots/{place['plot']}/retire")
    assert number in asked.text
    assert "我已核对" in asked.text
    assert number in client.get(f"/plots/{place['plot']}").text
    assert "这块地上还有批次" in client.get(f"/plots/{place['plot']}/edit").text
    refused = post(client, f"/plots/{place['plot']}/retire", {"version": "1"})
    assert refused.status_code == 422
    assert number in refused.text
    assert post(client, f"/plots/{place['plot']}/retire", {"version": "1", "confirmed": "1"}).status_code == 303


def test_a_plot_without_batches_is_retired_at_once(client, place):
    sign_in(client, "chen")
    assert "我已核对" not in client.get(f"/plots/{place['plot']}/retire").text
    assert post(client, f"/plots/{place['plot']}/retire", {"version": "1"}).status_code == 303


def test_an_overlap_is_shown_on_the_plots_page_without_the_neighbours_name(client, place, open_work):
    with open_work() as work:
        make_plot(work, work.session.get(Authorisation, place["mine"]), square(100, east_m=520), number="DK-BOTH")
        both = queries.find_plot(work.session, "DK-BOTH").id
    sign_in(client, "chen")
    shown = client.get(f"/plots/{both}").text
    assert "与其他地块重叠" in shown
    assert "DK-SECRET" not in shown
    sign_in(client, "qian")
    assert "DK-SECRET" in client.get(f"/plots/{both}").text


@pytest.mark.parametrize(
    "path", ["/registry", "/registry?format=json", "/registry/gis/{gi}", "/registry/gis/{gi}?format=json", "/", "/check"]
)
def test_no_public_page_shows_a_plot(client, place, path):
    answer = client.get(path.format(**place))
    assert answer.status_code == 200
    for canary in ("DK-OLD", "DK-SECRET", "邻家的塘", "/plots/"):
        assert canary not in answer.text


def test_a_correction_shows_how_the_area_changed(client, place):
    sign_in(client, "chen")
    half = "\n".join(f"{lon},{lat}" for lon, lat in square(50).geoms[0].exterior.coords[:-1])
    data = {"name": "东塘", "tenure": "own", "capture": "survey", "accuracy_m": "1", "geometry": half, "version": "1"}
    assert post(client, f"/plots/{place['plot']}/edit", data).status_code == 303
    shown = client.get(f"/plots/{place['plot']}").text
    assert "更正后面积变化" in shown
    assert "-8.25" in shown


def test_a_file_that_finds_no_place_to_be_read_is_asked_to_come_again(client, place, open_work, monkeypatch):
    sign_in(client, "chen")
    content = shapefile([({"DKMC": "北塘"}, square(100, north_m=900))])
    monkeypatch.setattr(apart, "_places", BoundedSemaphore(1))
    monkeypatch.setattr(apart, "PATIENCE_S", 0.05)
    with apart._places:
        busy = bring(client, place, content)
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) > 0
    assert "没有读取，也没有保存" in busy.text
    with open_work() as work:
        assert len(queries.list_plots(work.session, place["mine"])) == 1
    assert bring(client, place, content).status_code == 303, "with a place free the same file is read"
