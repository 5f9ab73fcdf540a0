"""Store the look-ups of many threads together: one transaction for all that came while the one before was under way (group commit).

A look-up is answered after it is stored, never before: the first check stays right whatever is killed. What is shared is the price of the
transaction (and of the disk's flush, where ``durable`` asks for one). Whoever gets the turn stores for all who wait; nobody waits
longer than the connections' own limit, and who waited in vain is told so and is not counted.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from gi_registry.scans.connections import Busy, Connections, Reader
from gi_registry.scans.queries import Code
from gi_registry.scans.rules.clones import CountingTest
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.scans.service import Check, Look, check_again, claim_all, note, record_check, record_look

TOGETHER = 256
"""So many look-ups are stored in one transaction at most, so that none waits long behind a crowd."""


class Slip:
    """One look-up on its way into the database; ``verdict``: it does not count and was answered so."""

    __slots__ = ("done", "look", "merge", "problem", "result", "test", "verdict")

    def __init__(self, look: Look, test: CountingTest | None, verdict: Verdict | None, merge: timedelta) -> None:
        self.look, self.test, self.verdict, self.merge = look, test, verdict, merge
        self.result: Check | None = None
        self.problem: Exception | None = None
        self.done = False


class Tally:
    """The one place of a process where look-ups are stored."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._waiting: deque[Slip] = deque()
        self._turn = threading.Lock()

    def check(self, slip: Slip) -> Check:
        """Count one look-up of a live code; see ``service.record_check``. Raises Busy (nothing stored) and Gone."""
        self._stored(slip)
        return slip.result or self.check_alone(slip)

    def check_alone(self, slip: Slip) -> Check:
        """Count a look-up in a transaction of its own: a code checked before may be locked, which is nobody else's wait."""
        return record_check(self._connections, slip.look, test=slip.test, merge=slip.merge)

    def note(self, slip: Slip) -> None:
        """Store a look-up that does not count. Raises Busy and Gone."""
        if self._connections.arrays and slip.verdict is not None:
            record_look(self._connections, slip.look, verdict=slip.verdict, merge=slip.merge)
        else:
            self._stored(slip)

    def store_at_once(self, slips: Sequence[Slip]) -> bool:
        """Store look-ups if that needs no waiting; False: nothing was stored. Raises Gone."""
        return self._connections.write_at_once(lambda transaction: _enter_all(transaction, slips, _ahead(slips)))

    def store(self, slips: Sequence[Slip]) -> None:
        """Store look-ups together, each problem in its slip; waits for the turn and for locks."""
        if not self._turn.acquire(timeout=self._connections.wait_s):
            for slip in slips:
                slip.problem = Busy("the look-ups before these took too long")
            return
        try:
            self._try_to_store(slips)
        finally:
            self._turn.release()

    def _stored(self, slip: Slip) -> Slip:
        self._waiting.append(slip)
        if not self._turn.acquire(timeout=self._connections.wait_s):
            self._withdraw(slip)
        else:
            try:
                while not slip.done:
                    self._store_next()
            finally:
                self._turn.release()
        if slip.problem is not None:
            raise slip.problem
        return slip

    def _withdraw(self, slip: Slip) -> None:
        """Take a slip back; one that is being stored already is waited for, so that nobody is told less than was stored."""
        try:
            self._waiting.remove(slip)
        except ValueError:
            with self._turn:
                return
        raise Busy("the look-ups before this one took too long")

    def _store_next(self) -> None:
        slips: list[Slip] = []
        while self._waiting and len(slips) < TOGETHER:
            slips.append(self._waiting.popleft())
        self._try_to_store(slips)
        for slip in slips:
            slip.done = True

    def _try_to_store(self, slips: Sequence[Slip]) -> None:
        try:
            self._store(slips)
        except Exception as problem:  # noqa: BLE001  # each of them raises it in its own thread
            for slip in slips:
                slip.problem = problem

    def _store(self, slips: Sequence[Slip]) -> None:
        ahead = _ahead(slips)
        if self._connections.arrays:  # what was checked before is left to its own thread and the lock of its own row
            _tell(ahead, self._connections.once(lambda reader: _claimed(reader, ahead)))
        else:  # one writer anyway: everything of everybody goes into one transaction
            self._connections.write(lambda transaction: _enter_all(transaction, slips, ahead))


def _ahead(slips: Sequence[Slip]) -> dict[Code, Slip]:
    """Return for each code the one of its counting look-ups that came first."""
    ahead: dict[Code, Slip] = {}
    for slip in slips:
        if slip.verdict is None:
            ahead.setdefault(slip.look.code, slip)
    return ahead


def _claimed(reader: Reader, ahead: Mapping[Code, Slip]) -> set[Code]:
    return claim_all(reader, [slip.look for slip in ahead.values()]) if ahead else set()


def _tell(ahead: Mapping[Code, Slip], won: Iterable[Code]) -> None:
    for code in won:
        ahead[code].result = Check(ahead[code].look.at, 1, is_first=True)


def _enter_all(transaction: Reader, slips: Sequence[Slip], ahead: Mapping[Code, Slip]) -> None:
    _tell(ahead, _claimed(transaction, ahead))
    for slip in slips:
        if slip.verdict is not None:
            note(transaction, slip.look, slip.verdict, merge=slip.merge)
        elif slip.result is None:
            slip.result = check_again(transaction, slip.look, slip.test, merge=slip.merge)
