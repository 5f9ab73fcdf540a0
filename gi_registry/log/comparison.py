"""Every row of the covered tables against its latest entry in the log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import Any

import shapely
from sqlalchemy import Table, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from gi_registry.db import metadata
from gi_registry.log.coverage import CONTENT_ADDRESSED, canonical_row, is_covered, row_id
from gi_registry.log.models import ENTRY
from gi_registry.log.report import Problem, problem
from gi_registry.log.rules.leaf import GONE, salted
from gi_registry.log.rules.tree import octets
from gi_registry.tables import TABLES

UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, SQLAlchemyError, shapely.errors.ShapelyError)

_Latest = dict[str, tuple[bytes, bytes]]


def compare_rows(session: Session, tables: Iterable[str]) -> tuple[list[Problem], int]:
    """Return what disagrees between the rows of ``tables`` and the log, and how many rows were compared."""
    assert TABLES, "importing the table modules fills the metadata"
    present = set(inspect(session.connection()).get_table_names())
    problems: list[Problem] = []
    compared = 0
    for name in sorted(tables):
        latest = _latest(session, name)
        table = metadata.tables.get(name)
        if table is None or name not in present:
            problems.extend([problem("table-missing", name)] if latest else [])
            continue
        for key, values in _rows(session, table):
            compared += 1
            problems.extend(_judge(name, key, values, entry=latest.pop(key, None)))
        problems.extend(problem("row-deleted", name, key) for key, entry in latest.items() if not _matches(entry, GONE))
    return problems, compared


def compare_contents(session: Session) -> list[Problem]:
    """Return the stored files whose bytes are no longer those of their hash, one file in memory at a time."""
    problems: list[Problem] = []
    for name, (digest, content) in CONTENT_ADDRESSED.items():
        table = metadata.tables[name]
        files = select(table.c[digest], table.c[content]).execution_options(yield_per=1)
        problems.extend(
            problem("content-altered", name, key) for key, raw in session.execute(files) if sha256(octets(raw)).hexdigest() != key
        )
    return problems


def _latest(session: Session, table: str) -> _Latest:
    """Return salt and hash of the latest entry per row; later ones overwrite earlier ones."""
    query = select(ENTRY.c.row_id, ENTRY.c.salt, ENTRY.c.row_hash).where(ENTRY.c.table_name == table)
    ordered = query.order_by(ENTRY.c.leaf_index, ENTRY.c.position).execution_options(yield_per=1000)
    return {key: (octets(salt), octets(hashed)) for key, salt, hashed in session.execute(ordered)}


def _judge(table: str, key: str, values: dict[str, Any] | None, *, entry: tuple[bytes, bytes] | None) -> list[Problem]:
    if entry is None or _matches(entry, GONE):
        return [problem("row-inserted", table, key)]
    try:
        same = values is not None and _matches(entry, canonical_row(table, values))
    except UNREADABLE:
        same = False
    return [] if same else [problem("row-changed", table, key)]


def _matches(entry: tuple[bytes, bytes], canonical: bytes) -> bool:
    salt, hashed = entry
    return salted(salt, canonical) == hashed


def _rows(session: Session, table: Table) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Yield identity and covered columns of every row; None for a row whose content can no longer be read."""
    columns = [column for column in table.columns if is_covered(table.name, column.name)]
    query = select(*columns).order_by(*table.primary_key).execution_options(yield_per=500)
    seen = 0
    try:
        for row in session.execute(query):
            values = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy for a row as a mapping
            yield row_id(tuple(values[column.name] for column in table.primary_key)), values
            seen += 1
    except UNREADABLE:
        yield from _one_by_one(session, table, columns=columns, after=seen)


def _one_by_one(session: Session, table: Table, *, columns: list[Any], after: int) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """Go on row by row where a whole page could not be read."""
    keys = session.execute(select(*table.primary_key).order_by(*table.primary_key).offset(after)).all()
    for key in keys:
        same = [column == value for column, value in zip(table.primary_key, key, strict=True)]
        try:
            values = dict(session.execute(select(*columns).where(*same)).one()._mapping)  # noqa: SLF001
        except UNREADABLE:
            yield row_id(tuple(key)), None
        else:
            yield row_id(tuple(key)), values
