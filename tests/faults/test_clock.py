"""The host's clock jumps a day forward and a day back: order, first checks, single effects and sessions do not hang on it.

The process takes its time from ``kernel.clock`` (and the cookie's signature from ``time``), which the tests move. Negative controls: what
is decided by moments alone (the order of the log, the first of the looks, a job without its ledger, a key that is kept for a day) goes
wrong under the same jumps.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from gi_registry.config import Settings
from gi_registry.jobs.job import Job
from gi_registry.jobs.runner import begin, work_off
from gi_registry.kernel.words import say
from gi_registry.listings import service as listings
from gi_registry.log.models import LEAF
from gi_registry.log.verification import verify
from gi_registry.notices.models import Notice
from gi_registry.registry.models import Product
from gi_registry.reports.models import ReportReminder
from gi_registry.reports.service import send_reminders
from gi_registry.scans.connections import connect
from gi_registry.scans.queries import find_history
from gi_registry.scans.service import Look, record_check
from tests.builders.accounts import make_person, sign_in, token
from tests.builders.listings import make_stage, to_listed
from tests.builders.registry import make_authorisation, make_organisation, make_product
from tests.builders.reports import make_farm
from tests.builders.scans import make_labels
from tests.conftest import NOW

DAY = timedelta(days=1)
JUMPS = (timedelta(), DAY, timedelta(), -DAY, timedelta(), DAY)
"""Forward, back, further back, and forward again."""
FORM = {"grade": "特级", "unit": "piece", "content_per_label": "1", "marking_mode": "item_code"}


class Clock:
    """The clock of the host."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self, offset: timedelta = timedelta()) -> datetime:
        """Stand in for ``utc_now``."""
        return self.at + offset


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moved = Clock(NOW)
    monkeypatch.setattr("gi_registry.workflow.utc_now", moved.now)
    monkeypatch.setattr("itsdangerous.timed.TimestampSigner.get_timestamp", lambda _signer: int(moved.at.timestamp()))
    return moved


@pytest.fixture
def fixed_clock(clock: Clock) -> None:
    """The application of these tests goes by the clock that moves."""


# ---- the log -------------------------------------------------------------------------------------------------------------------------


def test_the_log_keeps_its_order_whatever_the_clock_says(open_work: Callable[..., Any]) -> None:
    for jump in JUMPS:
        with open_work(now=NOW + jump) as work:
            make_product(work)
    with open_work(writable=False) as work:
        assert verify(work.session).sound
        leaves = work.session.execute(select(LEAF.c.index, LEAF.c.body).order_by(LEAF.c.index)).all()
    assert [index for index, _body in leaves] == list(range(len(leaves)))
    told = [json.loads(body)["at"] for _index, body in leaves]
    assert told != sorted(told)  # the control: by its moments the log would be in another order


# ---- scans ---------------------------------------------------------------------------------------------------------------------------


def test_the_first_check_stays_the_first(open_work: Callable[..., Any], database_url: str) -> None:
    with open_work() as work:
        labels = make_labels(work)
    opened = connect(database_url)
    checks = [record_check(opened, Look(labels.range_id, 7, NOW + jump, f"{n:016x}"), test=None) for n, jump in enumerate(JUMPS)]
    history = opened.read(lambda reader: find_history(reader, labels.range_id, 7))
    opened.close()
    assert [check.is_first for check in checks] == [True] + [False] * (len(JUMPS) - 1)
    assert [check.count for check in checks] == list(range(1, len(JUMPS) + 1))
    assert {check.first_at for check in checks} == {NOW} == {history.first_at}
    assert min(NOW + jump for jump in JUMPS) < NOW  # the control: by its moment another look would be the first


# ---- jobs ----------------------------------------------------------------------------------------------------------------------------


def test_a_nightly_job_takes_effect_once_a_night(database: Any, clock: Clock) -> None:
    ran: list[datetime] = []
    careless: list[datetime] = []
    job = Job("test:nightly", {"hour": 2, "minute": 30}, lambda _work, occasion: ran.append(occasion.due_at), say("测试"))
    begin(database, (job,))
    for jump in (DAY, timedelta(), 2 * DAY, DAY, timedelta(), 3 * DAY, 2 * DAY):
        clock.at = NOW + jump
        work_off(database, Settings(database_url=database.url), (job,))
        careless.append(clock.at)
    assert len(ran) == len(set(ran)) == 3  # the three nights that came, none left out
    assert len(careless) > len(ran)  # the control: without the ledger each look would have been a night


