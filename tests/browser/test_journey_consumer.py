"""A consumer in a shop: messengers as scanners, no JavaScript, a doubt with a photo and its receipt, may a firm use the mark."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from demo_data import PASSWORD, YEAR
from demo_visitor import Visitor
from PIL import Image

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_frame import OVERFLOW

pytestmark = pytest.mark.xdist_group("journey-consumer")

FIRST_SCREEN = 640
SCANNERS = {
    "WeChat": "Mozilla/5.0 (Linux; Android 13; V2049A) AppleWebKit/537.36 Chrome/116 Mobile Safari/537.36 XWEB/1160 MicroMessenger/8.0.44",
    "Alipay": "Mozilla/5.0 (Linux; U; Android 13; zh-CN) AppleWebKit/537.36 Chrome/100 UWS/3.22 Mobile Safari/537.36 AlipayClient/10.5.20",
}


@pytest.fixture(scope="module")
def rings(site: str) -> list[str]:
    """Printed and activated codes of 甲."""
    jia = Visitor(site).sign_in("jia", PASSWORD)
    own = re.search(r"/authorisations/\d+", jia.get("/home").expect().text)
    assert own is not None
    listed = re.search(r"/allotments/\d+", jia.get(f"{own.group()}/codes?year={YEAR}").expect().text)
    assert listed is not None
    return [line.split(",")[1] for line in jia.get(f"{listed.group()}/codes.csv").expect().text.splitlines()[20:30]]


def photo() -> dict[str, Any]:
    drawn = io.BytesIO()
    Image.new("RGB", (320, 240), "#8a6d3b").save(drawn, "JPEG")
    return {"name": "label.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


@pytest.mark.parametrize(("number", "scanner"), list(enumerate(SCANNERS)))
def test_a_messenger_shows_the_verdict_on_the_first_screen_without_javascript(
    chromium: Any, site: str, rings: list[str], number: int, scanner: str
) -> None:
    screen = {"width": NARROW, "height": FIRST_SCREEN}
    context = chromium.new_context(base_url=site, viewport=screen, user_agent=SCANNERS[scanner], java_script_enabled=False)
    try:
        page = context.new_page()
        page.goto(f"/T/{rings[number]}")
        verdict = page.locator("h1")
        assert "首次" in verdict.inner_text()
        box = verdict.bounding_box()
        assert box["y"] + box["height"] < FIRST_SCREEN
        page.reload()
        assert "首次" not in page.locator("h1").inner_text()
    finally:
        context.close()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_large_text_does_not_break_the_trace_page(visit: Any, rings: list[str], width: int) -> None:
    page = visit(f"/T/{rings[4]}", width=width)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%'; }")
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_the_page_in_large_type_is_larger_and_keeps_the_verdict_on_the_first_screen(visit: Any, rings: list[str], width: int) -> None:
    page = visit(f"/T/{rings[6]}", width=width)
    usual = page.locator("h1").bounding_box()["height"]
    page.get_by_role("link", name="大字版").click()
    heading = page.locator("h1").bounding_box()
    assert heading["height"] > 1.2 * usual
    assert heading["y"] + heading["height"] < FIRST_SCREEN
    assert page.evaluate(OVERFLOW) <= 0
    page.get_by_role("link", name="English").click()
    assert page.locator("html.large").count() == 1
    page.get_by_role("link", name="Usual type").click()
    assert page.locator("html.large").count() == 0


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_doubt_with_a_photo_gets_a_receipt_that_can_be_found_again(visit: Any, rings: list[str], width: int) -> None:
    page = visit(f"/T/{rings[5]}", width=width, javascript=False)
    with page.expect_navigation():
        page.click("a[href$='/doubt']")
    page.check("[name=wrongs][value=label]")
    page.fill("[name=text]", "标签边缘有撕贴的痕迹。")
    page.set_input_files("[name=photo]", photo())
    with page.expect_navigation():
        page.click("main form button")
    assert "/doubts/" in page.url
    assert re.search(r"疑〔\d{4}〕\d+", page.locator("main").inner_text())
    assert page.evaluate(OVERFLOW) <= 0 if width == WIDE else True
    again = visit(page.url, width=width, javascript=False)
    assert "已收到" in again.locator("h1").inner_text()


def test_a_bag_without_a_code_is_checked_by_the_name_of_the_firm(visit: Any) -> None:
    page = visit("/check", width=NARROW, javascript=False)
    page.fill("[name=uscc]", "91999999MA9000329A")
    with page.expect_navigation():
        page.click("main form button")
    assert "示例山陈茶" in page.locator("main").inner_text()
    wrong = visit("/check?uscc=91999999MA9000118X", width=NARROW, javascript=False)
    assert "校验" in wrong.locator("main").inner_text()
