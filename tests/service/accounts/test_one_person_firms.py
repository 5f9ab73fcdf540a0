"""A firm of one: the operator also answers for it, as long as nobody else works there and the policy allows it."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.accounts.service import actor_of, acts_as_approver
from gi_registry.kernel.errors import NotAllowed
from gi_registry.policy.models import PolicyParameter
from gi_registry.workflow import Work
from tests.builders.accounts import make_person
from tests.builders.registry import make_organisation


def test_an_operator_alone_in_the_firm_also_answers_for_it(work: Work) -> None:
    firm = make_organisation(work)
    alone = make_person(work, "producer_operator", organisation=firm)
    actor = actor_of(work.session, alone.id or 0)
    assert actor.roles == {"producer_operator", "producer_approver"}
    mine = Work(work.session, actor, work.now)
    mine.require("report:file", firm)
    assert acts_as_approver(mine, firm.id or 0) and not acts_as_approver(mine, (firm.id or 0) + 1)


@pytest.mark.parametrize("second", ["producer_operator", "producer_approver"])
def test_with_a_second_person_the_two_check_each_other_again(work: Work, second: str) -> None:
    firm = make_organisation(work)
    first = make_person(work, "producer_operator", organisation=firm)
    other = make_person(work, second, organisation=firm)
    mine = Work(work.session, actor_of(work.session, first.id or 0), work.now)
    assert not acts_as_approver(mine, firm.id or 0)
    with pytest.raises(NotAllowed):
        mine.require("report:file", firm)
    other.active = False
    work.flush()
    assert "producer_approver" in actor_of(work.session, first.id or 0).roles


def test_the_policy_of_the_place_can_forbid_it(work: Work) -> None:
    firm = make_organisation(work)
    alone = make_person(work, "producer_operator", organisation=firm)
    key, since = "accounts.one-person-approves", date(2020, 1, 1)
    work.record(
        PolicyParameter(key=key, division="", valid_from=since, value=False, version="2020-01-01", basis="", why="两人分办"), "policy:set"
    )
    work.flush()
    assert actor_of(work.session, alone.id or 0).roles == {"producer_operator"}


def test_nobody_else_becomes_an_approver(work: Work) -> None:
    printer = make_person(work, "printer", organisation=make_organisation(work))
    officer = make_person(work, "county_handler", division="999999")
    assert actor_of(work.session, printer.id or 0).roles == {"printer"}
    assert actor_of(work.session, officer.id or 0).roles == {"county_handler"}
    assert not acts_as_approver(work, printer.organisation_id or 0)
