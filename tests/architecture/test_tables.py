"""Every table is answered for by the log, or says why not."""

from __future__ import annotations

from sqlalchemy import Float, Numeric

from gi_registry.db import metadata
from gi_registry.log.coverage import COVERED, EXCLUDED, NOT_COVERED
from gi_registry.tables import TABLES

NOT_OURS = {"alembic_version"}  # Alembic makes it, no model describes it


def test_every_table_is_covered_or_says_why_not() -> None:
    assert set(TABLES) - COVERED - set(NOT_COVERED) == set()


def test_every_covered_table_exists() -> None:
    assert COVERED - set(TABLES) == set()


def test_no_table_is_both() -> None:
    assert COVERED & set(NOT_COVERED) == set()


def test_every_exempt_table_exists() -> None:
    assert set(NOT_COVERED) - set(metadata.tables) - NOT_OURS == set()


def test_excluded_columns_belong_to_covered_tables() -> None:
    assert set(EXCLUDED) <= COVERED


def test_nothing_is_stored_as_a_float() -> None:
    wrong = [
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Float | Numeric) and not isinstance(column.type.python_type, type(int))
    ]
    floats = [
        f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, Float)
    ]
    assert wrong == []
    assert floats == []


def test_a_state_is_checked_by_the_database() -> None:
    unchecked = [
        table.name
        for table in metadata.sorted_tables
        if {"state", "version"} <= set(table.columns.keys())
        and not any("state IN" in str(getattr(item, "sqltext", "")) for item in table.constraints)
    ]
    assert unchecked == []


def test_scoped_tables_have_an_index_for_their_scope() -> None:
    for table in metadata.sorted_tables:
        for name in {"owner_org_id", "authority_division"} & set(table.columns.keys()):
            assert any(name in index.columns for index in table.indexes), f"{table.name}.{name}"
