"""The doctor names each thing that is wrong, and is silent on an installation in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gi_registry.config import Settings, read_settings
from gi_registry.db import Database
from gi_registry.divisions.service import seed_calendar
from gi_registry.doctor import Report, examine, list_settings

NEEDS = {"calendar", "durability"}  # what a test database lacks: this year's holidays may be unknown, and its fsync is off


def _settings(url: str, **differs: Any) -> Settings:
    return read_settings({}, database_url=url, secret_key="k" * 40, **differs)  # noqa: S106


def _found(settings: Settings) -> set[str]:
    return {problem.check for problem in examine(settings)}


def test_an_installation_in_order_has_no_problem_of_its_own(database_url: str, open_work: Any) -> None:
    with open_work() as work:
        seed_calendar(work)
    assert _found(_settings(database_url)) - NEEDS == set()


def test_a_short_secret_is_named_with_its_remedy(database_url: str) -> None:
    problems = examine(read_settings({}, database_url=database_url, secret_key="short"))  # noqa: S106
    problem = next(item for item in problems if item.check == "secret-key")
    assert "GI_SECRET_KEY" in str(problem.found)
    assert "openssl" in str(problem.remedy)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://gi.example.cn", False),
        ("http://127.0.0.1:8000", False),
        ("http://gi.example.cn", True),
        ("https://a-very-long-name-of-a-host.example.org", True),
    ],
)
def test_the_printed_address_must_be_https_and_short(database_url: str, url: str, named: bool) -> None:
    assert ("public-url" in _found(_settings(database_url, public_url=url))) is named


def test_a_demo_clock_belongs_to_a_demonstration(database_url: str) -> None:
    assert "demo-clock" in _found(_settings(database_url, demo_now="2026-03-10T10:00:00+08:00"))


@pytest.mark.databases("postgresql")
def test_a_postgresql_without_fsync_is_refused(database_url: str) -> None:
    assert "durability" in _found(_settings(database_url))


@pytest.mark.databases("sqlite")
def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.sqlite3"
    assert _found(_settings(f"sqlite:///{missing}")) == {"database"}
    assert not missing.exists()


@pytest.mark.databases("postgresql")
def test_an_unreachable_database_is_named_without_its_password() -> None:
    problems = examine(_settings("postgresql+psycopg://someone:hidden@127.0.0.1:1/gi"))
    assert [item.check for item in problems] == ["database"]
    assert "hidden" not in str(problems[0].found)


class TestWithoutHolidays:
    """A database without a calendar."""

    @pytest.fixture
    def database_state(self) -> str:
        return "migrated"

    def test_the_holidays_of_the_year_must_be_loaded(self, database_url: str) -> None:
        problem = next(item for item in examine(_settings(database_url)) if item.check == "calendar")
        assert "gi-registry import calendar" in str(problem.remedy)


class TestUnmigrated:
    """A database that was never migrated."""

    @pytest.fixture
    def database_state(self) -> str:
        return "empty"

    def test_old_migrations_are_named(self, database: Database) -> None:
        with database.engine.connect():  # SQLite makes the file
            pass
        problem = next(item for item in examine(_settings(database.url)) if item.check == "migrations")
        assert "gi-registry db upgrade" in str(problem.remedy)


def test_settings_are_listed_without_secrets() -> None:
    settings = read_settings({}, database_url="postgresql://someone:hidden@host/gi", secret_key="k" * 40, smtp_url="smtp://a:b@c")  # noqa: S106
    text = Report(list_settings(settings), []).as_text()
    assert "GI_DATABASE_URL" in text
    assert "hidden" not in text
    assert "kkkk" not in text
    assert "smtp://" not in text
