"""Ground that two plots share, townships that hold more than statistics know, users that grow without a record."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.bulk import service as bulk
from gi_registry.kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from gi_registry.origin import queries, service
from gi_registry.origin.bulk import KINDS
from gi_registry.origin.models import OfficialArea
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.verification import POLICY
from gi_registry.origin.schemas import FarmerFields, PlotFields
from gi_registry.policy.models import PolicyParameter
from gi_registry.registry.models import Protection
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.divisions import make_division
from tests.builders.origin import make_plot, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_protection

OFFICIAL = next(kind for kind in KINDS if kind.name == "official-areas")


@pytest.fixture
def two(work):
    """Two users of one GI."""
    gi = make_gi(work)
    protection = make_protection(work, gi)
    return (
        gi,
        make_authorisation(work, protection=protection),
        make_authorisation(work, protection=work.session.get(Protection, protection.id)),
    )


def test_two_users_on_the_same_ground_are_found_by_the_index(work, two):
    gi, one, other = two
    mine, theirs = make_plot(work, one), make_plot(work, other, rectangle(0, -40, 100, 40))
    make_plot(work, other, square(100, east_m=3_000))
    [found] = queries.overlaps_of(work.session, gi.id, 2025)
    assert (found.plot_id, found.other_id, found.one_user) == (mine.id, theirs.id, False)
    assert found.shared_m2 == pytest.approx(4_000, rel=0.01)
    assert queries.overlaps_of(work.session, gi.id, 2019) == ()
    assert [(plot.id, shared) for plot, shared in queries.overlaps_with(work.session, mine, on=date(2025, 9, 1))] == [
        (theirs.id, found.shared_m2)
    ]


def test_what_surveying_explains_is_no_overlap(work, two):
    gi, one, other = two
    make_plot(work, one, accuracy_m=10)
    make_plot(work, other, rectangle(48, -40, 150, 40), accuracy_m=10)
    assert queries.overlaps_of(work.session, gi.id, 2025) == ()


def test_rice_and_crab_share_a_field_lawfully(work, two):
    gi, one, other = two
    make_plot(work, one, season="稻", crop="水稻")
    make_plot(work, other, season="蟹")
    assert queries.overlaps_of(work.session, gi.id, 2025) == ()


def test_land_that_changed_hands_is_no_overlap_nor_is_another_gis(work, two):
    gi, one, other = two
    make_plot(work, one, valid_to=date(2025, 6, 1))
    make_plot(work, other, valid_from=date(2025, 6, 1))
    make_plot(work, make_authorisation(work))
    assert queries.overlaps_of(work.session, gi.id, 2025) == ()


def test_a_corrected_outline_moves_in_the_index(work, two):
    gi, one, other = two
    plot = make_plot(work, one)
    make_plot(work, other)
    fields = PlotFields.model_validate(plot, from_attributes=True)
    service.correct_plot(work, plot, fields=fields, outline=Reading(square(100, east_m=5_000)))
    assert queries.overlaps_of(work.session, gi.id, 2025) == ()
    assert [found.id for found in queries.plots_near(work.session, square(10, east_m=5_000), gi_id=gi.id)] == [plot.id]


def test_a_township_with_more_land_than_statistics_know(work, two):
    gi, one, other = two
    for code in ("999999100", "999999100001", "999999200"):
        make_division(work, code)
    make_plot(work, one, division_code="999999100001")
    make_plot(work, other, square(100, east_m=900), division_code="999999100", valid_from=date(2025, 3, 1))
    make_plot(work, other, square(100, east_m=2_900), division_code="999999200")
    make_plot(work, other, square(100, east_m=4_900))
    official = OfficialArea(gi_id=gi.id, division_code="999999100", year=2025, area_milli_mu=20_000, source="示例统计年鉴")
    work.record(official, "official_area:state")
    work.flush()
    sums = {row.division_code: row for row in queries.township_sums(work.session, gi.id, 2025)}
    assert set(sums) == {"999999", "999999100", "999999200"}
    full = sums["999999100"]
    assert (full.plots, full.official_milli_mu, full.source) == (2, 20_000, "示例统计年鉴")
    assert full.stated_milli_mu == pytest.approx(27_000, rel=0.01)
    assert full.over_milli_mu == full.stated_milli_mu - 20_000
    assert full.growth_permille == pytest.approx(1250, rel=0.01)
    assert sums["999999200"].official_milli_mu is None
    assert sums["999999200"].over_milli_mu == 0


def test_growth_is_told_by_user(work, two):
    gi, one, other = two
    make_plot(work, one)
    make_plot(work, one, square(100, east_m=900), valid_from=date(2025, 3, 1))
    make_plot(work, other)
    make_plot(work, other, square(100, east_m=900), valid_from=date(2025, 3, 1), land_record="经营权证 1 号")
    bare, backed = queries.growth(work.session, gi.id, 2025)
    assert (bare.authorisation_id, backed.authorisation_id) == (one.id, other.id)
    assert bare.unrecorded_permille == pytest.approx(1250, rel=0.01)
    assert backed.unrecorded_permille == 0


def as_officer(work, division="999999"):
    return Work(work.session, make_actor(work, "county_handler", division=division), work.now)


def test_the_county_verifies_and_a_correction_takes_it_back(work, two):
    plot = make_plot(work, two[1])
    officer = as_officer(work)
    assert service.verify_plots(officer, {plot.id: plot.version}) == [plot]
    assert (plot.verified_on, plot.verified_by) == (work.today, officer.actor.person_id)
    assert service.verify_plots(officer, {plot.id: plot.version}) == []
    fields = PlotFields.model_validate(plot, from_attributes=True).model_copy(update={"name": "西塘"})
    service.edit_plot(work, plot.id, fields=fields, outline=None)
    assert plot.verified_on is None
    assert plot.earlier[-1]["verified_on"] == work.today.isoformat()


def test_verifying_is_all_or_none_and_only_of_ones_own_county(work, two):
    plot, stale = make_plot(work, two[1]), make_plot(work, two[1], square(100, east_m=900))
    with pytest.raises(NotFound):
        service.verify_plots(as_officer(work, "999998"), {plot.id: plot.version})
    with pytest.raises(StaleVersion):
        service.verify_plots(as_officer(work), {plot.id: plot.version, stale.id: stale.version + 1})
    assert plot.verified_on is None
    service.retire_plot(work, stale.id)
    with pytest.raises(Conflict):
        service.verify_plots(as_officer(work), {stale.id: stale.version})


def test_a_verification_can_be_taken_back_once(work, two):
    plot = make_plot(work, two[1])
    officer = as_officer(work)
    with pytest.raises(Conflict):
        service.unverify_plot(officer, plot.id)
    service.verify_plots(officer, {plot.id: plot.version})
    service.unverify_plot(officer, plot.id, version=plot.version)
    assert plot.verified_on is None


def test_policy_decides_whether_an_unverified_plot_counts(work, two):
    plot, verified = make_plot(work, two[1]), make_plot(work, two[1], square(100, east_m=900), number="DK-V")
    verified.verified_on = work.today
    assert service.only_counting(work.session, [plot, verified], work.today) == [plot, verified]
    work.record(
        PolicyParameter(key=POLICY, division="99", valid_from=date(2020, 1, 1), value={"required": True}, version="示例"), "policy:adopt"
    )
    work.flush()
    assert service.only_counting(work.session, [plot, verified], work.today) == [verified]
    assert not service.counts(work.session, plot, work.today)


def test_a_farmer_is_put_on_file_once_and_belongs_to_one_user(work, two):
    _gi, one, other = two
    stated = FarmerFields(farmer="示例农户甲", farmer_contract="HT-1", farmer_division="999999100001")
    fields = PlotFields(name="东塘", tenure="contracted")
    first = service.declare_plot(work, one.id, fields=fields, outline=Reading(square(100)), farmer=stated)
    second = service.declare_plot(work, one.id, fields=fields, outline=Reading(square(100, east_m=500)), farmer=stated)
    assert first.farmer_id == second.farmer_id is not None
    elsewhere = fields.model_copy(update={"farmer_id": first.farmer_id})
    with pytest.raises(Invalid):
        service.declare_plot(work, other.id, fields=elsewhere, outline=Reading(square(100, east_m=900)))
    with pytest.raises(Invalid):
        service.declare_plot(
            work, one.id, fields=fields, outline=Reading(square(100, east_m=1_500)), farmer=FarmerFields(farmer_contract="HT-2")
        )


def official(rows: str) -> bytes:
    return ("gi,division_code,crop,year,area_mu,source\n" + rows).encode()


def test_official_figures_come_by_file_and_go_out_as_they_came(work, two):
    gi, one, _other = two
    make_division(work, "999999100", name="示例镇")
    make_plot(work, one, division_code="999999100")
    first = f"{gi.code},999999100,,2025,12500.5,示例统计年鉴\n"
    done = bulk.load_file(work, OFFICIAL, official(first + f"{gi.code},999999100,中华绒螯蟹,2025,8000,示例统计年鉴\n"))
    assert (done.stored, done.errors) == (2, ())
    [sums] = [row for row in queries.township_sums(work.session, gi.id, 2025) if row.official_milli_mu == 12_500_500]
    assert sums.plots == 1
    assert bulk.load_file(work, OFFICIAL, official(first)).unchanged == 1
    assert [row["area_mu"] for row in OFFICIAL.dump(work.session)] == ["12500.5", "8000"]
    bulk.load_file(work, OFFICIAL, official(first.replace("12500.5", "12600")))
    assert [row["area_mu"] for row in OFFICIAL.dump(work.session)] == ["12600", "8000"]


def test_a_figure_of_no_place_and_of_another_province_is_refused(work, two):
    gi, _one, _other = two
    make_division(work, "999999100", name="示例镇")
    rows = official(f"{gi.code},888888,,2025,100,年鉴\n{gi.code},999999100,,2025,很多,年鉴\n{gi.code},999999100,,2025,100,\n")
    assert [error.column for error in bulk.load_file(work, OFFICIAL, rows).errors] == ["division_code", "area_mu", "source"]
    stranger = Work(work.session, make_actor(work, "province_officer", division="88"), work.now)
    [error] = bulk.load_file(stranger, OFFICIAL, official(f"{gi.code},999999100,,2025,100,年鉴\n")).errors
    assert error.column == ""
    assert list(OFFICIAL.dump(work.session)) == []
