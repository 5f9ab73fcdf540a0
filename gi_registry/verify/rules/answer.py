"""The verdict on a code: a closed list, the first that applies (contract.md).

unknown > void > recalled > frozen > not-activated > suspect > repeat, first-check. Forged is unknown; a code under a key that was
revoked before the code was activated, or one that expired unused, is void.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gi_registry.kernel.clock import legal_date
from gi_registry.scans.rules.verdicts import Verdict
from gi_registry.verify.rules.record import Counting, Record

SPOILS = ("void", "damaged", "returned")
SHOWS_MARK = frozenset({Verdict.FIRST_CHECK, Verdict.REPEAT})
"""Verdicts beside which the special mark may stand (Announcement 354: the page is itself a use of the mark)."""


class Cause(StrEnum):
    """Why a code is void; empty for every other verdict."""

    NONE = ""
    VOID = "void"
    DAMAGED = "damaged"
    RETURNED = "returned"
    ALLOTMENT = "allotment"
    KEY = "key"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Answer:
    """What is said about a code at a moment."""

    verdict: Verdict
    record: Record
    at: datetime
    cause: Cause = Cause.NONE

    @property
    def shows_mark(self) -> bool:
        """Whether the mark slot may appear: live code, user authorised on the packing date."""
        user = self.record.user
        return self.verdict in SHOWS_MARK and user is not None and user.authorised_when_packed is True


def standing(record: Record, now: datetime) -> Verdict | None:
    """Return the verdict that does not depend on counting, or None for a live code, whose look-up counts."""
    if not record.genuine:
        return Verdict.UNKNOWN
    if void_cause(record, now):
        return Verdict.VOID
    if _marked(record, "recalled", now) or (record.goods and record.goods.state == "recalled"):
        return Verdict.RECALLED
    if _marked(record, "frozen", now) or (record.goods and record.goods.state == "frozen"):
        return Verdict.FROZEN
    return None if _marked(record, "activated", now) else Verdict.NOT_ACTIVATED


def answer(record: Record, now: datetime) -> Answer:
    """Return the answer to a code at a moment; ``record.checks`` says how the look-up was counted."""
    settled = standing(record, now)
    if settled is Verdict.UNKNOWN:
        return Answer(settled, Record(record.code), now)
    if settled is not None:
        cause = void_cause(record, now) if settled is Verdict.VOID else Cause.NONE
        return Answer(settled, record, now, cause)
    return live_answer(record, now)


def live_answer(record: Record, now: datetime) -> Answer:
    """Return the answer to a live code (``standing`` is None): what its look-up counted."""
    checks = record.checks
    if checks.suspicion is not None:
        return Answer(Verdict.SUSPECT, record, now)
    first = checks.counting is Counting.COUNTED and checks.is_first
    return Answer(Verdict.FIRST_CHECK if first else Verdict.REPEAT, record, now)


def void_cause(record: Record, now: datetime) -> Cause:
    """Return why the code is void, or ``Cause.NONE`` where it is not."""
    for status in SPOILS:
        if _marked(record, status, now):
            return Cause(status)
    if record.allotment_void:
        return Cause.ALLOTMENT
    activated = [mark.at for mark in record.marks if mark.status == "activated" and mark.holds(now)]
    revoked = record.key_revoked_from
    if revoked is not None and revoked <= (min(activated) if activated else now):
        return Cause.KEY
    ended = record.user.ended_on if record.user else None
    return Cause.EXPIRED if not activated and ended is not None and ended <= legal_date(now) else Cause.NONE


def _marked(record: Record, status: str, now: datetime) -> bool:
    return any(mark.status == status and mark.holds(now) for mark in record.marks)
