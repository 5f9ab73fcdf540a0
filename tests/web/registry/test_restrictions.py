"""Restrictions by hand, and the warning of a code whose inner check is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from stdnum.cn import uscc as gb32100

from gi_registry.registry import queries
from gi_registry.registry.models import Authorisation
from gi_registry.registry.service import restrict
from gi_registry.workflow import Work
from tests.builders.accounts import make_person, post, sign_in
from tests.builders.registry import example_uscc, make_authorisation, make_protection

FORM = {"version": "1", "effect": "freeze_activation", "basis": "使用管理规则第八条", "from_on": "2026-03-10"}


@pytest.fixture
def row(work: Work, client: Any) -> Authorisation:
    made = make_authorisation(work, protection=make_protection(work))
    make_person(work, "county_approver", division="999999", login="approver")
    make_person(work, "county_approver", division="999998", login="neighbour")
    make_person(work, "county_handler", division="999999", login="handler")
    work.commit()
    sign_in(client, "approver")
    return made


def test_an_approver_imposes_and_lifts(work: Work, row: Authorisation, client: Any) -> None:
    path = f"/office/authorisations/{row.id}"
    answer = post(client, f"{path}/restrictions/new", FORM, follow_redirects=True)
    assert answer.status_code == 200 and "使用管理规则第八条" in answer.text and "解除限制" in answer.text
    (held,) = queries.restrictions_of(work.session, row.id or 0)
    assert (held.source, held.source_id) == ("officer", held.id)
    lift = f"{path}/restrictions/{held.id}/lift"
    assert post(client, lift, {"version": "9"}).status_code == 409
    assert post(client, lift, {"version": "1"}).status_code == 303
    assert post(client, lift, {"version": "1"}).status_code == 409
    assert "解除限制" not in client.get(path).text


@pytest.mark.parametrize(("differs", "status"), [({"basis": ""}, 422), ({"effect": "none"}, 422), ({"version": "9"}, 409)])
def test_what_is_not_well_founded_is_refused(row: Authorisation, client: Any, differs: dict[str, str], status: int) -> None:
    assert post(client, f"/office/authorisations/{row.id}/restrictions/new", FORM | differs).status_code == status


def test_only_the_approver_of_the_place(row: Authorisation, client: Any) -> None:
    path = f"/office/authorisations/{row.id}/restrictions/new"
    sign_in(client, "handler")
    assert (client.get(path).status_code, post(client, path, FORM).status_code) == (403, 403)
    sign_in(client, "neighbour")
    assert (client.get(path).status_code, post(client, path, FORM).status_code) == (404, 404)


def test_what_a_procedure_imposed_is_not_lifted_by_hand(work: Work, row: Authorisation, client: Any) -> None:
    held = restrict(
        work, authorisation_id=row.id or 0, source="listing", source_id=1, effect="stop_allotment", basis="第八条", from_on=work.today
    )
    work.commit()
    assert post(client, f"/office/authorisations/{row.id}/restrictions/{held.id}/lift", {"version": "1"}).status_code == 404


def test_a_code_with_a_wrong_inner_check_is_matched_with_a_warning(work: Work, row: Authorisation, client: Any) -> None:
    unmatched = make_authorisation(work, protection=make_protection(work), matched=False)
    work.commit()
    sign_in(client, "handler")
    right = example_uscc(5)
    body = right[:16] + ("1" if right[16] != "1" else "2")
    path = f"/office/authorisations/{unmatched.id}/match"
    answer = post(client, path, {"version": "1", "uscc": body + gb32100.calc_check_digit(body)}, follow_redirects=True)
    assert answer.status_code == 200 and "组织机构代码" in answer.text
