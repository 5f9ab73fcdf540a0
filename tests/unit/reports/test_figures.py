"""Figures: the catalogue, reading, showing, and the label identity."""

from __future__ import annotations

import pytest

from gi_registry.kernel.errors import Invalid
from gi_registry.reports.rules.figures import TEXTS, Figure, catalogue, read_figure, shown, typed
from gi_registry.reports.rules.labels import Balance, LabelLine


def figure(key: str, *, unit: str = "g") -> Figure:
    return next(item for item in catalogue(["item_code"], unit=unit, purchases=True) if item.key == key)


def test_a_phone_report_asks_ten_figures() -> None:
    asked = [item.key for item in catalogue(["item_code"], unit="piece", purchases=False) if item.core]
    labels = [f"item_code.{part}" for part in ("opening", "received", "activated", "spoiled", "returned", "closing")]
    assert asked == ["area", "output", "gi_output", *labels, "sales"]


def test_each_marking_mode_has_its_own_label_account() -> None:
    keys = [item.key for item in catalogue(["item_code", "pre_printed"], unit="g", purchases=False)]
    assert "item_code.closing" in keys
    assert "pre_printed.closing" in keys
    assert len(keys) == len(set(keys))
    assert "raw_material" not in keys


def test_bought_in_material_is_asked_where_the_protection_allows_it() -> None:
    assert figure("raw_material").measure.scale == 1_000


def test_business_figures_are_not_public_by_default() -> None:
    public = {item.key for item in catalogue(["item_code"], unit="g", purchases=True) if item.public}
    assert public == {"area", "tests", "households"}


def test_keys_of_texts_and_figures_do_not_meet() -> None:
    keys = {item.key for item in catalogue(["item_code", "batch_code", "pre_printed"], unit="g", purchases=True)}
    assert not keys & {text.key for text in TEXTS}


@pytest.mark.parametrize(
    ("key", "text", "stored"),
    [
        ("area", "12.5", 12_500),
        ("area", " 1，200 ", 1_200_000),
        ("output", "0.001", 1),
        ("sales", "12.5", 12_500_000),
        ("sales", "0.000001", 1),
        ("item_code.opening", "7\u2009200", 7_200),
        ("sales", "", None),
        ("sales", "   ", None),
        ("households", "0", 0),
    ],
)
def test_figures_are_read_into_whole_stored_units(key: str, text: str, stored: int | None) -> None:
    assert read_figure(figure(key), text) == stored


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("area", "十二"),
        ("area", "-1"),
        ("area", "∞"),
        ("item_code.opening", "1.5"),
        ("sales", "0.0000001"),
        ("sales", "NaN"),
        ("sales", "1e400"),
    ],
)
def test_what_is_no_figure_is_refused_by_name(key: str, text: str) -> None:
    with pytest.raises(Invalid) as refusal:
        read_figure(figure(key), text)
    assert refusal.value.fields[0].field == key


@pytest.mark.parametrize(
    ("key", "stored", "as_typed", "as_shown"),
    [
        ("area", 12_500, "12.5", "12.5"),
        ("area", 1_200_000, "1200", "1\u2009200"),
        ("sales", 12_345_678_900_000, "12345678.9", "12\u2009345\u2009678.9"),
        ("item_code.opening", 7_200, "7200", "7\u2009200"),
        ("households", 0, "0", "0"),
        ("households", None, "", "—"),
    ],
)
def test_what_is_typed_can_be_read_back(key: str, stored: int | None, as_typed: str, as_shown: str) -> None:
    assert typed(figure(key), stored) == as_typed
    assert shown(figure(key), stored) == as_shown
    assert read_figure(figure(key), as_typed) == stored


def line(closing: int, *, opening: int = 200) -> LabelLine:
    return LabelLine("item_code", opening=opening, received=9_800, activated=7_200, spoiled=100, returned=700, closing=closing)


@pytest.mark.parametrize(
    ("closing", "balance"),
    [(2_000, Balance.EXACT), (2_050, Balance.WITHIN), (1_950, Balance.WITHIN), (2_051, Balance.OFF), (1_949, Balance.OFF)],
)
def test_the_label_identity_holds_exactly_within_or_not(closing: int, balance: Balance) -> None:
    assert line(closing).expected_closing == 2_000
    assert line(closing).balance() is balance


def test_without_tolerance_or_labels_every_difference_counts() -> None:
    assert line(2_001).balance(tolerance_permille=0) is Balance.OFF
    assert LabelLine("item_code", 0, 0, 0, 0, 0, 1).balance() is Balance.OFF
    assert LabelLine("item_code", 0, 0, 0, 0, 0, 0).balance() is Balance.EXACT


def test_the_arithmetic_can_be_followed() -> None:
    assert line(2_000).arithmetic == "200 + 9,800 − 7,200 − 100 − 700 = 2,000"
