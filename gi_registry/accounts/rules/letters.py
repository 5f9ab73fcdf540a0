"""One-time codes on letters: how they are made, read, and when they still count."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.verdict import Failed, Passed, Verdict
from gi_registry.kernel.words import Words, say

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base 32: no I, L, O, U
SYMBOLS, GROUP = 16, 4  # 80 bits
_FOLDED = str.maketrans({"I": "1", "L": "1", "O": "0"})


class Purpose(StrEnum):
    """What a letter is for."""

    INVITATION = "invitation"
    RECOVERY = "recovery"


PURPOSE_NAMES: dict[str, Words] = {Purpose.INVITATION: say("邀请函"), Purpose.RECOVERY: say("恢复函")}
IDENTITY_NAMES: dict[str, Words] = {
    "id_seen": say("当面查验身份证件（不留存号码）"),
    "known_in_person": say("当面办理，承办人本人认识"),
    "visited": say("到其经营场所当面核实"),
    "called_back": say("按登记的电话回拨核实"),
}


@dataclass(frozen=True)
class Limits:
    """Policy ``accounts.letters``: days a code counts, wrong tries it bears, letters per person and per officer in 24 hours."""

    valid_days: int
    tries: int
    per_person_per_day: int
    per_officer_per_day: int


def limits_of(value: Mapping[str, int]) -> Limits:
    """Return the limits that a parameter states."""
    return Limits(**{name: int(value[name]) for name in ("valid_days", "tries", "per_person_per_day", "per_officer_per_day")})


def new_code() -> str:
    """Return a fresh code of 80 bits in groups of four: ``7K3M-QZ0D-…``."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(SYMBOLS)))


def grouped(symbols: str) -> str:
    """Write symbols in groups of four."""
    return "-".join(symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP))


def read_code(typed: str) -> str:
    """Return a code as it was made from what a person typed: case, spaces and dashes do not matter, I and L are 1, O is 0."""
    return grouped("".join(symbol for symbol in typed.upper().translate(_FOLDED) if symbol.isalnum()))


def valid_until(issued_at: datetime, limits: Limits) -> datetime:
    """Return the moment a code ends."""
    return issued_at + timedelta(days=limits.valid_days)


def may_issue(of_person: int, of_officer: int, limits: Limits) -> Verdict:
    """Say whether one more letter may be issued; the counts are those of the last 24 hours."""
    if of_person >= limits.per_person_per_day:
        return Failed(say("24 小时内已为此人开出 %(n)s 封函件。", n=of_person), say("请使用最近一封，或明天再办。"))
    if of_officer >= limits.per_officer_per_day:
        return Failed(say("您在 24 小时内已开出 %(n)s 封函件。", n=of_officer), say("请明天再办，或由其他经办人办理。"))
    return Passed()


def check_identity(identity: str) -> None:
    """Raise Invalid unless it is said how the person was recognised; no number of a document is kept."""
    if identity not in IDENTITY_NAMES:
        raise invalid("identity", say("请选择核实身份的方式。"), say("没有核实身份不能开恢复函。"))
