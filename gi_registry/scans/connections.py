"""Database connections for the trace page: the driver itself, no session, no object per row.

The page is read by anyone who holds a package, so its cost per look-up is what the whole installation can bear. It needs five
small reads and one short transaction; a session would cost ten times as much. Both databases are reached through the same three
words: ``read``, ``write``, and statements with ``:name`` slots. SQLite has one writing connection per process behind a lock (waiting
in the lock is fair and cheap, waiting in the file is neither); between processes the file lock with its timeout decides.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import psycopg
from psycopg.rows import dict_row
from sqlalchemy import URL, make_url

WAIT_MS = 3_000
"""How long a look-up waits for a lock before it is answered without being counted."""

T = TypeVar("T")
_SLOT = re.compile(r"(?<!:):([a-z_]+)")


class Busy(Exception):
    """The row or the file stayed locked: nothing was stored."""


class Gone(Exception):
    """The database cannot be reached, or its tables are not there."""


class Statement:
    """SQL with ``:name`` slots, kept in the spelling of both drivers."""

    __slots__ = ("named", "pyformat")

    def __init__(self, text: str) -> None:
        self.named = " ".join(text.split())
        self.pyformat = _SLOT.sub(r"%(\1)s", self.named.replace("%", "%%")).encode()


Found = Mapping[str, Any]


class Reader(Protocol):
    """What runs statements. ``arrays``: whether one statement can carry rows as arrays and return those it changed (PostgreSQL)."""

    arrays: bool

    def one(self, statement: Statement, **values: object) -> Found | None:
        """Return the first row, or None (also for a statement that returns no rows)."""

    def all(self, statement: Statement, **values: object) -> Sequence[Found]:
        """Return every row."""


class _SqliteReader:
    __slots__ = ("_raw",)
    arrays = False

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def one(self, statement: Statement, **values: object) -> Found | None:
        return self._raw.execute(statement.named, _for_sqlite(values)).fetchone()  # type: ignore[no-any-return]

    def all(self, statement: Statement, **values: object) -> Sequence[Found]:
        return self._raw.execute(statement.named, _for_sqlite(values)).fetchall()


class _PostgresReader:
    __slots__ = ("_raw",)
    arrays = True

    def __init__(self, raw: psycopg.Connection[dict[str, Any]]) -> None:
        self._raw = raw

    def one(self, statement: Statement, **values: object) -> Found | None:
        cursor = self._raw.execute(statement.pyformat, values)
        return cursor.fetchone() if cursor.description else None

    def all(self, statement: Statement, **values: object) -> Sequence[Found]:
        return self._raw.execute(statement.pyformat, values).fetchall()


class Connections(Protocol):
    """Connections to one database, opened when first needed and kept. Raises Busy and Gone, nothing else of the driver's.

    ``arrays``: as of its readers. ``wait_s``: how long is waited for a lock.
    """

    arrays: bool
    wait_s: float

    def read(self, use: Callable[[Reader], T]) -> T:
        """Run ``use`` with a connection for reading; a connection that died meanwhile is replaced once."""

    def write(self, use: Callable[[Reader], T]) -> T:
        """Run ``use`` inside one transaction, committed when it returns and rolled back when it raises."""

    def once(self, use: Callable[[Reader], T]) -> T:
        """Run ``use``, which makes one statement that changes something: committed by itself where the database can do that."""

    def write_at_once(self, use: Callable[[Reader], object]) -> bool:
        """Run ``use`` inside one transaction if that needs no waiting, neither for a lock nor for the disk; False: not run."""

    def close(self) -> None:
        """Close what is idle."""


def connect(url: str, *, wait_ms: int = WAIT_MS, durable: bool = False) -> Connections:
    """Return the connections for a database address; nothing is opened yet.

    ``durable``: what is stored also survives a power failure (SQLite then flushes the disk at each commit; PostgreSQL always does).
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return SqliteConnections(address.database or ":memory:", wait_ms=wait_ms, durable=durable)
    return PostgresConnections(address, wait_ms=wait_ms)


class SqliteConnections:
    """Readers as needed, one writer."""

    arrays = False

    def __init__(self, path: str, *, wait_ms: int, durable: bool) -> None:
        self._path, self._wait_ms, self.wait_s = path, wait_ms, wait_ms / 1000
        self._flushes = "FULL" if durable else "NORMAL"
        self._hasty: sqlite3.Connection | None = None
        self._idle: deque[sqlite3.Connection] = deque()
        self._writer: sqlite3.Connection | None = None
        self._writing = threading.Lock()

    def read(self, use: Callable[[Reader], T]) -> T:
        """See Connections."""
        try:
            raw = self._idle.pop() if self._idle else self._open(query_only=True)
        except IndexError:  # another thread took the last idle one
            raw = self._open(query_only=True)
        try:
            found = use(_SqliteReader(raw))
        except sqlite3.Error as problem:
            raw.close()
            raise _told(problem) from problem
        self._idle.append(raw)
        return found

    def write(self, use: Callable[[Reader], T]) -> T:
        """See Connections."""
        if not self._writing.acquire(timeout=self._wait_ms / 1000):
            raise Busy("the writing connection is in use")
        try:
            return self._in_transaction(use)
        except sqlite3.Error as problem:
            raise _told(problem) from problem
        finally:
            self._writing.release()

    def once(self, use: Callable[[Reader], T]) -> T:
        """See Connections."""
        return self.write(use)

    def write_at_once(self, use: Callable[[Reader], object]) -> bool:
        """See Connections. For one thread only, which has a connection for it that never waits."""
        if self._flushes == "FULL":
            return False
        try:
            if self._hasty is None:
                self._hasty = self._open(query_only=False, wait_s=0.0)
            _run(self._hasty, use)
        except sqlite3.Error as problem:
            told = _told(problem)
            if isinstance(told, Busy):
                return False
            raise told from problem
        return True

    def close(self) -> None:
        """See Connections."""
        if self._hasty is not None:
            self._hasty.close()
            self._hasty = None
        while self._idle:
            self._idle.pop().close()
        with self._writing:
            if self._writer is not None:
                self._writer.close()
                self._writer = None

    def _in_transaction(self, use: Callable[[Reader], T]) -> T:
        if self._writer is None:
            self._writer = self._open(query_only=False)
        return _run(self._writer, use)

    def _open(self, *, query_only: bool, wait_s: float | None = None) -> sqlite3.Connection:
        try:
            raw = sqlite3.connect(
                f"{Path(self._path).absolute().as_uri()}?mode=rw",
                uri=True,
                timeout=self.wait_s if wait_s is None else wait_s,
                isolation_level=None,
                check_same_thread=False,
            )
            raw.row_factory = sqlite3.Row
            raw.execute("PRAGMA query_only=ON" if query_only else f"PRAGMA synchronous={self._flushes}")
        except sqlite3.Error as problem:
            raise _told(problem) from problem
        return raw


