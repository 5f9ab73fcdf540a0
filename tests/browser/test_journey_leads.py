"""A doubt of the public becomes a lead that an officer of the county takes to its end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import DOUBLE, NARROW, WIDE
from tests.browser.hands import code_of, fill, fits, own_authorisation, press, signed_in, tick, unfold

pytestmark = pytest.mark.xdist_group("journey-leads")


@pytest.mark.parametrize(("width", "keyboard"), [(NARROW, False), (WIDE, False), (DOUBLE, True)])
def test_a_doubt_is_assigned_accepted_and_ended(visit: Any, tmp_path: Any, width: int, keyboard: bool) -> None:
    producer = signed_in(visit, "jia")
    code = code_of(producer, own_authorisation(producer), tmp_path)
    doubt = visit(f"/T/{code}/doubt", width=NARROW, javascript=False, keyboard=keyboard)
    tick(doubt, "main input[type=checkbox]")
    fill(doubt, "[name=text]", "标签有撕贴痕迹。")
    press(doubt, "main form button[type=submit], main form button:not([type])")
    assert "疑〔" in doubt.locator("main").inner_text()

    receipt = doubt.url
    officer = signed_in(visit, "xian", width=width, keyboard=keyboard)
    officer.goto("/leads")
    fits(officer)
    press(officer, "main table a[href*='/leads/']")
    assert "标签有撕贴痕迹" in officer.locator("main").inner_text()
    press(officer, "main form[action$='/assign'] button")
    press(officer, "main form[action$='/accept'] button")
    finish(officer, "no-case", "reason", "标签与登记一致。")
    finish(officer, "feed-back", "feedback", "已电话答复。")
    fits(officer)
    doubt.goto(receipt)
    assert "标签与登记一致" not in doubt.locator("main").inner_text(), "the public learns the stage, not the facts"


def finish(page: Any, act: str, field: str, text: str) -> None:
    """Fill in the form of one act of the lead, opened where it is folded away, and send it."""
    folded = f"main details:not([open]):has(form[action$='/{act}']) > summary"
    if page.locator(folded).count():
        unfold(page, folded)
    fill(page, f"main form[action$='/{act}'] [name={field}]", text)
    press(page, f"main form[action$='/{act}'] button")
