"""A step outside the area: only what is certainly outside is a ground."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gi_registry.anomalies.rules.finding import FindingDraft, Unjudged
from gi_registry.anomalies.rules.us_04 import INSIDE, OUTSIDE, UNCERTAIN, Located, StepFacts, Thresholds, judge, site_verdict

RULE = Thresholds(severity=3)
POND = Located("plot", 7, "DK-7", OUTSIDE, date(2025, 9, 25), ("PC-1",), distance_m=468, tolerance_m=50, area_version_id=1)
HARVEST = StepFacts(2, 2025, "raw_material", (POND,))
SHED = Located("site", 4, "示例加工点", OUTSIDE, date(2025, 9, 28), ("PC-1",), area_version_id=1)


def test_a_plot_outside_on_the_day_of_harvest_is_a_finding_with_its_distance() -> None:
    draft = judge(HARVEST, RULE)
    assert isinstance(draft, FindingDraft)
    assert (draft.key, draft.severity, draft.lines[-1].amount, draft.lines[-1].href) == ("raw_material", 3, 468, "/plots/7")


def test_inside_is_no_finding() -> None:
    assert judge(replace(HARVEST, located=(replace(POND, verdict=INSIDE),)), RULE) is None


def test_uncertain_is_never_a_finding() -> None:
    assert isinstance(judge(replace(HARVEST, located=(replace(POND, verdict=UNCERTAIN),)), RULE), Unjudged)
    assert judge(replace(HARVEST, located=(replace(POND, verdict=UNCERTAIN), replace(POND, id=8, verdict=INSIDE))), RULE) is None


def test_where_no_place_is_known_more_information_is_needed() -> None:
    answer = judge(StepFacts(2, 2025, "packing", unlocated=("PC-1",)), RULE)
    assert isinstance(answer, Unjudged)
    assert "包装" in str(answer.reason)


def test_all_sites_outside_are_a_finding_one_inside_clears_them() -> None:
    assert isinstance(judge(StepFacts(2, 2025, "packing", (SHED,)), RULE), FindingDraft)
    for verdict in (INSIDE, UNCERTAIN):
        assert not isinstance(judge(StepFacts(2, 2025, "packing", (SHED, replace(SHED, id=5, verdict=verdict))), RULE), FindingDraft)


def test_a_site_that_was_inside_an_older_area_does_not_clear_a_newer_one() -> None:
    before = replace(SHED, verdict=INSIDE, area_version_id=0)
    assert isinstance(judge(StepFacts(2, 2025, "packing", (before, SHED)), RULE), FindingDraft)


@pytest.mark.parametrize(
    ("path", "places", "verdict"),
    [
        ("/99/9999/999999/", (("/99/9999/999999/",),), INSIDE),
        ("/99/9999/999999/999999001/", (("/99/9999/999999/",),), INSIDE),
        ("/99/9999/999998/", (("/99/9999/999999/",),), OUTSIDE),
        ("/99/9999/999999/", (("/99/9999/999999/999999001/",),), UNCERTAIN),
        ("/99/9999/999998/", (("/99/9999/999999/",), ()), UNCERTAIN),
        ("/99/9999/999998/", (("/99/9999/999999/", "/99/9999/999998/"),), INSIDE),
        ("", (("/99/9999/999999/",),), UNCERTAIN),
        ("/99/9999/999998/", (), UNCERTAIN),
    ],
)
def test_a_site_is_outside_only_where_every_place_is_known_and_elsewhere(
    path: str, places: tuple[tuple[str, ...], ...], verdict: str
) -> None:
    assert site_verdict(path, places) == verdict
