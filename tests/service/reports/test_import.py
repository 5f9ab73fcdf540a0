"""Reports of past years from a file: stored as stated, exported as imported."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.bulk.service import dump_file, load_file
from gi_registry.kernel.errors import RegistryError
from gi_registry.reports import queries
from gi_registry.reports.bulk import REPORTS
from tests.builders.reports import authorisation_of, make_accepted, make_farm

HEAD = (
    "authorisation,year,filed_on,state,nil,nil_since,nil_reason,"
    "area_mu,output,gi_output,opening,received,activated,spoiled,returned,closing,sales_wan"
)


@pytest.fixture
def farm(work):
    return make_farm(work)


def load(work, farm, *rows):
    number = authorisation_of(work, farm).number
    text = "\r\n".join([HEAD, *(f"{number},{row}" for row in rows)])
    return load_file(work, REPORTS, text.encode(), name="reports.csv")


GOOD = "2023,2024-02-20,accepted,false,,,12,8000,7500,0,10000,7200,100,700,2000,150"


def test_a_past_report_is_stored_as_stated(work, farm):
    result = load(work, farm, GOOD)
    assert (result.stored, result.errors) == (1, ())
    report = queries.find_report(work.session, farm.authorisation_id, 2023)
    assert (report.state, report.origin, report.first_filed_on) == ("accepted", "import", date(2024, 2, 20))
    assert queries.stated(report, "item_code.closing") == 2_000
    assert queries.stated(report, "area") == 12_000
    assert queries.stated(report, "sales") == 150_000_000
    assert report.filed_hash == queries.filings_of(work.session, report.id)[0].content_hash
    assert queries.find_accepted(work.session, farm.authorisation_id, 2023) is not None


def test_a_contradiction_in_the_past_is_a_warning_not_a_refusal(work, farm):
    off = "2023,2024-03-20,accepted,false,,,12,8000,7500,0,10000,7200,100,700,1000,150"
    result = load(work, farm, off, GOOD.replace("2023", "2013", 1))
    assert result.kept
    assert len(result.warnings) == 2
    [owed] = queries.obligations(work.session, 2023, today=work.today)
    assert owed.status == "late"


def test_the_same_file_twice_changes_nothing_and_another_content_is_refused(work, farm):
    load(work, farm, GOOD)
    assert load(work, farm, GOOD).unchanged == 1
    changed = load(work, farm, GOOD.replace(",150", ",151"))
    assert not changed.kept
    assert "NB2023" in str(changed.errors[0].reason)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("2023,2024-02-20,accepted,false,,,十二,1,1,0,0,0,0,0,0,1", "area_mu"),
        ("2023,昨天,accepted,false,,,12,1,1,0,0,0,0,0,0,1", "filed_on"),
        ("2023,2024-02-20,done,false,,,12,1,1,0,0,0,0,0,0,1", "state"),
        ("2023,2024-02-20,accepted,true,,停产,,,,,,,,,,", "nil_since"),
        ("2026,2026-12-20,accepted,false,,,12,1,1,0,0,0,0,0,0,1", "filed_on"),
        (",2024-02-20,accepted,false,,,12,1,1,0,0,0,0,0,0,1", "year"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_nothing_is_stored(work, farm, row, column):
    result = load(work, farm, GOOD, row)
    assert not result.kept
    assert [(error.row, error.column) for error in result.errors] == [(3, column)]
    assert queries.find_report(work.session, farm.authorisation_id, 2023) is None


def test_an_unknown_authorisation_is_named(work, farm):
    result = load_file(work, REPORTS, f"{HEAD}\nSQ-0,{GOOD}".encode(), name="reports.csv")
    assert result.errors[0].column == "authorisation"


def test_an_export_of_filed_and_imported_and_nil_reports_changes_nothing_when_it_comes_back(work, farm):
    load(work, farm, GOOD, "2022,2023-02-01,accepted,true,2022-01-01,停产改造,,,,,,,,,,")
    make_accepted(work, farm)
    from gi_registry.kernel.actor import SYSTEM

    work.actor = SYSTEM
    again = load_file(work, REPORTS, dump_file(work.session, REPORTS, name="reports.csv"), name="reports.csv")
    assert (again.rows, again.unchanged, again.errors) == (3, 3, ())


def test_a_producer_cannot_import(work, farm):
    from tests.builders.reports import acting

    acting(work, "approver")
    with pytest.raises(RegistryError):
        load(work, farm, GOOD)
