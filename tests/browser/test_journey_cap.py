"""A cap cut and its consequences, on a phone and a desk: proposed by the holder, decided by the province, felt by the producer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from demo_data import YEAR

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import choose, fill, fits, own_authorisation, press, signed_in

PRODUCER = "示例湖乙水产有限公司"
pytestmark = pytest.mark.xdist_group("journey-cap")


@pytest.mark.parametrize(("width", "per_mu"), [(NARROW, "500"), (WIDE, "450")])
def test_a_cap_is_cut_and_everybody_saw_who_loses(visit: Any, width: int, per_mu: str) -> None:
    holder = signed_in(visit, "xiehui", width=width)
    press(holder, "main a[href$='/caps']")
    press(holder, "main a[href$='/caps/new']")
    _propose(holder, per_mu)
    shown = holder.locator("main").inner_text()
    assert PRODUCER in shown
    assert "低于已使用数" in shown
    fits(holder)
    press(holder, "main form[action$='/caps/new'] button.btn-primary")
    assert "待省级核准" in holder.locator("main").inner_text()
    assert holder.locator("button[formaction$='/approve']").count() == 0
    fits(holder)
    proposal = holder.url

    province = signed_in(visit, "sheng", width=width)
    assert province.locator("main a[href*='/office/cap-proposals/']").count() >= 1
    province.goto(proposal)
    assert PRODUCER in province.locator("main").inner_text()
    press(province, "button[formaction$='/approve']")
    assert "已核准" in province.locator("main").inner_text()
    fits(province)

    _producer_is_told(visit, width)
    _rules_judge_by_it(province, per_mu)


def _rules_judge_by_it(page: Any, per_mu: str) -> None:
    """What was labelled within the old cap exceeds the new one: QT-01, with the cap it was judged by; whether it counts is for people."""
    page.goto(f"/findings?ground=QT-01&q={PRODUCER}")
    press(page, "form[action='/findings/run'] button")
    page.goto(f"/findings?ground=QT-01&q={PRODUCER}")
    press(page, "main tbody th a")
    text = page.locator("main").inner_text()
    assert f"12 亩 × {per_mu}" in text
    assert "标识用量 7\u202f200 件" in text
    fits(page)


def _propose(page: Any, per_mu: str) -> None:
    fill(page, "[name=year]", str(YEAR))
    fill(page, "[name=per_mu]", per_mu)
    choose(page, "[name=unit]", "piece")
    choose(page, "[name=status]", "final")
    fill(page, "[name=effective_on]", f"{YEAR}-12-01")
    fill(page, "[name=basis]", "示例省核定〔更正〕")
    fill(page, "[name=note]", "测产结果低于预估。")
    press(page, "main form[action$='/caps/check'] button.btn-primary")


def _producer_is_told(visit: Any, width: int) -> None:
    producer = signed_in(visit, "yi", width=width)
    user = own_authorisation(producer)
    producer.goto(f"{user}/capacity?year={YEAR}")
    assert "超出额度" in producer.locator("main").inner_text()
    assert "示例省核定〔更正〕" in producer.locator("main").inner_text()
    fits(producer)
    producer.goto(f"{user}/codes?year={YEAR}")
    form = f"main form[action='{user}/codes']"
    if producer.locator(f"{form} [name=count]").is_visible():
        fill(producer, f"{form} [name=count]", "10")
        producer.locator(f"{form} button.btn-primary").first.click()
        producer.wait_for_load_state()
        assert re.search("超过|超出|不足|额度", producer.locator("main").inner_text())
