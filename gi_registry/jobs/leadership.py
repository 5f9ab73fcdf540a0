"""Who leads: a lock that one process holds and that dies with it."""

from __future__ import annotations

import fcntl
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from gi_registry.db import Database

LOCK_KEY = 0x67695F6A6F6273  # "gi_jobs"


class Leadership(Protocol):
    """A lock that one process holds and that dies with it."""

    def acquire(self) -> bool:
        """Try to take the lock; say whether this process holds it now."""

    def held(self) -> bool:
        """Say whether the lock is still ours."""

    def release(self) -> None:
        """Give the lock back."""


class FileLeadership:
    """The lock of a file beside an SQLite database."""

    def __init__(self, database_file: str) -> None:
        self._path = Path(f"{database_file}-scheduler.lock")
        self._file: IO[str] | None = None

    def acquire(self) -> bool:
        """Try to lock the file."""
        handle = self._path.open("w", encoding="ascii")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            return False
        self._file = handle
        return True

    def held(self) -> bool:
        """A file lock is held until it is given back."""
        return self._file is not None

    def release(self) -> None:
        """Unlock by closing."""
        if self._file:
            self._file.close()
        self._file = None


class AdvisoryLeadership:
    """A session-level advisory lock of PostgreSQL, on a connection of its own that no pool recycles."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._connection: Connection | None = None

    def acquire(self) -> bool:
        """Try to take the lock; a database that is away is a lock that is not ours."""
        with suppress(SQLAlchemyError):
            connection = self._engine.connect()
            if connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK_KEY}).scalar_one():
                self._connection = connection
                return True
            connection.close()
        return False

    def held(self) -> bool:
        """Ask over the very connection that holds the lock: when it is gone, so is the lock."""
        if self._connection is None:
            return False
        try:
            self._connection.execute(text("SELECT 1"))
        except SQLAlchemyError:
            self.release()
            return False
        return True

    def release(self) -> None:
        """Close the connection, and the lock with it."""
        if self._connection is not None:
            with suppress(SQLAlchemyError):
                self._connection.close()
        self._connection = None


def leadership(database: Database) -> Leadership:
    """Return the lock that fits the database."""
    if database.is_sqlite:
        return FileLeadership(str(database.engine.url.database))
    return AdvisoryLeadership(database.url)
