"""What a process keeps of the register is dropped as soon as the log tells that it was changed, and is otherwise read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from shapely.geometry import MultiPolygon, Point
from sqlmodel import select

from gi_registry.accounts.models import Organisation
from gi_registry.batches.models import Batch
from gi_registry.batches.service.quality import withdraw_test
from gi_registry.codes.models import CodeInterval, CodeRange, SigningKey
from gi_registry.log.coverage import COVERED
from gi_registry.registry.models import Authorisation, Gi, Protection
from gi_registry.verify.queries import changes, codes
from gi_registry.verify.service import look_up
from gi_registry.workflow import Work
from tests.builders.batches import make_batch as declare
from tests.builders.processes import do, made
from tests.builders.quality import make_test
from tests.builders.registry import make_authorisation, make_product
from tests.builders.scans import Labels, make_area, make_labels, say_of
from tests.conftest import NOW
from tests.service.verify.conftest import asked

Change = Callable[[Work, Labels], Any]


def _set(model: Any, key: Callable[[Labels], Any], **values: Any) -> Change:
    def change(work: Work, labels: Labels) -> None:
        row = work.session.get(model, key(labels))
        for name, value in values.items():
            setattr(row, name, value)
        work.record(row, f"{model.__tablename__}:change")

    return change


def _of_user(labels: Labels, work: Work) -> Authorisation:
    run = work.session.get(CodeRange, labels.range_id)
    assert run is not None
    found = work.session.get(Authorisation, run.authorisation_id)
    assert found is not None
    return found


def _change_user(model: Any, column: str, **values: Any) -> Change:
    return lambda work, labels: _set(model, lambda _labels: getattr(_of_user(labels, work), column), **values)(work, labels)


def _frozen(work: Work, labels: Labels) -> None:
    work.record(say_of(work, labels, "frozen", 1, 2), "code:freeze")


def _lifted(work: Work, labels: Labels) -> None:
    row = work.session.exec(select(CodeInterval).where(CodeInterval.range_id == labels.range_id)).one()
    row.lifted_at = NOW - timedelta(days=1)
    work.record(row, "code:lift")


def _area(work: Work, labels: Labels) -> None:
    lake = MultiPolygon([Point(118.5, 33.9).buffer(0.05)])
    work.record(make_area(work, labels.gi_id, geometry=lake, map_review_no="GS（2026）0000 号"), "area:create")


def _tested(work: Work, labels: Labels) -> None:
    make_test(work, work.session.get(Batch, labels.batch_id), number="JC-9")


CHANGES: dict[str, Change] = {
    "code_interval": _frozen,
    "code_interval lifted": _lifted,
    "area_version": _area,
    "test_report": _tested,
    "batch": _set(Batch, lambda labels: labels.batch_id, state="recalled"),
    "signing_key": _set(SigningKey, lambda _labels: 0, revoked_from=NOW - timedelta(days=300)),
    "authorisation": _change_user(Authorisation, "id", state="deregistered", valid_to=date(2026, 1, 1)),
    "organisation": _change_user(Organisation, "organisation_id", name="新名字"),
    "gi": _change_user(Gi, "gi_id", name="新名蟹"),
    "protection": _change_user(Protection, "protection_id", number="新公告"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_told_by_a_desk_that_kept_what_was_before(name, desk, keeping, on_file):
    labels = on_file(make_labels)
    before = look_up(keeping, labels.code(1), asked(counts=False))
    on_file(CHANGES[name], labels)
    kept, fresh = (look_up(each, labels.code(1), asked(counts=False)) for each in (keeping, desk))
    assert kept == fresh
    assert kept != before


def test_a_change_that_leaves_no_leaf_is_not_seen_by_a_desk_that_keeps(keeping, on_file, open_work):
    """The control: what the desk tells above, it tells because of the leaf."""
    labels = on_file(make_labels)
    look_up(keeping, labels.code(1), asked(counts=False))
    with open_work() as work:
        _of_user(labels, work).state = "deregistered"
    assert look_up(keeping, labels.code(1), asked(counts=False)).record.user.active


def test_a_report_on_the_harvest_reaches_what_was_made_of_it(desk, keeping, open_work, on_file):
    with open_work() as work:
        user = make_authorisation(work)
        harvest = declare(work, user, product=make_product(work, user), quantity="1000")
        packed = made(work, do(work, "split", [(harvest, "400")], {"quantity": "300"}, {"quantity": "100"}))[0]
        labels = make_labels(work, authorisation=user)
        say_of(work, labels, "activated", 600, 700, batch_id=packed.id, at=work.now - timedelta(days=10))
        harvest_id = harvest.id
    code = labels.code(650)
    assert look_up(keeping, code, asked(counts=False)).record.tests == ()
    with open_work() as work:
        report_id = make_test(work, work.session.get(Batch, harvest_id), number="JC-1").id
    assert [test.number for test in look_up(keeping, code, asked(counts=False)).record.tests] == ["JC-1"]
    with open_work() as work:
        withdraw_test(work, report_id, why="录错批次", version=1)
    assert look_up(keeping, code, asked(counts=False)).record.tests == ()


def test_what_is_kept_is_read_once_and_serves_all_labels_between_two_cuts(keeping, on_file, monkeypatch):
    labels = on_file(make_labels)
    first = look_up(keeping, labels.code(1), asked(counts=False)).record
    monkeypatch.setattr(codes, "goods_of", lambda *_args, **_named: pytest.fail("read again"))
    assert look_up(keeping, labels.code(2), asked(counts=False)).record.goods is first.goods
    with pytest.raises(pytest.fail.Exception):
        look_up(keeping, labels.code(700), asked(counts=False))  # beyond the cut: not activated


def test_a_record_ends_with_its_day_and_with_the_next_moment_of_its_marks(keeping, on_file):
    labels = on_file(make_labels)
    on_file(say_of, labels, "frozen", 1, 2, at=NOW + timedelta(minutes=30))
    assert look_up(keeping, labels.code(1), asked()).verdict == "first-check"
    keeping._clock = lambda: NOW + timedelta(minutes=30)
    assert look_up(keeping, labels.code(1), asked()).verdict == "frozen"
    keeping._clock = lambda: NOW
    assert look_up(keeping, labels.code(1), asked()).verdict == "repeat"


def test_a_record_that_was_read_before_a_change_and_is_kept_after_it_is_dropped(keeping, on_file, monkeypatch):
    labels = on_file(make_labels)
    reading = codes.published_listing

    def slow(reader, authorisation_id, *, on):
        found = reading(reader, authorisation_id, on=on)
        keeping.shelf.drop(frozenset())  # meanwhile another thread hears of a change
        return found

    monkeypatch.setattr(codes, "published_listing", slow)
    look_up(keeping, labels.code(1), asked())
    monkeypatch.setattr(codes, "published_listing", reading)
    assert all(not kept.stretches for kept in keeping.shelf.ranges.values())


def test_parameters_that_were_read_before_a_change_are_read_again_after_it(keeping, on_file, monkeypatch):
    reading = codes.policy_values

    def slow(reader, on):
        found = reading(reader, on)
        keeping.shelf.drop(None)  # meanwhile another thread hears of a change
        return found

    monkeypatch.setattr(codes, "policy_values", slow)
    keeping.policy(NOW.date())
    assert keeping.known_policy(NOW.date()) is None
    monkeypatch.setattr(codes, "policy_values", reading)
    assert keeping.policy(NOW.date()) is keeping.known_policy(NOW.date())


def test_a_range_of_which_too_much_was_said_is_asked_code_by_code(keeping, on_file, monkeypatch):
    monkeypatch.setattr("gi_registry.verify.service.records.MOST_SAID", 0)
    labels = on_file(make_labels)
    on_file(say_of, labels, "void", 7, 8)
    assert [look_up(keeping, labels.code(serial), asked()).verdict for serial in (6, 7, 800)] == ["first-check", "void", "not-activated"]


def test_so_many_changes_that_nobody_asks_which_drop_everything(keeping, on_file, monkeypatch):
    monkeypatch.setattr(changes, "MOST", 1)
    labels = on_file(make_labels)
    look_up(keeping, labels.code(1), asked(counts=False))

    def both(work: Work, labels: Labels) -> None:
        CHANGES["gi"](work, labels)
        CHANGES["organisation"](work, labels)

    on_file(both, labels)
    record = look_up(keeping, labels.code(1), asked(counts=False)).record
    assert (record.gi.name, record.user.name) == ("新名蟹", "新名字")


def test_every_path_from_a_changed_row_to_what_rests_on_it_can_be_asked(keeping):
    for named, statement in changes.TRACED.values():
        assert named in changes.NAMED
        assert keeping.connections.read(lambda reader, statement=statement: list(reader.all(statement, row=1))) == []


def test_every_table_that_a_record_is_read_from_is_one_whose_changes_are_heard():
    statements = [value for value in vars(codes).values() if isinstance(value, codes.Statement)]
    read = {table for each in statements for table in re.findall(r"(?:FROM|JOIN) ([a-z_]+)", each.named)} - {"source", "made"}
    heard = changes.NAMED | changes.TRACED.keys() | changes.GENERAL
    assert read - {"installation"} <= heard  # whether it is a demonstration was settled at its creation
    assert heard <= COVERED, "what leaves no leaf cannot be heard"
