"""Numbers, dates and bodies that no form has: told in words or taken as absent, never a fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders.accounts import make_person, post, sign_in, token
from tests.builders.divisions import make_division
from tests.builders.registry import make_authorisation, make_organisation, make_product

BEYOND = (2**31, 2**63, 10**30)
PATHS = ("/registry/gis/{}", "/abnormal-list/{}", "/batches/{}", "/plots/{}", "/reports/{}", "/authorisations/{}/codes")


@pytest.fixture
def producer(client: Any, open_work: Any) -> tuple[Any, int]:
    with open_work() as work:
        organisation = make_organisation(work)
        authorisation = make_authorisation(work, organisation=organisation)
        make_product(work, authorisation)
        make_person(work, "producer_approver", "producer_operator", organisation=organisation, login="farmer")
    sign_in(client, "farmer")
    return client, authorisation.id


@pytest.mark.parametrize("beyond", BEYOND)
@pytest.mark.parametrize(
    "path", ["/registry/gis/{}", "/abnormal-list/{}", "/batches/{}", "/plots/{}", "/reports/{}", "/authorisations/{}/codes"]
)
def test_an_identity_that_no_row_can_have_is_not_there(producer: tuple[Any, int], path: str, beyond: int) -> None:
    client, _authorisation = producer
    assert client.get(path.format(beyond)).status_code == 404


@pytest.mark.parametrize(
    "query", [f"gi={beyond}" for beyond in BEYOND] + ["gi=-1", "gi=abc", "page=-1", "page=9e9", "page=99999999999999999999"]
)
def test_a_filter_that_is_no_number_filters_nothing(client: Any, query: str) -> None:
    assert client.get(f"/abnormal-list?{query}").status_code == 200
    assert client.get(f"/registry?{query}").status_code == 200


@pytest.mark.parametrize("year", ["-1", "0", "99999999999", str(2**63), "abc"])
def test_a_year_that_no_calendar_has_shows_this_year(producer: tuple[Any, int], year: str) -> None:
    client, authorisation = producer
    assert client.get(f"/authorisations/{authorisation}/codes?year={year}").status_code == 200
    answer = post(client, f"/authorisations/{authorisation}/codes", {"product_id": 1, "year": year, "count": 1})
    assert answer.status_code == 422


def test_a_number_beyond_the_database_is_told_and_nothing_is_stored(producer: tuple[Any, int]) -> None:
    client, authorisation = producer
    answer = post(client, f"/authorisations/{authorisation}/codes", {"product_id": 2**63, "year": 2026, "count": 1})
    assert answer.status_code in (404, 422)
    answer = post(client, f"/authorisations/{authorisation}/reports/2025", {"version": 0, "sales": "1e999999"})
    assert answer.status_code == 422


def test_findings_since_the_first_day_of_all_are_all_findings(client: Any, open_work: Any) -> None:
    with open_work() as work:
        make_division(work, "999999")
        make_person(work, "county_handler", division="999999", login="handler")
    sign_in(client, "handler")
    for since in ("0001-01-01", "9999-12-31", "yesterday"):
        assert client.get(f"/findings?since={since}").status_code == 200


@pytest.mark.parametrize("body", ["[" * 5000, '{"a":' * 3000, "null", "[]", "not json"])
def test_a_body_that_is_no_object_is_told(producer: tuple[Any, int], body: str) -> None:
    client, authorisation = producer
    headers = {"X-CSRFToken": token(client, "/home"), "Accept": "application/json"}
    answer = client.post(f"/authorisations/{authorisation}/codes", data=body, content_type="application/json", headers=headers)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "body"


@pytest.mark.parametrize("target", ["http://[", "http://%5B", "https://evil.example", "//evil.example"])
def test_sign_in_with_a_broken_next_is_the_sign_in_page(client: Any, target: str) -> None:
    assert client.get("/sign-in", query_string={"next": target}).status_code == 200


@pytest.mark.parametrize("path", ["/registry?division=", "/registry?q=", "/abnormal-list?q="])
def test_a_search_longer_than_any_database_takes_is_told(client: Any, path: str) -> None:
    assert client.get(path + "A" * 60_000).status_code == 422
    assert client.get(path + "A" * 2_000).status_code == 200
