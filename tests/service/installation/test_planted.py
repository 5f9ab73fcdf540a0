"""Each planted fault of an installation is found, and the sound installation beside it has none."""

from __future__ import annotations

import shutil
import socket
import sqlite3
import zoneinfo
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from gi_registry.accounts.models import RoleGrant
from gi_registry.config import Settings, read_settings
from gi_registry.db import Database, Installation
from gi_registry.divisions.models import CalendarYear
from gi_registry.doctor import contents, machine
from gi_registry.doctor import database as server
from gi_registry.doctor.examination import SERVER_CHECKS, examine
from gi_registry.doctor.report import Problem, Report
from gi_registry.jobs.ledger import Due
from gi_registry.jobs.models import JobRun
from gi_registry.jobs.runner import begin, perform
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.clock import utc_now
from gi_registry.log import keys as log_keys
from tests import cluster as postgres
from tests.builders.accounts import make_person
from tests.builders.registry import make_organisation

SECRET = "0123456789abcdef" * 4
TEST_CLUSTER = {"durability"}  # the cluster of the tests forgets on purpose; a sound one is tested by itself below


def settings_of(url: str, **differs: Any) -> Settings:
    return read_settings({}, **{"database_url": url, "secret_key": SECRET, "public_url": "https://gi.example.cn", **differs})


class Installed:
    """An installation in order."""

    def __init__(self, database: Database, open_work: Any) -> None:
        self.database, self.settings, self.open_work = database, settings_of(database.url), open_work
        with open_work(now=utc_now()) as work:
            for role in contents.ADMINISTRATORS:
                make_person(work, role, login=role)
            for year in (work.today.year, work.today.year + 1):
                if work.session.get(CalendarYear, year) is None:
                    work.record(CalendarYear(year=year, source="示例"), "calendar_year:loaded")
            log_keys.ensure_key(work.session, self.settings, at=work.now)
        begin(database, TIMETABLE)

    def found(self, **differs: Any) -> list[Problem]:
        settings = settings_of(self.database.url, **differs)
        return [problem for problem in examine(settings) if problem.check not in TEST_CLUSTER]

    def checks(self, **differs: Any) -> set[str]:
        return {problem.check for problem in self.found(**differs)}


@pytest.fixture
def installed(database: Any, open_work: Any) -> Installed:
    return Installed(database, open_work)


def test_a_sound_installation_has_neither_problem_nor_warning(installed: Installed) -> None:
    assert installed.found() == []


def test_warnings_do_not_fail_the_examination(installed: Installed) -> None:
    report = Report([], installed.found(session_minutes=0))
    assert ([item.check for item in report.warnings], report.problems) == (["session-minutes"], [])
    assert report.as_json()["ok"] is True


# ---- settings ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("differs", "named"),
    [
        ({"secret_key": ""}, "secret-key"),
        ({"secret_key": "abcdef0123456789"}, "secret-key"),
        ({"secret_key": "changeme" * 5}, "secret-key"),
        ({"secret_key": "another-" + "0123456789abcdef" * 3}, "sealed-keys"),
        ({"public_url": "http://127.0.0.1:8000"}, "public-url"),
        ({"public_url": "http://gi.example.cn"}, "public-url"),
        ({"public_url": "https://a-very-long-name-of-a-host.example.org"}, "public-url"),
        ({"secure_cookies": False}, "secure-cookies"),
        ({"session_minutes": 1}, "session-minutes"),
        ({"session_minutes": 100_000}, "session-minutes"),
        ({"upload_bytes": 1000}, "upload-bytes"),
        ({"demo_now": "2026-03-10T10:00:00+08:00"}, "demo-clock"),
        ({"place_table": "/nowhere/places.csv"}, "place-table"),
        ({"mark_file": "/nowhere/mark.svg"}, "mark-file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_setting_that_is_wrong_is_named(installed: Installed, differs: dict[str, Any], named: str) -> None:
    assert named in installed.checks(**differs)


@pytest.mark.databases("sqlite")
def test_a_mail_server_that_does_not_answer_is_named_and_one_that_does_is_not(installed: Installed) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"smtp://127.0.0.1:{listening.getsockname()[1]}"
        assert "gateway" not in installed.checks(smtp_url=url)
    assert "gateway" in installed.checks(smtp_url=url)


# ---- the machine ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "plant", [lambda path: path.unlink(), lambda path: path.write_bytes(b"\x00\x01\x00\x00 torn")], ids=["gone", "torn"]
)
def test_a_font_that_is_gone_or_torn_is_named(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plant: Callable[[Path], Any]
) -> None:
    copy = Path(shutil.copy(machine.LABEL_FONT, tmp_path / "font.ttf"))
    monkeypatch.setattr(machine, "LABEL_FONT", copy)
    assert installed.checks() == set()
    plant(copy)
    assert installed.checks() == {"fonts"}


def test_a_name_that_the_fonts_cannot_print_is_named(installed: Installed) -> None:
    with installed.open_work() as work:
        make_organisation(work, name="示例茶叶合作社")
    assert installed.checks() == set()
    with installed.open_work() as work:
        make_organisation(work, name="示例\U00030edd\U00030ede茶叶合作社")
    (problem,) = installed.found()
    assert (problem.check, problem.warning) == ("glyphs", True)
    assert "\U00030edd" in str(problem.found)


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("free", "found"), [(machine.TIGHT, []), (machine.TIGHT - 1, [True]), (machine.FULL - 1, [False])])
def test_a_disk_that_fills_up_is_a_warning_and_then_a_problem(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, free: int, found: list[bool]
) -> None:
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda _folder: shutil._ntuple_diskusage(free * 2, free, free))
    assert sorted({item.warning for item in installed.found() if item.check == "disk"}) == found


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(("kind", "named"), [("ext4", False), ("nfs4", True), ("cifs", True)])
def test_an_embedded_database_on_a_network_disk_is_named(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, named: bool
) -> None:
    folder = Path(str(installed.database.engine.url.database)).parent
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / ext4 rw 0 0\nserver:/gi {folder} {kind} rw 0 0\n", "utf-8")
    monkeypatch.setattr(machine, "MOUNTS", mounts)
    assert ("network-disk" in installed.checks()) is named


