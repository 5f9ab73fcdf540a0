"""What migrations need on both databases: triggers that keep rows from being changed.

Recreating a table in SQLite's batch mode silently drops its triggers: a migration that alters an append-only table calls
``create_append_only_triggers`` again afterwards, and a test compares the list of triggers.
"""

from __future__ import annotations

from typing import Any


def create_append_only_triggers(op: Any, table: str, *, key: tuple[str, ...] = ("id",), unless: str = "") -> None:
    """Refuse UPDATE and DELETE (on PostgreSQL also TRUNCATE) of ``table``.

    ``key`` are the columns of its primary key: SQLite's INSERT OR REPLACE deletes without asking the triggers, so an insert over an
    existing key is refused there too. ``unless`` is a SQL condition on OLD and NEW that lets an update pass.
    """
    allowed = f"NOT ({unless})" if unless else ""
    refuse(op, table, "update", when=allowed, why=f"{table} is append-only")
    refuse(op, table, "delete", why=f"{table} is append-only")
    refuse_truncate(op, table)
    if not is_postgresql(op):
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in key)
        refuse(op, table, "insert", when=f"EXISTS (SELECT 1 FROM {table} WHERE {same})", why=f"{table} is append-only")


def drop_append_only_triggers(op: Any, table: str) -> None:
    """Drop what ``create_append_only_triggers`` made."""
    for verb in ("update", "delete", "insert"):
        drop_refusal(op, table, verb)
    drop_refuse_truncate(op, table)


def refuse(op: Any, table: str, verb: str, *, why: str, when: str = "") -> None:
    """Refuse ``verb`` (insert, update, delete) of a row of ``table``, where ``when`` holds, with ``why``; trigger ``<table>_no_<verb>``."""
    condition = f"WHEN ({when}) " if when else ""
    moment = f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} FOR EACH ROW {condition}"
    if is_postgresql(op):
        _message_function(op)
        op.execute(f"{moment}EXECUTE FUNCTION gi_refuse('{why}')")
    else:
        op.execute(f"{moment}BEGIN SELECT RAISE(ABORT, '{why}'); END")


def drop_refusal(op: Any, table: str, verb: str) -> None:
    """Drop the trigger that ``refuse`` made."""
    op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}" + (f" ON {table}" if is_postgresql(op) else ""))


def refuse_truncate(op: Any, table: str) -> None:
    """Refuse TRUNCATE on PostgreSQL; SQLite has none."""
    if is_postgresql(op):
        _message_function(op)
        moment = f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
        op.execute(f"{moment} EXECUTE FUNCTION gi_refuse('{table} is append-only')")


def drop_refuse_truncate(op: Any, table: str) -> None:
    """Drop the trigger that ``refuse_truncate`` made."""
    if is_postgresql(op):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}")


def drop_refuse_function(op: Any) -> None:
    """Drop the function behind the triggers on PostgreSQL, when the last of them is gone."""
    if is_postgresql(op):
        op.execute("DROP FUNCTION IF EXISTS gi_refuse()")


def is_postgresql(op: Any) -> bool:
    """Say which database the migration runs on."""
    return bool(op.get_context().dialect.name == "postgresql")


def _message_function(op: Any) -> None:
    # 23001 (restrict_violation) is an integrity error, so a violated trigger reaches people as a Conflict like a violated constraint
    op.execute(
        "CREATE OR REPLACE FUNCTION gi_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END$$"
    )
