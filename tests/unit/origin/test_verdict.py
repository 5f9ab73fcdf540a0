"""The verdict: inside, uncertain, outside, by the version in force on the day."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid
from gi_registry.origin.rules.terms import PLOT_LIFE, Reason, Verdict
from gi_registry.origin.rules.verdict import explain, judge_plot, tolerance
from gi_registry.origin.rules.versions import Version, check_period, covers, in_force, overlap, refuse_overlap
from tests.builders.origin import square

DAY = date(2025, 9, 25)
AREA = Version(7, date(2020, 1, 1), None, square(10_000))


@pytest.mark.parametrize(
    ("plot", "verdict", "reason", "distance"),
    [
        (square(100), Verdict.INSIDE, Reason.INSIDE, 4_950),
        (square(100, east_m=4_900), Verdict.INSIDE, Reason.INSIDE, 50),
        (square(100, east_m=4_930), Verdict.UNCERTAIN, Reason.NEAR_BOUNDARY, 20),
        (square(100, east_m=4_990), Verdict.UNCERTAIN, Reason.NEAR_BOUNDARY, 40),
        (square(100, east_m=5_020), Verdict.OUTSIDE, Reason.PARTLY_OUTSIDE, 70),
        (square(100, east_m=6_000), Verdict.OUTSIDE, Reason.OUTSIDE, 1_050),
    ],
)
def test_distance_decides_with_the_tolerance_either_way(plot, verdict, reason, distance):
    found = judge_plot(plot, [AREA], on=DAY)
    assert (found.verdict, found.reason) == (verdict, reason)
    assert found.distance_m == pytest.approx(distance, abs=1)
    assert found.tolerance_m == 50
    assert found.area_version_id == 7
    assert found.counts == (verdict is not Verdict.OUTSIDE)
    assert str(found.distance_m) in str(explain(found, on=DAY))


def test_the_share_inside_is_told_in_thousandths():
    assert judge_plot(square(400, east_m=5_000), [AREA], on=DAY).share_inside == pytest.approx(500, abs=1)
    assert judge_plot(square(100, east_m=9_000), [AREA], on=DAY).share_inside == 0
    assert judge_plot(square(100), [AREA], on=DAY).share_inside == 1000


def test_a_hole_in_the_area_is_outside():
    holed = Version(1, None, None, square(10_000).difference(square(1_000)))
    assert judge_plot(square(100), [holed], on=DAY).verdict is Verdict.OUTSIDE


def test_the_largest_of_three_tolerances_counts():
    assert tolerance(None, None) == 50
    assert tolerance(120, 80) == 120
    assert tolerance(10, 80) == 80
    beyond = square(100, east_m=5_020)
    assert judge_plot(beyond, [AREA], on=DAY, accuracy_m=100).verdict is Verdict.UNCERTAIN
    drawn_roughly = Version(8, None, None, square(10_000), uncertainty_m=200)
    assert judge_plot(beyond, [drawn_roughly], on=DAY).verdict is Verdict.UNCERTAIN


def test_no_version_and_no_outline_are_uncertain_with_their_reason():
    assert judge_plot(square(100), [AREA], on=date(2019, 12, 31)).reason is Reason.NO_VERSION
    words_only = Version(9, None, None, None)
    found = judge_plot(square(100), [words_only], on=DAY)
    assert (found.verdict, found.reason, found.distance_m) == (Verdict.UNCERTAIN, Reason.NO_OUTLINE, None)


def test_the_day_a_version_ends_belongs_to_the_next():
    old = Version(1, date(2000, 1, 1), date(2020, 1, 1), None)
    assert in_force([old, AREA], date(2019, 12, 31)) is old
    assert in_force([old, AREA], date(2020, 1, 1)) is AREA
    assert not covers(date(2020, 1, 1), date(2020, 1, 1), date(2020, 1, 1))


def test_versions_may_touch_but_not_overlap():
    first, second = (date(2000, 1, 1), date(2010, 1, 1)), (date(2010, 1, 1), None)
    assert not overlap(first, second)
    assert overlap(first, (date(2009, 12, 31), None))
    assert overlap(first, (None, None))
    assert not overlap(first, (date(2005, 1, 1), date(2005, 1, 1)))
    with pytest.raises(Conflict) as refusal:
        refuse_overlap((date(2009, 1, 1), None), [first])
    assert "2009-01-01" in str(refusal.value)
    assert "2010-01-01" in str(refusal.value)


def test_a_period_without_a_day_is_warned_of_and_a_reversed_one_refused():
    assert "没有一天有效" in str(check_period(date(1985, 1, 7), date(1985, 1, 7))[0])
    assert check_period(date(1985, 1, 7), date(1985, 1, 8)) == ()
    with pytest.raises(Invalid):
        check_period(date(1985, 1, 8), date(1985, 1, 7))


@pytest.mark.parametrize("state", PLOT_LIFE.states)
@pytest.mark.parametrize("action", PLOT_LIFE.actions)
def test_life_of_a_plot(state, action):
    if (state, action) in PLOT_LIFE.steps:
        assert PLOT_LIFE.after(state, action) == PLOT_LIFE.steps[state, action]
    else:
        with pytest.raises(IllegalTransition):
            PLOT_LIFE.after(state, action)
