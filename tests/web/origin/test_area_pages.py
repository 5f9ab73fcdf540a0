"""An officer proposes a version of an area; another looks at it beside the one before, and approves it or says why not."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import pytest
from shapely import MultiPolygon

from gi_registry.accounts.models import Organisation
from gi_registry.origin import queries
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.origin import make_area, make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

OUTLINE = json.dumps(rectangle(-2_000, -5_000, 5_000, 5_000).__geo_interface__)


@pytest.fixture
def place(open_work):
    """A GI with an area and two plots; ``zhao`` and ``sun`` of the province, ``qian`` of the county, ``he`` of the holder."""
    with open_work() as work:
        gi = make_gi(work)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        make_area(work, gi)
        make_plot(work, authorisation)
        west = make_plot(work, authorisation, square(100, east_m=-4_000))
        for login in ("zhao", "sun"):
            make_person(work, "province_officer", login=login, division="99")
        make_person(work, "county_handler", login="qian", division="999999")
        make_person(work, "holder_manager", login="he", organisation=work.session.get(Organisation, gi.holder_org_id))
        return {"gi": gi.id, "west": west.number, "base": f"/office/gis/{gi.id}/areas"}


def propose(client, place, **data):
    form = {"kind": "version", "valid_from": "2027-04-01", "geometry": OUTLINE, "places": "示例镇\n新村", "uncertainty_m": "30"}
    return post(client, f"{place['base']}/new", form | {"note": "示例公告第二条"} | data)


def test_a_version_is_proposed_looked_at_and_approved_by_another(client, place, open_work):
    sign_in(client, "zhao")
    assert client.get(f"{place['base']}/new").status_code == 200
    address = propose(client, place).headers["Location"]
    mine = client.get(address).text
    assert "提出人以外的另一名工作人员" in mine and "撤回提案" in mine and "核准，使之生效" not in mine
    assert post(client, f"{address}/approve", {"version": "1"}).status_code == 403
    assert "待核准的产地范围提案" not in client.get("/home", follow_redirects=True).text
    sign_in(client, "sun")
    assert "待核准的产地范围提案" in client.get("/home", follow_redirects=True).text
    assert "待核准的提案" in client.get(place["base"]).text
    shown = client.get(address).text
    for words in (
        "30.00",
        "30.0%",
        "不再计入 1 块",
        place["west"],
        "在产地范围外",
        "<pattern",
        "增加（斜线）",
        "减少（点）",
        "新村",
        "移出",
    ):
        assert words in shown
    assert post(client, f"{address}/approve", {"version": "1", "reason": "与公告一致"}).status_code == 303
    assert post(client, f"{address}/approve", {"version": "1"}).status_code == 409
    decided = client.get(address).text
    assert "已核准" in decided and "结论有变 0 块" in decided
    (run,) = re.findall(r'href="(/office/gis/\d+/judgements\?run=\d+)"', decided)
    assert client.get(run).status_code == 200
    with open_work() as work:
        assert [area.valid_to for area in queries.list_areas(work.session, place["gi"])] == [None, date(2027, 4, 1)]


def test_a_proposal_is_refused_with_a_reason(client, place):
    sign_in(client, "zhao")
    address = propose(client, place).headers["Location"]
    sign_in(client, "sun")
    bare = post(client, f"{address}/reject", {"version": "1"})
    assert bare.status_code == 422 and "不予核准的理由" in bare.text
    assert post(client, f"{address}/reject", {"version": "1", "reason": "文号不符"}).status_code == 303
    assert "文号不符" in client.get(address).text


def test_a_scan_of_the_announcement_and_an_outline_come_as_files(client, place):
    sign_in(client, "zhao")
    files = {"file": (io.BytesIO(OUTLINE.encode()), "界.geojson"), "source_file": (io.BytesIO(b"%PDF-1.4 x"), "公告.pdf")}
    answer = propose(client, place, geometry="", **files)
    assert answer.status_code == 303
    assert "公告.pdf" in client.get(answer.headers["Location"]).text
    wrong = propose(client, place, source_file=(io.BytesIO(b"MZ"), "公告.exe"))
    assert wrong.status_code == 422 and "示例公告第二条" in wrong.text


def test_dates_that_meet_another_version_are_refused_with_both_periods(client, place):
    sign_in(client, "zhao")
    clash = propose(client, place, valid_from="2005-01-01")
    assert clash.status_code == 409
    assert "2010-01-01" in clash.text and "2005-01-01" in clash.text


def test_an_end_is_proposed_too(client, place):
    sign_in(client, "zhao")
    form = client.get(f"{place['base']}/new?kind=end").text
    assert "从哪天起不再有效" in form and "公告原文" not in form
    address = propose(client, place, kind="end", geometry="", places="").headers["Location"]
    assert "2027-04-01 起没有有效版本" in client.get(address).text


def test_the_holder_sees_its_own_area_and_proposes_but_not_whose_plots_are_met(client, place):
    sign_in(client, "he")
    assert place["base"] in client.get("/home").text
    assert client.get(place["base"]).status_code == 200
    address = propose(client, place).headers["Location"]
    shown = client.get(address).text
    assert "不再计入 1 块" in shown and place["west"] not in shown and "只给主管部门看" in shown
    assert post(client, f"{address}/withdraw", {"version": "1"}).status_code == 303


def test_a_county_officer_reads_areas_but_proposes_none(client, place):
    sign_in(client, "qian")
    assert client.get(place["base"]).status_code == 200
    assert client.get(f"{place['base']}/new").status_code == 403
    assert propose(client, place).status_code == 403


def test_units_stand_with_their_code_of_the_day_and_their_name_of_today(client, place, open_work):
    from gi_registry.divisions.schemas import DivisionForm
    from gi_registry.divisions.service import put_division
    from gi_registry.registry.queries import get_gi

    with open_work() as work:
        put_division(work, DivisionForm(code="999999102", name="新示镇", valid_from="2015-01-01"))
        put_division(work, DivisionForm(code="999999101", name="老示镇", valid_to="2015-01-01", successor_code="999999102"))
        make_area(work, get_gi(work.session, place["gi"]), square(3_000), zone="一区", places="老示镇\n无此镇")
    sign_in(client, "qian")
    shown = client.get(place["base"]).text
    assert "999999101" in shown and "新示镇" in shown and "后有变更" in shown and "没有查到" in shown


def test_everybody_reads_the_words_and_sees_an_outline_only_with_its_review_number(client, place, open_work):
    from gi_registry.registry.queries import get_gi

    shown = client.get(f"/registry/gis/{place['gi']}").text
    assert "示例湖及沿岸" in shown and "示例镇" in shown and "<path" not in shown
    with open_work() as work:
        outline = MultiPolygon([rectangle(-3_000, -3_000, 3_000, 3_000).geoms[0].segmentize(0.0001)])
        make_area(work, get_gi(work.session, place["gi"]), outline, zone="一区", map_review_no="GS(2026)0001号")
    shown = client.get(f"/registry/gis/{place['gi']}").text
    assert shown.count("<svg") == 1 and "GS(2026)0001号" in shown
    [drawn] = [part.split('"', 1)[0] for part in shown.split('d="')[1:] if part.count("L") > 2 and "Z" in part and len(part) > 0][:1]
    assert drawn.count("L") < 20
    listed = client.get(f"/registry/gis/{place['gi']}?format=json").json["areas"]
    assert {"name": "示例镇", "codes": [], "today": []} in listed[0]["units"]
    assert "geometry" not in str(listed)
