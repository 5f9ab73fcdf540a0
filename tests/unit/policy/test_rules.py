"""Which value decides."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from gi_registry.policy.defaults import DEFAULTS
from gi_registry.policy.rules import Candidate, Parameter, choose, version_of

COUNTY, CITY, PROVINCE = "999999", "9999", "99"
PLACES = (COUNTY, CITY, PROVINCE)


def value(value: object, *, division: str = "", since: date = date(2020, 1, 1), until: date | None = None) -> Candidate:
    return Candidate(division, since, until, Parameter("k", value, version_of(division, since)))


def test_the_nearest_place_wins_over_a_later_value_of_a_wider_one() -> None:
    chosen = choose([value(1), value(2, division=PROVINCE), value(3, since=date(2025, 1, 1))], PLACES, date(2026, 1, 1))
    assert chosen is not None
    assert (chosen.value, chosen.version) == (2, "99@2020-01-01")


def test_the_county_wins_over_its_province() -> None:
    chosen = choose([value(2, division=PROVINCE), value(4, division=COUNTY)], PLACES, date(2026, 1, 1))
    assert chosen is not None and chosen.value == 4


def test_of_one_place_the_latest_value_in_force_on_the_day_wins() -> None:
    versions = [value(1), value(2, since=date(2025, 1, 1)), value(3, since=date(2027, 1, 1))]
    assert [getattr(choose(versions, PLACES, day), "value", None) for day in (date(2024, 12, 31), date(2025, 1, 1), date(2027, 1, 1))] == [
        1,
        2,
        3,
    ]


def test_a_value_ends_on_the_day_it_says() -> None:
    local = [value(1), value(2, division=CITY, until=date(2025, 1, 1))]
    assert [getattr(choose(local, PLACES, day), "value", None) for day in (date(2024, 12, 31), date(2025, 1, 1))] == [2, 1]


def test_another_place_does_not_count_and_nothing_is_none() -> None:
    assert choose([value(2, division="32")], PLACES, date(2026, 1, 1)) is None
    assert choose([value(1)], PLACES, date(2019, 12, 31)) is None


def test_every_default_is_json_with_a_reason_and_stands_once() -> None:
    identities = [(item.key, item.division, item.valid_from) for item in DEFAULTS]
    assert len(set(identities)) == len(identities)
    for item in DEFAULTS:
        assert json.loads(json.dumps(item.value)) == item.value
        assert item.why


def test_whatever_restricts_a_right_or_publishes_cites_its_basis() -> None:
    for item in DEFAULTS:
        if item.key.startswith("listing.effects"):
            assert all(effect["basis"] for effect in item.value if effect["effect"] != "sampling_weight")
        if item.key.startswith("ground"):
            assert item.value["basis"] or not item.value["publish"]


def test_the_documentation_names_every_key() -> None:
    text = Path("docs/policy.md").read_text(encoding="utf-8")
    assert [item.key for item in DEFAULTS if f"| `{item.key}` |" not in text] == []
