"""What a rule answers, what a finding is, and its life."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say

UNITS: dict[str, Words] = {
    "g": say("克"),
    "piece": say("件"),
    "report": say("份"),
    "label": say("枚"),
    "metre": say("米"),
    "square_metre": say("平方米"),
    "month": say("个月"),
    "check": say("次"),
    "client": say("个终端"),
    "": say(""),
}
AUTHORISATION, CODE_RANGE = "authorisation", "code_range"
"""What a finding can be about: a user's authorisation, or codes that somebody unknown copied."""


def grouped(number: int) -> str:
    """Write a whole number in groups of three with narrow spaces at which no line breaks."""
    return f"{number:,}".replace(",", "\u202f")


@dataclass(frozen=True)
class Line:
    """One line of evidence: what it is, how it was computed, the amount and its unit ('' where the amount speaks for itself).

    ``href`` is the page of the rows behind it.
    """

    label: Words
    arithmetic: Words | str = ""
    amount: int | None = None
    unit: str = ""
    href: str = ""


@dataclass(frozen=True)
class FindingDraft:
    """The ground is met. ``key`` tells findings of one authorisation, ground and year apart (GI, zone, unit).

    ``authorisation_id`` None: nobody is accused, the subject is the range of codes ``range_id`` (CL-01).
    """

    ground: str
    authorisation_id: int | None
    year: int
    severity: int
    rule_version: str
    key: str
    facts: Mapping[str, object]
    lines: tuple[Line, ...]
    summary: Words
    range_id: int | None = None

    @property
    def subject(self) -> tuple[str, int]:
        """What the finding is about: (``authorisation`` or ``code_range``, its id)."""
        return (AUTHORISATION, self.authorisation_id) if self.authorisation_id is not None else (CODE_RANGE, self.range_id or 0)

    @property
    def fingerprint(self) -> str:
        """The identity of the finding: found again, it is the same one."""
        return fingerprint(self.ground, self.authorisation_id, year=self.year, key=self.key)

    @property
    def facts_digest(self) -> str:
        """SHA-256 of the facts: changed facts are a new version of the evidence."""
        return sha256(json.dumps(self.facts, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@dataclass(frozen=True)
class Unjudged:
    """The facts do not allow an answer yet; ``reason`` says what is missing."""

    ground: str
    authorisation_id: int | None
    year: int
    reason: Words
    key: str = ""

    @property
    def fingerprint(self) -> str:
        """The identity of the finding this would have been: what is unjudged neither finds nor clears."""
        return fingerprint(self.ground, self.authorisation_id, year=self.year, key=self.key)


Outcome = FindingDraft | Unjudged | None


def fingerprint(ground: str, authorisation_id: int | None, *, year: int, key: str = "") -> str:
    """Return the stable identity of a finding as a hexadecimal SHA-256; without an authorisation ``key`` names the subject."""
    return sha256(f"{ground}|{authorisation_id or 0}|{year}|{key}".encode()).hexdigest()


def words_json(words: Words) -> dict[str, object]:
    """Return words as JSON keeps them; values are text, whole numbers or words again."""
    values = {name: words_json(value) if isinstance(value, Words) else value for name, value in words.values.items()}
    return {"template": words.template, "values": values}


def words_of(stored: Mapping[str, object]) -> Words:
    """Return the words that ``words_json`` stored."""
    values = stored.get("values")
    kept = values if isinstance(values, Mapping) else {}
    return Words(str(stored["template"]), {name: words_of(value) if isinstance(value, Mapping) else value for name, value in kept.items()})


def line_json(line: Line) -> dict[str, object]:
    """Return a line as the finding stores it."""
    stored: dict[str, object] = {
        "label": words_json(line.label),
        "arithmetic": words_json(line.arithmetic) if isinstance(line.arithmetic, Words) else line.arithmetic,
        "amount": line.amount,
        "unit": line.unit,
    }
    return {**stored, "href": line.href} if line.href else stored


def line_of(stored: Mapping[str, object]) -> Line:
    """Return the line that ``line_json`` stored."""
    label, amount, said = stored["label"], stored.get("amount"), stored.get("arithmetic", "")
    assert isinstance(label, Mapping)
    return Line(
        words_of(label),
        words_of(said) if isinstance(said, Mapping) else str(said),
        amount if isinstance(amount, int) else None,
        str(stored.get("unit", "")),
        str(stored.get("href", "")),
    )


class FindingState(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    IN_CASE = "in_case"
    SETTLED = "settled"
    DISMISSED = "dismissed"
    CLEARED = "cleared"


class FindingAction(StrEnum):
    """What can happen to a finding."""

    OPEN_CASE = "open_case"
    SETTLE = "settle"
    DISMISS = "dismiss"
    CLEAR = "clear"
    REOPEN = "reopen"


_S, _A = FindingState, FindingAction

FINDING_LIFE = Machine(
    subject="finding",
    initial=_S.OPEN.value,
    steps={
        (_S.OPEN.value, _A.OPEN_CASE.value): _S.IN_CASE.value,
        (_S.OPEN.value, _A.DISMISS.value): _S.DISMISSED.value,
        (_S.OPEN.value, _A.CLEAR.value): _S.CLEARED.value,
        (_S.IN_CASE.value, _A.SETTLE.value): _S.SETTLED.value,
        (_S.IN_CASE.value, _A.CLEAR.value): _S.CLEARED.value,
        (_S.DISMISSED.value, _A.REOPEN.value): _S.OPEN.value,
        (_S.CLEARED.value, _A.REOPEN.value): _S.OPEN.value,
        (_S.SETTLED.value, _A.REOPEN.value): _S.OPEN.value,
    },
    labels={
        "open": say("待处理"),
        "in_case": say("已立案"),
        "settled": say("已办结"),
        "dismissed": say("不予采纳"),
        "cleared": say("事实已消除"),
        "open_case": say("立案"),
        "settle": say("办结"),
        "dismiss": say("不予采纳"),
        "clear": say("消除"),
        "reopen": say("重新打开"),
    },
)
