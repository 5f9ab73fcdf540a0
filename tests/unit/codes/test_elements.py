"""What a label must carry, by track: the matrix of Announcement 354."""

from __future__ import annotations

import pytest

from gi_registry.codes.rules.elements import Element, LabelFacts, elements_for, missing

WHOLE = LabelFacts("913205830000000000", "示例湖大闸蟹", "GB/T 19957", "国家知识产权局公告第475号", "9900001", "AGI2012-02-869")


@pytest.mark.parametrize(
    ("track", "gi_name", "standard", "trade_mark", "special_mark"),
    [
        ("A", True, True, False, True),
        ("B", False, False, True, True),
        ("C", False, False, True, True),
        ("D", True, True, False, True),
        ("AGI", True, False, False, False),
    ],
)
def test_each_track_has_its_elements(track: str, gi_name: bool, standard: bool, trade_mark: bool, special_mark: bool) -> None:
    needed = elements_for([track])
    assert Element.USCC in needed
    assert (Element.GI_NAME in needed) == gi_name
    assert (Element.STANDARD_OR_ANNOUNCEMENT in needed) == standard
    assert (Element.TRADE_MARK in needed) == trade_mark
    assert (Element.SPECIAL_MARK in needed) == special_mark


def test_two_tracks_carry_both_duties() -> None:
    assert elements_for(["A", "C"]) == elements_for(["A"]) | elements_for(["C"])


def test_a_track_without_a_rule_is_not_printed_by_guess() -> None:
    with pytest.raises(ValueError, match="no label rule"):
        elements_for(["Z"])


def test_a_whole_set_of_facts_lacks_nothing() -> None:
    assert missing(elements_for(["A", "B", "C", "D", "AGI"]), WHOLE) == []


def test_either_the_standard_or_the_announcement_is_enough() -> None:
    assert missing(elements_for("A"), LabelFacts("u", "g", standard_no="GB/T 1")) == []
    assert missing(elements_for("A"), LabelFacts("u", "g", announcement="公告第1号")) == []


def test_each_missing_element_is_named_with_its_remedy() -> None:
    lacks = missing(elements_for("C"), LabelFacts(gi_name="示例湖大闸蟹"))
    assert [lack.field for lack in lacks] == [Element.USCC, Element.TRADE_MARK, Element.REGISTRATION_NO]
    assert all(lack.remedy for lack in lacks)
    assert [lack.field for lack in missing(elements_for("A"), LabelFacts())] == [
        Element.USCC,
        Element.GI_NAME,
        Element.STANDARD_OR_ANNOUNCEMENT,
    ]
