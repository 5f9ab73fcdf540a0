"""What the county does with a report, amendments, what is owed, reminders; on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlmodel import select

from gi_registry.kernel.errors import (
    Conflict,
    IllegalTransition,
    NotAllowed,
    NotFound,
)
from gi_registry.notices.models import Notice
from gi_registry.reports import queries, service
from gi_registry.reports.schemas import Return, Step
from tests.builders.reports import (
    acting,
    draft_of,
    ended,
    filing_of,
    make_accepted,
    make_farm,
    make_filed,
)

IN_TIME = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def farm(work):
    work.now = IN_TIME
    return make_farm(work)


# ---- review --------------------------------------------------------------------------------------------------------------------------


def test_the_county_checks_and_another_person_accepts(work, farm):
    report = make_accepted(work, farm)
    assert report.state == "accepted"
    assert report.checked_by != report.accepted_by
    titles = [notice.title for notice in work.session.exec(select(Notice).where(Notice.organisation_id == farm.organisation_id))]
    assert titles == ["2025 年度年报已接受"]


def test_the_same_person_cannot_check_and_accept(work, farm):
    report = make_filed(work, farm)
    service.check_report(acting(work, "handler"), report.id, fields=Step(version=report.version))
    both = acting(work, "county").actor
    report.checked_by = both.person_id
    assert "accept" in service.open_review(work, report.id).why_not
    with pytest.raises(NotAllowed):
        service.accept_report(work, report.id, fields=Step(version=report.version))


def test_acceptance_needs_the_check_first(work, farm):
    report = make_filed(work, farm)
    with pytest.raises(IllegalTransition):
        service.accept_report(acting(work, "county"), report.id, fields=Step(version=report.version))


def test_a_return_tells_the_producer_why_and_does_not_make_the_report_late(work, farm):
    report = make_filed(work, farm)
    service.return_report(acting(work, "handler"), report.id, fields=Return(version=report.version, reasons="年末结存与台账不符"))
    assert report.state == "returned"
    notice = work.session.exec(select(Notice)).one()
    assert "年末结存与台账不符" in notice.body
    assert notice.link == f"/reports/{report.id}"
    work.now = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)
    acting(work, "operator")
    report = service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(report.version, sales="151"))
    acting(work, "approver")
    report = service.file_report(work, report.id, fields=filing_of(work, report.version))
    assert report.receipt_number.endswith("-02")
    [owed] = queries.obligations(work.session, 2025, today=work.today)
    assert owed.status == "filed"
    assert [filing.sequence for filing in queries.filings_of(work.session, report.id)] == [1, 2]


def test_an_officer_of_another_county_does_not_find_it(work, farm):
    report = make_filed(work, farm)
    acting(work, "elsewhere")
    for refused in (
        lambda: service.open_review(work, report.id),
        lambda: service.accept_report(work, report.id, fields=Step(version=report.version)),
        lambda: service.return_report(work, report.id, fields=Return(version=report.version, reasons="不符不符")),
    ):
        with pytest.raises(NotFound):
            refused()


def test_the_officer_sees_filed_and_registry_figures_with_differences(work, farm):
    report = make_filed(work, farm, draft=draft_of(gi_output="7000", reasons={"gi_output": "复称"}))
    review = service.open_review(acting(work, "handler"), report.id)
    differing = {row.figure.key for row, _now, differs in review.rows if differs}
    assert differing == {"gi_output"}
    assert review.differences == 1
    assert set(review.why_not) == {"accept"}


# ---- amendment and withdrawal --------------------------------------------------------------------------------------------------------


def amended(work, farm, report):
    draft = service.amend_report(acting(work, "operator"), report.id, fields=Step(version=report.version))
    draft = service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(draft.version, sales="999"))
    acting(work, "approver")
    return service.file_report(work, draft.id, fields=filing_of(work, draft.version))


def test_the_filed_report_stays_in_force_until_its_amendment_is_accepted(work, farm):
    report = make_accepted(work, farm)
    amendment = amended(work, farm, report)
    assert (amendment.revision, amendment.amends_id) == (2, report.id)
    assert queries.find_report(work.session, farm.authorisation_id, 2025).id == report.id
    service.check_report(acting(work, "handler"), amendment.id, fields=Step(version=amendment.version))
    assert service.open_review(work, amendment.id).before["sales"] == 150_000_000
    service.accept_report(acting(work, "county"), amendment.id, fields=Step(version=amendment.version))
    assert (report.state, amendment.state) == ("superseded", "accepted")
    in_force = queries.find_report(work.session, farm.authorisation_id, 2025)
    assert queries.stated(in_force, "sales") == 999_000_000
    assert queries.stated(report, "sales") == 150_000_000
    [owed] = queries.obligations(work.session, 2025, today=work.today)
    assert (owed.report.id, owed.status) == (amendment.id, "filed")


def test_one_amendment_at_a_time_and_its_base_waits_for_it(work, farm):
    report = make_filed(work, farm)
    first = service.amend_report(acting(work, "operator"), report.id, fields=Step(version=report.version))
    second = service.amend_report(work, report.id, fields=Step(version=report.version))
    assert first.id == second.id
    with pytest.raises(Conflict, match=first.number):
        service.return_report(acting(work, "handler"), report.id, fields=Return(version=report.version, reasons="不符不符"))
    with pytest.raises(Conflict, match=first.number):
        service.withdraw_report(acting(work, "approver"), report.id, fields=Step(version=report.version))
    service.withdraw_report(work, first.id, fields=Step(version=first.version))
    service.withdraw_report(work, report.id, fields=Step(version=report.version))
    [owed] = queries.obligations(work.session, 2025, today=work.today)
    assert (owed.status, owed.report) == ("open", None)


def test_after_a_withdrawal_the_year_is_filed_anew_under_a_new_number(work, farm):
    report = make_filed(work, farm)
    service.withdraw_report(acting(work, "approver"), report.id, fields=Step(version=report.version))
    again = make_filed(work, farm)
    assert again.number.endswith("-02")
    assert again.amends_id is None


# ---- what is owed --------------------------------------------------------------------------------------------------------------------


def test_my_years_come_with_the_most_pressing_first(work, farm):
    make_filed(work, farm)
    rows = service.my_obligations(acting(work, "operator"))
    assert [row.year for row in rows] == [2024, 2023, 2026, 2025]
    assert (rows[0].status, rows[-2].status, rows[-1].status) == ("overdue", "not_open", "filed")
    assert service.my_obligations(acting(work, "neighbour")) == ()


@pytest.mark.parametrize(
    ("status", "found"), [("overdue", 0), ("open", 0), ("filed", 1), ("late", 0), ("returned", 0), ("not_open", 0), ("", 1)]
)
def test_the_officers_filter_by_derived_status(work, farm, status, found):
    make_filed(work, farm)
    acting(work, "county")
    listed = service.list_obligations(work, 2025, wanted=queries.Wanted(status=status), paginate=everything)
    assert len(listed.rows) == found
    assert listed.counts["filed"] == 1


def test_another_region_counts_nothing(work, farm):
    assert sum(service.count_obligations(acting(work, "elsewhere"), 2025).values()) == 0


def test_years_before_reports_were_asked_for_are_nobodys(work, farm):
    acting(work, "county")
    assert queries.obligations(work.session, 2022, today=work.today) == []
    assert sum(service.count_obligations(work, 2022).values()) == 0
    assert service.list_obligations(work, 2022, wanted=queries.Wanted(), paginate=everything).rows == ()
    assert sum(service.count_obligations(work, 2023).values()) == 1


def test_late_and_missing_are_derived(work, farm):
    work.now = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    acting(work, "county")
    assert service.count_obligations(work, 2025)["overdue"] == 1
    assert len(service.list_obligations(work, 2025, wanted=queries.Wanted(status="overdue"), paginate=everything).rows) == 1
    make_filed(work, farm)
    acting(work, "county")
    assert service.count_obligations(work, 2025) == {"not_open": 0, "open": 0, "overdue": 0, "filed": 0, "late": 1, "returned": 0}
    assert len(service.list_obligations(work, 2025, wanted=queries.Wanted(status="late"), paginate=everything).rows) == 1


def test_a_user_whose_term_ended_owes_the_year_in_which_it_ended(work):
    work.now = IN_TIME
    make_farm(work, **ended(date(2025, 7, 1)))
    assert len(queries.obligations(work.session, 2025, today=work.today)) == 1
    assert queries.obligations(work.session, 2026, today=work.today) == []


def everything(session, query):
    from types import SimpleNamespace

    return SimpleNamespace(rows=session.execute(query).all())


# ---- reminders -----------------------------------------------------------------------------------------------------------------------


def reminded(work):
    return [notice.title for notice in work.session.exec(select(Notice).order_by(Notice.id))]


def test_reminders_go_out_once_per_step_and_stop_after_filing(work, farm):
    for day, sent in ((20, 0), (29, 1), (30, 0), (31, 0)):
        work.now = datetime(2026, 1, day, 2, 0, tzinfo=UTC)
        assert service.send_reminders(work) == sent, day
    work.now = datetime(2026, 2, 26, 2, 0, tzinfo=UTC)
    assert service.send_reminders(work) == 1
    assert "还有 2 天截止" in reminded(work)[-1]
    make_filed(work, farm)
    work.now = datetime(2026, 2, 27, 2, 0, tzinfo=UTC)
    assert service.send_reminders(work) == 0
    assert len(reminded(work)) == 2