def test_a_reminder_goes_out_once_a_step(open_work: Callable[..., Any]) -> None:
    with open_work() as work:
        make_farm(work)
    due = datetime(2026, 1, 29, 2, 0, tzinfo=UTC)
    assert sum(reminded(open_work, due + jump) for jump in (-DAY, *JUMPS)) == 1
    with open_work() as work:
        assert len(work.session.execute(select(Notice.id)).all()) == 1
        work.session.execute(delete(ReportReminder))  # the control: without the note of what went out
    assert reminded(open_work, due) == 1


def reminded(open_work: Callable[..., Any], at: datetime) -> int:
    with open_work(now=at) as work:
        return int(send_reminders(work))


def test_the_end_of_a_publication_is_warned_of_once_and_comes_once(work: Any, open_work: Callable[..., Any]) -> None:
    stage = to_listed(make_stage(work))
    stage.commit()
    work.commit()
    until = stage.the_case.publish_until
    last = datetime(until.year, until.month, until.day, 2, 0, tzinfo=UTC)
    warned, ended = [0, 0], []
    for days in (-200, -20, -19, -20, -19):
        with open_work(now=last + timedelta(days=days)) as night:
            warned.append(listings.daily(night).prewarned)
    for jump in (-DAY, timedelta(), -DAY, timedelta(), DAY):
        with open_work(now=last + jump) as night:
            ended.append(listings.daily(night).expired)
    assert sum(warned) == 1
    assert ended == [0, 1, 0, 0, 0]


# ---- people --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def path(client: Any, open_work: Callable[..., Any]) -> str:
    with open_work(now=NOW - 7 * DAY) as work:
        organisation = make_organisation(work)
        authorisation = make_authorisation(work, organisation=organisation)
        make_person(work, "producer_operator", organisation=organisation, login="farmer")
        return f"/authorisations/{authorisation.id}/products/new"


def send(client: Any, path: str, key: str) -> Any:
    return client.post(path, data={**FORM, "name": f"示例蟹{key}", "csrf_token": token(client, "/home"), "form_key": key})


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_form_sent_again_after_the_clock_jumped_is_done_once(
    client: Any, path: str, clock: Clock, open_work: Callable[..., Any], jump: timedelta
) -> None:
    sign_in(client, "farmer")
    assert send(client, path, "k1").status_code == 303
    clock.at = NOW + jump + timedelta(minutes=5)
    sign_in(client, "farmer")
    assert send(client, path, "k2").status_code == 303  # whoever writes a key removes the old ones
    assert send(client, path, "k1").headers["Idempotency-Replayed"] == "true"
    clock.at = NOW + timedelta(minutes=10)
    sign_in(client, "farmer")
    assert send(client, path, "k1").headers["Idempotency-Replayed"] == "true"
    assert products(open_work) == 2


def test_a_key_kept_for_a_day_only_would_not_know_the_form_again(
    client: Any, path: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gi_registry.web.repeats.KEPT_FOR", DAY)
    sign_in(client, "farmer")
    send(client, path, "k1")
    clock.at = NOW + DAY + timedelta(minutes=5)
    sign_in(client, "farmer")
    send(client, path, "k2")
    assert send(client, path, "k1").status_code == 409  # only because two products may not have one name; nothing stops a second harvest


def products(open_work: Callable[..., Any]) -> int:
    with open_work(writable=False) as work:
        return len(work.session.execute(select(Product.id)).all())


@pytest.mark.parametrize("jump", [DAY, -DAY])
def test_a_session_that_the_clock_left_behind_ends_at_the_sign_in_page(client: Any, path: str, clock: Clock, jump: timedelta) -> None:
    sign_in(client, "farmer")
    assert client.get("/home").status_code == 200
    clock.at = NOW + jump
    answer = client.get("/home")
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/sign-in")
    assert send_blindly(client, path).status_code in {303, 401, 403}
    assert sign_in(client, "farmer").status_code == 303
    assert client.get("/home").status_code == 200
    clock.at = NOW
    assert client.get("/home").status_code in {200, 303}
    assert sign_in(client, "farmer").status_code == 303
    assert client.get("/home").status_code == 200  # the control: nothing but the clock stood in the way


def send_blindly(client: Any, path: str) -> Any:
    return client.post(path, data={**FORM, "name": "示例蟹", "csrf_token": "stale", "form_key": "k"})
