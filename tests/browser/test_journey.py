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
from demo_data import NOW, PASSWORD, YEAR

from tests.browser.conftest import NARROW, WIDE
from tests.browser.test_frame import OVERFLOW
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("journey")

RECEIPT = ("receipt.pdf", "application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")


def upload() -> dict[str, Any]:
    name, media_type, content = RECEIPT
    return {"name": name, "mimeType": media_type, "buffer": content}


def signed_in(visit: Any, login: str, *, width: int = WIDE, javascript: bool = True) -> Any:
    page = visit("/sign-in", width=width, javascript=javascript)
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    press(page, "main button[type=submit]")
    assert page.url.endswith("/home")
    return page


def press(page: Any, selector: str) -> None:
    """Click what leads to another page and wait until it is there."""
    with page.expect_navigation():
        page.click(selector)


def fits(page: Any) -> None:
    assert page.evaluate(OVERFLOW) <= 0, f"{page.url} scrolls sideways"
    assert page.complaints == []


def nightly_check() -> None:
    """What the scheduler does at night, now."""
    command = ROOT / ".venv" / "bin" / "gi-registry"
    program = str(command) if command.exists() else "gi-registry"
    subprocess.run([program, "anomalies", "run", "--year", str(YEAR)], check=True, capture_output=True, env=dict(os.environ))


def code_of(page: Any, authorisation: str, folder: Path) -> str:
    """Take a printed code from the producer's own print list."""
    page.goto(f"{authorisation}/codes?year={YEAR}")
    press(page, "a[href*='/allotments/']")
    link = page.locator("a[href$='codes.csv']").first
    with page.expect_download() as got:
        link.click()
    got.value.save_as(folder / "codes.csv")
    return (folder / "codes.csv").read_text(encoding="ascii").splitlines()[5].split(",")[1]


def own_authorisation(page: Any) -> str:
    return str(page.locator("a[href^='/authorisations/']:not([href*='/reports/'])").first.get_attribute("href"))


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
    page.fill("[name=output]", "66000")
    page.fill("[name=sales]", "360")
    press(page, "button[value=check]")
    page.check("[name=declared]")
    press(page, "main form[action$='/file'] button")
    assert page.url.endswith("/receipt")
    text = page.locator("body").inner_text()
    assert re.search(r"[0-9a-f]{64}", text)
    assert "回执" in text


def test_officers_take_a_planted_fraud_to_the_public_list(visit: Any, site: str) -> None:
    province = signed_in(visit, "sheng")
    province.goto("/office/gis")
    press(province, "a:has-text('示例湖大闸蟹')")
    province.goto(f"{province.url}/caps")
    province.fill("[name=year]", str(YEAR))
    province.select_option("[name=unit]", "piece")
    province.fill("[name=per_mu]", "500")
    province.select_option("[name=status]", "final")
    province.fill("[name=decided_on]", f"{YEAR + 1}-01-15")
    press(province, "main form[action$='/caps'] button")
    fits(province)
    nightly_check()

    handler = signed_in(visit, "xian")
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
    handler.fill("[name=served_on]", NOW[:10])
    handler.set_input_files("[name=receipt]", upload())
    press(handler, "main form[action$='/prove_service'] button")
    fits(handler)

    party = signed_in(visit, "yi", width=NARROW, javascript=False)
    press(party, "a[href^='/cases/']")
    party.fill("[name=points]", "核减上限在标识激活之后。")
    press(party, "main form[action$='/defence'] button")

    handler.goto(f"{case}/acts/answer_defence")
    handler.locator("textarea[name^=answer_]").first.fill("上限以省核定的最终值为准。")
    press(handler, "main form[action$='/answer_defence'] button")
    press(visit("/"), ".demo-bar button[value='10']")
    press(visit("/"), ".demo-bar button[value='1']")
    handler = signed_in(visit, "xian")
    act(handler, case, "propose", note="事实清楚，建议列入。")
    assert handler.goto(f"{case}/acts/decide_listing").status != 200 or handler.locator("form[action$='/decide_listing']").count() == 0

    city = signed_in(visit, "shi")
    act(city, case, "decide_listing", note="同意列入，理由见决定书。")
    assert "异列决〔" in city.locator("main").inner_text()
    fits(city)
    public = visit("/abnormal-list", width=NARROW, javascript=False)
    assert "示例湖乙水产" in public.locator("main").inner_text()

    party = signed_in(visit, "yi", width=NARROW, javascript=False)
    party.goto(case.replace("/office", ""))
    party.fill("main form[action$='/rectification'] [name=note]", "已封存超出的 1,200 枚标签并补交台账。")
    party.set_input_files("main form[action$='/rectification'] [name=file]", upload())
    press(party, "main form[action$='/rectification'] button")
    handler = signed_in(visit, "xian")
    act(handler, case, "verify_rectification", note="现场核实，封存属实。")
    handler.goto(f"{case}/acts/remove")
    assert handler.locator("form[action$='/remove']").count() == 0, "who handled the case does not end it"
    act(city, case, "remove", note="整改合格，决定移出。")
    assert "已移出" in city.locator("main").inner_text()
    fits(city)
    public = visit("/abnormal-list", width=NARROW, javascript=False)
    assert "示例湖乙水产" not in public.locator("main").inner_text()


def act(page: Any, case: str, action: str, **fields: str) -> None:
    """Do one act of the case by its form."""
    page.goto(f"{case}/acts/{action}")
    for name, value in fields.items():
        target = page.locator(f"main [name={name}]").first
        kind = target.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind.startswith("SELECT"):
            target.select_option(value)
        elif kind.endswith(":radio"):
            page.check(f"main [name={name}][value={value}]")
        else:
            target.fill(value)
    press(page, f"main form[action$='/{action}'] button")
    assert page.url.rstrip("/") == case.rstrip("/"), page.locator("main").inner_text()[:400]
