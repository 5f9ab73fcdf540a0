"""The tests of section 5 come from the reports on file; what the user states goes over them."""

from __future__ import annotations

from datetime import date

from gi_registry.reports.service.prefill import content_of, known_lists
from tests.builders.batches import make_batch
from tests.builders.quality import make_test
from tests.builders.registry import make_product
from tests.builders.reports import authorisation_of, make_farm, make_filed


def test_reports_of_the_year_fill_in_the_count_and_the_rows(work):
    farm = make_farm(work)
    user = authorisation_of(work, farm)
    batch = make_batch(work, user, product=make_product(work, user))
    report = make_test(work, batch)
    make_test(work, batch, issued_on=date(2024, 12, 31), sampled_on=None)
    content = content_of(work.session, user, None, year=2025, today=work.today)
    (row,) = [row for row in content.rows if row.figure.key == "tests"]
    assert (row.value, row.known.value) == (1, 1)
    (listed,) = content.lists["test_rows"]
    assert (listed["report"], listed["day"], listed["result"]) == (report.number, "2025-09-28", "pass")
    assert known_lists(work.session, user, 2023) == {}


def test_what_a_report_states_of_its_tests_stays_as_stated(work):
    farm = make_farm(work)
    user = authorisation_of(work, farm)
    make_test(work, make_batch(work, user, product=make_product(work, user)))
    filed = make_filed(work, farm)
    filed.lists = {"test_rows": [{"institution": "某站", "report": "A-1", "day": "2025-05-01", "result": "pass"}]}
    content = content_of(work.session, user, filed, year=2025, today=work.today)
    assert [row["report"] for row in content.lists["test_rows"]] == ["A-1"]
