"""Where codes are looked up: what one process has opened and kept, and how it learns that something was changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from gi_registry.codes.rules.format import Code
from gi_registry.codes.rules.mac import Prover
from gi_registry.codes.rules.suites import Secret
from gi_registry.config import Settings
from gi_registry.db import Database
from gi_registry.kernel.clock import utc_now
from gi_registry.scans.connections import Connections, Gone, Reader, connect
from gi_registry.scans.rules.client import client_key, day_key
from gi_registry.scans.rules.clones import CountingTest, read_counting_test
from gi_registry.scans.rules.place import PlaceTable
from gi_registry.scans.service import Look
from gi_registry.scans.tally import Tally
from gi_registry.verify.queries import codes as queries
from gi_registry.verify.queries.changes import changed_rows, log_size
from gi_registry.verify.service.kept import KeptRange, Shelf, Stretch
from gi_registry.verify.service.records import read_range, read_stretch
from gi_registry.workflow import committed


class Asked(NamedTuple):
    """Who asks: address and browser (never stored as such), and whether the look-up may count (no HEAD, no preview)."""

    address: str
    agent: str
    counts: bool = True


@dataclass(frozen=True)
class CountingPolicy:
    """When a code is suspect and how long the same client counts once, on a day; read in a generation of what is kept."""

    day: date
    generation: int
    test: CountingTest | None
    merge: timedelta


class Desk:
    """One process's connections, opened keys, kept records, parameters of policy and place table.

    ``settings.trace_cache_seconds`` bounds how long a change that another process made may stay unseen; one of this process is seen at
    once; with 0 nothing is kept.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        connections: Connections | None = None,
        places: PlaceTable | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings, self.places, self._clock = settings, places or PlaceTable(), clock
        self.connections = connections or connect(settings.database_url, durable=settings.durable_scans)
        self.tally = Tally(self.connections)
        self.shelf = Shelf()
        self.demo = False
        self._real = False
        self._offset = timedelta()
        self._secrets: dict[int, Secret] = {}
        self._policy: CountingPolicy | None = None
        self._client_key: tuple[date, bytes] | None = None
        self._opening, self._refreshing = threading.Lock(), threading.Lock()
        self._log_size, self._due = -1, 0.0
        self._committed: object = None

    # ---- the moment, and whether what is kept still holds ----

    def moment(self) -> datetime:
        """Return now as far as it is known without asking the database."""
        return self._clock() + self._offset if self._offset else self._clock()

    def refresh(self) -> None:
        """Drop what was changed since this was last asked, at most every ``trace_cache_seconds``. Raises Gone where nobody can tell."""
        if self.is_fresh():
            return
        with self._refreshing:
            if not self.is_fresh():
                self.connections.read(self._catch_up)

    def is_fresh(self) -> bool:
        """Say whether what is kept may be told without asking the log."""
        return time.monotonic() < self._due and self._committed is committed()

    def _catch_up(self, reader: Reader) -> None:
        own, started, seconds = committed(), time.monotonic(), self.settings.trace_cache_seconds
        if not self._real:  # what a database is was settled at its creation
            self.demo, self._offset = queries.clock_offset(reader)
            self._real = not self.demo
        size = log_size(reader)
        if self._log_size < 0 or seconds <= 0:
            self.shelf.drop(None)
        elif size != self._log_size:
            self.shelf.drop(changed_rows(reader, self._log_size, size))
        self._log_size, self._committed, self._due = size, own, started + seconds

    # ---- what is on file about a code ----

    def on_file(self, code: Code, now: datetime) -> tuple[KeptRange, int, Stretch] | None:
        """Return the range, serial and record of a code that is ours, None for any other."""
        kept = self.shelf.ranges.get(code.range_label) or self.connections.read(lambda reader: self._range(reader, code))
        if kept is None or kept.minted.key_id != code.key_id:
            return None
        serial = kept.prover.serial_of(code)
        if serial is None or serial >= kept.minted.size:
            return None
        return kept, serial, kept.find(serial, now) or self.connections.read(lambda reader: self._stretch(reader, kept, serial, now))

    def _range(self, reader: Reader, code: Code) -> KeptRange | None:
        generation = self.shelf.generation
        minted = queries.find_range(reader, code.range_label)
        if minted is None or minted.key_id != code.key_id:
            return None
        prover = Prover(self._secret(minted.key_id), key_id=minted.key_id, range_label=code.range_label)
        kept = read_range(reader, minted, prover)
        if kept is not None:
            self.shelf.keep_range(code.range_label, kept, read_in=generation)
        return kept

    def _stretch(self, reader: Reader, kept: KeptRange, serial: int, now: datetime) -> Stretch:
        generation = self.shelf.generation
        stretch = read_stretch(reader, kept, serial, now)
        self.shelf.keep(kept, serial, stretch, read_in=generation)
        return stretch

    def _secret(self, key_id: int) -> Secret:
        """Return the secret of a key, opened once per process. Raises NotFound, Unavailable and Gone."""
        from gi_registry.codes.service.keys import open_secret  # it draws labels too: reportlab and fonts, not for every start

        with self._opening:
            if key_id not in self._secrets:
                database = Database(self.settings.database_url)
                try:
                    with database.session(writable=False) as session:
                        self._secrets[key_id] = open_secret(session, key_id, self.settings.secret_key)
                except SQLAlchemyError as problem:
                    raise Gone(str(problem)) from problem
                finally:
                    database.engine.dispose()
            return self._secrets[key_id]

    # ---- what counting needs ----

    def known_policy(self, today: date) -> CountingPolicy | None:
        """Return the parameters in force where they are kept."""
        known = self._policy
        return known if known is not None and (known.day, known.generation) == (today, self.shelf.generation) else None

    def policy(self, today: date) -> CountingPolicy:
        """Return the parameters in force."""
        known = self.known_policy(today)
        if known is None:
            generation = self.shelf.generation  # what was read before a change and is kept after it would be stale for good
            values = self.connections.read(lambda reader: queries.policy_values(reader, today))
            minutes = int(values.get("verify.merge-minutes", 10))
            known = CountingPolicy(today, generation, read_counting_test(values.get("verify.suspect")), timedelta(minutes=minutes))
            self._policy = known
        return known

    def look(self, asked: Asked, range_id: int, serial: int, *, now: datetime, today: date) -> Look:
        """Return the look-up as it is stored: the client as a key of the day, the place as a city at most."""
        known = self._client_key
        if known is None or known[0] != today:
            known = self._client_key = (today, day_key(self.settings.secret_key, today))
        return Look(range_id, serial, now, client_key(known[1], asked.address, asked.agent), self.places.place(asked.address))
