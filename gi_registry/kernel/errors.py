"""Everything that can be refused. Only ``web.errors`` knows the HTTP numbers.

RegistryError
├── NotFound            not there, or not yours: the answer is the same
├── NotSignedIn
├── NotAllowed
├── Invalid             fields: each with the reason and the remedy
├── Conflict            IllegalTransition, StaleVersion, Duplicate, MassBalanceExceeded, QuotaExceeded
├── TooMany             throttled; try again later
└── Unavailable
"""

from __future__ import annotations

from dataclasses import dataclass

from gi_registry.kernel.words import Words, say


@dataclass(frozen=True)
class FieldError:
    """One thing wrong with one field: what (``reason``) and what to do about it (``remedy``)."""

    field: str
    reason: Words
    remedy: Words | None = None
    value: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" + (f" {self.remedy}" if self.remedy else "")


class RegistryError(Exception):
    """A refusal that a person can read. ``code`` is stable for machines; ``basis`` is the clause or parameter version."""

    code = "error"

    def __init__(self, reason: Words, *, remedy: Words | None = None, basis: str = "") -> None:
        super().__init__(str(reason))
        self.reason, self.remedy, self.basis = reason, remedy, basis


class NotFound(RegistryError):
    """There is no such thing for this person."""

    code = "not-found"

    def __init__(self, reason: Words | None = None) -> None:
        super().__init__(reason or say("没有找到您要的内容。"))


class NotSignedIn(RegistryError):
    """The page needs a signed-in person."""

    code = "not-signed-in"

    def __init__(self) -> None:
        super().__init__(say("请先登录。"))


class NotAllowed(RegistryError):
    """The person is known but may not do this."""

    code = "not-allowed"


class TooMany(RegistryError):
    """Throttled: too many tries in a short time."""

    code = "too-many"


class Unavailable(RegistryError):
    """A part that is needed (database, disk) is not there for the moment; nothing was stored."""

    code = "unavailable"


class Invalid(RegistryError, ValueError):
    """The input does not have the shape or meaning it must have.

    A ValueError, so that a validator of a schema may raise it and the errors of all fields are collected.
    """

    code = "invalid"

    def __init__(self, *fields: FieldError) -> None:
        self.fields = fields
        super().__init__(say("有 %(count)s 处需要更正。", count=len(fields)))

    def __str__(self) -> str:
        return "; ".join(str(field) for field in self.fields)


class Conflict(RegistryError):
    """The request is well-formed but the state of things does not admit it."""

    code = "conflict"


class IllegalTransition(Conflict):
    """The life cycle has no such step from here."""

    code = "illegal-transition"


class StaleVersion(Conflict):
    """Someone changed the record since the form was opened; ``mine`` and ``theirs`` are shown side by side."""

    code = "stale-version"

    def __init__(self, *, mine: dict[str, object] | None = None, theirs: dict[str, object] | None = None) -> None:
        super().__init__(say("您打开页面之后，这条记录已被他人修改。"), remedy=say("请核对现在的内容，再决定是否修改。"))
        self.mine, self.theirs = mine or {}, theirs or {}


class Duplicate(Conflict):
    """The same thing is already on file."""

    code = "duplicate"


class MassBalanceExceeded(Conflict):
    """More would leave the ledger than is in it."""

    code = "mass-balance-exceeded"


class QuotaExceeded(Conflict):
    """More labels than the land can yield."""

    code = "quota-exceeded"


def invalid(field: str, reason: Words, remedy: Words | None = None, *, value: object = "") -> Invalid:
    """Return an Invalid for one field."""
    return Invalid(FieldError(field, reason, remedy, str(value)))
