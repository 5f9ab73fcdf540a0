"""Sums of land: on its best day of the year, a field of two seasons once; growth with and without a record."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.origin.rules.shared_land import same_season
from gi_registry.origin.rules.townships import Ground, Growth, growth_of, growth_permille, peak_milli_mu
from gi_registry.origin.rules.verification import counts, required

MU = 1000


def ground(area: int = 10 * MU, **differs: object) -> Ground:
    values: dict[str, object] = {
        "plot_id": 1, "authorisation_id": 1, "valid_from": None, "valid_to": None, "season": "", "crop": "蟹", "place": "999999",
        "recorded": False,
    }  # fmt: skip
    return Ground(area_milli_mu=area, **(values | differs))  # type: ignore[arg-type]


def test_plots_one_after_the_other_are_not_added_up():
    before, after = ground(valid_to=date(2025, 6, 1)), ground(valid_from=date(2025, 6, 1))
    assert peak_milli_mu([before, after], 2025) == 10 * MU
    assert peak_milli_mu([before, ground(valid_from=date(2025, 5, 31))], 2025) == 20 * MU


def test_rice_and_crab_on_one_field_are_one_field():
    rice, crab, other = ground(season="稻"), ground(8 * MU, season="蟹"), ground(5 * MU)
    assert peak_milli_mu([rice, crab, other], 2025) == 15 * MU
    assert same_season("稻", "稻")
    assert same_season("", "稻")
    assert not same_season("稻", "蟹")


def test_land_of_another_year_does_not_count():
    assert peak_milli_mu([ground(valid_from=date(2026, 1, 1)), ground(valid_to=date(2025, 1, 1))], 2025) == 0
    assert peak_milli_mu([], 2025) == 0


def test_growth_counts_what_no_record_backs():
    old = ground()
    bare = ground(4 * MU, valid_from=date(2025, 1, 1))
    backed = ground(4 * MU, valid_from=date(2025, 1, 1), recorded=True)
    [without] = growth_of([old, bare], 2025)
    [with_record] = growth_of([old, backed], 2025)
    assert (without.unrecorded_permille, with_record.unrecorded_permille) == (400, 0)
    assert growth_of([ground(valid_to=date(2024, 1, 1))], 2025) == ()
    assert Growth(1, 2025, 0, 9 * MU, 0).unrecorded_permille is None
    assert growth_permille(3, 4) == 333


@pytest.mark.parametrize(("value", "needed"), [({"required": True}, True), ({"required": False}, False), (None, False), (7, False)])
def test_policy_says_whether_verification_is_needed(value: object, needed: bool):
    assert required(value) is needed
    assert counts(date(2026, 1, 1), needed=needed)
    assert counts(None, needed=needed) is not needed
