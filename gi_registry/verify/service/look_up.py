"""Look up one code: what is on file, counted once, answered."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

from prometheus_client import Counter
from sqlalchemy.exc import SQLAlchemyError

from gi_registry.codes.rules.format import Code, parse
from gi_registry.codes.rules.mac import verify_mac
from gi_registry.config import Settings
from gi_registry.db import Database
from gi_registry.kernel.clock import legal_date, utc_now
from gi_registry.scans import queries as scan_queries
from gi_registry.scans.connections import Busy, Connections, Gone, Reader, connect
from gi_registry.scans.rules.client import client_key, day_key
from gi_registry.scans.rules.clones import Counted, CountingTest, read_counting_test
from gi_registry.scans.rules.place import PlaceTable
from gi_registry.scans.service import Check, Look, record_check, record_look
from gi_registry.verify.queries import codes as queries
from gi_registry.verify.rules.answer import Answer, answer, standing
from gi_registry.verify.rules.outline import Outline
from gi_registry.verify.rules.record import Checks, Counting, LabReport, Origin, Record, Suspicion

T = TypeVar("T")
LOOKED_UP = Counter("gi_scans_total", "Look-ups of codes by verdict", ["verdict"])
UNCOUNTED = Counter("gi_scans_uncounted_total", "Look-ups of live codes that could not be stored", ["reason"])
OUTLINE_SECONDS = 300.0
"""How long a process keeps the drawing of an area."""
TEST_SECONDS = 30.0
"""How long a process keeps the test reports of a batch: its labels are often scanned one after another."""
MOST_BATCHES = 2_000
"""Of so many batches; then it begins anew."""
POLICY_SECONDS = 30.0
"""How long a process keeps the parameters of policy before it reads them again."""


@dataclass(frozen=True)
class Asked:
    """Who asks: address and browser (never stored as such), and whether the look-up may count (no HEAD, no preview)."""

    address: str
    agent: str
    counts: bool = True


@dataclass(frozen=True)
class _Policy:
    test: CountingTest | None
    merge: timedelta
    read_at: float


@dataclass(frozen=True)
class _OnFile:
    """A record, and where its look-up is counted."""

    record: Record
    range_id: int = 0
    serial: int = 0


class Desk:
    """Where codes are looked up: connections, the opened keys, the parameters of policy and the place table of one process."""

    def __init__(
        self,
        settings: Settings,
        *,
        connections: Connections | None = None,
        places: PlaceTable | None = None,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self.settings, self.places, self._clock = settings, places or PlaceTable(), clock
        self.connections = connections or connect(settings.database_url)
        self.demo = False
        self._real = False
        self._offset = timedelta()
        self._secrets: dict[int, bytes] = {}
        self._policy: _Policy | None = None
        self._outlines: dict[int, tuple[float, Outline | None]] = {}
        self._tests: dict[int, tuple[float, tuple[LabReport, ...]]] = {}
        self._opening = threading.Lock()

    def now(self, reader: Reader) -> datetime:
        """Return now by the installation's one clock, which a demonstration can move."""
        if self._real:
            return self._clock()
        self.demo, self._offset = queries.clock_offset(reader)
        self._real = not self.demo  # what a database is was settled at its creation
        return self.moment()

    def moment(self) -> datetime:
        """Return now as far as it is known without asking the database."""
        return self._clock() + self._offset

    def secret(self, key_id: int) -> bytes:
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

    def outlined(self, reader: Reader, origin: Origin | None) -> Origin | None:
        """Return the origin with its outline where a map review number is stored; drawn once in a while, kept by the process."""
        if origin is None or not origin.map_review_no:
            return origin
        known = self._outlines.get(origin.area_id)
        if known is None or time.monotonic() - known[0] > OUTLINE_SECONDS:
            known = (time.monotonic(), queries.read_outline(reader, origin.area_id))
            self._outlines[origin.area_id] = known
        return replace(origin, outline=known[1])

    def tested(self, reader: Reader, batch_id: int | None) -> tuple[LabReport, ...]:
        """Return the test reports of a batch, kept by the process for a moment; none without a batch."""
        if batch_id is None:
            return ()
        known = self._tests.get(batch_id)
        if known is None or time.monotonic() - known[0] > TEST_SECONDS:
            known = (time.monotonic(), queries.tests_of(reader, batch_id))
            if len(self._tests) >= MOST_BATCHES:
                self._tests = {}
            self._tests[batch_id] = known
        return known[1]

    def policy(self, reader: Reader, now: datetime) -> _Policy:
        """Return the parameters in force."""
        known = self._policy
        if known is None or time.monotonic() - known.read_at > POLICY_SECONDS:
            values = queries.policy_values(reader, legal_date(now))
            minutes = values.get("verify.merge-minutes", 10)
            known = _Policy(read_counting_test(values.get("verify.suspect")), timedelta(minutes=int(minutes)), time.monotonic())
            self._policy = known
        return known


