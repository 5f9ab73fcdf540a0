"""Every page that anyone may open fits a phone and a desk, without JavaScript, and gives the browser nothing to complain of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import NARROW, WIDE

PUBLIC = ("/", "/verify", "/check", "/registry", "/abnormal-list", "/log", "/sign-in", "/T/NOT-A-CODE", "/nothing-here")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_fits_and_is_quiet(visit: Any, path: str, width: int) -> None:
    page = visit(path, width=width)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.title()
    assert page.evaluate(OVERFLOW) <= 0, "the page scrolls sideways"
    assert [text for text in page.complaints if "404" not in text] == []


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_needs_no_javascript(visit: Any, path: str) -> None:
    page = visit(path, javascript=False)
    assert page.locator("h1").is_visible()


def test_the_keyboard_reaches_the_main_part_first(visit: Any) -> None:
    page = visit("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.getAttribute('href')") == "#main"
