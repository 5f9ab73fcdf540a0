"""A column that comes to a covered table after the first release leaves the rows logged before it as they are in the log."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import SAWarning

from gi_registry.db import Database
from gi_registry.log.coverage import ADDED, COVERED, EXCLUDED
from gi_registry.log.verification import verify
from tests.migrations.chain import downgrade, upgrade

FIRST_RELEASE = "0015"


@pytest.fixture
def first_release(make_database: Any, database_kind: str) -> Any:
    with make_database(database_kind, state="empty") as url:
        upgrade(url, FIRST_RELEASE)
        yield url


@pytest.fixture
def database_state() -> str:
    return "migrated"


def _columns(url: str) -> set[tuple[str, str]]:
    database = Database(url)
    with database.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # the type of PostGIS is not read back
        look = inspect(connection)
        found = {(table, column["name"]) for table in look.get_table_names() for column in look.get_columns(table)}
    database.engine.dispose()
    return found


def test_every_added_column_is_declared(first_release: str, database: Database) -> None:
    before = _columns(first_release)
    old_tables = {table for table, _column in before} & COVERED
    added = {pair for pair in _columns(database.url) - before if pair[0] in old_tables}
    declared = {(table, column) for table, columns in ADDED.items() for column in columns}
    left_out = {(table, column) for table, columns in EXCLUDED.items() for column in columns}
    assert added - left_out == declared, "name them in ADDED with the value that older rows get, or in EXCLUDED with the reason"


def test_the_log_is_sound_after_an_upgrade_of_the_first_release(database: Database, open_work: Any) -> None:
    from tests.builders.accounts import make_person
    from tests.builders.origin import make_plot
    from tests.builders.registry import make_authorisation, make_product

    with open_work() as work:
        authorisation = make_authorisation(work)
        make_product(work, authorisation=authorisation)
        plot = make_plot(work, authorisation)
        make_person(work, "county_handler", division="999999")
        plot_id = plot.id
    database.engine.dispose()
    downgrade(database.url, FIRST_RELEASE)
    upgrade(database.url)
    with database.session(writable=False) as session:
        assert verify(session).problems == ()
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE plot SET converted_from = 'gcj02' WHERE id = :id"), {"id": plot_id})
    with database.session(writable=False) as session:
        assert [(item.table, item.row_id) for item in verify(session).problems] == [("plot", str(plot_id))]