def _run(raw: sqlite3.Connection, use: Callable[[Reader], T]) -> T:
    """Run ``use`` inside one transaction that may write from the start."""
    raw.execute("BEGIN IMMEDIATE")
    try:
        found = use(_SqliteReader(raw))
        raw.execute("COMMIT")
    except BaseException:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        raise
    return found


class PostgresConnections:
    """Connections as needed, the last used first."""

    arrays = True

    def __init__(self, address: URL, *, wait_ms: int) -> None:
        self._address, self._wait_ms, self.wait_s = address, wait_ms, wait_ms / 1000
        self._idle: deque[psycopg.Connection[dict[str, Any]]] = deque()

    def read(self, use: Callable[[Reader], T]) -> T:
        """See Connections."""
        raw = self._borrow()
        try:
            found = use(_PostgresReader(raw))
        except psycopg.OperationalError:
            self._forget(raw)
            raw = self._open()
            found = self._used(raw, use)
        except psycopg.Error as problem:
            raw.close()
            raise _told(problem) from problem
        self._idle.append(raw)
        return found

    def write(self, use: Callable[[Reader], T]) -> T:
        """See Connections. Never tried twice: nobody could tell whether the first try was stored."""
        raw = self._borrow()

        def within(reader: Reader) -> T:
            with raw.transaction():
                return use(reader)

        found = self._used(raw, within)
        self._idle.append(raw)
        return found

    def once(self, use: Callable[[Reader], T]) -> T:
        """See Connections. Never tried twice, as ``write``."""
        raw = self._borrow()
        found = self._used(raw, use)
        self._idle.append(raw)
        return found

    def write_at_once(self, use: Callable[[Reader], object]) -> bool:  # noqa: ARG002  # the server is always waited for
        """See Connections."""
        return False

    def close(self) -> None:
        """See Connections."""
        while self._idle:
            self._idle.pop().close()

    def _used(self, raw: psycopg.Connection[dict[str, Any]], use: Callable[[Reader], T]) -> T:
        try:
            return use(_PostgresReader(raw))
        except psycopg.Error as problem:
            raw.close()
            raise _told(problem) from problem

    def _forget(self, raw: psycopg.Connection[dict[str, Any]]) -> None:
        raw.close()
        self.close()

    def _borrow(self) -> psycopg.Connection[dict[str, Any]]:
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _open(self) -> psycopg.Connection[dict[str, Any]]:
        named: dict[str, Any] = {
            **self._address.translate_connect_args(username="user", database="dbname"),
            **self._address.query,
            "options": f"-c lock_timeout={self._wait_ms} -c statement_timeout={2 * self._wait_ms} -c timezone=UTC",
        }
        try:
            return psycopg.connect(**named, autocommit=True, row_factory=dict_row, connect_timeout=3)
        except psycopg.Error as problem:
            raise _told(problem) from problem


def _told(problem: Exception) -> Busy | Gone:
    text = str(problem).lower()
    if isinstance(problem, psycopg.errors.LockNotAvailable | psycopg.errors.QueryCanceled | psycopg.errors.DeadlockDetected):
        return Busy(text)
    if isinstance(problem, sqlite3.OperationalError) and ("locked" in text or "busy" in text):
        return Busy(text)
    return Gone(text)


def moment(value: Any) -> datetime | None:
    """Return a stored moment as aware UTC, whichever database it comes from."""
    if value is None:
        return None
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def day(value: Any) -> date | None:
    """Return a stored date, whichever database it comes from."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def structure(value: Any) -> Any:
    """Return a stored JSON value, whichever database it comes from."""
    return json.loads(value) if isinstance(value, str) else value


def _for_sqlite(values: Mapping[str, object]) -> dict[str, object]:
    return {name: _text(value) if isinstance(value, date) else value for name, value in values.items()}


def _text(value: date) -> str:
    return stored_moment(value) if isinstance(value, datetime) else value.isoformat()


def stored_moment(value: datetime) -> str:
    """Spell a moment as SQLAlchemy spells it in SQLite, so that both read each other's rows."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
