"""One journey through the main job in a real browser: a consumer scans with JavaScript off, a producer files on a phone, officers list.

The story is the demonstration's. Steps stand in the order of the year; each test continues where the one before it ended.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from demo_data import NOW, YEAR

from tests.browser.conftest import NARROW, WIDE
from tests.browser.hands import act, attach, choose, code_of, fill, fits, own_authorisation, press, signed_in
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("journey")

RECEIPT = ("receipt.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def upload() -> dict[str, Any]:
    name, media_type, content = RECEIPT
    return {"name": name, "mimeType": media_type, "buffer": content}


def nightly_check() -> None:
    """What the scheduler does at night, now."""
    command = ROOT / ".venv" / "bin" / "gi-registry"
    program = str(command) if command.exists() else "gi-registry"
    subprocess.run([program, "anomalies", "run", "--year", str(YEAR)], check=True, capture_output=True, env=dict(os.environ))


def test_a_consumer_scans_a_ring_without_javascript(visit: Any, tmp_path: Path) -> None:
    producer = signed_in(visit, "jia")
    code = code_of(producer, own_authorisation(producer), tmp_path)
    first = visit(f"/T/{code}", width=NARROW, javascript=False)
    assert "首次" in first.locator("h1").inner_text()
    assert first.locator("h1").bounding_box()["y"] < 740, "the verdict stands on the first screen"
    assert "示例湖大闸蟹" in first.content()
    assert "正品" not in first.content()
    assert first.locator("script").count() == 0
    again = visit(f"/T/{code}", width=NARROW, javascript=False)
    assert again.locator("h1").inner_text()
    typed = visit("/verify", width=NARROW, javascript=False)
    typed.fill("[name=code]", code[:-1] + ("0" if code[-1] != "0" else "1"))
    press(typed, "main button")
    assert "输入" in typed.locator("main").inner_text()


def test_a_producer_files_the_annual_report_on_a_phone_without_javascript(visit: Any) -> None:
    page = signed_in(visit, "jia", width=NARROW, javascript=False)
    press(page, f"a[href$='/reports/{YEAR}/sections']")
    assert "八个部分" in page.locator("main").inner_text()
    press(page, f"a[href$='/reports/{YEAR}']")
    assert re.search(r"10 项必填数字中，8 项已按登记数据填好", page.locator("main").inner_text())
    fill(page, "[name=output]", "66000")
    fill(page, "[name=sales]", "360")
    press(page, "button[value=check]")
    page.check("[name=declared]")
    press(page, "main form[action$='/file'] button")
    assert page.url.endswith("/receipt")
    text = page.locator("body").inner_text()
    assert re.search(r"[0-9a-f]{64}", text)
    assert "回执" in text


def test_officers_take_a_planted_fraud_to_the_public_list(visit: Any) -> None:
    take_a_planted_fraud_to_the_public_list(visit, width=WIDE, keyboard=False)


def cut_the_cap(visit: Any, **how: Any) -> None:
    """The holder proposes a final cap below the provisional one, sees who loses, and the province puts it in force."""
    holder = signed_in(visit, "xiehui", **how)
    gi = re.search(r"/gis/(\d+)/statement", holder.content())
    assert gi is not None
    holder.goto(f"/office/gis/{gi[1]}/caps/new")
    fill(holder, "[name=year]", str(YEAR))
    choose(holder, "[name=unit]", "piece")
    fill(holder, "[name=per_mu]", "500")
    choose(holder, "[name=status]", "final")
    fill(holder, "[name=effective_on]", f"{YEAR + 1}-01-15")
    fill(holder, "[name=basis]", "示例省核定〔更正〕")
    fill(holder, "[name=note]", "测产结果低于预估。")
    press(holder, "main form[action$='/caps/check'] button")
    assert "示例湖乙水产" in holder.locator("main").inner_text()
    fits(holder)
    press(holder, "main form[action$='/caps/new'] button:not([formaction])")
    province = signed_in(visit, "sheng", **how)
    province.goto(holder.url)
    fits(province)
    press(province, "main button[formaction$='/approve']")
    assert "已核准" in province.locator("body").inner_text()
    fits(province)


def take_a_planted_fraud_to_the_public_list(visit: Any, **how: Any) -> None:
    """What province, county, city and the party do, from a cap that is cut to the removal from the list."""
    cut_the_cap(visit, **how)
    nightly_check()

    handler = signed_in(visit, "xian", **how)
    handler.goto("/findings?ground=QT-01")
    press(handler, "a[href^='/findings/']:has-text('示例湖乙水产'), tr:has-text('示例湖乙水产') a[href^='/findings/']")
    fits(handler)
    press(handler, "form[action$='/case'] button")
    case = handler.url
    for action in ("accept", "verify"):
        act(handler, case, action)
    act(handler, case, "issue_notice", method="personal")
    assert "送达" in handler.locator("main").inner_text()
    handler.goto(f"{case}/acts/prove_service")
    fill(handler, "[name=served_on]", NOW[:10])
    attach(handler, "[name=receipt]", upload())
    press(handler, "main form[action$='/prove_service'] button")
    fits(handler)

    party = signed_in(visit, "yi", width=NARROW, javascript=False, keyboard=how["keyboard"])
    press(party, "a[href^='/cases/']")
    fill(party, "[name=points]", "核减上限在标识激活之后。")
    press(party, "main form[action$='/defence'] button")

    handler.goto(f"{case}/acts/answer_defence")
    fill(handler, "textarea[name^=answer_]", "上限以省核定的最终值为准。")
    press(handler, "main form[action$='/answer_defence'] button")
    press(visit("/"), ".demo-bar button[value='10']")
    press(visit("/"), ".demo-bar button[value='1']")
    handler = signed_in(visit, "xian", **how)
    act(handler, case, "propose", note="事实清楚，建议列入。")
    assert handler.goto(f"{case}/acts/decide_listing").status != 200 or handler.locator("form[action$='/decide_listing']").count() == 0

    city = signed_in(visit, "shi", **how)
    act(city, case, "decide_listing", note="同意列入，理由见决定书。")
    assert "异列决〔" in city.locator("main").inner_text()
    fits(city)
    public = visit("/abnormal-list", width=NARROW, javascript=False)
    assert "示例湖乙水产" in public.locator("main").inner_text()

    party = signed_in(visit, "yi", width=NARROW, javascript=False, keyboard=how["keyboard"])
    party.goto(case.replace("/office", ""))
    fill(party, "main form[action$='/rectification'] [name=note]", "已封存超出的 1,200 枚标签并补交台账。")
    attach(party, "main form[action$='/rectification'] [name=file]", upload())
    press(party, "main form[action$='/rectification'] button")
    handler = signed_in(visit, "xian", **how)
    act(handler, case, "verify_rectification", note="现场核实，封存属实。")
    handler.goto(f"{case}/acts/remove")
    assert handler.locator("form[action$='/remove']").count() == 0, "who handled the case does not end it"
    act(city, case, "remove", note="整改合格，决定移出。")
    assert "已移出" in city.locator("main").inner_text()
    fits(city)
    public = visit("/abnormal-list", width=NARROW, javascript=False)
    assert "示例湖乙水产" not in public.locator("main").inner_text()
