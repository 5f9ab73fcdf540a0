"""The annual report from the prefilled form to acceptance, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlmodel import func, select

from gi_registry.kernel.errors import (
    Conflict,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
    StaleVersion,
)
from gi_registry.log.models import LogLeaf
from gi_registry.reports import queries, service
from gi_registry.reports.models import AnnualReport, ReportFiling
from gi_registry.reports.rules.content import content_hash
from gi_registry.reports.schemas import Filing, NilFiling, NilReport
from tests.builders.reports import (
    acting,
    draft_of,
    filing_of,
    make_accepted,
    make_draft,
    make_farm,
    make_filed,
)

IN_TIME = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)


@pytest.fixture
def farm(work):
    work.now = IN_TIME
    return make_farm(work)


def rows_of(form):
    return {row.figure.key: row for row in form.content.rows}


# ---- the form ------------------------------------------------------------------------------------------------------------------------


def test_the_form_is_prefilled_with_sources_and_links(work, farm):
    form = service.open_form(acting(work, "operator"), farm.authorisation_id, 2025)
    rows = rows_of(form)
    assert rows["area"].typed.startswith("12")
    assert str(rows["area"].known.source) == "1 个在册地块（2025-12-31）"
    assert rows["gi_output"].value == 7_500
    assert rows["gi_output"].known.link == f"/authorisations/{farm.authorisation_id}/batches?year=2025"
    assert rows["sales"].value is None
    assert form.version == 0


def test_opening_a_form_writes_nothing(work, farm):
    service.open_form(acting(work, "operator"), farm.authorisation_id, 2025)
    assert work.session.exec(select(func.count()).select_from(AnnualReport)).one() == 0


def test_last_years_accepted_closing_is_this_years_opening(work, farm):
    report = make_accepted(work, farm, year=2024, draft=draft_of(gi_output="7000"))
    form = service.open_form(acting(work, "operator"), farm.authorisation_id, 2025)
    opening = rows_of(form)["item_code.opening"]
    assert opening.value == 2_000
    assert opening.known.link == f"/reports/{report.id}"


def test_a_draft_keeps_what_was_typed_and_a_taken_over_figure_follows_the_registry(work, farm):
    report = make_draft(work, farm)
    assert report.state == "draft"
    assert report.figures["sales"] == {"value": 150_000_000, "reason": "", "follows": False}
    form = service.open_form(work, farm.authorisation_id, 2025)
    assert rows_of(form)["gi_output"].value == 7_500
    assert rows_of(form)["sales"].typed == "150"


def test_every_figure_that_cannot_be_read_is_named(work, farm):
    with pytest.raises(Invalid) as refusal:
        make_draft(work, farm, draft=draft_of(sales="很多", output="-3", remarks="长" * 501))
    assert {problem.field for problem in refusal.value.fields} == {"sales", "output", "remarks"}


def test_a_stale_draft_is_refused_with_both_values(work, farm):
    report = make_draft(work, farm)
    service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(report.version, sales="160"))
    with pytest.raises(StaleVersion) as refusal:
        service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(1, sales="170"))
    assert refusal.value.mine == {"销售额 (万元)": "170"}
    assert refusal.value.theirs == {"销售额 (万元)": "160"}


def test_saving_the_same_twice_changes_nothing(work, farm):
    report = make_draft(work, farm)
    again = service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(0))
    assert (again.id, again.version) == (report.id, 1)


@pytest.mark.parametrize(("year", "named"), [(2014, "2023"), (2022, "2023"), (2027, "2023")])
def test_a_year_that_is_not_owed_is_refused_and_names_the_one_due_next(work, farm, year, named):
    with pytest.raises(Conflict) as refusal:
        service.open_form(acting(work, "operator"), farm.authorisation_id, year)
    assert named in str(refusal.value.remedy)


def test_what_is_not_mine_is_not_there(work, farm):
    report = make_draft(work, farm)
    for login in ("neighbour", "elsewhere", "handler"):
        acting(work, login)
        with pytest.raises(NotFound):
            service.view_report(work, report.id)
    acting(work, "neighbour")
    with pytest.raises(NotFound):
        service.open_form(work, farm.authorisation_id, 2025)
    with pytest.raises(NotFound):
        service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of())


# ---- filing --------------------------------------------------------------------------------------------------------------------------


def test_filing_fixes_content_hash_and_receipt(work, farm):
    report = make_filed(work, farm)
    assert report.state == "filed"
    assert report.number == f"NB2025-{farm.authorisation_id:06d}-01"
    assert report.receipt_number == f"{report.number}-01"
    assert report.filed_hash == content_hash(report.filed_content)
    assert report.filed_content["figures"]["sales"] == {"value": 150_000_000, "public": False}
    assert report.filed_content["figures"]["gi_output"]["registry"] == 7_500
    assert report.filed_content["declaration"]["name"] == work.actor.name
    assert report.window_version
    assert report.first_filed_on == date(2026, 2, 10)
    work.commit()
    work.session.expire_all()
    kept = work.session.exec(select(ReportFiling)).one()
    assert content_hash(kept.content) == kept.content_hash == report.filed_hash
    assert report.filed_at == IN_TIME


def test_an_operator_cannot_file(work, farm):
    report = make_draft(work, farm)
    with pytest.raises(NotAllowed):
        service.file_report(work, report.id, fields=filing_of(work, report.version))


@pytest.mark.parametrize(("differs", "field"), [({"declared": False}, "declared"), ({"signed_name": "别人"}, "signed_name")])
def test_filing_needs_the_declaration_and_ones_own_name(work, farm, differs, field):
    report = make_draft(work, farm)
    acting(work, "approver")
    values = {"version": report.version, "declared": True, "signed_name": work.actor.name} | differs
    with pytest.raises(Invalid) as refusal:
        service.file_report(work, report.id, fields=Filing(**values))
    assert refusal.value.fields[0].field == field
    assert report.state == "draft"


def test_an_incomplete_report_is_refused_figure_by_figure(work, farm):
    report = make_draft(work, farm, draft=draft_of(sales="", gi_output="7000"))
    acting(work, "approver")
    with pytest.raises(Invalid) as refusal:
        service.file_report(work, report.id, fields=filing_of(work, report.version))
    assert [problem.field for problem in refusal.value.fields] == ["sales", "gi_output"]


def test_a_changed_figure_with_its_reason_is_filed_beside_the_registrys(work, farm):
    report = make_filed(work, farm, draft=draft_of(gi_output="7000", reasons={"gi_output": "复称后更正"}))
    assert report.filed_content["figures"]["gi_output"]["reason"] == "复称后更正"
    assert report.filed_content["figures"]["gi_output"]["registry"] == 7_500


def test_a_contradiction_is_stored_as_a_warning_and_does_not_stop(work, farm):
    report = make_filed(work, farm, draft=draft_of(item_code__closing="1000"))
    assert [item["code"] for item in report.warnings] == ["label-identity"]


def test_a_double_click_files_once(work, farm):
    report = make_draft(work, farm)
    acting(work, "approver")
    once = filing_of(work, report.version)
    first, second = (service.file_report(work, report.id, fields=once) for _ in range(2))
    assert first.receipt_number == second.receipt_number
    work.commit()
    assert work.session.exec(select(func.count()).select_from(ReportFiling)).one() == 1
    assert work.session.exec(select(func.count()).select_from(LogLeaf).where(LogLeaf.body.contains('"action":"file"'))).one() == 1


def test_a_stale_or_second_filing_is_refused(work, farm):
    report = make_draft(work, farm)
    acting(work, "approver")
    with pytest.raises(StaleVersion):
        service.file_report(work, report.id, fields=filing_of(work, report.version + 1))
    service.file_report(work, report.id, fields=filing_of(work, report.version))
    with pytest.raises(IllegalTransition):
        service.file_report(work, report.id, fields=filing_of(work, report.version))
    with pytest.raises(Conflict, match=report.number):
        service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(report.version))


def test_before_the_window_a_draft_is_kept_but_not_filed(work, farm):
    report = make_draft(work, farm, year=2026)
    acting(work, "approver")
    with pytest.raises(Conflict, match="2027-01-01") as refusal:
        service.file_report(work, report.id, fields=filing_of(work, report.version))
    assert "2023" in str(refusal.value.remedy)


def test_a_filing_is_never_changed_or_deleted(work, farm):
    make_filed(work, farm)
    work.commit()
    for statement in ("UPDATE report_filing SET content_hash = 'x'", "DELETE FROM report_filing"):
        with pytest.raises(Exception, match="append-only"):
            work.session.execute(text(statement))
        work.session.rollback()


# ---- nil -----------------------------------------------------------------------------------------------------------------------------

NIL = {"version": 0, "nil_since": date(2025, 1, 1), "nil_reason": "本年度停产改造"}


def test_a_nil_report_is_filed_in_one_act(work, farm):
    acting(work, "approver")
    fields = NilFiling(**NIL, declared=True, signed_name=work.actor.name)
    report = service.file_nil(work, farm.authorisation_id, 2025, fields=fields)
    assert (report.state, report.nil) == ("filed", True)
    assert report.filed_content["nil"] == {"since": "2025-01-01", "reason": "本年度停产改造"}
    assert report.filed_content["figures"] == {}
    assert service.file_nil(work, farm.authorisation_id, 2025, fields=fields).id == report.id
    assert queries.stated(report, "item_code.activated") is None


def test_a_nil_report_may_be_kept_by_the_operator_and_turned_into_a_full_one(work, farm):
    report = service.save_nil(acting(work, "operator"), farm.authorisation_id, 2025, fields=NilReport(**NIL))
    assert report.nil
    report = service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(report.version))
    assert not report.nil
    assert report.nil_since is None


def test_a_nil_report_cannot_begin_after_its_year(work, farm):
    with pytest.raises(Invalid):
        service.save_nil(acting(work, "operator"), farm.authorisation_id, 2025, fields=NilReport(**NIL | {"nil_since": date(2026, 1, 1)}))
