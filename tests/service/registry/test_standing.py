"""Standing and restrictions on both databases; constraints that must survive a bug."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.kernel.errors import Conflict, Duplicate, Invalid, NotFound
from gi_registry.registry import service
from gi_registry.registry.schemas import ProductForm
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.registry import make_authorisation, make_organisation, make_product, make_protection

TODAY = date(2026, 3, 10)


def test_two_restrictions_and_lifting_one(work: Work) -> None:
    row = make_authorisation(work)
    service.restrict(work, authorisation_id=row.id, source="listing", source_id=1, effect="stop_allotment", basis="第十二条", from_on=TODAY)
    service.restrict(
        work, authorisation_id=row.id, source="listing", source_id=2, effect="freeze_activation", basis="第十三条", from_on=TODAY
    )
    assert service.standing(work.session, row, TODAY).strictest == "freeze_activation"
    assert service.lift(work, source="listing", source_id=2, until_on=TODAY) == 1
    standing = service.standing(work.session, row, TODAY)
    assert standing.effects == {"stop_allotment"} and "第十二条" in str(standing.reasons[0])
    assert service.lift(work, source="listing", source_id=2, until_on=TODAY) == 0


def test_no_restriction_of_a_right_without_a_basis(work: Work) -> None:
    row = make_authorisation(work)
    with pytest.raises(Invalid, match="basis"):
        service.restrict(work, authorisation_id=row.id, source="listing", source_id=1, effect="stop_allotment", basis=" ", from_on=TODAY)
    with pytest.raises(Invalid, match="effect"):
        service.restrict(work, authorisation_id=row.id, source="listing", source_id=1, effect="nonsense", basis="x", from_on=TODAY)
    service.restrict(work, authorisation_id=row.id, source="listing", source_id=1, effect="sampling_weight", basis="", from_on=TODAY)
    assert service.standing(work.session, row, TODAY).active


def test_a_second_authorisation_in_use_for_one_user_and_protection_is_impossible(work: Work) -> None:
    row = make_authorisation(work)
    protection = service.protection_of(work.session, row)
    organisation = make_organisation(work)
    make_authorisation(work, protection=protection, organisation=organisation, state="deregistered", valid_to=date(2020, 1, 1))
    make_authorisation(work, protection=protection, organisation=organisation)
    with pytest.raises(Duplicate), work.savepoint():
        make_authorisation(work, protection=protection, organisation=organisation)


def test_matched_means_an_organisation(work: Work) -> None:
    row = make_authorisation(work, matched=False)
    assert not service.standing(work.session, row, TODAY).active
    with pytest.raises(Conflict), work.savepoint():
        row.matched = True
        work.record(row, "authorisation:bug")


def test_a_product_of_an_ended_authorisation_and_of_another_producer(work: Work) -> None:
    mine = make_authorisation(work, protection=make_protection(work))
    ended = make_authorisation(work, state="deregistered", valid_to=date(2026, 1, 1))
    fields = ProductForm(name="示例蟹", unit="piece", content_per_label=1)
    with pytest.raises(Conflict):
        service.add_product(work, ended.id, fields)
    stranger = Work(work.session, make_actor(work, "producer_operator", organisation=make_organisation(work)), work.now)
    with pytest.raises(NotFound):
        service.add_product(stranger, mine.id, fields)
    with pytest.raises(NotFound):
        service.view_authorisation(stranger, mine.id)


def test_the_database_refuses_a_product_without_content(work: Work) -> None:
    with pytest.raises(Conflict), work.savepoint():
        make_product(work, content_per_label=0)


def test_a_user_under_a_revoked_gi_may_not_go_on(work: Work) -> None:
    row = make_authorisation(work, protection=make_protection(work, state="revoked", valid_to=date(2026, 1, 1)))
    assert not service.standing(work.session, row, TODAY).active
    assert service.standing(work.session, row, date(2025, 12, 31)).active
