"""Periods, numbers and names on the papers of a case."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gi_registry.kernel.errors import Invalid
from gi_registry.listings.rules.clocks import KEYS, Clocks, clocks_of, configured, prewarning_on, working_days_in
from gi_registry.listings.rules.life import State
from gi_registry.listings.rules.papers import masked, paper_number


def test_every_period_is_configured() -> None:
    values = {key: ({member: 7} if member else 7) for key, member in KEYS.values()}
    values["listing.publication-days"] = {"general": 7, "serious": 7}
    assert configured(values.__getitem__) == clocks_of(dict.fromkeys(KEYS, 7))


def test_a_defence_window_under_five_working_days_is_refused() -> None:
    with pytest.raises(Invalid):
        clocks_of({"defence_wd": 4})


def test_serious_listings_last_longer() -> None:
    assert Clocks().publication(2) == timedelta(days=365)
    assert Clocks().publication(3) == timedelta(days=1095)


def test_the_party_is_warned_sixty_days_before_the_end() -> None:
    assert prewarning_on(date(2027, 5, 20), Clocks()) == date(2027, 3, 21)


def test_open_states_have_a_clock_and_ended_ones_none() -> None:
    assert working_days_in(State.VERIFYING, Clocks()) == 15
    assert working_days_in(State.REMOVED, Clocks()) is None


def test_numbers_and_masked_names() -> None:
    assert paper_number("decision", "示例", year=2026, count=3) == "示例异列决〔2026〕3号"
    assert masked("张三丰", natural_person=True) == "张**"
    assert masked("示例县蟹业合作社", natural_person=False) == "示例县蟹业合作社"
