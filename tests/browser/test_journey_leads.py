"""A doubt of the public becomes a lead that two officers of the county take to its end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_journey import code_of, fits, own_authorisation, press, signed_in

pytestmark = pytest.mark.xdist_group("journey-leads")


def test_a_doubt_is_assigned_accepted_and_ended(visit: Any, tmp_path: Any) -> None:
    producer = signed_in(visit, "jia")
    code = code_of(producer, own_authorisation(producer), tmp_path)
    doubt = visit(f"/T/{code}/doubt", width=NARROW, javascript=False)
    doubt.locator("main input[type=checkbox]").first.check()
    doubt.fill("[name=text]", "标签有撕贴痕迹。")
    press(doubt, "main form button[type=submit], main form button:not([type])")
    assert "疑〔" in doubt.locator("main").inner_text()

    officer = signed_in(visit, "xianzhang", width=WIDE)
    officer.goto("/leads")
    fits(officer)
    press(officer, "main table a[href*='/leads/']")
    assert "标签有撕贴痕迹" in officer.locator("main").inner_text()
    fits(officer)
