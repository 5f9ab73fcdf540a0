"""Freeze and recall rest on a person's decision and a document; stock and quota do not move; lifting leaves the past on file."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from gi_registry.batches import service as batches
from gi_registry.codes import queries, service
from gi_registry.codes.schemas import Activation, Hold, HoldKind, Lift, Spoil, SpoilKind, Step
from gi_registry.kernel.errors import Conflict, NotAllowed, NotFound
from gi_registry.notices.queries import unread_count
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.codes import make_allotment, make_season

BASIS = "示例县市监检告〔2026〕3 号"


def freeze(**which: int) -> Hold:
    return Hold(kind=HoldKind.FROZEN, basis=BASIS, **which)


def test_frozen_labels_stay_in_stock_and_cannot_be_activated(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, first=1, last=20))
    before = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    assert service.hold(work, allotment.id or 0, freeze(first=11, last=40)).labels == 30
    after = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    assert (before.reserved, before.used) == (after.reserved, after.used)
    row = queries.ranges_of(work.session, allotment.id or 0)[0]
    assert row.used == 20 and queries.counts(work.session, season.id, 2026).closing == 80
    found = queries.lookup(work.session, row.label, 15)
    assert found and found.activation and found.exception and found.exception.status == "frozen"
    with pytest.raises(Conflict, match="序号 30 至 35"):
        service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, first=30, last=35))
    assert unread_count(work.session, season.organisation_id) >= 1


def test_lifting_frees_the_labels_and_keeps_the_record(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    (interval,) = service.hold(work, allotment.id or 0, freeze(first=1, last=100)).intervals
    with pytest.raises(Conflict, match="还有 100 枚"):
        service.close(work, allotment.id or 0, Step())
    service.lift(work, allotment.id or 0, Lift(interval_id=interval.id or 0, basis="示例县市监检告〔2026〕9 号"))
    assert service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, count=10)).labels == 10
    assert service.hold(work, allotment.id or 0, Hold(kind=HoldKind.RECALLED, basis=BASIS, first=1, last=10)).labels == 10
    assert any("解除" in str(event.words) for event in service.view_allotment(work, allotment.id or 0).events)
    with pytest.raises(Conflict, match="早已解除"):
        service.lift(work, allotment.id or 0, Lift(interval_id=interval.id or 0, basis=BASIS))
    work.commit()


def test_only_freeze_and_recall_are_lifted(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    (interval,) = service.spoil(work, allotment.id or 0, Spoil(kind=SpoilKind.DAMAGED, count=1)).intervals
    with pytest.raises(Conflict, match="只有冻结和召回"):
        service.lift(work, allotment.id or 0, Lift(interval_id=interval.id or 0, basis=BASIS))
    with pytest.raises(NotFound):
        service.lift(work, allotment.id or 0, Lift(interval_id=999, basis=BASIS))


def test_an_officer_of_the_county_decides_with_a_basis_and_the_producer_cannot(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    officer = make_actor(work, "county_approver", division="999999")
    far = make_actor(work, "county_approver", division="320583")
    work.actor = officer
    assert service.hold(work, allotment.id or 0, freeze(first=1, last=2)).labels == 2
    work.actor = far
    with pytest.raises(NotFound):
        service.hold(work, allotment.id or 0, freeze(first=3, last=4))
    work.actor = type(officer)(**{**officer.__dict__, "roles": frozenset({"producer_approver"}), "organisation_id": season.organisation_id})
    with pytest.raises(NotAllowed):
        service.hold(work, allotment.id or 0, freeze(first=3, last=4))
    with pytest.raises(ValidationError):
        Hold(kind=HoldKind.FROZEN, basis="", first=1, last=2)
