"""Whoever has the database's password: plain SQL, triggers dropped, the log rewritten where that helps."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Table, delete, func, insert, inspect, select, text, update

from gi_registry.db import metadata
from gi_registry.log.coverage import COVERED, canonical_row, is_covered, row_id
from gi_registry.log.models import ENTRY, HEAD, LEAF, NODE
from gi_registry.log.rules.leaf import bulk_root, commitment, salted
from gi_registry.log.rules.tree import Frontier, leaf_hash

LOG_TABLES = ("log_leaf", "log_node", "log_entry", "log_head")


@dataclass(frozen=True)
class Edit:
    """What was done to which row, as ``log verify`` should name it."""

    deed: str
    table: str
    row_id: str
    column: str = ""


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
    """Makes random edits; each is meant for a savepoint that is undone after the check."""

    def __init__(self, session: Any, chance: random.Random) -> None:
        self.session, self.chance = session, chance
        self.filled = [
            name
            for name in sorted(COVERED & metadata.tables.keys())
            if session.execute(select(func.count()).select_from(metadata.tables[name])).scalar()
        ]
        self._turn: list[str] = []
        self.changeable = [name for name in self.filled if name in {"product", "batch", "organisation", "annual_report", "listing_case"}]

    def edit_a_row(self) -> Edit:
        """Change, delete or insert a row; every table gets its turn before one comes again."""
        if not self._turn:
            self._turn = self.chance.sample(self.filled, len(self.filled))
        table = metadata.tables[self._turn.pop()]
        return self.chance.choice([self.change, self.remove, self.copy])(table)

    def edit_the_log(self) -> Edit:
        """Change or delete a row of the log's own tables."""
        table = metadata.tables[self.chance.choice(LOG_TABLES)]
        return self.change(table) if table.name == "log_head" else self.chance.choice([self.change, self.remove])(table)

    def change(self, table: Table) -> Edit:
        """Change one column of one row."""
        row = self._any_row(table)
        names = [column.name for column in table.columns if is_covered(table.name, column.name) and not column.primary_key]
        names = [name for name in names if isinstance(row[name], bool | int | bytes | str | date)]
        free = [name for name in names if not self._constrained(table, name)]
        if not free:
            return self.remove(table)
        name = self.chance.choice(free)
        self.session.execute(update(table).where(*self._is(table, row)).values({name: other(row[name], self.chance)}))
        return self._edit("change", table, row, column=name)

    def remove(self, table: Table) -> Edit:
        """Delete one row."""
        row = self._any_row(table)
        self.session.execute(delete(table).where(*self._is(table, row)))
        return self._edit("delete", table, row)

    def copy(self, table: Table) -> Edit:
        """Insert a row like an existing one, with other keys; a table whose keys a CHECK spells out loses one instead."""
        row = dict(self._any_row(table))
        keys = sorted(name for name in self._unique(table) if not self._constrained(table, name))
        if not any(column.name in keys for column in table.primary_key):
            return self.remove(table)
        for name in keys:
            row[name] = elsewhere(row[name])
        self.session.execute(insert(table).values(row))
        return self._edit("insert", table, row)

    def _edit(self, deed: str, table: Table, row: Any, *, column: str = "") -> Edit:
        return Edit(deed, table.name, row_id(tuple(row[key.name] for key in table.primary_key)), column)

    def _any_row(self, table: Table) -> Any:
        return self.chance.choice(self.session.execute(select(table).order_by(*table.primary_key)).mappings().all())

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

    # ---- forgeries: the log is rewritten so that it agrees with itself ---------------------------------------------------------------

    def forge_a_row(self) -> Edit:
        """Change a row and rewrite its entry, its leaf, the tree and the head."""
        edit = self.change(metadata.tables[self.chance.choice(self.changeable)])
        self._rewrite_entry(edit)
        self._rebuild()
        return Edit("forge", edit.table, edit.row_id, edit.column)

    def forget_the_end(self) -> Edit:
        """Take back the last act as if it had never been: its leaf, its entry, and the row that it put on file."""
        last = self.session.execute(select(func.max(LEAF.c.index))).scalar_one()
        entry = self.session.execute(select(ENTRY).where(ENTRY.c.leaf_index == last)).one()
        self.session.execute(delete(ENTRY).where(ENTRY.c.leaf_index == last))
        self.session.execute(delete(LEAF).where(LEAF.c.index == last))
        self.session.execute(delete(metadata.tables[entry.table_name]).where(text("id = :id")), {"id": int(entry.row_id)})
        self._rebuild()
        return Edit("forget", entry.table_name, entry.row_id)

    def _rewrite_entry(self, edit: Edit) -> None:
        table = metadata.tables[edit.table]
        mine = (ENTRY.c.table_name == edit.table) & (ENTRY.c.row_id == edit.row_id)
        entry = self.session.execute(select(ENTRY).where(mine).order_by(ENTRY.c.leaf_index.desc(), ENTRY.c.position.desc())).first()
        rows = self.session.execute(select(table)).mappings().all()
        row = next(row for row in rows if row_id(tuple(row[key.name] for key in table.primary_key)) == edit.row_id)
        hashed = salted(bytes(entry.salt), canonical_row(edit.table, row))
        place = (ENTRY.c.leaf_index == entry.leaf_index) & (ENTRY.c.position == entry.position)
        self.session.execute(update(ENTRY).where(place).values(row_hash=hashed))
        self._rewrite_leaf(entry.leaf_index)

    def _rewrite_leaf(self, index: int) -> None:
        entries = self.session.execute(select(ENTRY).where(ENTRY.c.leaf_index == index).order_by(ENTRY.c.position)).all()
        commitments = [commitment(each.table_name, each.row_id, row_hash=bytes(each.row_hash), salt=bytes(each.salt)) for each in entries]
        said = json.loads(self.session.execute(select(LEAF.c.body).where(LEAF.c.index == index)).scalar_one())
        said["row"] = (bulk_root(commitments) if "count" in said else commitments[0]).hex()
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        self.session.execute(update(LEAF).where(LEAF.c.index == index).values(body=body, hash=leaf_hash(body.encode())))

    def _rebuild(self) -> None:
        hashes = list(self.session.execute(select(LEAF.c.hash).order_by(LEAF.c.index)).scalars())
        grown, completed = Frontier().extend(map(bytes, hashes))
        self.session.execute(delete(NODE))
        if completed:
            self.session.execute(insert(NODE), [{"level": level, "index": index, "hash": hashed} for level, index, hashed in completed])
        self.session.execute(update(HEAD).values(size=grown.size, root=grown.root, frontier=b"".join(grown.hashes)))
