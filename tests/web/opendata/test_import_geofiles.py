"""An office brings a surveyor's file over the page: columns, layer and system are chosen there, without choosing the file again."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import pytest

from gi_registry.origin import queries
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.geofiles import make_gpkg, make_kml, make_shapefile, placemark, polygon
from tests.builders.origin import make_area, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

FIELD = square(100).geoms[0]


@pytest.fixture
def place(open_work, client: Any) -> dict[str, Any]:
    """A GI with an authorisation; a national officer, signed in."""
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        authorisation = make_authorisation(work, protection=make_protection(work, gi))
        make_person(work, "national_officer", login="national")
        found = {"number": authorisation.number, "id": authorisation.id}
    sign_in(client, "national")
    return found


def send(client: Any, content: bytes | None, name: str = "村.zip", **fields: str) -> Any:
    data: dict[str, Any] = {"kind": "plots", "how": "dry-run"} | fields
    if content is not None:
        data["file"] = (io.BytesIO(content), name)
    return post(client, "/office/imports", data, content_type="multipart/form-data")


def carried(answer: Any) -> dict[str, str]:
    """Return the hidden fields of the page that came back."""
    found = re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', answer.text)
    return {name: html.unescape(value) for name, value in found if name not in {"csrf_token", "form_key"}}


def test_columns_are_chosen_from_the_headers_of_the_file(client: Any, place, open_work) -> None:
    content = make_shapefile([FIELD], rows={"DKBM": ["3205830001"], "DKMC": ["东塘"], "SCMJ": [15.0]}, encoding="GBK")
    asked = send(client, content)
    assert asked.status_code == 422
    for words in ("number（地块编号）", "文件的列", "DKBM、DKMC、SCMJ", 'name="column-number"', "不必再选"):
        assert words in asked.text
    chosen = {"column-number": "DKBM", "column-name": "DKMC", "column-authorisation": place["number"]}
    checked = send(client, None, **carried(asked) | chosen)
    assert "检查通过" in checked.text and "没有用到的列：SCMJ" in checked.text
    done = send(client, None, **carried(checked) | {"how": "all"})
    assert "已写入" in done.text
    with open_work() as work:
        assert queries.find_plot(work.session, "3205830001").name == "东塘"


def test_a_layer_is_chosen_from_those_of_the_file(client: Any, place) -> None:
    rows = {"number": ["1"], "authorisation": [place["number"]], "name": ["东塘"]}
    both = make_gpkg([FIELD], layer="东片", rows=rows, append_to=make_gpkg([FIELD] * 2, layer="西片"))
    asked = send(client, both, "x.gpkg")
    assert asked.status_code == 422
    assert "西片（2）" in asked.text and '<option value="东片"' in asked.text
    assert "检查通过" in send(client, None, **carried(asked) | {"layer": "东片"}).text


def test_a_system_is_asked_for_where_the_file_says_none(client: Any, place) -> None:
    rows = {"number": ["1"], "authorisation": [place["number"]], "name": ["东塘"]}
    bare = make_shapefile([FIELD], rows=rows, drop=".prj")
    asked = send(client, bare)
    assert asked.status_code == 422 and "不作猜测" in asked.text and "EPSG:4490" in asked.text
    assert "检查通过" in send(client, None, **carried(asked) | {"crs": "4490"}).text


def test_kml_is_for_kinds_with_outlines_only(client: Any, place) -> None:
    answer = send(client, make_kml(placemark("x", polygon(FIELD))), "x.kml", kind="gis")
    assert answer.status_code == 422 and "没有边界" in answer.text
