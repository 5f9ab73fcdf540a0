"""A recall: part of a harvest is set apart, the harvest is recalled, and the shopper who scans a label is told so at once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from demo_data import PASSWORD, YEAR
from demo_visitor import Visitor

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import fits, own_authorisation, press, signed_in

pytestmark = pytest.mark.xdist_group("journey-recall")

TEA_MAKERS = {NARROW: "yin", WIDE: "chen"}


def labelled(site: str, login: str) -> tuple[str, str]:
    """Return a harvest of last year with labels, and the printed code of one of them."""
    user = Visitor(site).sign_in(login, PASSWORD)
    own = re.search(r"/authorisations/\d+", user.get("/home").expect().text)
    assert own is not None
    for batch in dict.fromkeys(re.findall(r"/batches/\d+", user.get(f"{own.group()}/batches?year={YEAR - 1}").expect().text)):
        runs = user.get(f"{batch}/recall?format=csv").expect().text.splitlines()[1:]
        if runs:
            allotment = re.search(r"/allotments/\d+", user.get(f"{batch}/recall").expect().text)
            assert allotment is not None
            first = int(runs[0].split(",")[3])
            codes = dict(line.split(",")[:2] for line in user.get(f"{allotment.group()}/codes.csv").expect().text.splitlines()[1:])
            return batch, codes[str(first)]
    raise AssertionError(f"{login} has no labelled batch of {YEAR - 1}")


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_a_recall_reaches_the_part_that_was_set_apart_and_the_shopper(visit: Any, site: str, width: int) -> None:
    batch, code = labelled(site, TEA_MAKERS[width])
    shopper = visit(f"/T/{code}", width=width, javascript=False)
    assert "首次" in shopper.locator("h1").inner_text()

    page = signed_in(visit, TEA_MAKERS[width], width=width, javascript=width == WIDE)
    assert own_authorisation(page)
    page.goto(batch)
    press(page, "main a[href*='/processes/new']")
    press(page, "main a[href*='kind=split']")
    page.fill("main [name^=input_]", "2")
    page.fill("main [name=quantity_0]", "1.5")
    page.fill("main [name=grade_0]", "特级")
    page.fill("main [name=on_date]", f"{YEAR}-01-05")
    fits(page)
    press(page, "main form[action$='/processes/new'] button")
    assert "相差 0.5" in page.locator("main").inner_text()
    page.complaints.clear()  # the browser notes the 422
    page.fill("main [name=loss]", "0.5")
    press(page, "main form[action$='/processes/new'] button")
    assert "1.5 公斤" in page.locator("main").inner_text()
    fits(page)
    part = page.locator("main table").nth(1).locator("a").first.get_attribute("href")

    page.goto(batch)
    assert page.locator("main svg").is_visible()
    fits(page)
    press(page, f"main a[href$='{batch}/recall']")
    assert "召回 2 个批次" in page.locator("main").inner_text()
    fits(page)
    page.fill("main [name=reason]", "抽检农残超标")
    press(page, "main form[action$='/recall'] button")
    text = page.locator("main").inner_text()
    assert "抽检农残超标" in text
    assert re.search(r"1\s+枚已被查询", text), text[:400]
    fits(page)
    page.goto(part)
    assert "已召回" in page.locator("main").inner_text()

    shopper.reload()
    assert "召回" in shopper.locator("h1").inner_text()
    shopper.goto(f"/T/{code}?lang=en")
    assert "recall" in shopper.locator("h1").inner_text().lower()
