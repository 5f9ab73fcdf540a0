"""A producer writes the annual report by sections: on a phone, resumed on another device, and filed by keyboard alone at 200 % zoom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from demo_data import PASSWORD, YEAR
from demo_visitor import Visitor

from tests.browser.conftest import HEIGHT, NARROW, WIDE
from tests.browser.test_frame import OVERFLOW

pytestmark = pytest.mark.xdist_group("journey-report")

LONG = 60  # presses of Tab after which something is not reachable


@pytest.fixture(scope="module")
def report(site: str) -> str:
    """The address of 甲's report of the year."""
    own = re.search(r"/authorisations/\d+", Visitor(site).sign_in("jia", PASSWORD).get("/home").expect().text)
    assert own is not None
    return f"{own.group()}/reports/{YEAR}"


@pytest.fixture
def device(chromium: Any, site: str) -> Iterator[Any]:
    """Return a factory of pages on devices of their own, each signed in by keyboard."""
    contexts: list[Any] = []

    def start(width: int, *, scale: int = 1) -> Any:
        screen = {"width": width, "height": HEIGHT}
        context = chromium.new_context(base_url=site, viewport=screen, device_scale_factor=scale, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in")
        reach(page, "[name=login]")
        page.keyboard.type("jia")
        reach(page, "[name=password]")
        page.keyboard.type(PASSWORD)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        return page

    yield start
    for context in contexts:
        context.close()


def reach(page: Any, selector: str) -> None:
    """Press Tab until the keyboard stands on the element."""
    for _ in range(LONG):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{page.url}: {selector} is not reached by keyboard")


def enter(page: Any, selector: str) -> None:
    """Go to the element by keyboard and press Enter; wait for the page that follows."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate(OVERFLOW) <= 0, page.url


def section_of(page: Any, report: str, name: str) -> str:
    """Return the address of the section with a figure."""
    for number in range(2, 8):
        page.goto(f"{report}/sections/{number}")
        if page.locator(f"[name={name}]").count():
            return f"{report}/sections/{number}"
    raise AssertionError(f"no section asks for {name}")


def test_what_a_phone_kept_is_there_on_another_device_and_two_values_are_shown_side_by_side(device: Any, report: str) -> None:
    phone, desk = device(NARROW), device(WIDE)
    sales = section_of(phone, report, "sales")
    desk.goto(sales)
    phone.fill("[name=sales]", "360")
    phone.locator("#autosave", has_text="自动保存").wait_for()
    assert phone.evaluate(OVERFLOW) <= 0
    desk.fill("[name=sales]", "350")
    desk.locator("#autosave button").wait_for()
    with desk.expect_navigation():
        desk.click("#autosave button")
    assert desk.locator("h1").inner_text() == "两处填写不同，请选择"
    assert {"350", "360"} <= set(re.findall(r"\d{3}", desk.locator("main table").inner_text()))
    assert desk.evaluate(OVERFLOW) <= 0
    desk.check("[name='pick:sales'][value=theirs]")
    with desk.expect_navigation():
        desk.click("button[name=next][value=stay]")
    assert desk.input_value("[name=sales]") == "360"


def test_the_report_is_filed_by_keyboard_alone_at_double_size(device: Any, report: str) -> None:
    page = device(WIDE // 2, scale=2)
    for name, value in (("output", "66000"), ("sales", "360")):
        page.goto(section_of(page, report, name))
        reach(page, f"[name={name}]")
        page.keyboard.press("Control+A")
        page.keyboard.type(value)
        enter(page, "button[name=next][value=done]")
    page.goto(f"{report}/sections")
    if page.locator("form[action$='/confirm'] button").count():
        enter(page, "form[action$='/confirm'] button")
    page.goto(report)
    enter(page, "button[value=check]")
    reach(page, "[name=declared]")
    page.keyboard.press("Space")
    enter(page, "main form[action$='/file'] button")
    assert page.url.endswith("/receipt")
    assert re.search(r"[0-9a-f]{64}", page.locator("body").inner_text())
    paper = page.request.get(page.url + ".pdf")
    assert paper.body().startswith(b"%PDF")
