"""What a reader asks for: form and language; what cannot be read is ignored."""

from __future__ import annotations

import pytest

from gi_registry.verify.rules.typed import typed_code
from gi_registry.verify.rules.wishes import language_of, wants_json, wishes

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("form", "accept", "json"),
    [
        ("json", BROWSER, True),
        ("html", "application/json", False),
        ("", "application/json", True),
        ("", "application/json, text/plain, */*", True),
        ("", "text/html, application/json", False),
        ("", "text/html;q=0.5, application/json", True),
        ("", "application/json;q=0", False),
        ("", BROWSER, False),
        ("", "*/*", False),
        ("", "", False),
        ("xml", "application/json", True),
        ("", "application/json;q=abc", False),
        ("", "," * 10_000 + "application/json", False),
    ],
)
def test_a_machine_gets_json_when_it_says_so(form, accept, json):
    assert wants_json(form, accept) is json


@pytest.mark.parametrize(
    ("chosen", "accept", "tag"),
    [
        ("", "", "zh-CN"),
        ("en", "zh-CN", "en"),
        ("zh_CN", "en", "zh-CN"),
        ("", "en-US,en;q=0.9", "en"),
        ("", "zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
        ("", "fr, de;q=0.9", "zh-CN"),
        ("", "en;q=0.2, zh;q=0.9", "zh-CN"),
        ("", "en;q=0", "zh-CN"),
        ("xx", "\x00;;q=,=", "zh-CN"),
    ],
)
def test_the_language_is_chosen_else_preferred_else_chinese(chosen, accept, tag):
    assert language_of(chosen, accept, ("zh-CN", "en")) == tag


def test_where_there_is_one_language_there_is_no_choice():
    assert language_of("en", "en", ("zh-CN",)) == "zh-CN"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (" 1abc2 def34 56789 00000 ", "1abc2def345678900000"),
        ("1abc2-def34", "1abc2def34"),
        ("https://gi.example/T/1ABC?x=1", "1ABC"),
        ("HTTPS://GI.EXAMPLE/T/1ABC", "1ABC"),
        ("", ""),
    ],
)
def test_a_code_is_read_however_it_is_pasted(typed, code):
    assert typed_code(typed) == code


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", (False, "zh-CN", False)),
        ("lang=en&size=large", (False, "en", True)),
        ("size=large&format=json", (True, "zh-CN", True)),
        ("size=LARGE", (False, "zh-CN", False)),
        ("size=%ff&lang=%00", (False, "zh-CN", False)),
    ],
)
def test_language_form_and_type_are_read_together(query, wanted):
    assert wishes(query, "", "", ("zh-CN", "en")) == wanted
