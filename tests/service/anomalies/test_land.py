"""QT-03 through the nightly run: shared ground, townships beyond statistics, growth without a record; honest neighbours stay out."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from gi_registry.anomalies import service
from gi_registry.anomalies.models import Finding
from gi_registry.anomalies.rules import qt_03
from gi_registry.listings import service as listings
from gi_registry.origin.models import OfficialArea
from gi_registry.registry.models import Protection
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.origin import make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

TOWN = "999999001"


@pytest.fixture
def lake(work):
    """A GI with three users."""
    gi = make_gi(work)
    protection = make_protection(work, gi)
    return gi, [make_authorisation(work, protection=work.session.get(Protection, protection.id)) for _ in range(3)]


def found(work: Any, year: int = 2025) -> dict[tuple[int, str], Finding]:
    """Run the night twice; return the open findings of QT-03 by authorisation and test."""
    service.run(work, year)
    again = service.run(work, year)
    assert (again.new, again.changed, again.cleared) == (0, 0, 0)
    rows = work.session.exec(select(Finding).where(Finding.ground == "QT-03", Finding.state == "open"))
    return {(row.authorisation_id or 0, _test(row)): row for row in rows}


def _test(finding: Finding) -> str:
    return next(name for name, key in (("overlap", "shared"), ("township", "place"), ("growth", "before")) if key in finding.facts)


def asked(work: Any) -> set[int]:
    return {item.authorisation_id or 0 for item in service.run(work, 2025, dry_run=True).unjudged if item.ground == "QT-03"}


def make_figure(work: Any, gi: Any, milli_mu: int) -> None:
    if work.session.get(OfficialArea, 1) is None:
        make_division(work, TOWN, name="示例镇")
    work.record(OfficialArea(gi_id=gi.id, division_code=TOWN, year=2025, area_milli_mu=milli_mu, source="统计年鉴"), "official_area:state")
    work.flush()


def test_both_users_of_shared_ground_are_found_and_the_neighbour_with_a_survey_strip_is_not(work, lake):
    gi, (one, other, neighbour) = lake
    mine, theirs = make_plot(work, one), make_plot(work, other, rectangle(0, -40, 100, 40))
    make_plot(work, neighbour, rectangle(-150, -40, -49.7, 40), accuracy_m=1)
    findings = found(work)
    assert set(findings) == {(one.id, "overlap"), (other.id, "overlap")}
    own = findings[one.id, "overlap"]
    assert (own.severity, own.lines[0]["href"]) == (2, f"/plots/{mine.id}")
    told = str(own.lines) + str(own.summary)
    assert theirs.number not in told
    assert other.raw_name not in told
    assert [(plot.id, user) for plot, user in service.view_finding(work, own.id).neighbours] == [(theirs.id, other.raw_name)]


def test_rice_and_crab_in_one_field_are_lawful_and_the_same_season_is_not(work, lake):
    gi, (one, other, third) = lake
    make_plot(work, one, season="稻")
    make_plot(work, other, season="蟹")
    assert found(work) == {}
    make_plot(work, third, season="蟹")
    assert set(found(work)) == {(other.id, "overlap"), (third.id, "overlap")}


def test_a_corrected_plot_cures_both(work, lake):
    gi, (one, other, _third) = lake
    make_plot(work, one)
    theirs = make_plot(work, other)
    assert len(found(work)) == 2
    theirs.valid_to = date(2024, 12, 31)
    work.record(theirs, "plot:end")
    work.flush()
    assert found(work) == {}


def test_a_township_beyond_its_figure_is_told_to_the_one_whose_land_no_record_backs(work, lake):
    gi, (one, other, _third) = lake
    make_figure(work, gi, 20_000)
    make_plot(work, one, division_code=TOWN)
    recorded = make_plot(work, other, square(89.4, east_m=3_000), division_code=TOWN, land_record="示例证 1 号")
    assert recorded.area_milli_mu > 8_000
    findings = found(work)
    assert set(findings) == {(one.id, "township")}
    assert "示例镇" in str(findings[one.id, "township"].summary)


def test_where_two_users_have_unrecorded_land_there_the_county_is_asked(work, lake):
    gi, (one, other, _third) = lake
    make_figure(work, gi, 20_000)
    make_plot(work, one, division_code=TOWN)
    make_plot(work, other, square(89.4, east_m=3_000), division_code=TOWN)
    assert found(work) == {}
    assert asked(work) == {one.id, other.id}


def test_a_township_within_its_figure_is_silent(work, lake):
    gi, (one, _other, _third) = lake
    make_figure(work, gi, 12_100)
    make_plot(work, one, division_code=TOWN)
    assert found(work) == {}
    assert asked(work) == set()


def test_growth_without_a_record_is_found_and_recorded_growth_is_not(work, lake):
    gi, (grown, honest, slow) = lake
    for number, user in enumerate(lake[1]):
        make_plot(work, user, square(100, north_m=3_000 * (number + 1)))
    new = {"valid_from": date(2025, 3, 1)}
    make_plot(work, grown, square(60, east_m=3_000), **new)
    make_plot(work, honest, square(60, east_m=6_000), land_record="示例证 2 号", **new)
    make_plot(work, slow, square(50, east_m=9_000), **new)
    findings = found(work)
    assert set(findings) == {(grown.id, "growth")}
    assert findings[grown.id, "growth"].summary["values"]["share"] == "360"
    assert found(work, 2024).keys() == findings.keys(), "the year before did not grow"


def test_a_case_is_opened_on_shared_land_as_on_any_ground_of_severity_two(work, lake):
    gi, (one, other, _third) = lake
    make_plot(work, one)
    make_plot(work, other)
    finding = found(work)[one.id, "overlap"]
    handler = Work(work.session, make_actor(work, "county_handler", division="999999"), work.now)
    case = listings.open_case(handler, finding.id, expected_version=finding.version)
    assert (case.ground, case.authorisation_id, finding.state) == ("QT-03", one.id, "in_case")


def test_with_the_rule_off_shared_ground_is_not_found(work, lake, monkeypatch):
    gi, (one, other, _third) = lake
    make_plot(work, one)
    make_plot(work, other)
    monkeypatch.setattr(qt_03, "judge", lambda *_: ())
    assert found(work) == {}


def test_every_night_asks_for_the_land_of_this_year(work, lake):
    gi, (one, other, _third) = lake
    make_plot(work, one)
    make_plot(work, other)
    service.run(work)
    years = {row.year for row in work.session.exec(select(Finding).where(Finding.ground == "QT-03"))}
    assert years == {work.today.year}


def test_pairs_are_asked_for_once_a_gi_not_once_a_user(work, lake, count_queries):
    gi, users = lake
    for number, user in enumerate(users):
        make_plot(work, user, square(50, north_m=1_000 * number))
    work.session.expire_all()
    with count_queries() as few:
        service.run(work, 2025, dry_run=True)
    for number in range(6):
        user = make_authorisation(work, protection=work.session.get(Protection, users[0].protection_id))
        make_plot(work, user, square(50, east_m=1_000 * (number + 1)))
    work.session.expire_all()
    with count_queries() as many:
        service.run(work, 2025, dry_run=True)
    assert many.count == few.count
