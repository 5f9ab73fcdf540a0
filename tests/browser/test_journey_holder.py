"""The holder of a GI in a browser: its home, the scans of its GI, and one statement about a code that is not its own."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DOUBLE, NARROW, WIDE
from tests.browser.hands import code_of, fill, fits, own_authorisation, press, signed_in

pytestmark = pytest.mark.xdist_group("journey-holder")


@pytest.mark.parametrize(("width", "keyboard"), [(NARROW, False), (WIDE, False), (DOUBLE, True)])
def test_a_holder_sees_its_gi_and_states_a_code_is_not_its_own(visit: Any, tmp_path: Any, width: int, keyboard: bool) -> None:
    producer = signed_in(visit, "jia")
    code = code_of(producer, own_authorisation(producer), tmp_path)
    page = signed_in(visit, "xiehui", width=width, keyboard=keyboard)
    assert "示例湖大闸蟹" in page.locator("main").inner_text()
    assert page.locator("main a[href^='/registry/gis/']").count() == 1
    fits(page)
    page.goto("/codes/scans")
    assert page.locator("main table").count() >= 1
    fits(page)
    page.goto("/codes/not-ours")
    fill(page, "[name=from_code]", code)
    press(page, "main form[action$='/codes/not-ours'] button")
    assert "已登记声明" in page.locator("body").inner_text()
    assert "标识码已冻结" not in page.locator("body").inner_text()
    fits(page)
