"""Look up one code: what is on file, counted once, answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from prometheus_client import Counter

from gi_registry.codes.rules.format import Code, parse
from gi_registry.scans import queries as scan_queries
from gi_registry.scans.connections import Busy, Gone
from gi_registry.scans.rules.clones import Counted as Facts
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.scans.service import Check, Look
from gi_registry.scans.tally import Slip
from gi_registry.verify.rules.answer import Answer, answer, live_answer
from gi_registry.verify.rules.record import Checks, Counting, Record, Suspicion, told
from gi_registry.verify.service.desk import Asked, Desk
from gi_registry.verify.service.kept import KeptRange, Stretch

T = TypeVar("T")
LOOKED_UP = Counter("gi_scans_total", "Look-ups of codes by verdict", ["verdict"])
UNCOUNTED = Counter("gi_scans_uncounted_total", "Look-ups of live codes that could not be stored", ["reason"])
_LOOKED_UP = {verdict: LOOKED_UP.labels(str(verdict)) for verdict in Verdict}


class Found(NamedTuple):
    """An answer, and the kept record that it was made of, whose parts of the page are written once (None: unknown)."""

    answer: Answer
    stretch: Stretch | None = None


class Counted(NamedTuple):
    """A look-up of a live code of which all is known but its place among the checks."""

    code: Code
    now: datetime
    stretch: Stretch
    slip: Slip


def look_up(desk: Desk, text: str, asked: Asked) -> Answer:
    """Answer a typed or scanned code, and count the look-up of a live one.

    Raises Malformed for a text that is no code and Gone when the database cannot be read; a database that cannot be written for the
    moment is answered from what is on file, without a count.
    """
    return find(desk, text, asked).answer


def find(desk: Desk, text: str, asked: Asked) -> Found:
    """Do what ``look_up`` does and return the kept record with the answer."""
    code = parse(text)
    desk.refresh()
    now = desk.moment()
    ours = desk.on_file(code, now)
    if ours is None:
        return _told(Found(answer(Record(code.text), now)))
    kept, serial, stretch = ours
    look = desk.look(asked, kept.minted.range_id, serial, now=now, today=stretch.today)
    policy = desk.policy(stretch.today)
    if stretch.settled is not None:
        return _told(_settled(desk, code, stretch.settled, ours=ours, look=look, counts=asked.counts))
    if not asked.counts:
        checks = Checks(Counting.PREVIEW, suspicion=_seen(desk, look, Counting.PREVIEW).suspicion)
        return _told(Found(live_answer(told(stretch.record, code.text, checks), now), stretch))
    slip = Slip(look, policy.test, None, policy.merge)
    check = _tolerant(lambda: desk.tally.check(slip))
    return finish(desk, Counted(code, now, stretch, slip), check)


def begin(desk: Desk, text: str, asked: Asked) -> Counted | None:
    """Return a look-up that is ready to be counted, where all is kept that it needs; None where ``find`` must ask the database.

    Never waits. Raises Malformed.
    """
    code = parse(text)
    if not asked.counts or not desk.is_fresh():
        return None
    now = desk.moment()
    kept = desk.shelf.ranges.get(code.range_label)
    if kept is None or kept.minted.key_id != code.key_id:
        return None
    serial = kept.prover.serial_of(code)
    stretch = None if serial is None or serial >= kept.minted.size else kept.find(serial, now)
    if stretch is None or serial is None or stretch.settled is not None:
        return None
    policy = desk.known_policy(stretch.today)
    if policy is None:
        return None
    look = desk.look(asked, kept.minted.range_id, serial, now=now, today=stretch.today)
    return Counted(code, now, stretch, Slip(look, policy.test, None, policy.merge))


def finish(desk: Desk, counted: Counted, check: Check | None) -> Found:
    """Return the answer to a live code; ``check`` is its place among the checks, None where it could not be stored (a read then)."""
    if check is not None:
        checks = _checks(check)
    else:
        checks = Checks(Counting.UNAVAILABLE, suspicion=_seen(desk, counted.slip.look, Counting.UNAVAILABLE).suspicion)
    return _told(Found(live_answer(told(counted.stretch.record, counted.code.text, checks), counted.now), counted.stretch))


def uncounted(problem: Exception | None) -> None:
    """Count a look-up that could not be stored; None: the queue was full."""
    UNCOUNTED.labels("full" if problem is None else "busy" if isinstance(problem, Busy) else "gone").inc()


def _told(found: Found) -> Found:
    _LOOKED_UP[found.answer.verdict].inc()
    return found


def _settled(desk: Desk, code: Code, verdict: Verdict, *, ours: tuple[KeptRange, int, Stretch], look: Look, counts: bool) -> Found:
    """Answer a code that is not live; that it was looked up is stored and uses up nothing."""
    stretch = ours[2]
    record = told(stretch.record, code.text, _seen(desk, look, Counting.NOT_LIVE))
    if counts:
        merge = desk.policy(stretch.today).merge
        _tolerant(lambda: desk.tally.note(Slip(look, None, verdict, merge)))
    return Found(answer(record, look.at), stretch)


def _tolerant(store: Callable[[], T]) -> T | None:
    try:
        return store()
    except (Busy, Gone) as problem:
        uncounted(problem)
    return None


def _checks(check: Check) -> Checks:
    counting = Counting.MERGED if check.merged else Counting.COUNTED
    return Checks(counting, check.first_at, check.count, check.is_first, _suspicion(check.suspected))


def _seen(desk: Desk, look: Look, counting: Counting) -> Checks:
    history = desk.connections.read(lambda reader: scan_queries.find_history(reader, look.range_id, look.serial))
    if history is None:
        return Checks(counting)
    return Checks(counting, history.first_at, history.count, is_first=False, suspicion=_suspicion(history.suspected))


def _suspicion(counted: Facts | None) -> Suspicion | None:
    return None if counted is None else Suspicion(counted.client_days, counted.provinces, counted.hours)
