"""The boxes of real announcements: what is certain is read, what is broken is said, nothing is guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gi_registry.origin.rules.announced import read_box

RANGES = Path(__file__).resolve().parents[4] / "shared/data/gi_lists/cn_announcement_ranges.jsonl"
needs_data = pytest.mark.skipif(not RANGES.exists(), reason=f"the shared data are not at {RANGES}")


def announced() -> list[dict[str, object]]:
    return [json.loads(line) for line in RANGES.read_text(encoding="utf-8").splitlines()] if RANGES.exists() else []


@needs_data
@pytest.mark.parametrize("notice", announced(), ids=lambda notice: notice["product"])
def test_every_box_on_file_is_read_as_the_list_says(notice) -> None:
    found = read_box(notice["range_text"])
    if notice["bbox_wgs84_decimal"] is None:
        assert found.box is None
    else:
        assert found.box == pytest.approx(notice["bbox_wgs84_decimal"], abs=1e-5)


@needs_data
def test_only_the_two_broken_ones_have_problems() -> None:
    problems = {notice["product"]: " ".join(map(str, read_box(notice["range_text"]).problems)) for notice in announced()}
    assert {name for name, said in problems.items() if said} == {"泗家水红头香椿", "西平红薯"}
    assert "丢了“′”" in problems["泗家水红头香椿"]
    assert "115.875" in problems["泗家水红头香椿"]
    assert "字母“o”" in problems["西平红薯"]


BOX = (120.5, 31.0, 121.166666667, 31.5)


@pytest.mark.parametrize(
    "text",
    [
        "东经120°30′～121°10′，北纬31°～31°30′",
        "東經120度30分至121度10分，北緯31度至31度30分",
        "地理坐标为北纬31°00′00〞-31°30′00〞，东经120°30′00〞-121°10′00〞。",
        "Ｅ１２０º３０′～１２１º１０′，Ｎ３１º～３１º３０′",
        "E120°30'~121°10', N31°~31°30'",
        "120°30'E—121°10'E，31°00'N—31°30'N",
        "东经120.5°～121.166666667°，北纬31.0°～31.5°",
        "东经120.5-121.166666667，北纬31.0－31.5",
    ],
)
def test_signs_of_every_kind_mean_the_same(text: str) -> None:
    found = read_box(text)
    assert found.box == pytest.approx(BOX, abs=1e-6)
    assert found.problems == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("东经120°70′～121°10′，北纬31°～32°", "不小于 60"),
        ("东经121°10′～120°30′，北纬31°～32°", "不小于终点"),
        ("东经31°～32°，北纬120°～121°", "超出经纬度"),
        ("东经31°～32°，北纬80°～81°", "写反"),
        ("东经120°30′～121°10′", "经度"),
        ("北纬31°～32°", "纬度"),
        ("东经120°30′，北纬31°", "是点"),
        ("地理坐标见附图，东经、北纬从略", "读不出度数"),
        ("东经o36′29″~o11′11″,北纬33o14′33″~33o32′21″", "字母"),
    ],
)
def test_what_is_broken_gives_no_box_and_says_why(text: str, words: str) -> None:
    found = read_box(text)
    assert found.box is None
    assert words in " ".join(map(str, found.problems))


def test_a_box_abroad_is_read_and_remarked() -> None:
    found = read_box("东经2°～3°，北纬48°～49°")
    assert found.box == (2.0, 48.0, 3.0, 49.0)
    assert "不在中国" in str(found.problems[0])


@pytest.mark.parametrize(
    "text", ["", "政和县现辖行政区域。海拔高度200m至800m；土壤pH值4.5至6.5。", "部分乡镇，年均温度25度至28度", "等12个乡镇"]
)
def test_a_text_without_coordinates_says_nothing(text: str) -> None:
    assert read_box(text).box is None
    assert read_box(text).problems == ()


def test_a_temperature_beside_the_coordinates_is_none_of_them() -> None:
    found = read_box("东经120°30′～121°10′，北纬31°～31°30′，年均温度15度至28度")
    assert found.box == pytest.approx(BOX, abs=1e-6)
