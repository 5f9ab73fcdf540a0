"""Edits of the database behind the log: whoever has the database's password can make them, and ``log verify`` finds every one.

Negative control: the untouched database is sound, and a verification that skips the rows misses the edits of rows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Table, delete, func, insert, inspect, select, text, update

from gi_registry.db import metadata
from gi_registry.log.coverage import COVERED, is_covered
from gi_registry.log.verification import verify
from tests.builders.registry import make_authorisation, make_product

SEED = 20260310
ROW_EDITS, LOG_EDITS = 20, 10
LOG_TABLES = ("log_leaf", "log_node", "log_entry", "log_head")

Edit = Callable[[], str]


@pytest.fixture
def filled(work: Any) -> Any:
    """A small register: places, organisations, GIs, protections, authorisations, products; some of them changed since."""
    for number in range(6):
        product = make_product(work, authorisation_id=make_authorisation(work).id)
        work.commit()
        product.name = f"示例改名 {number}"
        work.record(product, "product:rename")
        work.commit()
    return work


def drop_triggers(session: Any) -> None:
    """What an intruder does first."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET session_replication_role = replica"))  # neither triggers nor foreign keys
        return
    session.execute(text("PRAGMA defer_foreign_keys=ON"))  # nothing here is committed
    for name in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name NOT LIKE '%rtree%'")).scalars().all():
        session.execute(text(f'DROP TRIGGER "{name}"'))


def other(value: Any, chance: random.Random) -> Any:
    """Another value of the same type."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + chance.randint(1, 9)
    if isinstance(value, bytes):
        return chance.randbytes(len(value) or 1)
    if value is None or isinstance(value, date):
        return value and value + timedelta(days=chance.randint(400, 4000))
    return f"{value}x"


def elsewhere(value: Any) -> Any:
    """A key that no row has."""
    if isinstance(value, int):
        return value + 100_000
    return value + timedelta(days=36_525) if isinstance(value, date) else value and f"{value}x"


class Intruder:
    """Makes random edits by plain SQL, each inside a savepoint that is undone after the check."""

    def __init__(self, session: Any, chance: random.Random) -> None:
        self.session, self.chance = session, chance
        self.filled = [
            name for name in sorted(COVERED) if session.execute(select(func.count()).select_from(metadata.tables[name])).scalar()
        ]

    def edit_a_row(self) -> str:
        table = metadata.tables[self.chance.choice(self.filled)]
        return self.chance.choice([self.change, self.remove, self.copy])(table)

    def edit_the_log(self) -> str:
        table = metadata.tables[self.chance.choice(LOG_TABLES)]
        return self.change(table) if table.name == "log_head" else self.chance.choice([self.change, self.remove])(table)

    def change(self, table: Table) -> str:
        row = self._any_row(table)
        names = [column.name for column in table.columns if is_covered(table.name, column.name) and not column.primary_key]
        names = [name for name in names if isinstance(row[name], bool | int | bytes | str | date)]
        name = self.chance.choice([name for name in names if not self._constrained(table, name)])
        self.session.execute(update(table).where(*self._is(table, row)).values({name: other(row[name], self.chance)}))
        return f"change {table.name}.{name}"

    def remove(self, table: Table) -> str:
        self.session.execute(delete(table).where(*self._is(table, self._any_row(table))))
        return f"delete {table.name}"

    def copy(self, table: Table) -> str:
        """A new row like an existing one, with other keys."""
        row = dict(self._any_row(table))
        for name in sorted(name for name in self._unique(table) if not self._constrained(table, name)):
            row[name] = elsewhere(row[name])
        self.session.execute(insert(table).values(row))
        return f"insert {table.name}"

    def _any_row(self, table: Table) -> Any:
        return self.chance.choice(self.session.execute(select(table)).mappings().all())

    def _is(self, table: Table, row: Any) -> list[Any]:
        return [column == row[column.name] for column in table.primary_key]

    def _constrained(self, table: Table, name: str) -> bool:
        """Whether a CHECK speaks of the column: an intruder who writes nonsense there is stopped by the database already."""
        checks = inspect(self.session.connection()).get_check_constraints(table.name)
        return table.name != "log_head" and any(re.search(rf"\b{name}\b", check["sqltext"]) for check in checks)

    def _unique(self, table: Table) -> set[str]:
        look = inspect(self.session.connection())
        names = {column.name for column in table.primary_key}
        for index in look.get_indexes(table.name) + look.get_unique_constraints(table.name):
            if index.get("unique", True):
                names |= {name for name in index["column_names"] if name}
        return names


def found_by(session: Any, edit: Edit, **options: Any) -> tuple[str, bool]:
    """Make an edit, verify, undo it; return what it was and whether it was found."""
    undo = session.begin_nested()
    what = edit()
    sound = verify(session, **options).sound
    undo.rollback()
    return what, not sound


@pytest.fixture
def intruder(filled: Any) -> Intruder:
    drop_triggers(filled.session)
    return Intruder(filled.session, random.Random(SEED))


def test_every_edit_behind_the_log_is_found(intruder: Intruder) -> None:
    session = intruder.session
    assert verify(session).sound
    edits = [intruder.edit_a_row] * ROW_EDITS + [intruder.edit_the_log] * LOG_EDITS
    outcomes = [found_by(session, edit) for edit in edits]
    assert [what for what, found in outcomes if not found] == []
    assert {what.split()[0] for what, _found in outcomes} == {"change", "delete", "insert"}
    assert verify(session).sound  # the edits were undone: nothing was found that was not there


def test_a_check_that_skips_the_rows_misses_their_edits(intruder: Intruder) -> None:
    outcomes = [found_by(intruder.session, intruder.edit_a_row, tables=frozenset()) for _each in range(5)]
    assert [what for what, found in outcomes if found] == []
