"""What each paper of a case must say, in Chinese and in English."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import Line
from gi_registry.anomalies.rules.grounds import ground_named
from gi_registry.documents.service import typeset_paper
from gi_registry.kernel.words import say
from gi_registry.listings.rules.clocks import Clocks
from gi_registry.listings.rules.papers import PAPER_NAMES
from gi_registry.listings.rules.proof import proof_of_service
from gi_registry.listings.rules.wording import CasePaper, Evidence, Point, compose
from tests.builders.papers import squeezed, text_of

HAN = re.compile(r"[\u4e00-\u9fff]")
HASH = "5f" * 32
CASE = CasePaper(
    kind="decision",
    number="SZ (2026) 1",
    on=date(2026, 3, 10),
    authority="IP office of Sample City",
    party="Sample Crab Ltd",
    uscc="91320583MA1ABCDE0X",
    address="1 Lake Road",
    gi="Sample crab",
    authorisation="GI-1-0001",
    case_number="YC-2026-00001",
    ground="QT-01",
    ground_name=ground_named("QT-01").name,
    year=2025,
    summary=ground_named("QT-01").name,
    lines=(Line(say("项目"), "12 × 500", 6000, "piece"),),
    basis="Sample regulation, Art. 9",
    basis_version="QT-01@v1",
    clocks=Clocks(),
    evidence=(Evidence("Test report 7", date(2026, 1, 5), HASH),),
    points=(Point(1, "We had stock.", "rejected", "No stock was declared."),),
    served_on=date(2026, 2, 1),
    window_ends_on=date(2026, 2, 20),
    rectify_until=date(2026, 4, 9),
    publish_until=date(2027, 3, 10),
    effects=(say("停止发码"),),
    note="Reasons of the officer.",
    decision_number="SZ (2025) 9",
    register="http://127.0.0.1:8000/registry/users/91320583MA1ABCDE0X",
)


def text(kind: str, language: str = "zh_CN", **differs: object) -> str:
    return text_of(typeset_paper(compose(replace(CASE, kind=kind, **differs)), language=language))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", sorted(PAPER_NAMES))
def test_every_paper_names_the_party_the_authority_the_basis_and_the_evidence(kind: str) -> None:
    said = text(kind)
    for part in (CASE.number, CASE.party, CASE.uscc, CASE.gi, CASE.authorisation, CASE.authority, CASE.basis, CASE.basis_version, HASH):
        assert squeezed(part) in said, part
    assert "2026-01-05" in said
    assert "（印章）" in said


def test_a_decision_says_what_the_party_can_do() -> None:
    said = text("decision")
    for part in (
        "六十日内申请行政复议",
        "六个月内向人民法院提起行政诉讼",
        "30日内向本机关提出异议",
        "五、移出的条件",
        "2027年3月10日",
        "停止发码",
    ):
        assert part in said, part
    assert "不予采纳：Nostockwasdeclared." in said
    assert "于2026年2月1日送达，陈述申辩期至2026年2月20日" in said


def test_a_decision_without_a_basis_is_internal_and_says_so() -> None:
    said = text("decision", basis="", publish_until=None)
    assert "不公示" in said
    assert "公示最长至" not in said


def test_a_silent_party_is_said_to_be_silent() -> None:
    assert "当事人在期限内没有陈述申辩" in text("decision", points=())
    assert "当事人在期限内没有陈述申辩" not in text("decision")


def test_a_missing_report_must_be_filed_first() -> None:
    assert "未报送的年报须先补报" in text("decision", ground="AR-01")
    assert "未报送的年报须先补报" not in text("decision")


def test_an_order_has_a_day_and_a_notice_has_a_window() -> None:
    assert "整改期限：至2026年4月9日" in text("order")
    assert "10个工作日内，您可以陈述申辩" in text("notice")


@pytest.mark.parametrize("kind", sorted(PAPER_NAMES))
def test_the_english_reading_is_complete(kind: str) -> None:
    said = text(kind, "en", ground="AR-01")
    dates = re.sub(r"\d+年\d+月\d+日", "", said)
    assert HAN.findall(dates) == []


def test_the_form_of_service_names_the_paper_and_leaves_room_to_sign() -> None:
    form = proof_of_service(
        title="Decision SZ (2026) 1", sha256=HASH, case_number="YC-1", authority="Office", party=("Firm", "X", "Road"), on=date(2026, 3, 1)
    )
    said = text_of(typeset_paper(form))
    for part in ("送达回证", "Decision SZ (2026) 1", HASH, "收件人签名或者盖章", "拒收事由和日期"):
        assert squeezed(part) in said
    assert HAN.findall(text_of(typeset_paper(form, language="en")).replace("年", "").replace("月", "").replace("日", "")) == []


def test_a_40_character_name_and_long_facts_run_over_two_pages() -> None:
    name = "示例市阳澄湖大闸蟹生态养殖与品牌保护专业合作联合社有限责任公司第二分公司东山基地社"
    long = tuple(Line(say("项目"), f"地块{number}：" + "一二三四五六七八九十" * 6, number, "g") for number in range(40))
    said = text("decision", party=name, lines=long)
    assert name in said
    assert "第3页，共" in said
