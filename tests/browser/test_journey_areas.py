"""A new version of an area is proposed by one officer and approved by another, on a phone and at a desk; without script too."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import attach, fill, fits, press, signed_in

pytestmark = pytest.mark.xdist_group("journey-areas")

FIRST_DAY = {(NARROW, True): "2041-03-01", (WIDE, True): "2042-03-01", (NARROW, False): "2043-03-01"}
OUTLINE = [[118.46, 33.88], [118.58, 33.88], [118.58, 33.93], [118.46, 33.93], [118.46, 33.88]]


def outline(width: int) -> dict[str, Any]:
    """Return a file of a rectangle in the demonstration's lake, a little wider each time."""
    corners = [[x + width / 1_000_000, y] for x, y in OUTLINE]
    return {
        "name": "界.geojson",
        "mimeType": "application/geo+json",
        "buffer": json.dumps({"type": "Polygon", "coordinates": [corners]}).encode(),
    }


def lake(page: Any) -> str:
    """Return the address of the areas of the demonstration's crab."""
    page.goto("/office/gis?q=示例湖大闸蟹")
    href = page.locator("main table a[href*='/office/gis/']").first.get_attribute("href")
    return f"{href}/areas"


@pytest.mark.parametrize(("width", "script"), [(NARROW, True), (WIDE, True), (NARROW, False)])
def test_a_version_is_proposed_compared_and_approved_by_another(visit: Any, width: int, script: bool) -> None:
    since = FIRST_DAY[width, script]
    one = signed_in(visit, "sheng", width=width, javascript=script)
    one.goto(lake(one))
    fits(one)
    press(one, "main .page-action a[href$='/areas/new']")
    fits(one)
    fill(one, "[name=valid_from]", since)
    fill(one, "[name=text]", "示例湖湖区及沿岸，示例县示例湖镇、东示镇2个乡镇。")
    fill(one, "[name=places]", "示例县示例湖镇\n示例县东示镇")
    attach(one, "[name=file]", outline(width))
    fill(one, "[name=note]", "示例公告调整湖区围栏。")
    press(one, "main form[enctype] button.btn-primary")
    assert re.search(r"/office/area-proposals/\d+$", one.url), one.locator("main").inner_text()[:600]
    told = one.locator("main").inner_text()
    assert "提出人以外的另一名工作人员" in told and "撤回提案" in told
    assert one.locator("form[action$='/approve'], button[formaction$='/approve']").count() == 0
    fits(one)

    another = signed_in(visit, "guojia", width=width, javascript=script)
    another.goto(one.url)
    shown = another.locator("main")
    assert "增加（斜线）" in shown.inner_text() and "减少（点）" in shown.inner_text()
    assert shown.locator("svg pattern").count() == 2
    fits(another)
    press(another, "button[formaction$='/approve']")
    assert "已核准" in another.locator("main").inner_text()
    another.goto(lake(another))
    assert since in another.locator("main").inner_text()
    fits(another)
    assert one.complaints == another.complaints == []
