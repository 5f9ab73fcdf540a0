"""One chain of migrations that goes up and down on both databases and ends where the models are."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Connection, inspect, text
from sqlalchemy.exc import SAWarning

from gi_registry.assets import asset_dir
from gi_registry.db import Database, MultiPolygonType, metadata
from gi_registry.tables import TABLES
from tests.migrations.chain import configuration, downgrade, upgrade

SPATIAL_SUFFIXES = ("_rtree", "_rtree_node", "_rtree_parent", "_rtree_rowid")
POSTGIS = {"spatial_ref_sys", "geometry_columns", "geography_columns"}
TRIGGERS = asset_dir("migrations") / "triggers.txt"  # the doctor reads it too
REVISIONS = [revision.revision for revision in ScriptDirectory.from_config(configuration()).walk_revisions()][::-1]


@pytest.fixture
def empty_url(make_database: Any, database_kind: str) -> Any:
    with make_database(database_kind, state="empty") as url:
        yield url


@pytest.fixture
def database_state() -> str:
    return "migrated"


def _own(connection: Connection) -> set[str]:
    names = set(inspect(connection).get_table_names())
    return {name for name in names - POSTGIS - {"alembic_version"} if not name.endswith(SPATIAL_SUFFIXES)}


def _triggers(connection: Connection) -> set[tuple[str, str]]:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
    else:
        rows = connection.execute(
            text("SELECT t.tgname, c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal")
        )
    return {(row[0], row[1]) for row in rows}


def _counts(connection: Connection) -> dict[str, int]:
    return {name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in sorted(_own(connection))}


def test_there_is_one_head() -> None:
    assert len(ScriptDirectory.from_config(configuration()).get_heads()) == 1


def test_revisions_are_numbered_in_order() -> None:
    assert sorted(REVISIONS) == REVISIONS


def test_models_and_migrations_are_the_same(database: Database) -> None:
    def same_type(_context: Any, _inspected: Any, column: Any, _database_type: Any, model_type: Any) -> bool | None:
        return False if isinstance(model_type, MultiPolygonType) else None

    def ours(_item: Any, name: str | None, kind: str, reflected: bool, _other: Any) -> bool:
        if kind == "table":
            return not (name in POSTGIS or str(name).endswith(SPATIAL_SUFFIXES))
        return not (kind == "index" and reflected and str(name).endswith("_geometry"))

    assert TABLES
    with database.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)  # PostGIS' own type and expression indexes are not read back
        context = MigrationContext.configure(connection, opts={"compare_type": same_type, "include_object": ours})
        assert compare_metadata(context, metadata) == []


def test_checks_of_models_and_migrations_are_the_same(database: Database) -> None:
    missing: list[str] = []
    with database.engine.connect() as connection:
        look = inspect(connection)
        for table in metadata.sorted_tables:
            wanted = {str(item.name) for item in table.constraints if isinstance(item, CheckConstraint)}
            found = {str(item["name"]) for item in look.get_check_constraints(table.name)}
            missing += [f"{table.name}: {name}" for name in sorted(wanted ^ found)]
    assert missing == []


def test_checks_say_the_same(make_database: Any, database_kind: str, database: Database) -> None:
    """What the migrations made and what the models would make admit the same values, clause for clause."""
    with make_database(database_kind, state="empty") as url:
        from_models = Database(url)
        metadata.create_all(from_models.engine)
        with from_models.engine.connect() as ours, database.engine.connect() as theirs:
            differing = [
                (table.name, name, clause, other.get(name))
                for table in metadata.sorted_tables
                for clauses, other in [(_clauses(ours, table.name), _clauses(theirs, table.name))]
                for name, clause in clauses.items()
                if clause != other.get(name)
            ]
        from_models.engine.dispose()
    assert differing == []


def _clauses(connection: Connection, table: str) -> dict[str, str]:
    return {str(item["name"]): " ".join(str(item["sqltext"]).split()) for item in inspect(connection).get_check_constraints(table)}


def test_down_to_nothing_and_up_again(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    with database.engine.connect() as connection:
        tables, triggers = _own(connection), _triggers(connection)
    database.engine.dispose()
    assert set(TABLES) <= tables
    downgrade(empty_url)
    with database.engine.connect() as connection:
        assert _own(connection) == set()
        assert {name for name, table in _triggers(connection) if table not in POSTGIS} == set()
    database.engine.dispose()
    upgrade(empty_url)
    with database.engine.connect() as connection:
        assert (_own(connection), _triggers(connection)) == (tables, triggers)
    database.engine.dispose()


def test_each_step_can_be_taken_back_and_loses_no_trigger(empty_url: str) -> None:
    database = Database(empty_url)
    kept: set[tuple[str, str]] = set()
    for before, revision in zip(["base", *REVISIONS], REVISIONS, strict=False):
        upgrade(empty_url, revision)
        downgrade(empty_url, before)
        upgrade(empty_url, revision)
        with database.engine.connect() as connection:
            now, tables = _triggers(connection), _own(connection)
        database.engine.dispose()
        assert {trigger for trigger in kept if trigger[1] in tables} <= now, f"{revision} dropped triggers"
        kept = now


def test_the_triggers_are_those_on_file(database: Database) -> None:
    """A table that SQLite rebuilt has lost its triggers without a word; this list remembers them."""
    kind = "sqlite" if database.is_sqlite else "postgresql"
    with database.engine.connect() as connection:
        now = {f"{kind} {table} {name}" for name, table in _triggers(connection)}
    on_file = {line for line in TRIGGERS.read_text(encoding="ascii").splitlines() if line.startswith(kind)}
    assert now == on_file, "write them anew with: python -m tests.accept"
