"""Sections, conflicts, stamped papers, one-person firms, amendments and the authorities' line, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlmodel import func, select

from gi_registry.accounts.models import Person, RoleGrant
from gi_registry.accounts.service import actor_of
from gi_registry.documents.service import Scan
from gi_registry.kernel.errors import Invalid, NotAllowed, NotFound, StaleVersion
from gi_registry.log.models import LogLeaf
from gi_registry.reports import queries, service
from gi_registry.reports.models import AnnualReport, ReportFiling
from gi_registry.reports.schemas import Confirm, SectionDraft, StampedFiling, Step
from tests.builders.reports import acting, actor_named, draft_of, filing_of, make_accepted, make_draft, make_farm, make_filed

IN_TIME = datetime(2026, 2, 10, 2, 0, tzinfo=UTC)
SCAN = Scan("盖章年报.png", b"\x89PNG\r\n\x1a\n" + b"stamp" * 10)


@pytest.fixture
def farm(work):
    work.now = IN_TIME
    return make_farm(work)


def typed(version=0, *, done=False, reasons=None, **values):
    return SectionDraft(version=version, done=done, values=values, reasons=reasons or {})


def save(work, farm, number, fields):
    return service.save_section(acting(work, "operator"), farm.authorisation_id, 2025, number=number, fields=fields)


def states(work, farm):
    found = service.open_tasks(acting(work, "operator"), farm.authorisation_id, 2025)
    return {task.number: task.progress.value for task in found.tasks}


def test_a_section_keeps_its_own_figures_and_leaves_the_rest(work, farm):
    report = make_draft(work, farm)
    save(work, farm, "4", typed(report.sections["4"]["version"], sales="160"))
    assert report.figures["sales"]["value"] == 160_000_000
    assert report.figures["output"]["value"] == 8_000
    save(work, farm, "6", typed(output="1", households="35"))
    assert report.figures["output"]["value"] == 8_000
    assert report.figures["households"]["value"] == 35


def test_states_follow_what_was_done(work, farm):
    assert set(states(work, farm).values()) == {"not_started"}
    save(work, farm, "4", typed(sales="150"))
    assert states(work, farm)["4"] == "started"
    save(work, farm, "4", typed(1, sales="150", done=True))
    assert states(work, farm)["4"] == "done"
    save(work, farm, "2", typed(area="13", output="8000", gi_output="7500", done=True))
    assert states(work, farm)["2"] == "needs_you"
    save(work, farm, "2", typed(3, area="13", output="8000", gi_output="7500", reasons={"area": "新承包一亩"}, done=True))
    assert states(work, farm)["2"] == "done"


def test_what_is_prefilled_is_confirmed_together_and_follows_the_registry(work, farm):
    acting(work, "operator")
    done = service.confirm_sections(work, farm.authorisation_id, 2025, fields=Confirm(version=0, sections=["1", "2", "5", "6", "7", "8"]))
    assert done == 5, "section 2 lacks the output and is not confirmed"
    assert states(work, farm)["1"] == "done"
    assert states(work, farm)["2"] == "not_started"
    with pytest.raises(StaleVersion):
        service.confirm_sections(work, farm.authorisation_id, 2025, fields=Confirm(version=0, sections=["3"]))


def test_a_stale_section_is_refused_with_both_values_and_another_section_is_not_stale(work, farm):
    save(work, farm, "4", typed(sales="150"))
    save(work, farm, "6", typed(0, households="35"))
    with pytest.raises(StaleVersion) as refusal:
        save(work, farm, "4", typed(0, sales="170", markets="网店"))
    assert refusal.value.mine == {"sales": "170", "markets": "网店"}
    assert refusal.value.theirs == {"sales": "150", "markets": "—"}
    assert save(work, farm, "4", typed(0, sales="150")).figures["sales"]["value"] == 150_000_000


def test_the_whole_form_makes_an_open_section_stale(work, farm):
    save(work, farm, "4", typed(sales="150"))
    service.save_draft(work, farm.authorisation_id, 2025, fields=draft_of(1, sales="160"))
    with pytest.raises(StaleVersion):
        save(work, farm, "4", typed(1, sales="170"))
    assert save(work, farm, "4", typed(2, sales="170")).figures["sales"]["value"] == 170_000_000


def test_a_changed_figure_needs_a_reason_which_the_reviewer_sees(work, farm):
    report = make_draft(work, farm, draft=draft_of(area="13"))
    acting(work, "approver")
    with pytest.raises(Invalid) as refusal:
        service.file_report(work, report.id, fields=filing_of(work, report.version))
    assert [problem.field for problem in refusal.value.fields] == ["area"]
    save(work, farm, "2", typed(1, area="13", reasons={"area": "新承包一亩"}))
    service.file_report(acting(work, "approver"), report.id, fields=filing_of(work, report.version))
    review = service.open_review(acting(work, "handler"), report.id)
    row = next(row for row, _now, _differs in review.rows if row.figure.key == "area")
    assert (row.shown, row.known_shown, row.reason) == ("13", "12", "新承包一亩")
    assert "地块" in str(row.known.source)


def test_a_section_or_year_that_is_not_there_is_not_found(work, farm):
    for number in ("0", "9", "x"):
        with pytest.raises(NotFound):
            save(work, farm, number, typed(sales="1"))


def test_a_stamped_scan_files_and_its_hash_is_in_the_filed_content(work, farm):
    report = make_draft(work, farm)
    acting(work, "approver")
    fields = StampedFiling(version=report.version, signed_name="示例法定代表人")
    with pytest.raises(Invalid):
        service.file_stamped(work, report.id, fields=fields, scan=None)
    with pytest.raises(Invalid):
        service.file_stamped(work, report.id, fields=fields, scan=Scan("a.csv", b"a,b\n1,2"))
    filed = service.file_stamped(work, report.id, fields=fields, scan=SCAN)
    again = service.file_stamped(work, report.id, fields=fields, scan=SCAN)
    assert again.filings == filed.filings == 1
    declared = filed.filed_content["declaration"]
    assert (declared["method"], declared["name"]) == ("stamped", "示例法定代表人")
    assert declared["scan"] == queries.attachments_of(work.session, report.id)["stamped"].sha256
    facts = {str(term): str(value) for term, value in service.receipt_facts(service.receipt_of(work, report.id))}
    assert facts["签署方式"] == "盖章纸件扫描件"
    assert facts["扫描件摘要（SHA-256）"] == declared["scan"]


def test_an_operator_files_only_when_nobody_else_can(work, farm):
    report = make_draft(work, farm)
    acting(work, "operator")
    with pytest.raises(NotAllowed):
        service.file_report(work, report.id, fields=filing_of(work, report.version))
    _leave_alone(work, farm)
    operator = work.session.get(Person, work.actor.person_id)
    work.actor = actor_of(work.session, operator.id)
    filed = service.file_report(work, report.id, fields=filing_of(work, report.version))
    assert filed.filed_content["declaration"]["rule"] == "accounts.one-person-approves"
    assert filed.filed_by == operator.id
    facts = [str(term) for term, _value in service.receipt_facts(service.receipt_of(work, report.id))]
    assert "办理依据" in facts


def test_an_approver_files_under_no_special_rule(work, farm):
    assert "rule" not in make_filed(work, farm).filed_content["declaration"]


def test_the_filed_version_stays_in_force_beside_its_amendment(work, farm):
    filed = make_accepted(work, farm)
    acting(work, "operator")
    draft = service.amend_report(work, filed.id, fields=Step(version=filed.version))
    save(work, farm, "4", typed(0, sales="180"))
    service.file_report(acting(work, "approver"), draft.id, fields=filing_of(work, draft.version))
    assert queries.find_report(work.session, farm.authorisation_id, 2025).id == filed.id
    paper = service.view_report(work, draft.id)
    changed = {row.figure.key: str(row.words) for row in paper.beside if row.words}
    assert changed == {"sales": "增加 30 万元"}
    service.check_report(acting(work, "handler"), draft.id, fields=Step(version=draft.version))
    service.accept_report(acting(work, "county"), draft.id, fields=Step(version=draft.version))
    assert queries.find_report(work.session, farm.authorisation_id, 2025).id == draft.id


def test_choices_lists_and_photos_are_filed_and_go_into_an_amendment(work, farm):
    make_draft(work, farm)
    save(work, farm, "8", typed(**{"public:sales": "yes", "public:area": "no"}))
    save(work, farm, "4", typed(1, sales="150", **{"export_rows.0.country": "示例国", "export_rows.0.value": "12.5"}))
    service.add_photo(work, farm.authorisation_id, 2025, kind="front", scan=SCAN)
    report = queries.find_editable(work.session, farm.authorisation_id, 2025)
    filed = service.file_report(acting(work, "approver"), report.id, fields=filing_of(work, report.version))
    content = filed.filed_content
    assert (content["figures"]["sales"]["public"], content["figures"]["area"]["public"]) == (True, False)
    assert content["lists"] == {"export_rows": [{"country": "示例国", "value": "12.5"}]}
    assert set(content["photos"]) == {"front"}
    draft = service.amend_report(acting(work, "operator"), filed.id, fields=Step(version=filed.version))
    assert draft.lists == {"export_rows": [{"country": "示例国", "value": "12.5"}]}
    assert queries.photos_of(work.session, draft.id) == content["photos"]


def test_the_authorities_line_counts_what_is_owed(work, farm):
    acting(work, "county")
    before = service.roll_up(work, 2025)
    assert str(before.whole.words) == "应报送 1，已报送 0（其中逾期 0），未报送 1"
    work.now = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    make_filed(work, farm)
    after = service.roll_up(acting(work, "county"), 2025)
    assert str(after.whole.words) == "应报送 1，已报送 1（其中逾期 1），未报送 0"
    assert [line.tally for line in (*after.regions, *after.gis)] == [after.whole] * 2
    assert service.roll_up(acting(work, "elsewhere"), 2025).whole.due == 0


@pytest.mark.slow
def test_parallel_filings_by_scan_and_by_account_are_one(open_work):
    with open_work(now=IN_TIME) as work:
        report = make_draft(work, make_farm(work))
    with open_work() as work:
        approver = actor_named(work.session, "approver")

    def click(number):
        with open_work(actor=approver, now=IN_TIME) as work:
            if number % 2:
                fields = StampedFiling(version=report.version, signed_name="示例法定代表人")
                return service.file_stamped(work, report.id, fields=fields, scan=SCAN).receipt_number
            return service.file_report(work, report.id, fields=filing_of(work, report.version)).receipt_number

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(click, range(8))) == {f"{report.number}-01"}
    with open_work(writable=False) as work:
        assert work.session.exec(select(func.count()).select_from(ReportFiling)).one() == 1


@pytest.mark.slow
def test_twenty_devices_begin_one_section_and_one_wins(open_work):
    with open_work(now=IN_TIME) as work:
        farm = make_farm(work)
    with open_work() as work:
        operator = actor_named(work.session, "operator")

    def begin(number):
        try:
            with open_work(actor=operator, now=IN_TIME) as work:
                fields = typed(sales=str(100 + number))
                service.save_section(work, farm.authorisation_id, 2025, number="4", fields=fields)
        except StaleVersion:
            return 1
        return 0

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(begin, range(20))) == 19
    with open_work(writable=False) as work:
        assert work.session.exec(select(func.count()).select_from(AnnualReport)).one() == 1
        saves = select(func.count()).select_from(LogLeaf).where(LogLeaf.body.contains('"action":"save"'))
        assert work.session.exec(saves).one() == 1


def _leave_alone(work, farm):
    """Everyone but the operator leaves the firm."""
    people = select(Person).where(Person.organisation_id == farm.organisation_id, Person.id != work.actor.person_id)
    for person in work.session.exec(people):
        person.active = False
        work.record(person, "person:leave")
    work.flush()
    assert work.session.exec(select(RoleGrant)).first() is not None
