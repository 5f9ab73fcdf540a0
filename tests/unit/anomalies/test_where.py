"""Where copied codes were looked up: added up by province, inside the drawing, and honest about what is not known."""

from __future__ import annotations

from gi_registry.anomalies.rules.where import HEIGHT, LARGEST, SEATS, SMALLEST, WIDTH, draw_where

NAMES = {"11": "北京市", "31": "上海市", "65": "新疆维吾尔自治区"}


def test_places_are_added_up_and_the_busiest_comes_first() -> None:
    drawn = draw_where([("31", 5), ("11", 20), ("31", 4), ("", 3)], NAMES)
    assert drawn is not None
    assert drawn.rows == (("北京市", 20), ("上海市", 9), ("", 3))
    assert [(spot.code, spot.checks) for spot in drawn.spots] == [("11", 20), ("31", 9)]
    assert drawn.spots[0].radius == LARGEST > drawn.spots[1].radius >= SMALLEST


def test_names_on_the_drawing_are_what_people_say() -> None:
    names = {"15": "内蒙古自治区", "23": "黑龙江省", "65": "新疆维吾尔自治区", "81": "香港特别行政区"}
    drawn = draw_where([(code, 1) for code in names], names)
    assert drawn is not None
    assert [spot.name for spot in drawn.spots] == ["内蒙古", "黑龙江", "新疆", "香港"]


def test_without_any_place_there_is_no_drawing() -> None:
    assert draw_where([("", 40)], NAMES) is None
    assert draw_where([], NAMES) is None


def test_every_province_lies_inside_and_where_it_should() -> None:
    drawn = draw_where([(code, 1) for code in SEATS], NAMES)
    assert drawn is not None and len(SEATS) == 34
    assert all(LARGEST <= spot.x <= WIDTH - LARGEST and LARGEST <= spot.y <= HEIGHT - LARGEST for spot in drawn.spots)
    at = {spot.code: spot for spot in drawn.spots}
    assert at["65"].x < at["51"].x < at["31"].x, "west is left"
    assert at["23"].y < at["11"].y < at["46"].y, "north is up"
    assert len({(spot.x, spot.y) for spot in drawn.spots}) == 34


def test_a_code_that_is_no_province_is_an_unknown_place() -> None:
    drawn = draw_where([("99", 7), ("11", 1)], NAMES)
    assert drawn is not None
    assert drawn.rows == (("", 7), ("北京市", 1))


def test_a_place_on_file_without_a_seat_is_in_the_list_only() -> None:
    drawn = draw_where([("99", 7), ("11", 1)], NAMES | {"99": "示例省"})
    assert drawn is not None
    assert drawn.rows == (("示例省", 7), ("北京市", 1))
    assert [spot.code for spot in drawn.spots] == ["11"]


def test_names_do_not_lie_on_each_other() -> None:
    drawn = draw_where([("32", 9), ("31", 20), ("65", 1)], NAMES)
    assert drawn is not None
    assert [(spot.code, spot.named) for spot in drawn.spots] == [("31", True), ("32", False), ("65", True)]
