"""Lists in the order that the address asks for: upwards, downwards, rows without a value last, and nothing that the list does not offer."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.builders.accounts import make_person, sign_in
from tests.builders.registry import make_authorisation, make_gi


@pytest.fixture
def office(client: Any, work: Any) -> Any:
    gi = make_gi(work)
    for number, name in (("S-1", "丙社"), ("S-2", "甲社"), ("S-3", "乙社")):
        make_authorisation(work, gi=gi, number=number, raw_name=name)
    make_person(work, "county_handler", login="office", division=gi.authority_division)
    work.commit()
    sign_in(client, "office")
    return client


def _numbers(page: str) -> list[str]:
    return re.findall(r">(S-\d)</a>", page)


def test_the_address_says_the_order(office: Any) -> None:
    assert _numbers(office.get("/office/authorisations").text) == ["S-1", "S-2", "S-3"]
    assert _numbers(office.get("/office/authorisations?sort=number").text) == ["S-1", "S-2", "S-3"]
    assert _numbers(office.get("/office/authorisations?sort=-number").text) == ["S-3", "S-2", "S-1"]


def test_the_export_has_the_order_that_is_seen(office: Any) -> None:
    rows = office.get("/office/authorisations?sort=-number&format=csv").get_data(as_text=True).splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == ["S-3", "S-2", "S-1"]


@pytest.mark.parametrize("asked", ["nothing", "--number", "-", "raw_name; drop table authorisation", "password_hash"])
def test_an_order_that_is_not_offered_is_the_lists_own(office: Any, asked: str) -> None:
    answer = office.get("/office/authorisations", query_string={"sort": asked})
    assert answer.status_code == 200
    assert _numbers(answer.text) == ["S-1", "S-2", "S-3"]


def test_the_head_sorts_upwards_then_downwards_and_keeps_the_filters(office: Any) -> None:
    plain = office.get("/office/authorisations?state=active&page=1").text
    assert 'href="/office/authorisations?state=active&amp;sort=number"' in plain
    assert "aria-sort" not in plain
    upwards = office.get("/office/authorisations?state=active&sort=number").text
    assert 'aria-sort="ascending"><a class="sort" href="/office/authorisations?state=active&amp;sort=-number"' in upwards
    downwards = office.get("/office/authorisations?state=active&sort=-number").text
    assert 'aria-sort="descending"><a class="sort" href="/office/authorisations?state=active&amp;sort=number"' in downwards
    assert '<input type="hidden" name="sort" value="-number">' in downwards


LISTS = {
    "/office/authorisations": ("number", "user", "uscc", "gi", "track", "state", "since"),
    "/office/gis": ("code", "name", "category", "place", "holder"),
    "/findings": ("severity", "ground", "user", "gi", "year", "state", "found"),
    "/office/cases": ("number", "user", "ground", "state", "due"),
    "/leads": ("number", "source", "code", "user", "gi", "ground", "state", "due"),
    "/reports": ("user", "gi", "number"),
}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path, names in LISTS.items() for name in names])
def test_every_head_of_every_list_answers_in_both_directions(office: Any, path: str, name: str) -> None:
    for sign in ("", "-"):
        answer = office.get(path, query_string={"sort": sign + name})
        assert answer.status_code == 200, answer.text[:2000]
        assert office.get(path, query_string={"sort": sign + name, "format": "csv"}).status_code == 200


@pytest.mark.parametrize("stranger", ["endpoint=x", "_method=POST", "_external=1&_scheme=javascript", "_anchor=x", "gi_id=abc", "self=1"])
@pytest.mark.parametrize("path", ["/registry", "/abnormal-list"])
def test_an_argument_is_never_taken_for_an_option_of_the_links(client: Any, path: str, stranger: str) -> None:
    answer = client.get(f"{path}?{stranger}")
    assert answer.status_code == 200 and "javascript:" not in answer.text
