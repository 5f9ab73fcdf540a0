"""A producer's season on a phone and at a desk: a plot by typed corners, a batch, an order, sheets, activation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from demo_data import YEAR

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import fits, own_authorisation, press, signed_in

pytestmark = pytest.mark.xdist_group("journey-producer")

CORNERS = {
    NARROW: "118.4700,33.9100\n118.4720,33.9100\n118.4720,33.9115\n118.4700,33.9115",
    WIDE: "118.4750,33.9100\n118.4770,33.9100\n118.4770,33.9115\n118.4750,33.9115",
}


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_from_the_plot_to_activated_labels(visit: Any, width: int) -> None:
    page = signed_in(visit, "jia", width=width)
    own = own_authorisation(page)
    page.goto(f"{own}/plots/new")
    page.fill("[name=name]", f"甲东塘 {width}")
    page.fill("[name=geometry]", CORNERS[width])
    page.fill("[name=valid_from]", f"{YEAR}-03-01")
    fits(page)
    press(page, "main form[action$='/plots/new'] button:not([type=button])")
    assert re.search(r"/plots/\d+$", page.url), page.locator("main").inner_text()[:600]
    assert "在产地范围内" in page.locator("main").inner_text()
    fits(page)

    page.goto(f"{own}/batches/new?kind=harvest")
    page.fill("[name=harvest_year]", str(YEAR))
    page.fill("[name=harvested_on]", f"{YEAR}-10-20")
    page.fill("[name=packed_on]", f"{YEAR}-10-20")
    page.locator("[name^=plot_]").first.fill("300")
    page.fill("[name=quantity]", "300")
    fits(page)
    press(page, "main form[action*='/batches/new'] button")
    assert re.search(r"/batches/\d+$", page.url), page.locator("main").inner_text()[:600]
    batch = page.url.rstrip("/").rsplit("/", 1)[-1]
    fits(page)

    page.goto(f"{own}/codes?year={YEAR}")
    page.fill("main form[action$='/codes'] [name=count]", "4000000")
    press(page, "main form[action$='/codes'] button")
    assert "额度" in page.locator("main").inner_text(), "more than the land can yield is refused with the arithmetic"
    page.complaints.clear()  # the browser notes the 409
    page.goto(f"{own}/codes?year={YEAR}")
    page.fill("main form[action$='/codes'] [name=count]", "200")
    press(page, "main form[action$='/codes'] button")
    allotment = re.search(r"/allotments/\d+", page.url + page.content())
    assert allotment is not None
    page.goto(allotment.group(0))
    page.fill("main form[action$='/print'] [name=printer]", "示例印务")
    press(page, "main form[action$='/print'] button")
    press(page, "main form[action$='/receive'] button")
    page.goto(f"{allotment.group(0)}/activate")
    page.fill("[name=count]", "150")
    page.select_option("[name=batch_id]", batch)
    press(page, "main form[action$='/activate'] button")
    assert "150" in page.locator("main").inner_text()
    fits(page)
