"""When something is missing the buyer still gets an answer, or a page that says what is away; never a claim that was not stored."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from gi_registry.config import read_settings
from gi_registry.db import Installation
from gi_registry.policy import service as policy
from gi_registry.scans.connections import Busy
from gi_registry.verify.exchange import TracePage
from gi_registry.verify.rules.record import Counting
from gi_registry.verify.service import look_up
from gi_registry.verify.wsgi import wrap
from tests.builders.scans import SECRET_KEY, Labels, make_labels
from tests.conftest import NOW
from tests.service.verify.conftest import PHONE, asked


@pytest.mark.databases("sqlite")
def test_a_locked_database_still_answers_from_what_is_on_file(desk, on_file, database_url):
    labels = on_file(make_labels)
    blocker = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    found = look_up(desk, labels.code(1), asked())
    blocker.execute("ROLLBACK")
    assert (found.verdict, found.record.checks.counting, found.record.checks.count) == ("repeat", Counting.UNAVAILABLE, None)
    assert found.record.user is not None
    assert look_up(desk, labels.code(1), asked()).verdict == "first-check"


def test_a_write_that_fails_is_told_as_uncounted_for_codes_that_are_not_live_too(desk, on_file, monkeypatch):
    labels = on_file(make_labels, activated=0)

    def busy(_use):
        raise Busy("locked")

    monkeypatch.setattr(desk.connections, "write", busy)
    assert look_up(desk, labels.code(1), asked()).verdict == "not-activated"


def call(application, path: str, **environ: str) -> tuple[str, str]:
    told: list[str] = []
    values = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "HTTP_USER_AGENT": PHONE, "REMOTE_ADDR": "203.0.113.1", **environ}
    body = b"".join(application(values, lambda status, _headers: told.append(status)))
    return told[0], body.decode()


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_a_database_that_is_away_is_a_503_that_does_not_blame_the_code(accept, tmp_path):
    settings = read_settings({}, database_url=f"sqlite:///{tmp_path}/away.sqlite3", secret_key=SECRET_KEY)
    application = wrap(lambda _environ, _start: [b"inner"], TracePage(settings))
    code = Labels(1, "4RDKX", 0, 1, 1, 1, 1).code(1)
    status, body = call(application, f"/T/{code}", HTTP_ACCEPT=accept)
    assert status == "503 Service Unavailable"
    assert "暂时无法查询" in body


def test_with_another_secret_nothing_can_be_verified_and_nothing_is_claimed(on_file, database_url):
    labels = on_file(make_labels)
    application = wrap(
        lambda _environ, _start: [b"inner"], TracePage(read_settings({}, database_url=database_url, secret_key="another" * 8))
    )
    assert call(application, f"/T/{labels.code(1)}")[0] == "503 Service Unavailable"


def test_the_policy_on_file_decides_when_a_code_is_suspect(desk, on_file, open_work):
    labels = on_file(make_labels)
    with open_work() as work:
        policy.seed(work)
    verdicts = [look_up(desk, labels.code(1), asked(client)).verdict for client in range(1, 52)]
    assert verdicts[48] == "repeat"
    assert verdicts[49] == "suspect"
    assert look_up(desk, labels.code(1), asked(99, counts=False)).verdict == "suspect"


def test_a_demonstration_moves_the_clock_of_the_page_too(desk, on_file, open_work):
    labels = on_file(make_labels)
    with open_work() as work:
        work.session.merge(Installation(id=1, demo=True, clock_offset_s=int(timedelta(days=10).total_seconds())))
    assert look_up(desk, labels.code(1), asked()).at == NOW + timedelta(days=10)
    assert desk.demo


def test_the_same_desk_answers_in_many_threads(desk, on_file):
    labels = on_file(make_labels)
    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda client: look_up(desk, labels.code(client % 5), asked(client)).verdict, range(80)))
    assert sorted(verdicts) == ["first-check"] * 5 + ["repeat"] * 75


def test_a_desk_reads_its_places_from_the_operators_table(database_url, on_file, tmp_path, open_work):
    table = tmp_path / "places.csv"
    table.write_text("203.0.113.0,203.0.113.255,320583\n", encoding="utf-8")
    labels = on_file(make_labels)
    settings = read_settings({}, database_url=database_url, secret_key=SECRET_KEY, place_table=str(table))
    assert call(wrap(lambda _environ, _start: [b"inner"], TracePage(settings)), f"/T/{labels.code(1)}")[0] == "200 OK"
    with open_work() as work:
        assert work.session.connection().exec_driver_sql("SELECT place FROM scan").scalar_one() == "320500"
