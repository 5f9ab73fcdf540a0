"""Copied codes over HTTP: the officer sees the ring, nobody can hold it against the user whose labels were copied."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from gi_registry.accounts.queries import get_person
from gi_registry.anomalies import service
from tests.builders.accounts import PASSWORD, make_person, post, sign_in
from tests.builders.anomalies import make_ring
from tests.builders.divisions import make_division
from tests.builders.registry import make_authorisation, make_organisation
from tests.builders.scans import make_labels

COPIED, NAME = "标识码被仿冒", "示例湖甲蟹业"


@pytest.fixture
def ring(app: Any, open_work: Any) -> Any:
    """Return (client_of, finding id, authorisation id)."""
    with open_work() as work:
        for code, name in (("11", "北京市"), ("12", "天津市")):
            make_division(work, code, name=name)
        user = make_organisation(work, name=NAME)
        authorisation = make_authorisation(work, organisation=user)
        people = {
            "handler": make_person(work, "county_handler", division="999999"),
            "approver": make_person(work, "county_approver", division="999999"),
            "owner": make_person(work, "producer_approver", organisation=user),
        }
        make_ring(work, make_labels(work, authorisation=authorisation))
        service.run(work)
        found = service.findings_query(work, _filters())
        finding = work.session.execute(found).first()[0]
        logins = {name: get_person(work.session, person.id or 0).login for name, person in people.items()}
        numbers = finding.id, authorisation.id

    def client_of(name: str) -> Any:
        client = app.test_client()
        assert sign_in(client, logins[name], PASSWORD).status_code == 303
        return client

    return client_of, *numbers


def _filters() -> Any:
    from gi_registry.anomalies.queries import Filters

    return Filters(ground="CL-01")


def test_the_officer_reads_what_was_counted_by_place_and_time(ring: Any) -> None:
    client_of, finding, _authorisation = ring
    shown = client_of("handler").get(f"/findings/{finding}").text
    assert "48 小时内被 37 个终端查询，涉及 6 个省级地区" in shown
    assert "北京市" in shown
    assert "对象是标识码，不是使用人。" in shown
    assert "单个标识码查询异常的标准" in shown, "the test of the trace page is named"
    assert "@2000" not in shown
    assert f"/findings/{finding}/case" not in shown, "no button leads to a case"


def test_the_list_names_nobody_and_filters_by_ground(ring: Any) -> None:
    client_of, finding, _authorisation = ring
    client = client_of("handler")
    listed = client.get("/findings?ground=CL-01&state=")
    assert f"/findings/{finding}" in listed.text
    assert "行为人不明" in listed.text
    assert NAME not in listed.text
    (row,) = client.get("/findings?ground=CL-01&state=&format=json").json["items"]
    assert row["user"] is None
    assert f"/findings/{finding}" not in client.get(f"/findings?q={NAME}&state=").text, "it is not found under the user's name"


def test_a_case_against_the_user_is_refused_with_the_reason(ring: Any) -> None:
    client_of, finding, _authorisation = ring
    answer = post(client_of("handler"), f"/findings/{finding}/case", {"version": "1"})
    assert answer.status_code == 409
    assert "行为人不明，不能对使用人立案" in answer.text


def test_the_user_sees_nothing_against_itself(ring: Any) -> None:
    client_of, finding, authorisation = ring
    client = client_of("owner")
    assert client.get(f"/findings/{finding}").status_code in (403, 404)
    for page in ("/", "/cases", f"/authorisations/{authorisation}", f"/authorisations/{authorisation}/reports/{date(2025, 1, 1).year}"):
        answer = client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        assert COPIED not in answer.text, page
        assert "CL-01" not in answer.text, page
    office = client_of("handler").get(f"/office/authorisations/{authorisation}").text
    assert COPIED not in office
    assert "CL-01" not in office


def test_the_approver_sets_it_aside_with_a_reason(ring: Any) -> None:
    client_of, finding, _authorisation = ring
    client = client_of("approver")
    assert post(client, f"/findings/{finding}/dismiss", {"version": "1", "reason": "展会现场集中扫码。"}).status_code == 303
    assert "展会现场集中扫码。" in client.get(f"/findings/{finding}").text