@pytest.mark.databases("sqlite")
def test_missing_time_zone_data_are_named(installed: Installed, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(__import__("sys").modules, "tzdata", None)
    zoneinfo.reset_tzpath(to=[str(tmp_path)])
    try:
        assert "time-zone" in installed.checks()
    finally:
        zoneinfo.reset_tzpath()
    assert "time-zone" not in installed.checks()


# ---- the database --------------------------------------------------------------------------------------------------------------------


def _durable(cluster: postgres.Cluster) -> list[tuple[str, bool]]:
    engine = create_engine(cluster.url("postgres"))
    try:
        return [(str(item.found).removeprefix("PostgreSQL 的 ").split()[0], item.warning) for item in server.durable(Settings(), engine)]
    finally:
        engine.dispose()


@pytest.mark.slow
@pytest.mark.databases("postgresql")
def test_a_postgresql_that_may_forget_is_named(postgres_cluster: postgres.Cluster) -> None:
    with postgres.running(durable=True) as sound:
        assert _durable(sound) == []
        for name, warning in (("fsync", False), ("full_page_writes", False), ("synchronous_commit", True)):
            sound.run(f"ALTER SYSTEM SET {name} = off", "SELECT pg_reload_conf()")
            assert _durable(sound) == [(name, warning)]
            sound.run(f"ALTER SYSTEM RESET {name}", "SELECT pg_reload_conf()")


@pytest.mark.databases("postgresql")
def test_a_database_without_postgis_is_named(postgres_cluster: postgres.Cluster) -> None:
    name = postgres.fresh_name()
    engine = create_engine(postgres_cluster.create(name))
    try:
        assert [item.check for item in server.spatial(Settings(), engine)] == ["postgis"]
    finally:
        engine.dispose()
        postgres_cluster.drop(name)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize(("drift_s", "named"), [(0, False), (5, True), (-5, True)])
def test_a_clock_that_differs_from_the_servers_is_named(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, drift_s: int, named: bool
) -> None:
    monkeypatch.setattr(server, "utc_now", lambda: datetime.now(UTC) + timedelta(seconds=drift_s))
    assert ("clock" in installed.checks()) is named


@pytest.mark.parametrize(("revision", "word"), [("0001", "0001"), ("9999", "更新")])
def test_a_schema_behind_or_ahead_is_named(installed: Installed, revision: str, word: str) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    (problem,) = installed.found()
    assert problem.check == "migrations"
    assert word in str(problem.found)


def test_a_table_that_is_gone_is_a_problem_and_no_crash(installed: Installed) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("DROP TABLE job_run"))
    (problem,) = installed.found()
    assert (problem.check, problem.warning) == ("database", False)
    assert "job_run" in str(problem.found)


def test_dropped_triggers_are_named(installed: Installed) -> None:
    on_table = "" if installed.database.is_sqlite else " ON log_leaf"
    with installed.open_work() as work:
        work.session.connection().execute(text(f"DROP TRIGGER log_leaf_no_update{on_table}"))
    (problem,) = installed.found()
    assert problem.check == "triggers"
    assert "log_leaf_no_update" in str(problem.found)


@pytest.mark.databases("postgresql")
def test_triggers_that_are_switched_off_are_named(installed: Installed) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("ALTER TABLE log_leaf DISABLE TRIGGER log_leaf_no_delete"))
    (problem,) = installed.found()
    assert "log_leaf_no_delete" in str(problem.found)


