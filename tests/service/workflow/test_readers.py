"""Readers at once leave no connection behind that cannot write, and none of them can write itself."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

READERS = 8


def test_after_many_readers_every_connection_writes_again(database: Any) -> None:
    with ExitStack() as readers:
        for _ in range(READERS):
            readers.enter_context(database.session(writable=False)).execute(text("SELECT 1"))
    for _ in range(2 * READERS):
        with database.session() as session:
            session.execute(text("UPDATE installation SET demo = demo"))
            session.commit()


def test_a_reader_cannot_write_while_others_come_and_go(database: Any) -> None:
    with database.session(writable=False) as reader:
        with database.session() as writer:
            writer.execute(text("UPDATE installation SET demo = demo"))
            writer.commit()
        with pytest.raises(DBAPIError):
            reader.execute(text("UPDATE installation SET demo = demo"))
