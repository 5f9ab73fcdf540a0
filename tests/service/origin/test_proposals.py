"""Two persons make one piece of law: a version is proposed, compared, and approved by another; the plots it touches are judged again."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text
from sqlmodel import select

from gi_registry.batches.models import BatchPlot
from gi_registry.documents.service import Scan
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound, StaleVersion
from gi_registry.log.verification import verify
from gi_registry.origin import queries, service
from gi_registry.origin.models import JudgingRun
from gi_registry.origin.rules.terms import Verdict
from gi_registry.origin.schemas import AreaFields, DecideProposal, EndArea
from gi_registry.origin.service import rejudging
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch
from tests.builders.origin import make_area, make_plot, propose, rectangle, square
from tests.builders.registry import make_authorisation, make_gi, make_organisation, make_protection

PDF = b"%PDF-1.4 announcement"


def officer(work: Work, role: str = "province_officer", division: str = "99") -> Work:
    return Work(work.session, make_actor(work, role, division=division if role != "national_officer" else ""), work.now)


def decide(**differs: object) -> DecideProposal:
    return DecideProposal(**differs)


def periods(work: Work, gi_id: int) -> list[tuple[date | None, date | None]]:
    return [(area.valid_from, area.valid_to) for area in queries.list_areas(work.session, gi_id)]


@pytest.fixture
def lake(work):
    """A GI with ten kilometres square since 2010, two plots in it (one near the western edge), two officers of the province."""
    gi = make_gi(work)
    authorisation = make_authorisation(work, protection=make_protection(work, gi))
    make_area(work, gi)
    middle = make_plot(work, authorisation)
    west = make_plot(work, authorisation, square(100, east_m=-4_000))
    return {"gi": gi, "authorisation": authorisation, "middle": middle, "west": west, "one": officer(work), "two": officer(work)}


def test_a_version_is_proposed_and_nothing_changes_until_another_officer_approves(work, lake):
    gi, one, two = lake["gi"], lake["one"], lake["two"]
    proposal = propose(one, gi.id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2027, 4, 1))
    assert proposal.state == "proposed"
    assert periods(work, gi.id) == [(date(2010, 1, 1), None)]
    approved = service.approve_proposal(two, proposal.id, decide(version=proposal.version))
    assert (approved.state, approved.decided_by) == ("approved", two.actor.person_id)
    assert periods(work, gi.id) == [(date(2027, 4, 1), None), (date(2010, 1, 1), date(2027, 4, 1))]
    assert approved.area_version_id == queries.list_areas(work.session, gi.id)[0].id
    [run] = work.session.exec(select(JudgingRun)).all()
    assert (run.gi_id, run.zone, run.since, run.total) == (gi.id, "", date(2027, 4, 1), 2)


def test_the_ground_between_two_versions_is_measured_on_the_ellipsoid(work, lake):
    proposal = propose(lake["one"], lake["gi"].id, rectangle(-2_000, -5_000, 6_000, 5_000), valid_from=date(2027, 4, 1))
    shown = service.proposal_page(lake["two"], proposal.id)
    assert shown.comparison.removed_m2 == pytest.approx(30e6, rel=1e-3)
    assert shown.comparison.added_m2 == pytest.approx(10e6, rel=1e-3)
    assert (shown.comparison.removed_permille, shown.comparison.added_permille) == (300, 100)
    assert shown.sketch is not None and shown.sketch.removed_path and shown.sketch.added_path


def test_who_loses_is_listed_before_anything_is_decided(work, lake):
    proposal = propose(lake["one"], lake["gi"].id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2027, 4, 1))
    met = service.proposal_page(lake["two"], proposal.id).consequences
    assert [row.plot.id for row in met.losing] == [lake["west"].id]
    assert (met.touched, met.judged, met.lost_milli_mu) == (2, 2, lake["west"].area_milli_mu)
    [row] = met.moved
    assert (row.before.verdict, row.after.verdict) == (Verdict.INSIDE, Verdict.OUTSIDE)
    wider = propose(lake["one"], lake["gi"].id, square(12_000), valid_from=date(2027, 4, 1))
    assert service.proposal_page(lake["two"], wider.id).consequences.moved == []


def test_a_plot_that_was_given_up_before_is_not_touched(work, lake):
    lake["west"].valid_to = date(2027, 1, 1)
    work.record(lake["west"], "plot:correct")
    work.flush()
    proposal = propose(lake["one"], lake["gi"].id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2027, 4, 1))
    met = service.proposal_page(lake["two"], proposal.id).consequences
    assert (met.touched, list(met.moved)) == (1, [])


def test_a_harvest_before_keeps_the_version_of_its_day(work, lake):
    gi = lake["gi"]
    proposal = propose(lake["one"], gi.id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2027, 4, 1))
    service.approve_proposal(lake["two"], proposal.id, decide())
    before = service.judge(work.session, gi.id, geometry=lake["west"].geometry, on=date(2027, 3, 31))
    after = service.judge(work.session, gi.id, geometry=lake["west"].geometry, on=date(2027, 4, 1))
    assert (before.verdict, after.verdict) == (Verdict.INSIDE, Verdict.OUTSIDE)


def test_one_person_never_decides_alone(work, lake):
    proposal = propose(lake["one"], lake["gi"].id)
    for act in (service.approve_proposal, service.reject_proposal):
        with pytest.raises(NotAllowed, match="另一名工作人员"):
            act(lake["one"], proposal.id, decide(reason="理由"))
    assert service.proposal_page(lake["one"], proposal.id).may["approve"] is not None
    assert service.proposal_page(lake["two"], proposal.id).may == {"approve": None, "reject": None}


def test_the_database_refuses_one_person_too(work, lake):
    proposal = propose(lake["one"], lake["gi"].id)
    work.flush()
    with pytest.raises(Conflict), work.savepoint():
        work.session.execute(
            text("UPDATE area_proposal SET state = 'rejected', decided_by = proposed_by, decided_at = proposed_at WHERE id = :id"),
            {"id": proposal.id},
        )


def test_it_is_refused_with_a_reason_or_taken_back_by_its_proposer(work, lake):
    one, two, gi = lake["one"], lake["two"], lake["gi"]
    first, second = propose(one, gi.id), propose(one, gi.id)
    with pytest.raises(Invalid, match="理由"):
        service.reject_proposal(two, first.id, decide())
    assert service.reject_proposal(two, first.id, decide(reason="公告第三条另有规定")).decision_note == "公告第三条另有规定"
    with pytest.raises(NotAllowed, match="提出人"):
        service.withdraw_proposal(two, second.id, decide())
    assert service.withdraw_proposal(one, second.id, decide()).state == "withdrawn"
    assert periods(work, gi.id) == [(date(2010, 1, 1), None)]
    assert work.session.exec(select(JudgingRun)).all() == []


def test_a_second_click_and_an_old_form_change_nothing(work, lake):
    proposal = propose(lake["one"], lake["gi"].id)
    with pytest.raises(StaleVersion):
        service.approve_proposal(lake["two"], proposal.id, decide(version=proposal.version + 1))
    service.approve_proposal(lake["two"], proposal.id, decide(version=proposal.version))
    for act in (service.approve_proposal, service.reject_proposal, service.withdraw_proposal):
        with pytest.raises(IllegalTransition):
            act(lake["two"], proposal.id, decide(reason="再点一次"))
    assert len(periods(work, lake["gi"].id)) == 2


def test_a_proposal_that_another_overtook_is_not_approved(work, lake):
    one, two, gi = lake["one"], lake["two"], lake["gi"]
    slow = propose(one, gi.id, square(9_000), valid_from=date(2028, 1, 1))
    late = propose(one, gi.id, square(8_000), valid_from=date(2027, 1, 1))
    quick = propose(one, gi.id, square(11_000), valid_from=date(2027, 6, 1))
    service.approve_proposal(two, quick.id, decide())
    with pytest.raises(Conflict, match="范围已经变动"):
        service.approve_proposal(two, slow.id, decide())
    with pytest.raises(Conflict, match="2010-01-01—2027-06-01"):
        service.approve_proposal(two, late.id, decide())
    assert {proposal.state for proposal in (slow, late)} == {"proposed"}
    assert periods(work, gi.id) == [(date(2027, 6, 1), None), (date(2010, 1, 1), date(2027, 6, 1))]


def test_the_first_version_is_overtaken_by_another_first_version(work):
    gi = make_gi(work)
    one, two = officer(work), officer(work)
    slow, quick = propose(one, gi.id, valid_from=date(2026, 1, 1)), propose(one, gi.id, valid_from=date(2025, 1, 1))
    service.approve_proposal(two, quick.id, decide())
    with pytest.raises(Conflict, match="范围已经变动"):
        service.approve_proposal(two, slow.id, decide())


@pytest.mark.parametrize(
    ("since", "until", "refusal"),
    [
        (date(2010, 1, 1), None, "重叠"),
        (date(2005, 1, 1), None, "重叠"),
        (date(2005, 1, 1), date(2010, 6, 1), "重叠"),
        (date(2012, 1, 1), date(2011, 1, 1), "早于"),
        (date(2005, 1, 1), date(2010, 1, 1), ""),
        (date(2011, 1, 1), date(2012, 1, 1), ""),
        (date(2011, 1, 1), None, ""),
    ],
)
def test_dates_that_meet_another_version_are_refused_at_once(work, lake, since, until, refusal):
    if refusal:
        with pytest.raises((Conflict, Invalid), match=refusal):
            propose(lake["one"], lake["gi"].id, valid_from=since, valid_to=until)
    else:
        assert propose(lake["one"], lake["gi"].id, valid_from=since, valid_to=until).state == "proposed"


def test_the_end_of_a_version_takes_two_persons_as_well(work, lake):
    one, two, gi = lake["one"], lake["two"], lake["gi"]
    with pytest.raises(Invalid, match="哪一天"):
        propose(one, gi.id, kind="end", valid_from=None)
    with pytest.raises(Conflict, match="没有未定止期"):
        propose(one, gi.id, kind="end", valid_from=date(2009, 1, 1))
    proposal = propose(one, gi.id, kind="end", valid_from=date(2027, 1, 1))
    met = service.proposal_page(two, proposal.id).consequences
    assert {row.after.verdict for row in met.moved} == {Verdict.UNCERTAIN}
    assert met.losing == []
    service.approve_proposal(two, proposal.id, decide())
    assert periods(work, gi.id) == [(date(2010, 1, 1), date(2027, 1, 1))]


def test_a_zone_gets_its_own_version_and_only_its_plots_are_touched(work, lake):
    pond = make_plot(work, lake["authorisation"], square(100, east_m=4_000), zone="池塘区")
    proposal = propose(lake["one"], lake["gi"].id, rectangle(-5_000, -5_000, 0, 5_000), zone="池塘区", valid_from=date(2027, 4, 1))
    shown = service.proposal_page(lake["two"], proposal.id)
    assert shown.before is None
    assert [row.plot.id for row in shown.consequences.losing] == [pond.id]
    assert shown.consequences.touched == 1
    service.approve_proposal(lake["two"], proposal.id, decide())
    assert service.judge(work.session, lake["gi"].id, geometry=lake["middle"].geometry, on=date(2027, 5, 1)).verdict is Verdict.INSIDE


def test_the_holder_proposes_and_an_officer_decides(work, lake):
    gi = lake["gi"]
    association = Work(work.session, make_actor(work, "holder_manager", organisation=_holder(work, gi)), work.now)
    proposal = propose(association, gi.id, rectangle(-2_000, -5_000, 5_000, 5_000))
    shown = service.proposal_page(association, proposal.id)
    assert not shown.named_plots and shown.may == {"withdraw": None}
    with pytest.raises(NotAllowed):
        service.approve_proposal(association, proposal.id, decide())
    service.approve_proposal(lake["two"], proposal.id, decide())
    other = Work(work.session, make_actor(work, "holder_manager", organisation=make_organisation(work, kind="holder")), work.now)
    with pytest.raises(NotFound):
        service.proposal_page(other, proposal.id)
    with pytest.raises(NotFound):
        propose(other, gi.id)


def _holder(work, gi):
    from gi_registry.accounts.models import Organisation

    return work.session.get(Organisation, gi.holder_org_id)


def test_officers_of_elsewhere_and_below_do_not_decide(work, lake):
    proposal = propose(lake["one"], lake["gi"].id)
    with pytest.raises(NotFound):
        service.approve_proposal(officer(work, division="32"), proposal.id, decide())
    with pytest.raises(NotAllowed):
        service.approve_proposal(officer(work, "county_approver", "999999"), proposal.id, decide())
    assert service.approve_proposal(officer(work, "national_officer"), proposal.id, decide()).state == "approved"


def test_nobody_puts_law_on_file_alone(work, lake):
    with pytest.raises(NotAllowed, match="两个人"):
        service.add_area(lake["one"], lake["gi"].id, fields=AreaFields(text="全县"), outline=None)
    [area] = queries.list_areas(work.session, lake["gi"].id)
    with pytest.raises(NotAllowed, match="两个人"):
        service.end_area(lake["one"], area.id, EndArea(valid_to=date(2027, 1, 1)))
    with pytest.raises(NotAllowed):
        propose(work, lake["gi"].id)


def test_the_announcement_goes_along_and_the_log_answers_for_everything(work, lake):
    one, two = lake["one"], lake["two"]
    proposal = propose(one, lake["gi"].id, paper=Scan("公告.pdf", PDF))
    service.approve_proposal(two, proposal.id, decide(reason="与公告一致"))
    for each in (work, one, two):
        each.commit()
    version = queries.list_areas(work.session, lake["gi"].id)[0]
    assert version.source_document == proposal.source_document
    assert [str(event.words) for event in service.proposal_page(two, proposal.id).events] == ["提出范围提案", "核准"]
    work.session.rollback()
    assert verify(work.session).sound


def test_a_proposal_says_why(work, lake):
    with pytest.raises(Invalid, match="理由"):
        propose(lake["one"], lake["gi"].id, note="")
    with pytest.raises(Invalid, match="没有边界图形"):
        service.propose_area(lake["one"], lake["gi"].id, fields=_empty(), outline=None)


def _empty():
    from gi_registry.origin.schemas import ProposalFields

    return ProposalFields(valid_from=date(2027, 1, 1), note="示例")


def test_a_batch_that_was_judged_keeps_its_verdict_even_under_a_version_dated_back(work, lake):
    gi, west = lake["gi"], lake["west"]
    batch = make_batch(work, lake["authorisation"], plot=west)
    [share] = work.session.exec(select(BatchPlot).where(BatchPlot.batch_id == batch.id)).all()
    was = (share.verdict, share.reason, share.distance_m, share.area_version_id)
    assert was[0] == "inside"
    proposal = propose(lake["one"], gi.id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2025, 9, 1))
    service.approve_proposal(lake["two"], proposal.id, decide())
    [run] = work.session.exec(select(JudgingRun)).all()
    while rejudging.step(work, run.id):
        continue
    work.session.expire_all()
    [share] = work.session.exec(select(BatchPlot).where(BatchPlot.batch_id == batch.id)).all()
    assert (share.verdict, share.reason, share.distance_m, share.area_version_id) == was


def test_the_plots_it_touches_are_judged_again_from_its_date_on(work, lake):
    proposal = propose(lake["one"], lake["gi"].id, rectangle(-2_000, -5_000, 5_000, 5_000), valid_from=date(2027, 4, 1))
    service.approve_proposal(lake["two"], proposal.id, decide())
    [run] = work.session.exec(select(JudgingRun)).all()
    while rejudging.step(work, run.id):
        continue
    kept = queries.kept(work.session, [lake["west"].id, lake["middle"].id])
    assert kept[lake["west"].id, proposal.area_version_id][0] == "outside"
    assert kept[lake["middle"].id, proposal.area_version_id][0] == "inside"
