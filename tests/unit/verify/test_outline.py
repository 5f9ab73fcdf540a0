"""The outline of an area: generalised, small, and shown only with a map review number; the freeze on a user's own word."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import shapely
from shapely.geometry import MultiPolygon, Point

from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules.answer import answer
from gi_registry.verify.rules.outline import FINEST_M, LONGEST, outline_of
from gi_registry.verify.rules.page import Language, render
from gi_registry.verify.rules.record import Mark, Record
from tests.unit.verify.records import LIVE, NOW, marked

ZH = Language("zh-CN", str)
LAKE = Point(118.5, 33.9).buffer(0.055, quad_segs=64)
METRES = 111_320


def numbers(path: str) -> list[int]:
    return [int(word) for word in re.findall(r"\d+", path)]


def with_outline(review: str) -> Record:
    assert LIVE.origin is not None
    return replace(LIVE, origin=replace(LIVE.origin, map_review_no=review, outline=outline_of(shapely.to_wkb(LAKE))))


def test_a_lake_is_drawn_in_steps_of_at_least_100_metres() -> None:
    drawn = outline_of(shapely.to_wkb(LAKE))
    assert drawn is not None
    high = 0.11 * METRES
    assert drawn.height == math.ceil(high / FINEST_M) + 2  # one unit is 100 m: a finer point cannot be told
    assert max(numbers(drawn.path)) <= max(drawn.width, drawn.height)
    assert drawn.path.startswith("M")
    assert drawn.path.endswith("z")


@pytest.mark.parametrize("spiky", [40, 400, 4000])
def test_however_fine_the_border_the_drawing_stays_small(spiky: int) -> None:
    star = [
        (110 + (1 + 0.2 * (at % 2)) * math.cos(math.tau * at / spiky), 30 + (1 + 0.2 * (at % 2)) * math.sin(math.tau * at / spiky))
        for at in range(spiky)
    ]
    drawn = outline_of(shapely.to_wkb(shapely.make_valid(shapely.Polygon(star))))
    assert drawn is not None
    assert len(drawn.path) <= LONGEST


def test_holes_and_parts_are_drawn_and_specks_are_not() -> None:
    ring = LAKE.difference(Point(118.5, 33.9).buffer(0.02))
    speck = Point(118.6, 33.9).buffer(0.0002)
    drawn = outline_of(shapely.to_wkb(MultiPolygon([ring, speck])))
    assert drawn is not None
    assert drawn.path.count("M") == 2


def test_both_databases_spell_a_geometry_their_own_way() -> None:
    assert outline_of(shapely.to_wkb(LAKE)) == outline_of(shapely.to_wkb(LAKE, hex=True))


@pytest.mark.parametrize("raw", [None, b"", b"nonsense", "0", shapely.to_wkb(MultiPolygon()), shapely.to_wkb(Point(1, 2))])
def test_what_has_no_extent_is_not_drawn(raw: bytes | str | None) -> None:
    assert outline_of(raw) is None


def test_the_number_stands_beside_the_drawing_and_the_page_stays_small() -> None:
    html = render(answer(with_outline("GS（2026）0000 号"), NOW), ZH)
    assert '<svg class="o"' in html
    assert "审图号 GS（2026）0000 号" in html
    assert len(html.encode()) <= 15_000


def test_without_a_number_there_is_no_drawing() -> None:
    assert '<svg class="o"' not in render(answer(with_outline(""), NOW), ZH)


def test_a_freeze_on_the_users_word_says_so_with_the_date_and_without_an_adjective() -> None:
    stated = Mark("frozen", NOW - timedelta(days=3), by_user=True)
    said = answer(replace(LIVE, marks=(*LIVE.marks, stated)), NOW)
    html = render(said, ZH)
    assert said.verdict is Verdict.FROZEN
    assert "使用人于2026年3月7日声明" in html
    assert "经决定" not in html
    assert not any(word in html for word in ("假冒", "伪造", "仿冒", "可疑"))


def test_a_freeze_by_an_office_is_told_as_a_decision() -> None:
    assert "经决定，这个标识码目前暂停使用。" in render(answer(marked("frozen"), NOW), ZH)


@pytest.mark.parametrize("record", [LIVE, marked("void"), marked("frozen"), replace(LIVE, genuine=False)])
def test_every_verdict_leads_to_the_form(record: Record) -> None:
    assert f'<a class="call" href="/T/{LIVE.code}/doubt">反映疑问</a>' in render(answer(record, NOW), ZH)