@pytest.mark.databases("sqlite")
def test_an_embedded_database_without_its_write_ahead_log_is_named(tmp_path: Path) -> None:
    file = tmp_path / "old.sqlite3"
    with sqlite3.connect(file) as raw:
        raw.execute("CREATE TABLE a (b)")
    plain = create_engine(f"sqlite:///{file}")
    assert [item.check for item in server.journal(Settings(), plain)] == ["journal"]
    plain.dispose()
    with sqlite3.connect(file) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
    assert list(server.journal(Settings(), plain)) == []
    plain.dispose()


def test_every_check_of_the_server_is_silent_on_a_sound_one(installed: Installed) -> None:
    found = [problem for check in SERVER_CHECKS for problem in check(installed.settings, installed.database.engine)]
    assert {problem.check for problem in found} <= TEST_CLUSTER


# ---- what is stored ------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "gone", "found"),
    [
        (date(2026, 6, 1), 2026, [False]),
        (date(2026, 10, 31), 2027, []),
        (date(2026, 11, 1), 2027, [True]),
        (date(2026, 12, 1), 2027, [False]),
        (date(2026, 12, 1), 2030, []),
    ],
)
def test_a_year_without_holidays_is_named_when_it_matters(
    installed: Installed, monkeypatch: pytest.MonkeyPatch, today: date, gone: int, found: list[bool]
) -> None:
    monkeypatch.setattr(contents, "moment", lambda _session: datetime(today.year, today.month, today.day, 4, tzinfo=UTC))
    with installed.open_work() as work:
        for year in (2026, 2027, gone):
            row = work.session.get(CalendarYear, year)
            if row is None and year != gone:
                work.record(CalendarYear(year=year, source="示例"), "calendar_year:loaded")
            if row is not None and year == gone:
                work.record_deleted(row, "calendar_year:removed")
    problems = list(contents.calendar(installed.settings, installed.database.engine))
    assert [item.warning for item in problems] == found


@pytest.mark.parametrize("role", contents.ADMINISTRATORS)
def test_an_office_that_nobody_holds_is_named(installed: Installed, role: str) -> None:
    with installed.open_work(now=utc_now()) as work:
        work.session.connection().execute(text("UPDATE person SET active = :no WHERE login = :login"), {"no": False, "login": role})
    (problem,) = installed.found()
    assert problem.check == "administrators"
    assert role in str(problem.found)
    assert problem.warning is (role != "security_admin")


def test_two_offices_in_one_hand_are_named(installed: Installed) -> None:
    with installed.open_work(now=utc_now()) as work:
        person = make_person(work, "audit_admin", login="both")
        grant = RoleGrant(person_id=person.id or 0, role="system_admin", valid_from=work.today)
        work.record(grant, "role_grant:granted")
    (problem,) = installed.found()
    assert (problem.check, problem.warning) == ("administrators", False)
    assert "both" in str(problem.found)


def test_a_log_without_a_key_has_no_checkpoint_outside(installed: Installed) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("DELETE FROM log_key"))
    assert {(item.check, item.warning) for item in installed.found()} == {("checkpoint", True)}


# ---- the scheduler -------------------------------------------------------------------------------------------------------------------


def _at(installed: Installed, monkeypatch: pytest.MonkeyPatch, ahead: timedelta) -> set[str]:
    monkeypatch.setattr(contents, "moment", lambda _session: utc_now() + ahead)
    return {item.check for item in contents.jobs(installed.settings, installed.database.engine)}


def test_a_scheduler_that_never_ran_is_a_warning(installed: Installed) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("DELETE FROM job_run"))
    assert {(item.check, item.warning) for item in installed.found()} == {("scheduler", True)}


def test_a_scheduler_that_stands_still_is_named_after_a_while(installed: Installed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _at(installed, monkeypatch, timedelta(minutes=5)) == set()
    assert _at(installed, monkeypatch, timedelta(minutes=15)) == {"job-overdue"}
    assert _at(installed, monkeypatch, timedelta(days=2)) == {"job-overdue"}


def test_a_job_that_fails_is_named_with_its_reason_until_it_succeeds(installed: Installed) -> None:
    nightly = next(job for job in TIMETABLE if job.id == "cases:daily")
    with installed.open_work(now=utc_now()) as work:
        work.session.add(JobRun(job=nightly.id, due_at=work.now, attempts=1, try_at=work.now, error="OSError: the disk is full"))
    (problem,) = installed.found()
    assert problem.check == "job-failed"
    assert "the disk is full" in str(problem.found)
    assert perform(installed.database, installed.settings, Due(nightly, utc_now()))
    assert installed.found() == []


def test_a_demonstration_needs_no_administrators(installed: Installed) -> None:
    with installed.open_work() as work:
        work.session.connection().execute(text("UPDATE person SET active = :no"), {"no": False})
        work.session.merge(Installation(id=1, demo=True))
    assert installed.found() == []
