"""Group commit on an event loop: what became ready in one turn of the loop is stored in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

from gi_registry.scans.tally import TOGETHER, Slip, Tally

MOST_WAITING = 4_000
"""Of more look-ups that wait to be stored, the next are answered without being counted: slower, never wrong, never down."""

_Waiting = tuple[Slip, "asyncio.Future[bool]"]


class Gathering:
    """Where the look-ups of an event loop wait for their transaction.

    A transaction that needs no waiting runs on the loop itself, because handing it to a thread costs more than it. One that must wait (for
    another writer, the disk, PostgreSQL) runs in ``pool`` while the loop goes on answering what needs no transaction.
    """

    def __init__(self, tally: Tally, pool: Executor) -> None:
        self._tally, self._pool = tally, pool
        self._waiting: list[_Waiting] = []
        self._under_way = False

    def store(self, slip: Slip) -> asyncio.Future[bool]:
        """Return a future that is true when the slip has its result or problem, false when too many wait already (nothing stored)."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        if len(self._waiting) >= MOST_WAITING:
            future.set_result(False)
            return future
        self._waiting.append((slip, future))
        if not self._under_way:
            self._under_way = True
            loop.call_soon(self._store_next, loop)
        return future

    def _store_next(self, loop: asyncio.AbstractEventLoop) -> None:
        taken, self._waiting = self._waiting[:TOGETHER], self._waiting[TOGETHER:]
        slips = [slip for slip, _future in taken]
        try:
            stored = self._tally.store_at_once(slips)
        except Exception as problem:  # noqa: BLE001  # each of them is told in its own answer
            stored = True
            for slip in slips:
                slip.problem = problem
        if stored:
            self._tell(taken, loop)
        else:
            loop.run_in_executor(self._pool, self._tally.store, slips).add_done_callback(lambda _done: self._tell(taken, loop))

    def _tell(self, taken: Sequence[_Waiting], loop: asyncio.AbstractEventLoop) -> None:
        for _slip, future in taken:
            if not future.done():  # who asked may have gone away meanwhile
                future.set_result(True)
        if self._waiting:
            loop.call_soon(self._store_next, loop)
        else:
            self._under_way = False