def look_up(desk: Desk, text: str, asked: Asked) -> Answer:
    """Answer a typed or scanned code, and count the look-up of a live one.

    Raises Malformed for a text that is no code and Gone when the database cannot be read; a database that cannot be written for the
    moment is answered from what is on file, without a count.
    """
    said = _answered(desk, parse(text), asked)
    LOOKED_UP.labels(str(said.verdict)).inc()
    return said


def _answered(desk: Desk, code: Code, asked: Asked) -> Answer:
    found, now, policy = desk.connections.read(lambda reader: _read(desk, reader, code))
    if not found.record.genuine:
        return answer(found.record, now)
    settled = standing(found.record, now)
    look = _look(desk, found, asked, now=now)
    if settled is not None:
        if asked.counts:
            _tolerant(lambda: record_look(desk.connections, look, verdict=settled, merge=policy.merge))
        return answer(found.record, now)
    return answer(replace(found.record, checks=_count(desk, look, asked, found=found, policy=policy)), now)


def _read(desk: Desk, reader: Reader, code: Code) -> tuple[_OnFile, datetime, _Policy]:
    now = desk.now(reader)
    return _on_file(desk, reader, code, now=now), now, desk.policy(reader, now)


def _on_file(desk: Desk, reader: Reader, code: Code, *, now: datetime) -> _OnFile:
    minted = queries.find_range(reader, code.range_label)
    if minted is None or minted.key_id != code.key_id:
        return _OnFile(Record(code.text))
    serial = verify_mac(code, desk.secret(code.key_id))
    issued = queries.issued_to(reader, minted) if serial is not None and serial < minted.size else None
    if serial is None or issued is None:
        return _OnFile(Record(code.text))
    said = queries.said_of(reader, minted.range_id, serial, now=now)
    goods, zone = queries.goods_of(reader, minted, issued, batch_id=said.batch_id)
    packed_on = goods.packed_on or (legal_date(said.activated_at) if said.activated_at else None)
    today = legal_date(now)
    history = scan_queries.find_history(reader, minted.range_id, serial)
    record = Record(
        code=code.text,
        genuine=True,
        key_revoked_from=minted.key_revoked_from,
        allotment_void=minted.allotment_void,
        marks=said.marks,
        gi=issued.gi,
        user=queries.user_of(issued, packed_on=packed_on, today=today),
        goods=goods,
        origin=desk.outlined(reader, queries.origin_of(reader, issued.gi_id, zone=zone, on=goods.harvested_on or packed_on or today)),
        steps=queries.steps_of(goods, said.activated_at, queries.worked_on(reader, goods, said.batch_id)),
        tests=desk.tested(reader, said.batch_id),
        checks=_seen(history, Counting.NOT_LIVE),
        listing=queries.published_listing(reader, minted.authorisation_id, on=today),
        issued_by=queries.issuer_of(minted, issued),
    )
    return _OnFile(record, minted.range_id, serial)


def _look(desk: Desk, found: _OnFile, asked: Asked, *, now: datetime) -> Look:
    key = client_key(day_key(desk.settings.secret_key, legal_date(now)), asked.address, asked.agent)
    return Look(found.range_id, found.serial, now, key, desk.places.place(asked.address))


def _count(desk: Desk, look: Look, asked: Asked, *, found: _OnFile, policy: _Policy) -> Checks:
    before = found.record.checks
    if not asked.counts:
        return Checks(Counting.PREVIEW, suspicion=before.suspicion)
    check = _tolerant(lambda: record_check(desk.connections, look, test=policy.test, merge=policy.merge))
    if check is None:
        return Checks(Counting.UNAVAILABLE, suspicion=before.suspicion)
    return _checks(check)


def _tolerant(store: Callable[[], T]) -> T | None:
    try:
        return store()
    except Busy:
        UNCOUNTED.labels("busy").inc()
    except Gone:
        UNCOUNTED.labels("gone").inc()
    return None


def _checks(check: Check) -> Checks:
    counting = Counting.MERGED if check.merged else Counting.COUNTED
    return Checks(counting, check.first_at, check.count, check.is_first, _suspicion(check.suspected))


def _seen(history: scan_queries.History | None, counting: Counting) -> Checks:
    if history is None:
        return Checks(counting)
    return Checks(counting, history.first_at, history.count, is_first=False, suspicion=_suspicion(history.suspected))


def _suspicion(counted: Counted | None) -> Suspicion | None:
    return None if counted is None else Suspicion(counted.client_days, counted.provinces, counted.hours)
