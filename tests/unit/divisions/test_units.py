"""A list of units resolves at its date and leads to what the places are called today."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.divisions.rules.units import Found, Gazetteer, Place, Succession, resolve

TODAY = date(2026, 3, 10)
RECUT = date(2021, 4, 9)


def place(code: str, name: str, above: str = "", **dates: date) -> Place:
    return Place(code, name, f"{above or '/'}{code}/", dates.get("since"), dates.get("until"))


HANGZHOU = "/33/3301/"
PLACES = [
    place("33", "浙江省"),
    place("3301", "杭州市", "/33/"),
    place("330102", "上城区", HANGZHOU),
    place("330103", "下城区", HANGZHOU, until=RECUT),
    place("330104", "江干区", HANGZHOU, until=RECUT),
    place("330105", "拱墅区", HANGZHOU),
    place("330110", "余杭区", HANGZHOU),
    place("330113", "临平区", HANGZHOU, since=RECUT),
    place("330114", "钱塘区", HANGZHOU, since=RECUT),
    place("330110101", "径山镇", HANGZHOU + "330110/"),
    place("14", "山西省"),
    place("1407", "晋中市", "/14/"),
    place("140726", "太谷县", "/14/1407/", until=date(2019, 12, 9)),
    place("140703", "太谷区", "/14/1407/", since=date(2019, 12, 9)),
    place("140703101", "胡村镇", "/14/1407/140703/"),
    place("51", "四川省"),
    place("5101", "成都市", "/51/"),
    place("510124", "郫县", "/51/5101/", until=date(2016, 12, 5)),
    place("510117", "郫都区", "/51/5101/", since=date(2016, 12, 5)),
    place("110105", "朝阳区", "/11/1101/"),
    place("211302", "朝阳区", "/21/2113/"),
    place("532300", "楚雄彝族自治州", "/53/"),
]
KNOWN = Gazetteer(
    {each.code: each for each in PLACES},
    (
        Succession("330103", "330105", RECUT),
        Succession("330104", "330102", RECUT),
        Succession("330104", "330114", RECUT),
        Succession("330110", "330110", RECUT),
        Succession("330110", "330113", RECUT),
        Succession("140726", "140703", date(2019, 12, 9)),
        Succession("510124", "510117", date(2016, 12, 5)),
    ),
)


def one(name: str, on: date, within: tuple[str, ...] = ()):
    [unit] = resolve([name], KNOWN, within=within, on=on, today=TODAY)
    return unit


@pytest.mark.parametrize(
    ("name", "on", "then", "now"),
    [
        ("太谷县", date(2010, 1, 1), "140726", ["太谷区"]),
        ("太谷区", date(2020, 1, 1), "140703", ["太谷区"]),
        ("郫县", date(2016, 12, 4), "510124", ["郫都区"]),
        ("下城区", date(2015, 1, 1), "330103", ["拱墅区"]),
        ("江干区", date(2021, 4, 8), "330104", ["上城区", "钱塘区"]),
        ("余杭区", date(2010, 1, 1), "330110", ["余杭区", "临平区"]),
        ("余杭区", date(2022, 1, 1), "330110", ["余杭区"]),
        ("上城区", date(2010, 1, 1), "330102", ["上城区"]),
        ("杭州", date(2010, 1, 1), "3301", ["杭州市"]),
        ("楚雄州", date(2008, 1, 1), "532300", ["楚雄彝族自治州"]),
        ("浙江省杭州市江干区", date(2010, 1, 1), "330104", ["上城区", "钱塘区"]),
        ("太谷县胡村镇", date(2010, 1, 1), "140703101", ["胡村镇"]),
        ("餘杭區", date(2022, 1, 1), "", []),
        ("江干區", date(2010, 1, 1), "330104", ["上城区", "钱塘区"]),
    ],
)
def test_a_name_means_the_place_of_its_day_and_leads_to_those_of_today(name, on, then, now):
    unit = one(name, on)
    assert (unit.place.code if unit.place else "") == then
    assert [each.name for each in unit.today] == now


def test_a_name_that_did_not_hold_that_day_is_said_and_still_leads_on():
    before, after = one("太谷区", date(2010, 1, 1)), one("太谷县", date(2023, 1, 1))
    assert before.found is Found.NOT_THEN and [each.name for each in before.today] == ["太谷区"]
    assert after.found is Found.NOT_THEN and [each.name for each in after.today] == ["太谷区"]
    assert before.place is None and after.place is None


def test_the_day_of_the_change_is_the_first_of_the_successor():
    assert one("江干区", RECUT).found is Found.NOT_THEN
    assert one("钱塘区", RECUT).found is Found.FOUND


def test_a_place_above_that_came_later_is_told():
    assert [(old.name, new.name) for old, new in one("胡村镇", date(2010, 1, 1)).above] == [("太谷县", "太谷区")]
    assert one("胡村镇", date(2022, 1, 1)).above == ()


def test_a_name_of_two_places_is_ambiguous_until_the_region_decides():
    assert one("朝阳区", TODAY).found is Found.AMBIGUOUS
    assert one("朝阳区", TODAY, within=("/21/",)).place.code == "211302"


def test_an_unknown_name_is_told_with_its_neighbours():
    unit = one("径山乡", date(2010, 1, 1), within=("/33/3301/",))
    assert unit.found is Found.UNKNOWN and [each.name for each in unit.near] == ["径山镇"]
    assert one("无此镇", TODAY, within=("/33/",)).near == ()


def test_what_stands_in_front_must_be_a_place_above():
    assert one("苏州市余杭区", TODAY).found is Found.UNKNOWN
    assert one("浙江省余杭区", TODAY).place.code == "330110"
