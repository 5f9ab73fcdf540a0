"""Many writers at once: every change gets a leaf of its own, and the tree is whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

from sqlalchemy import select

from gi_registry.divisions.models import Division
from gi_registry.log import queries
from gi_registry.log.models import LEAF
from gi_registry.log.verification import verify
from gi_registry.workflow import open_work
from tests.conftest import NOW

THREADS, ROUNDS, ROWS = 8, 6, 3


def test_eight_writers_leave_one_whole_log(database: Any) -> None:
    with database.session(writable=False) as session:
        before = queries.head(session).size

    def write(thread: int) -> None:
        for turn in range(ROUNDS):
            with open_work(database, now=NOW) as work:
                for row in range(ROWS):
                    code = f"99{thread:02d}{turn}{row}"
                    place = Division(
                        code=code, name=f"示例{code}", level="county", parent_code=None, path=f"/{code}/", valid_from=date(2000, 1, 1)
                    )
                    work.record(place, "division:add")

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(write, range(THREADS)))

    with database.session(writable=False) as session:
        report = verify(session)
        indexes = session.execute(select(LEAF.c.index).order_by(LEAF.c.index)).scalars().all()
    assert report.sound, report.problems
    assert report.size == before + THREADS * ROUNDS * ROWS
    assert indexes == list(range(report.size))
