"""From a surveyor's file to verified plots, on a phone and at a desk; corners by keyboard; the file also without script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from shapely import MultiPolygon, box

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import fits, own_authorisation, press, signed_in
from tests.builders.plot_files import shapefile

pytestmark = pytest.mark.xdist_group("journey-plots")

SOUTH = {NARROW: 33.9200, WIDE: 33.9230}
CORNERS = "118.4700,33.9260\n118.4710,33.9260\n118.4710,33.9268\n118.4700,33.9268"


def surveyed(folder: Path, width: int, *, suffix: str = "") -> Path:
    """Return a zipped Shapefile of two ponds in metres of the third-degree zone 39, its table in GBK."""
    south = SOUTH[width]
    ponds = [
        ({"DKMC": f"{name}{width}{suffix}", "CBFMC": "示例农户甲"}, MultiPolygon([box(west, south, west + 0.001, south + 0.0008)]))
        for name, west in (("测东塘", 118.4700), ("测西塘", 118.4720))
    ]
    path = folder / f"village{width}{suffix}.zip"
    path.write_bytes(shapefile(ponds, epsg=4527))
    return path


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_surveyors_shapefile_to_verified_plots(visit: Any, width: int, tmp_path: Path) -> None:
    page = signed_in(visit, "jia", width=width)
    own = own_authorisation(page)
    page.goto(f"{own}/plots")
    fits(page)
    press(page, "main a[href$='/plots/import']")
    fits(page)
    page.set_input_files("[name=file]", surveyed(tmp_path, width))
    press(page, "main form[action$='/plots/import'] button")
    assert re.search(r"/plots/files/\d+$", page.url), page.locator("main").inner_text()[:600]
    told = page.locator("main").inner_text()
    assert f"测东塘{width}" in told
    assert told.count("在产地范围内") == 2
    fits(page)
    press(page, "main form[action$='/store'] button[value=all]")
    assert "已登记 2 块地" in page.locator("main").inner_text()
    fits(page)
    assert page.complaints == []

    officer = signed_in(visit, "xian", width=width)
    officer.goto(f"/office/plots?verified=no&q=测东塘{width}")
    fits(officer)
    officer.check("[name=plot]")
    press(officer, "main form[action$='/office/plots/verify'] button")
    assert "核实 1 块地" in officer.locator("h1").inner_text()
    fits(officer)
    press(officer, "main form[action$='/office/plots/verify'] button")
    assert "已核实 1 块地" in officer.locator("main").inner_text()
    assert officer.complaints == []

    page.goto(f"{own}/plots?verified=yes")
    listed = page.locator("main").inner_text()
    assert f"测东塘{width}" in listed
    assert f"测西塘{width}" not in listed
    fits(page)


def test_the_file_is_stored_without_script_too(visit: Any, tmp_path: Path) -> None:
    page = signed_in(visit, "jia", width=NARROW, javascript=False)
    page.goto(f"{own_authorisation(page)}/plots/import")
    page.set_input_files("[name=file]", surveyed(tmp_path, NARROW, suffix="无脚本"))
    page.click("main form[action$='/plots/import'] button")
    page.click("main form[action$='/drop'] button")
    assert "文件已放弃" in page.locator("main").inner_text()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_corners_are_drawn_moved_and_deleted_by_keyboard(visit: Any, width: int) -> None:
    page = signed_in(visit, "jia", width=width)
    page.goto(f"{own_authorisation(page)}/plots/new")
    page.wait_for_selector("#plot-editor[data-ready]")
    fits(page)
    page.fill("[name=geometry]", CORNERS)
    corners = page.locator(".plot-corner")
    assert corners.count() == 4
    area = page.locator("#plot-editor-area")
    assert re.search(r"4 个角点，约 12\.\d+ 亩", area.inner_text())

    corners.nth(1).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    moved = page.input_value("[name=geometry]").splitlines()[1].split(",")
    assert float(moved[0]) == pytest.approx(118.4710 + 10 / 92_400, abs=2e-6)
    assert float(moved[1]) == pytest.approx(33.9260 + 1 / 111_320, abs=2e-6)
    assert "第 2 个角点移到" in area.inner_text()
    page.keyboard.press("Insert")
    assert corners.count() == 5
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "第 3 个角点"
    page.keyboard.press("Delete")
    assert corners.count() == 4
    assert len(page.input_value("[name=geometry]").splitlines()) == 4

    handle = corners.first.bounding_box()
    page.mouse.move(handle["x"] + 12, handle["y"] + 12)
    page.mouse.down()
    page.mouse.move(handle["x"] + 42, handle["y"] + 2, steps=5)
    page.mouse.up()
    assert page.input_value("[name=geometry]").splitlines()[0] != CORNERS.splitlines()[0]
    page.fill("[name=geometry]", "118.47,33.92\n118.48,33.93\n118.48,33.92\n118.47,33.93")
    assert "相交" in area.inner_text()
    page.click("[data-do=clear]")
    assert page.input_value("[name=geometry]") == ""
    page.locator("#plot-map").click(position={"x": 150, "y": 150})
    page.locator("[data-do=add]").press("Enter")
    assert corners.count() == 2
    assert "至少需要 3 个" in area.inner_text()
    assert page.complaints == []


def swipe(page: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Put one finger down, draw it along and lift it."""
    screen = page.context.new_cdp_session(page)
    screen.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for part in range(1, 9):
        at = {axis: a + (b - a) * part / 8 for axis, a, b in zip("xy", start, end, strict=True)}
        screen.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    screen.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_corners_are_set_and_drawn_with_a_finger(visit: Any) -> None:
    page = signed_in(visit, "jia", width=NARROW, touch=True)
    page.goto(f"{own_authorisation(page)}/plots/new")
    page.wait_for_selector("#plot-editor[data-ready]")
    fits(page)
    ground, corners = page.locator("#plot-map"), page.locator(".plot-corner")
    ground.scroll_into_view_if_needed()
    for x, y in ((80, 80), (220, 80), (220, 220), (80, 220)):
        ground.tap(position={"x": x, "y": y})
    assert corners.count() == 4
    assert "4 个角点" in page.locator("#plot-editor-area").inner_text()
    before = page.input_value("[name=geometry]").splitlines()
    finger = corners.nth(2).bounding_box()
    assert min(finger["width"], finger["height"]) >= 24  # WCAG 2.2, 2.5.8
    centre = (finger["x"] + finger["width"] / 2, finger["y"] + finger["height"] / 2)
    swipe(page, centre, (centre[0] + 40, centre[1] - 30))
    after = page.input_value("[name=geometry]").splitlines()
    assert after[:2] + after[3:] == before[:2] + before[3:]
    (east, north), (was_east, was_north) = (tuple(map(float, line.split(","))) for line in (after[2], before[2]))
    assert east > was_east
    assert north > was_north
    page.locator(".plot-between").first.tap()
    assert corners.count() == 5
    page.tap("[data-do=remove]")
    assert corners.count() == 4
    assert page.complaints == []
