"""The doctor names each thing that is wrong, and is silent on an installation in order."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest

from gi_registry.config import Settings, read_settings
from gi_registry.db import Database, Installation
from gi_registry.doctor.examination import examine, list_settings, require_startable
from gi_registry.doctor.report import Report
from gi_registry.kernel.errors import Unavailable

SECRET = "0123456789abcdef" * 4


def _settings(url: str, **differs: Any) -> Settings:
    return read_settings({}, **{"database_url": url, "secret_key": SECRET, "public_url": "https://gi.example.cn", **differs})


def _found(settings: Settings) -> set[str]:
    return {problem.check for problem in examine(settings)}


def test_a_short_secret_is_named_with_its_remedy(database_url: str) -> None:
    problems = examine(read_settings({}, database_url=database_url, secret_key="short"))  # noqa: S106
    problem = next(item for item in problems if item.check == "secret-key")
    assert "GI_SECRET_KEY" in str(problem.found)
    assert "openssl" in str(problem.remedy)


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("https://gi.example.cn", False),
        ("http://127.0.0.1:8000", True),
        ("http://gi.example.cn", True),
        ("https://a-very-long-name-of-a-host.example.org", True),
    ],
)
def test_the_printed_address_must_be_https_and_short(database_url: str, url: str, named: bool) -> None:
    assert ("public-url" in _found(_settings(database_url, public_url=url))) is named


def test_a_demonstration_may_stay_on_its_own_machine(database_url: str, open_work: Any) -> None:
    _mark_as_demo(open_work)
    assert "public-url" not in _found(_settings(database_url, public_url="http://127.0.0.1:8000"))


def test_a_demo_clock_belongs_to_a_demonstration(database_url: str) -> None:
    assert "demo-clock" in _found(_settings(database_url, demo_now="2026-03-10T10:00:00+08:00"))


@pytest.mark.databases("sqlite")
def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    missing = tmp_path / "nothing.sqlite3"
    assert "database" in _found(_settings(f"sqlite:///{missing}"))
    assert not missing.exists()


@pytest.mark.databases("postgresql")
def test_an_unreachable_database_is_named_without_its_password() -> None:
    problems = examine(_settings("postgresql+psycopg://someone:hidden@127.0.0.1:1/gi"))
    told = next(item for item in problems if item.check == "database")
    assert "hidden" not in str(told.found)


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


# ---- files -----------------------------------------------------------------------------------------------------------------------------

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M0 0H10V10Z"/></svg>'


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("content", "named"), [("10.0.0.0,10.0.0.255,320100\n", False), ("no addresses\n", True), (None, True)], ids=["good", "bad", "missing"]
)
def test_a_place_table_must_be_readable(database_url: str, tmp_path: Path, content: str | None, named: bool) -> None:
    table = tmp_path / "places.csv"
    if content is not None:
        table.write_text(content, "utf-8")
    assert ("place-table" in _found(_settings(database_url, place_table=str(table)))) is named


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("name", "content", "named"),
    [
        ("mark.svg", SVG, False),
        ("mark.svg", SVG.replace("<path", '<path stroke="red"'), True),
        ("mark.svg", SVG + "<!--" + "x" * 6000 + "-->", True),
        ("mark.png", "no picture", True),
        ("mark.docx", "text", True),
        ("mark.svg", None, True),
    ],
    ids=["good", "stroke", "large", "broken", "kind", "missing"],
)
def test_a_mark_must_fit_the_labels_and_the_trace_page(
    database_url: str, tmp_path: Path, name: str, content: str | None, named: bool
) -> None:
    mark = tmp_path / name
    if content is not None:
        mark.write_text(content, "utf-8")
    problems = [item for item in examine(_settings(database_url, mark_file=str(mark))) if item.check == "mark-file"]
    assert bool(problems) is named
    assert all(str(item.remedy) for item in problems)


# ---- before a process starts -----------------------------------------------------------------------------------------------------------


def _mark_as_demo(open_work: Any) -> None:
    with open_work() as work:
        work.session.merge(Installation(id=1, demo=True))


def test_a_process_of_an_installation_in_order_starts(database_url: str) -> None:
    require_startable(_settings(database_url), host="0.0.0.0")  # noqa: S104


def test_a_real_database_needs_a_secret_key(database_url: str) -> None:
    with pytest.raises(Unavailable) as refused:
        require_startable(read_settings({}, database_url=database_url))
    assert "GI_SECRET_KEY" in str(refused.value)
    assert "openssl" in str(refused.value.remedy)


@pytest.mark.parametrize(
    ("host", "url", "starts"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", True),
        ("0.0.0.0", "http://127.0.0.1:8000", False),  # noqa: S104
        ("127.0.0.1", "https://gi.example.cn", False),
    ],
)
def test_only_a_demonstration_on_the_own_machine_goes_without(database_url: str, open_work: Any, host: str, url: str, starts: bool) -> None:
    _mark_as_demo(open_work)
    with nullcontext() if starts else pytest.raises(Unavailable):
        require_startable(read_settings({}, database_url=database_url, public_url=url), host=host)


def test_a_demo_clock_is_refused_on_a_real_database_only(database_url: str, open_work: Any) -> None:
    settings = _settings(database_url, demo_now="2026-03-10T10:00:00+08:00")
    with pytest.raises(Unavailable, match="GI_DEMO_NOW"):
        require_startable(settings)
    _mark_as_demo(open_work)
    require_startable(settings)


@pytest.mark.databases("sqlite")
def test_a_place_table_that_is_not_there_is_refused_before_the_first_scan(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="GI_PLACE_TABLE"):
        require_startable(_settings(database_url, place_table=str(tmp_path / "nothing.csv")))


@pytest.mark.databases("postgresql")
def test_a_database_that_is_away_refuses_no_start() -> None:
    require_startable(_settings("postgresql+psycopg://someone:hidden@127.0.0.1:1/gi"))
