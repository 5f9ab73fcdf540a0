"""Printed, received, activated on a batch, spoiled: what each does to stock, quota and batch."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from gi_registry.batches import service as batches
from gi_registry.codes import queries, service
from gi_registry.codes.models import Allotment, CodeInterval, CodeRange
from gi_registry.codes.rules.format import parse
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.codes.schemas import Activation, Spoil, SpoilKind, Step, Which
from gi_registry.codes.service.papers import Part, codes_of
from gi_registry.kernel.errors import Conflict, IllegalTransition, Invalid, MassBalanceExceeded, NotFound, StaleVersion
from gi_registry.registry.service import restrict
from gi_registry.workflow import Work
from tests.builders.accounts import make_actor
from tests.builders.batches import make_batch
from tests.builders.codes import SECRET_KEY, Season, make_allotment, make_season
from tests.builders.registry import make_organisation, make_product


def activate(work: Work, season: Season, allotment: Allotment, **which: object) -> int:
    fields = Activation(**{"batch_id": season.batch.id} | which)
    return service.activate(work, allotment.id or 0, fields, secret_key=SECRET_KEY).labels


def spoil(work: Work, allotment: Allotment, kind: str, **which: object) -> int:
    return service.spoil(work, allotment.id or 0, Spoil(kind=SpoilKind(kind), reason="受潮", **which), secret_key=SECRET_KEY).labels


def quota(work: Work, season: Season) -> tuple[int, int, int]:
    found = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    return found.reserved, found.used, found.left


def test_activation_turns_reservation_into_use_and_labels_the_batch(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season)
    assert quota(work, season) == (1000, 0, 6200)
    assert activate(work, season, allotment, count=300) == 300
    assert quota(work, season) == (700, 300, 6200)
    assert batches.labelled_of_batch(work.session, season.batch.id or 0) == 300
    assert queries.activated_of_batch(work.session, season.batch.id or 0) == 300
    assert queries.ranges_of(work.session, allotment.id or 0)[0].used == 300
    assert activate(work, season, allotment, first=501, last=600) == 100
    (row,) = queries.ranges_of(work.session, allotment.id or 0)
    assert [(item.serial_from, item.serial_to) for item in queries.intervals_of(work.session, row.id or 0)] == [(0, 300), (500, 600)]
    work.commit()


def test_the_next_ones_skip_what_is_gone(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    spoil(work, allotment, "damaged", first=11, last=20)
    activate(work, season, allotment, count=50)
    row = queries.ranges_of(work.session, allotment.id or 0)[0]
    live = [(i.serial_from, i.serial_to) for i in queries.intervals_of(work.session, row.id or 0) if i.layer == "activation"]
    assert live == [(0, 10), (20, 60)]


def test_labels_can_be_named_by_what_is_printed_on_them(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    codes = [code for _number, code in codes_of(work, allotment, SECRET_KEY, part=Part(1, 1, 100))]
    assert activate(work, season, allotment, from_code=codes[9].lower(), to_code=codes[19]) == 11
    found = queries.lookup(
        work.session, parse(codes[9]).range_label, verify_mac(parse(codes[9]), service.open_secret(work.session, 0, SECRET_KEY)) or 0
    )
    assert found and found.activation and found.activation.batch_id == season.batch.id
    other = make_allotment(work, season, count=10)
    with pytest.raises(Invalid, match="不属于本次申领"):
        activate(work, season, other, from_code=codes[30])
    with pytest.raises(Invalid, match="20 位"):
        activate(work, season, other, from_code="123")


def test_not_more_than_the_batch_holds(work: Work) -> None:
    season = make_season(work, harvested="50")
    allotment = make_allotment(work, season, count=100)
    activate(work, season, allotment, count=50)
    with pytest.raises(MassBalanceExceeded):
        activate(work, season, allotment, count=1)


def test_the_same_label_is_not_activated_twice(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    activate(work, season, allotment, first=1, last=10)
    with pytest.raises(Conflict, match="序号 10 至 10"):
        activate(work, season, allotment, first=10, last=20)
    with pytest.raises(Invalid, match="共 100 枚"):
        activate(work, season, allotment, first=90, last=101)
    with pytest.raises(Invalid, match="在库只有 90 枚"):
        activate(work, season, allotment, count=91)


def test_labels_that_are_not_in_hand_are_not_activated(work: Work) -> None:
    season = make_season(work)
    with pytest.raises(Conflict, match="入库后才能激活"):
        activate(work, season, make_allotment(work, season, received=False), count=1)


def test_a_freeze_stops_activation_and_nothing_else(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    restrict(
        work, authorisation_id=season.id, source="listing_case", source_id=7, effect="freeze_activation", basis="示例规则第九条",
        from_on=date(2026, 1, 1),
    )  # fmt: skip
    with pytest.raises(Conflict, match="示例规则第九条"):
        activate(work, season, allotment, count=1)
    assert spoil(work, allotment, "returned", count=100) == 100


def test_a_batch_of_another_product_or_user_is_refused(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    other = make_batch(work, season.authorisation, product=make_product(work, season.authorisation))
    with pytest.raises(Conflict, match="另一项产品"):
        activate(work, season, allotment, count=1, batch_id=other.id)
    with pytest.raises(NotFound):
        activate(work, season, allotment, count=1, batch_id=make_season(work).batch.id)


@pytest.mark.parametrize("kind", ["damaged", "returned", "void"])
def test_what_was_not_used_is_released_once(work: Work, kind: str) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    spoil(work, allotment, kind, first=91, last=100)
    assert quota(work, season) == (90, 0, 7110)
    with pytest.raises(Conflict, match="序号 91 至 100"):
        spoil(work, allotment, "void", first=91, last=100)
    assert quota(work, season) == (90, 0, 7110)


def test_voiding_activated_labels_marks_them_and_the_use_stays(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    activate(work, season, allotment, first=1, last=50)
    assert spoil(work, allotment, "void", first=41, last=60) == 20
    assert quota(work, season) == (40, 50, 7110)
    row = queries.ranges_of(work.session, allotment.id or 0)[0]
    assert row.used == 60
    found = queries.lookup(work.session, row.label, 45)
    assert found and found.activation and found.exception and found.exception.status == "void"
    with pytest.raises(Conflict, match="已激活"):
        spoil(work, allotment, "damaged", first=1, last=1)


def test_an_allotment_is_settled_when_no_label_is_left(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    activate(work, season, allotment, count=60)
    with pytest.raises(Conflict, match="还有 40 枚"):
        service.close(work, allotment.id or 0, Step())
    spoil(work, allotment, "returned", count=40)
    assert service.close(work, allotment.id or 0, Step(version=allotment.version)).state == "closed"
    with pytest.raises(IllegalTransition):
        service.close(work, allotment.id or 0, Step())


def test_a_whole_allotment_is_withdrawn_before_use(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100, received=False)
    service.withdraw(work, allotment.id or 0, Step())
    assert allotment.state == "void" and quota(work, season) == (0, 0, 7200)
    used = make_allotment(work, season, count=100)
    activate(work, season, used, count=1)
    with pytest.raises(Conflict, match="已有 1 枚"):
        service.withdraw(work, used.id or 0, Step())


def test_a_stale_page_is_refused(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season, count=100)
    with pytest.raises(StaleVersion):
        activate(work, season, allotment, count=1, version=1)


@pytest.mark.parametrize(
    ("fields", "why"), [({}, "请用一种方式"), ({"count": 1, "first": 1}, "请用一种方式"), ({"first": 9, "last": 3}, "止序号小于起序号")]
)
def test_one_way_to_name_the_labels(fields: dict[str, int], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Which(**fields)


def test_the_year_of_labels_balances(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season)
    activate(work, season, allotment, count=600)
    spoil(work, allotment, "damaged", count=50)
    spoil(work, allotment, "returned", count=100)
    spoil(work, allotment, "void", first=596, last=600)
    found = queries.counts(work.session, season.id, 2026)
    assert (found.opening, found.received, found.activated, found.spoiled, found.void, found.returned, found.closing) == (
        0,
        1000,
        600,
        50,
        5,
        100,
        250,
    )
    assert queries.counts(work.session, season.id, 2027).opening == 250


def test_a_new_years_eve_in_shanghai_is_the_new_year(work: Work) -> None:
    work.now = datetime(2025, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight of 1 January in Shanghai
    season = make_season(work)
    make_allotment(work, season)
    assert queries.counts(work.session, season.id, 2026).received == 1000
    assert queries.counts(work.session, season.id, 2025).received == 0


def test_a_stranger_sees_nothing_and_an_officer_only_looks(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season)
    officer = make_actor(work, "county_handler", division="999999")
    far = make_actor(work, "county_handler", division="320583")
    stranger = make_actor(work, "producer_approver", organisation=make_organisation(work))
    work.actor = officer
    assert service.view_allotment(work, allotment.id or 0).mine is False
    for actor in (stranger, far):
        work.actor = actor
        with pytest.raises(NotFound):
            service.view_allotment(work, allotment.id or 0)


# ---- the database itself ----


def interval(row: CodeRange, low: int, high: int, work: Work, **differs: object) -> CodeInterval:
    values = {"range_id": row.id, "serial_from": low, "serial_to": high, "status": "void", "layer": "exception", "at": work.now}
    return CodeInterval(**values | differs)


@pytest.mark.parametrize(("low", "high"), [(10, 20), (0, 100), (15, 16), (5, 11), (19, 30)])
def test_the_database_refuses_two_words_about_one_serial(work: Work, low: int, high: int) -> None:
    season = make_season(work)
    row = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0]
    work.session.add(interval(row, 10, 20, work))
    work.session.flush()
    with pytest.raises(IntegrityError), work.session.begin_nested():
        work.session.add(interval(row, low, high, work, status="frozen"))
        work.session.flush()


def test_neighbours_other_layers_and_lifted_intervals_are_no_overlap(work: Work) -> None:
    season = make_season(work)
    row = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0]
    frozen = interval(row, 10, 20, work, status="frozen")
    work.session.add_all([frozen, interval(row, 20, 30, work)])
    work.session.add(interval(row, 10, 20, work, status="activated", layer="activation", batch_id=season.batch.id))
    work.session.flush()
    frozen.lifted_at = work.now
    work.session.flush()
    work.session.add(interval(row, 12, 14, work, status="recalled"))
    work.session.flush()


@pytest.mark.parametrize("change", ["serial_to = 30", "status = 'returned'", "basis = 'x'", "lifted_at = NULL"])
def test_what_was_said_cannot_be_changed_or_deleted(work: Work, change: str) -> None:
    season = make_season(work)
    row = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0]
    work.session.add(interval(row, 10, 20, work))
    work.session.flush()
    for statement in (f"UPDATE code_interval SET {change}", "DELETE FROM code_interval"):
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(statement))


def test_no_interval_beyond_its_range_and_no_more_used_than_there_are(work: Work) -> None:
    season = make_season(work)
    row = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0]
    with pytest.raises(IntegrityError), work.session.begin_nested():
        work.session.add(interval(row, 90, 101, work))
        work.session.flush()
    with pytest.raises(IntegrityError), work.session.begin_nested():
        work.session.execute(text("UPDATE code_range SET used = 101"))


def test_an_act_reads_the_allotment_as_it_stands_not_as_it_was_read_before(work: Work) -> None:
    season = make_season(work)
    allotment = make_allotment(work, season)
    work.flush()
    assert allotment.state == "received"
    work.session.execute(text("UPDATE allotment SET state = 'closed' WHERE id = :id"), {"id": allotment.id})
    with pytest.raises(Conflict, match="入库后才能激活"):
        service.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, count=1))
