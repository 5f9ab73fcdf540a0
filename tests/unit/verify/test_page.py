"""The page: complete as one string in every verdict, small, without script, escaped, and in the words of the trade."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from gi_registry.codes.rules.format import Malformed, parse
from gi_registry.verify.rules.answer import answer
from gi_registry.verify.rules.page import PLAIN, Frame, Language, render, render_malformed, render_unavailable
from gi_registry.verify.rules.record import Checks, Counting, Origin, User
from gi_registry.verify.rules.style import CSS, MARK_BYTES, STYLE_HASH
from tests.unit.verify.records import FOURTH, LISTING, LIVE, NOW, SUSPECTED, but, marked

ZH = Language("zh-CN", str)
RECORDS = {
    "首次查询": LIVE,
    "再次查询": but(checks=FOURTH, listing=LISTING),
    "查询异常": but(checks=SUSPECTED),
    "尚未激活": but(marks=()),
    "已作废": marked("void"),
    "已召回": marked("recalled"),
    "暂停使用": marked("frozen"),
    "查无此码": but(genuine=False),
}


class _Outline(HTMLParser):
    """Collect tags and their nesting, so that a page left open is noticed."""

    VOID = frozenset({"meta", "input", "img", "br", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def outline(html: str) -> _Outline:
    seen = _Outline()
    seen.feed(html)
    assert seen.open == []
    return seen


def page(record, frame=PLAIN):
    return render(answer(record, NOW), ZH, frame)


@pytest.mark.parametrize("word", RECORDS)
def test_every_verdict_is_a_whole_page_with_word_icon_and_what_to_do(word):
    html = page(RECORDS[word])
    tags = outline(html).tags
    assert f"</svg>{word}</h1>" in html
    assert "h1" in tags
    assert '<p class="next">' in html
    assert "12315" in html
    assert len(html.encode()) <= 15_000
    assert "script" not in tags
    assert "正品" not in html
    assert "！" not in html


def test_the_verdict_comes_before_everything_else():
    for record in RECORDS.values():
        html = page(record)
        assert html.index("<h1>") < html.index("<h2")


def test_a_first_check_says_that_it_proves_nothing_about_the_contents():
    assert "不能证明包装里的产品" in page(LIVE)
    assert "不能证明" not in page(but(checks=FOURTH))


def test_a_repeat_tells_how_often_and_since_when():
    assert "已被查询 4 次，首次查询在 2026年3月1日 10:00" in page(but(checks=FOURTH))


def test_the_same_client_is_told_that_it_was_probably_itself():
    assert "来自与您相同的网络和终端" in page(but(checks=Checks(Counting.MERGED, NOW, 1)))


def test_without_a_count_the_page_says_so_and_shows_none():
    html = page(but(checks=Checks(Counting.UNAVAILABLE)))
    assert "查询次数暂不可用" in html
    assert "累计查询" not in html


def test_suspect_states_counted_facts_and_no_judgement():
    html = page(but(checks=SUSPECTED))
    assert "48 小时内被 37 个不同的终端查询，涉及 6 个省级地区" in html
    assert not re.search("假|伪|骗|盗", html)


def test_a_listing_is_one_neutral_sentence():
    assert str(LISTING.sentence) in page(but(listing=LISTING))
    assert "公示信息" not in page(LIVE)


def test_the_mark_is_the_operators_drawing_or_a_sample_frame():
    assert "专用标志位置（样框）" in page(LIVE)
    assert '<img src="data:image/png;base64,AA==" alt="地理标志专用标志">' in page(LIVE, Frame(mark="data:image/png;base64,AA=="))


def test_packed_outside_the_authorisation_is_said():
    html = page(but(user=User("示例", "X", authorised_when_packed=False)))
    assert "包装日期不在用标登记的有效期内" in html
    assert "专用标志位置" not in html


def test_names_cannot_write_markup():
    assert LIVE.gi is not None
    html = page(but(gi=replace(LIVE.gi, name="<b>蟹</b>\"'"), origin=Origin(("<i>",), "<u>")))
    assert "<b>" not in html
    assert "<i>" not in html
    assert "<u>" not in html


def test_an_origin_is_a_list_of_places_and_no_picture():
    html = page(LIVE)
    assert "示例镇、东湖村" in html
    assert "<path" not in html.split("</h1>")[1]


def test_the_fullest_page_keeps_its_size():
    places = tuple(f"示例县示例镇第{number}村" for number in range(2000))
    full = but(
        checks=FOURTH,
        listing=LISTING,
        origin=Origin(places, "甲" * 20, "审图号 GS(2026)0001"),
        user=User("示" * 40, "9" * 18, "S" * 30, LISTING.sentence, authorised_when_packed=True),
        steps=LIVE.steps * 8,
    )
    drawing = "data:image/png;base64," + base64.b64encode(b"x" * MARK_BYTES).decode()
    html = page(full, Frame(drawing, (("en", "English"),), demo=True))
    assert len(html.encode()) <= 15_000
    assert "等，共 2000 处" in html


def test_a_mistyped_code_is_told_what_is_wrong_and_gets_a_field():
    with pytest.raises(Malformed) as wrong:
        parse("10ABC")
    html = render_malformed("10ABC<", wrong.value.reason, ZH)
    outline(html)
    assert "可能输入有误" in html
    assert "应为 20 位，您输入了 5 位" in html
    assert 'value="10ABC&lt;"' in html


def test_a_long_text_is_shown_short():
    assert len(render_malformed("A" * 10_000, Malformed("length", LISTING.sentence).reason, ZH)) < 8_000


def test_a_database_that_is_away_is_not_blamed_on_the_code():
    html = render_unavailable(ZH)
    outline(html)
    assert "不说明标识码有问题" in html


def test_another_language_replaces_every_sentence_of_ours():
    html = render(answer(but(checks=FOURTH), NOW), Language("en", lambda _text: "word"), Frame(other_languages=(("zh-CN", "中文"),)))
    facts = (*["示例湖蟹业合作社", "示例湖蟹"], "公蟹 4 两", "特级", "国家知识产权局公告第475号", "示例镇", "东湖村", "湖区")
    for fact in (*facts, "示例县知识产权局", "中文"):
        html = html.replace(fact, "")
    html = html.replace(CSS, "")
    assert not re.search(r"[\u4e00-\u9fff]", html)


def test_large_type_and_language_are_chosen_by_links_that_keep_each_other():
    usual, large = (page(LIVE, Frame(other_languages=(("en", "English"),), large=large)) for large in (False, True))
    assert '<a href="?lang=en" hreflang="en">English</a><a href="?lang=zh-CN&amp;size=large">大字版</a>' in usual
    assert '<a href="?lang=en&amp;size=large" hreflang="en">English</a><a href="?lang=zh-CN">常规字号</a>' in large
    assert '<html lang="zh-CN" class="large">' in large
    assert not re.search(r"font(-size)?:\d+px", CSS), "type in px does not grow with the reader's own setting"


def test_the_style_is_allowed_by_its_hash():
    assert STYLE_HASH.startswith("sha256-")
    assert f"<style>{CSS}</style>" in page(LIVE)
    assert "http" not in CSS
