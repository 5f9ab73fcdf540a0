"""Two officers at the same moment, on connections of their own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from gi_registry.accounts.service import actor_of
from gi_registry.kernel.errors import Conflict
from gi_registry.listings import queries, service
from gi_registry.listings.models import ListingCase, ListingStep
from tests.builders.accounts import make_person
from tests.builders.listings import make_stage, to_proposed, to_verifying


def test_two_officers_race_and_one_decides(open_work: Any) -> None:
    with open_work() as work:
        stage = to_proposed(make_stage(work))
        second = make_person(work, "city_officer", division="9999").id or 0
        case_id, version, now = stage.id, stage.the_case.version, stage.now
        people = [stage.people["city"], second]
        stage.commit()

    def decide(person: int) -> str:
        try:
            with open_work(now=now) as own:
                own.actor = actor_of(own.session, person)
                return service.decide_listing(own, case_id, version=version, note="同意列入。").decision_number or ""
        except Conflict as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(decide, people))
    assert answers == ["StaleVersion", "示例市异列决〔2026〕1号"]
    with open_work(writable=False) as work:
        steps = work.session.exec(select(ListingStep).where(ListingStep.case_id == case_id, ListingStep.action == "decide_listing")).all()
        assert len(steps) == 1


def test_numbers_have_no_gap_and_no_twin(open_work: Any) -> None:
    def take(turn: int) -> int | None:
        try:
            with open_work() as own:
                number = queries.next_number(own.session, "decision:999999", 2026)
                if turn % 3 == 0:
                    raise Conflict(refusal)
                return number
        except Conflict:
            return None

    from gi_registry.kernel.words import say

    refusal = say("示例")
    with ThreadPoolExecutor(6) as pool:
        numbers = [number for number in pool.map(take, range(30)) if number is not None]
    assert sorted(numbers) == list(range(1, 21))


@pytest.mark.parametrize(
    "change",
    [
        {"state": "listed"},
        {"state": "removed"},
        {"published_on": "2026-03-10"},
    ],
)
def test_the_database_itself_refuses_what_no_procedure_led_to(open_work: Any, change: dict[str, Any]) -> None:
    from sqlalchemy import update

    with open_work() as work:
        case_id = to_verifying(make_stage(work)).id
    from datetime import date

    values = {key: date.fromisoformat(value) if key == "published_on" else value for key, value in change.items()}
    with open_work() as work, pytest.raises((IntegrityError, OperationalError)):
        work.session.execute(update(ListingCase).where(ListingCase.id == case_id).values(**values))


def test_the_decider_is_never_the_handler_in_the_database(open_work: Any) -> None:
    from sqlalchemy import update

    from tests.builders.listings import to_listed

    with open_work() as work:
        stage = to_listed(make_stage(work))
        case_id, handler = stage.id, stage.the_case.handler_id
        stage.commit()
    with open_work() as work, pytest.raises(IntegrityError):
        work.session.execute(update(ListingCase).where(ListingCase.id == case_id).values(decider_id=handler))
