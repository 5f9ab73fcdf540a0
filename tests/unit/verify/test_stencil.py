"""A page by stencil is the page that would be written, octet for octet; what cannot be cut is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gi_registry.verify.exchange import _languages
from gi_registry.verify.rules.answer import answer
from gi_registry.verify.rules.page import PLAIN, Frame, render
from gi_registry.verify.rules.record import Checks, Counting, Origin
from gi_registry.verify.rules.stencil import cut, minute_of, page_of
from tests.unit.verify.records import FOURTH, LISTING, LIVE, NOW, SUSPECTED, but, marked

LANGUAGES = _languages()
FULL = but(listing=LISTING, origin=Origin(("<i>\ud83e</i>", "东湖村"), "湖区"))


def first(record, code: str, minutes: int):
    at = NOW + timedelta(minutes=minutes, seconds=13)
    return answer(replace(record, code=code, checks=Checks(Counting.COUNTED, at, 1, is_first=True)), at)


@pytest.mark.parametrize("tag", LANGUAGES)
@pytest.mark.parametrize("record", [LIVE, FULL, but(issued_by=None)])
@pytest.mark.parametrize("frame", [PLAIN, Frame("data:image/png;base64,AA==", (("en", "English"),), demo=True)])
def test_every_page_by_stencil_is_the_page_that_would_be_written(tag, record, frame):
    language, stencils = LANGUAGES[tag], {}
    for number, code in enumerate(("10ABCDE1234567890ABC", "10ABCDE1234567890ABC", "10ZZZZZ0000000000ZZZ")):
        said = first(record, code, 7 * number)
        assert page_of(said, language, frame, stencils) == render(said, language, frame).encode("utf-8", "replace")
    assert list(stencils) == [(tag, frame)]
    assert stencils[tag, frame] is not None


@pytest.mark.parametrize("record", [but(checks=FOURTH), but(checks=SUSPECTED), marked("void"), but(marks=()), but(genuine=False)])
def test_no_other_verdict_is_written_by_stencil(record):
    stencils = {}
    said = answer(record, NOW)
    assert page_of(said, LANGUAGES["zh-CN"], PLAIN, stencils) == render(said, LANGUAGES["zh-CN"], PLAIN).encode()
    assert stencils == {}


def test_a_page_in_which_the_minute_stands_elsewhere_too_is_not_cut():
    language, stencils = LANGUAGES["zh-CN"], {}
    minute = minute_of(NOW, language).decode()
    odd = but(origin=Origin((f"{minute}村",)))
    for _ in range(2):
        said = first(odd, LIVE.code, 0)
        assert page_of(said, language, PLAIN, stencils) == render(said, language, PLAIN).encode()
    assert list(stencils.values()) == [None]
    assert cut("no code here", LIVE.code, minute) is None
