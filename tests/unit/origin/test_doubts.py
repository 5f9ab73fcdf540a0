"""An announced text is read as it is written, and each doubt is raised where it is one and nowhere else."""

from __future__ import annotations

import pytest

from gi_registry.divisions.rules.units import Found, Place, Unit
from gi_registry.origin.rules.announced import Announced, read_box
from gi_registry.origin.rules.doubts import Doubt, Stated, doubts, touch
from gi_registry.origin.rules.proposals import AREA_PROPOSAL_LIFE
from gi_registry.origin.rules.wording import read_listing

COUNTY = (118.0, 40.0, 119.0, 41.0)


def kinds(text: str = "", **differs):
    values = {"text": text, "places": (), "listing": read_listing(text), "announced": read_box(text)}
    return {kind for kind, _words in doubts(Stated(**values | differs))}


@pytest.mark.parametrize(
    ("text", "inside", "units", "counted"),
    [
        ("示例县甲镇、乙乡、丙街道3个乡镇现辖行政区域。", "", ("示例县甲镇", "乙乡", "丙街道"), 3),
        ("示例县所辖的甲镇、乙乡", "示例县", ("甲镇", "乙乡"), None),
        ("示例市所辖2个县：甲县、乙县", "示例市", ("甲县", "乙县"), 2),
        ("示例区甲镇所辖子村、丑村和寅村共3个自然村。", "示例区甲镇", ("子村", "丑村", "寅村"), 3),
        ("保护范围为示例县人和乡、和平镇等2个乡镇", "", ("示例县人和乡", "和平镇"), 2),
    ],
)
def test_the_list_of_an_announcement_is_read(text, inside, units, counted):
    found = read_listing(text)
    assert (found.inside, found.units, found.counted) == (inside, units, counted)
    assert found.whole == ()


@pytest.mark.parametrize(
    "text", ["示例县现辖行政区域", "产地范围为示例省示例县现辖行政区域。", "示例县现辖行政区域（东经118°～119°，北纬40°～41°）"]
)
def test_a_whole_county_is_read_as_such(text):
    found = read_listing(text)
    assert found.units == () and found.whole[0].endswith("示例县")


def test_a_box_that_meets_neither_outline_nor_county():
    text = "示例县现辖行政区域（东经118°～119°，北纬40°～41°）"
    assert kinds(text, outline=(118.5, 40.5, 119.5, 41.5), counties=(COUNTY,)) == set()
    assert kinds(text, outline=(120.0, 40.0, 121.0, 41.0)) == {Doubt.BOX_OFF_OUTLINE}
    assert kinds(text, counties=((119.0, 40.0, 120.0, 41.0),)) == {Doubt.BOX_OFF_DIVISION}
    assert not touch(COUNTY, (119.0, 40.0, 120.0, 41.0))


def test_broken_coordinates_are_said_once_and_nothing_is_compared():
    assert kinds("东经o36′29″～o11′11″，北纬33o14′33″～33o32′21″", outline=COUNTY, places=("甲镇",)) == {Doubt.COORDINATES}
    assert kinds("全县", announced=Announced(None), places=("示例县",)) == set()


def test_a_count_that_does_not_fit_or_is_lost():
    assert kinds("示例县甲镇、乙乡2个乡镇") == set()
    assert kinds("示例县甲镇、乙乡3个乡镇") == {Doubt.COUNT}
    assert kinds("示例县甲镇、乙乡2个乡镇个行政村") == {Doubt.COUNT_LOST}


def test_a_whole_county_where_the_text_says_less_and_less_where_it_says_all():
    text = "示例县甲镇、乙乡2个乡镇"
    assert kinds(text, places=("示例县",)) == {Doubt.WHOLE_COUNTY}
    assert kinds(text, places=("甲镇", "乙乡")) == set()
    assert kinds(text, outline=COUNTY, counties=(COUNTY,)) == {Doubt.WHOLE_COUNTY}
    assert kinds(text, outline=(118.2, 40.2, 118.6, 40.8), counties=(COUNTY,)) == set()
    assert kinds("示例县现辖行政区域", outline=COUNTY, counties=(COUNTY,)) == set()
    assert kinds("示例县现辖行政区域", places=("甲镇",)) == {Doubt.LIST_SHORT}
    assert kinds(text, places=("甲镇",)) == {Doubt.LIST_SHORT}


def test_units_unknown_ambiguous_or_of_another_day():
    here = Place("999999101", "甲镇", "/99/9999/999999/999999101/")
    later = Place("999999102", "甲街道", "/99/9999/999999/999999102/")
    levels = frozenset({6, 9})
    assert kinds(units=(Unit("甲镇", Found.FOUND, (here,), (here,)),), levels=levels) == set()
    assert kinds(units=(Unit("甲镇", Found.FOUND, (here,), (later,)),), levels=levels) == {Doubt.RENAMED}
    assert kinds(units=(Unit("乙镇", Found.UNKNOWN),), levels=levels) == {Doubt.UNKNOWN_UNIT}
    assert kinds(units=(Unit("乙镇", Found.UNKNOWN), Unit("子村", Found.UNKNOWN), Unit("示例湖", Found.UNKNOWN))) == set()
    assert kinds(units=(Unit("甲镇", Found.AMBIGUOUS, (here, later), (here, later)),)) == {Doubt.AMBIGUOUS_UNIT}
    assert kinds(units=(Unit("甲街道", Found.NOT_THEN, (later,), (later,)),)) == {Doubt.NOT_THEN}
    assert kinds(units=(Unit("甲鎮", Found.FOUND, (here,), (here,), traditional=True),)) == {Doubt.TRADITIONAL}
    assert kinds(strays=("乙县",), head="甲区") == {Doubt.NOT_INSIDE}


def test_what_is_no_area_and_what_limits_it_besides():
    assert kinds("（登记证书持有人名称变更）") == {Doubt.NO_PLACE}
    assert kinds("（见附图）", outline=COUNTY) == set()
    assert kinds("示例县现辖行政区域。海拔高度200m至800m；土壤为红壤。") == {Doubt.BESIDES}


@pytest.mark.parametrize("state", AREA_PROPOSAL_LIFE.states)
@pytest.mark.parametrize("action", AREA_PROPOSAL_LIFE.actions)
def test_only_an_open_proposal_is_decided(state, action):
    assert AREA_PROPOSAL_LIFE.allows(state, action) == (state == "proposed")
