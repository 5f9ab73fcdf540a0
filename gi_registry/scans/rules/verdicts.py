"""The closed list of answers to a printed code (contract.md); in the database, in JSON and on the page alike."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What the page says about a code."""

    FIRST_CHECK = "first-check"
    REPEAT = "repeat"
    SUSPECT = "suspect"
    NOT_ACTIVATED = "not-activated"
    VOID = "void"
    RECALLED = "recalled"
    FROZEN = "frozen"
    UNKNOWN = "unknown"


PRECEDENCE = (
    Verdict.UNKNOWN,
    Verdict.VOID,
    Verdict.RECALLED,
    Verdict.FROZEN,
    Verdict.NOT_ACTIVATED,
    Verdict.SUSPECT,
    Verdict.REPEAT,
    Verdict.FIRST_CHECK,
)
"""The first that applies is the answer."""
