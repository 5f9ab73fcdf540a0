"""Test reports: who enters them, which batches they bind to, what is warned of, and what an institution is told."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.accounts.models import Organisation
from gi_registry.batches.queries import quality as reads
from gi_registry.batches.rules.quality import TEST_LIFE
from gi_registry.batches.schemas import InstitutionFields
from gi_registry.batches.service import quality, quality_pages
from gi_registry.kernel.errors import Duplicate, IllegalTransition, Invalid, NotAllowed, NotFound
from gi_registry.kernel.words import unpacked
from gi_registry.opendata import files
from gi_registry.opendata.files import Wishes
from gi_registry.workflow import Work, advance
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch
from tests.builders.quality import SCAN, fields_of, make_institution, make_test
from tests.builders.registry import make_authorisation, make_organisation, make_product


@pytest.fixture
def farm(work):
    authorisation = make_authorisation(work)
    product = make_product(work, authorisation)
    return authorisation, [make_batch(work, authorisation, product=product) for _ in range(2)]


def as_institution(work, institution):
    organisation = work.session.get(Organisation, institution.organisation_id)
    return Work(work.session, make_actor(work, "testing_institution", organisation=organisation), work.now)


def as_producer(work, authorisation):
    organisation = work.session.get(Organisation, authorisation.organisation_id)
    return Work(work.session, make_actor(work, "producer_operator", organisation=organisation), work.now)


def said(report):
    return [str(unpacked(warning)) for warning in report.warnings]


def test_an_institution_enters_a_report_on_the_batches_it_was_told_of(work, farm):
    authorisation, batches = farm
    institution = make_institution(work)
    report = quality.issue_test(as_institution(work, institution), fields_of(*batches))
    assert (report.entered_by, report.institution_id, report.warnings) == ("institution", institution.id, [])
    assert report.accreditation == "250099990001"
    assert report.owner_org_id == authorisation.owner_org_id
    assert [number for _id, number in reads.batches_tested(work.session, [report.id])[report.id]] == sorted(b.number for b in batches)
    assert [r.id for r in reads.tests_of_batch(work.session, batches[1].id)] == [report.id]
    work.commit()


def test_an_institution_is_shown_number_product_gi_and_producer_and_no_more(work, farm):
    authorisation, batches = farm
    theirs = as_institution(work, make_institution(work))
    page = quality_pages.issue_page(theirs, [batches[0].number, "PC-NOBODY"])
    (seen,) = page.found
    assert (seen.number, seen.producer) == (batches[0].number, authorisation.raw_name)
    assert set(vars(seen)) == {"id", "authorisation_id", "number", "product", "gi", "producer"}
    report = make_test(work, batches[0])
    with pytest.raises(NotFound):
        quality_pages.one_test(theirs, report.id)


def test_a_user_enters_a_report_with_its_scan_and_it_says_so(work, farm):
    authorisation, batches = farm
    theirs = as_producer(work, authorisation)
    with pytest.raises(Invalid) as refused:
        quality.enter_test(theirs, fields_of(batches[0], institution="某检测站"), document=None)
    assert refused.value.fields[0].field == "document"
    report = quality.enter_test(theirs, fields_of(batches[0], institution="某检测站"), document=SCAN)
    assert (report.entered_by, report.institution_id) == ("producer", None)
    assert said(report) == ["检测机构不在本系统的机构名录中，资质未经核对。"]


def test_a_user_cannot_name_the_batch_of_another(work, farm):
    _authorisation, batches = farm
    neighbour = as_producer(work, make_authorisation(work))
    with pytest.raises(Invalid) as refused:
        quality.enter_test(neighbour, fields_of(batches[0], institution="某检测站"), document=SCAN)
    assert "没有批次" in str(refused.value.fields[0].reason)


@pytest.mark.parametrize(
    ("accredited", "stated", "warning"),
    [
        ({"valid_to": date(2025, 9, 1)}, {}, "有效期内"),
        ({}, {"standard_no": "GB/T 18650-2008", "items": "茶多酚"}, "资质范围"),
        ({}, {"sampled_on": date(2025, 9, 1)}, "早于批次的采收日期"),
        ({}, {"standard_no": "gb/t 19957"}, ""),
        ({}, {"standard_no": "", "items": "水分、灰分"}, ""),
    ],
)
def test_outside_scope_or_validity_is_stored_with_a_warning(work, farm, accredited, stated, warning):
    institution = make_institution(work, **accredited)
    report = quality.issue_test(as_institution(work, institution), fields_of(farm[1][0], **stated))
    assert [warning in text for text in said(report)] == ([True] if warning else [])


@pytest.mark.parametrize(
    ("stated", "field"),
    [
        ({"issued_on": date(2027, 1, 1)}, "issued_on"),
        ({"sampled_on": date(2025, 9, 29)}, "sampled_on"),
        ({"batches": "PC-NOBODY"}, "batches"),
    ],
)
def test_what_cannot_be_is_refused_in_a_form(work, farm, stated, field):
    institution = make_institution(work)
    with pytest.raises(Invalid) as refused:
        quality.issue_test(as_institution(work, institution), fields_of(farm[1][0], **stated))
    assert [error.field for error in refused.value.fields] == [field]


def test_batches_of_two_users_do_not_share_a_report(work, farm):
    other = make_authorisation(work)
    theirs = make_batch(work, other, product=make_product(work, other))
    with pytest.raises(Invalid):
        quality.issue_test(as_institution(work, make_institution(work)), fields_of(farm[1][0], theirs))


def test_the_same_report_is_entered_once_and_again_after_it_was_withdrawn(work, farm):
    institution = make_institution(work)
    theirs = as_institution(work, institution)
    fields = fields_of(farm[1][0])
    first = quality.issue_test(theirs, fields)
    with pytest.raises(Duplicate):
        quality.issue_test(theirs, fields)
    quality.withdraw_test(theirs, first.id, why="编号写错", version=1)
    with pytest.raises(NotAllowed):
        quality.withdraw_test(theirs, first.id, why="编号写错", version=2)
    assert quality.issue_test(theirs, fields).id != first.id


def test_only_who_entered_a_report_withdraws_it(work, farm):
    authorisation, batches = farm
    report = quality.issue_test(as_institution(work, make_institution(work)), fields_of(batches[0]))
    with pytest.raises(NotAllowed):
        quality.withdraw_test(as_producer(work, authorisation), report.id, why="结果不好", version=1)
    with pytest.raises(NotFound):
        quality.withdraw_test(as_institution(work, make_institution(work)), report.id, why="不是我的", version=1)
    own = make_test(work, batches[1])
    quality.withdraw_test(as_producer(work, authorisation), own.id, why="录错批次", version=1)
    assert own.state == "withdrawn"


def test_an_organisation_that_is_no_institution_on_file_issues_nothing(work, farm):
    stranger = make_organisation(work, kind="institution")
    actor = make_actor(work, "testing_institution", organisation=stranger)
    theirs = Work(work.session, actor, work.now)
    assert quality_pages.own_tests(theirs).institution is None
    with pytest.raises(NotAllowed):
        quality.issue_test(theirs, fields_of(farm[1][0]))


def test_an_institution_is_registered_by_the_province_and_corrected_there(work):
    with pytest.raises(Invalid):
        make_institution(work, cma_number="", cnas_number="")
    with pytest.raises(Invalid):
        make_institution(work, valid_to=date(2020, 1, 1))
    with pytest.raises(Invalid):
        make_institution(work, make_organisation(work))
    row = make_institution(work)
    with pytest.raises(Duplicate):
        make_institution(work, work.session.get(Organisation, row.organisation_id))
    here = Work(work.session, make_actor(work, "province_officer", division="99"), work.now)
    fields = InstitutionFields(cma_number="1", scope="水分\n\n水分\n灰分", valid_from=date(2024, 1, 1))
    changed = quality.change_institution(here, row.id, fields, version=1)
    assert (changed.scope, changed.version) == (["水分", "灰分"], 2)
    elsewhere = Work(work.session, make_actor(work, "province_officer", division="32"), work.now)
    with pytest.raises(NotFound):
        quality.change_institution(elsewhere, row.id, fields, version=2)


def test_a_file_of_reports_comes_in_goes_out_and_changes_nothing_when_it_comes_back(work, farm):
    _authorisation, batches = farm
    institution = make_institution(work)
    name = work.session.get(Organisation, institution.organisation_id).name
    rows = (
        "number,institution,batches,issued_on,standard_no,result,items\n"
        f"JC-1,{name},{batches[0].number};{batches[1].number},2025-09-28,GB/T 19957-2005,pass,感官\n"
        f"JC-2,外省检测站,{batches[0].number},2025-09-29,,fail,\n"
    )
    result = files.import_file(work, "tests", rows.encode(), name="t.csv", wishes=Wishes())
    assert result.kept and not result.errors, [str(error.as_json()) for error in result.errors]
    assert ["名录" in str(warning.message) for warning in result.warnings] == [True]
    first, second = reads.every_test(work.session)
    assert (first.institution_id, first.entered_by, second.result) == (institution.id, "import", "fail")
    before = len(reads.every_test(work.session))
    again = files.import_file(work, "tests", rows.encode(), name="t.csv", wishes=Wishes())
    assert not again.errors
    assert len(reads.every_test(work.session)) == before
    work.flush()
    exported = files.export_file(work.session, "tests", name="t.xlsx")
    back = files.import_file(work, "tests", exported, name="t.xlsx", wishes=Wishes())
    assert (back.stored, back.unchanged, back.errors) == (0, 2, ())
    other = rows.replace("fail", "pass")
    assert files.import_file(work, "tests", other.encode(), name="t.csv", wishes=Wishes()).errors


def test_a_withdrawn_report_stays_withdrawn(work, farm):
    report = make_test(work, farm[1][0])
    quality.withdraw_test(work, report.id, why="录错", version=1)
    with pytest.raises(IllegalTransition):
        advance(work, report, TEST_LIFE, "withdraw")
