"""What is in the log stays: plain SQL can neither change nor remove it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from gi_registry.log import queries, service
from gi_registry.log.service import Change
from tests.conftest import NOW

LEAVES = 5
REFUSED = (
    'UPDATE log_leaf SET body = body WHERE "index" = 1',
    'DELETE FROM log_leaf WHERE "index" = 4',
    "UPDATE log_node SET hash = hash WHERE level = 1",
    "DELETE FROM log_node",
    "UPDATE log_entry SET row_id = '2' WHERE leaf_index = 0",
    "UPDATE log_entry SET salt = row_hash, row_id = '2' WHERE leaf_index = 0",
    "UPDATE log_entry SET salt = '' WHERE leaf_index = 0",
    "DELETE FROM log_entry WHERE leaf_index = 0",
    "UPDATE log_head SET size = size",
    "UPDATE log_head SET size = size - 1",
    "UPDATE log_head SET id = 2, size = size + 1",
    "DELETE FROM log_head",
    "INSERT INTO log_head (id, size, root, frontier) SELECT 2, size, root, frontier FROM log_head",
)


@pytest.fixture
def filled(work: Any) -> Any:
    changes = [Change("gi", "register", "gi", str(number), {"id": number}) for number in range(LEAVES)]
    service.append(work.session, changes, actor_pseudonym="p1", at=NOW)
    work.session.commit()
    return work.session


@pytest.mark.parametrize("statement", REFUSED)
def test_plain_sql_cannot_change_the_log(filled: Any, statement: str) -> None:
    before = queries.head(filled)
    with pytest.raises(IntegrityError):
        filled.execute(text(statement))
    filled.rollback()
    assert queries.head(filled) == before
    assert filled.execute(text("SELECT count(*) FROM log_leaf")).scalar_one() == LEAVES


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("table", ["log_leaf", "log_node", "log_entry"])
def test_sqlite_replace_does_not_slip_past_the_triggers(filled: Any, table: str) -> None:
    filled.rollback()
    filled.connection().exec_driver_sql("PRAGMA recursive_triggers=OFF")
    with pytest.raises(IntegrityError):
        filled.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"))


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("table", ["log_leaf", "log_node", "log_entry", "log_head"])
def test_postgresql_truncate_is_refused(filled: Any, table: str) -> None:
    with pytest.raises(IntegrityError):
        filled.execute(text(f"TRUNCATE {table} CASCADE"))
