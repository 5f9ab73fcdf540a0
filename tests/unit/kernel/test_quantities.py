from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gi_registry.kernel.errors import Invalid
from gi_registry.kernel.quantities import mu_milli, scaled, whole_number, yield_of


def test_a_hectare_is_fifteen_mu() -> None:
    assert mu_milli(10_000) == 15_000


def test_twelve_mu_at_six_hundred_rings_a_mu_yield_seven_thousand_two_hundred() -> None:
    assert yield_of(12_000, 600) == 7_200


@given(st.integers(0, 10**9), st.integers(0, 10**6))
def test_a_yield_is_never_rounded_up(area: int, per_mu: int) -> None:
    assert yield_of(area, per_mu) * 1000 <= area * per_mu


@pytest.mark.parametrize(("text", "number"), [("1200", 1200), ("1,200", 1200), (" 1，200 ", 1200), ("1 200", 1200), ("12\u2009345", 12345)])
def test_people_type_numbers_with_commas(text: str, number: int) -> None:
    assert whole_number(text, "count") == number


@pytest.mark.parametrize("text", ["", "12.5", "一百", "-1", "1e3", "9" * 30, "2,00", "1,20,000", ",100", "12,34"])
def test_what_is_no_whole_number_is_refused_by_name(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        whole_number(text, "count")
    assert refused.value.fields[0].field == "count"


def test_kilograms_become_grams_and_lost_digits_are_refused() -> None:
    assert scaled("12.5", "mass", scale=1000) == 12_500
    with pytest.raises(Invalid):
        scaled("0.0001", "mass", scale=1000)
    assert scaled("1,200.5", "mass", scale=1000) == 1_200_500
    with pytest.raises(Invalid):
        scaled("2,00", "mass", scale=1000)
    with pytest.raises(Invalid):
        scaled("NaN", "mass", scale=1000)
