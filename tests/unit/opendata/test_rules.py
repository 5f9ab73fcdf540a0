"""What of the register is public."""

from __future__ import annotations

import pytest

from gi_registry.opendata.rules import Filters, filters_from, looks_like_person, public_state


@pytest.mark.parametrize("name", ["张三", "张三丰", "欧阳锋", "阿依古丽"])
def test_a_short_name_of_which_nothing_is_known_may_be_a_persons(name: str) -> None:
    assert looks_like_person(name)


@pytest.mark.parametrize("name", ["示例蟹庄水产公司", "老王茶厂", "三丰茶行", "示例合作社", "ACME Ltd"])
def test_an_organisation_is_told_by_its_ending(name: str) -> None:
    assert not looks_like_person(name)


def test_filters_leave_out_what_they_do_not_understand() -> None:
    assert filters_from({"kind": "x", "state": "x", "gi": "x", "q": "  茶 "}) == Filters(text="茶")
    assert filters_from({"kind": "users", "state": "ended", "gi": "7"}) == Filters(kind="users", state="ended", gi_id=7)
    assert not Filters().narrowed and Filters(track="A").narrowed


def test_the_public_reads_two_states() -> None:
    assert [str(public_state(state)) for state in ("active", "rectifying", "change_review", "deregistered")] == [
        "有效",
        "有效",
        "有效",
        "已注销",
    ]
