"""What a rule answered, and the parameters it answered under."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from gi_registry.anomalies.rules.finding import FindingDraft, Outcome, Unjudged
from gi_registry.policy.rules import Parameter
from gi_registry.policy.service import at, ground


@dataclass(frozen=True)
class Judged:
    """What a rule answered about one subject, and the parameter it answered under."""

    outcome: FindingDraft | Unjudged
    parameter: Parameter
    division: str


class Parameters:
    """The parameter of a ground by division and day, each asked for once; ``also`` names one that the ground shares with another part."""

    def __init__(self, session: Session, code: str, *, also: str = "") -> None:
        self._session, self._code, self._also = session, code, also
        self._known: dict[tuple[str, date], Parameter] = {}

    def at(self, division: str, on: date) -> Parameter:
        """Return the parameter in force; the shared one stands in its value under ``also``, with its version."""
        key = (division, on)
        if key not in self._known:
            own = ground(self._session, self._code, division, on)
            self._known[key] = self._with_shared(own, division, on) if self._also else own
        return self._known[key]

    def _with_shared(self, own: Parameter, division: str, on: date) -> Parameter:
        shared = at(self._session, self._also, division, on)
        told = {"key": shared.key, "value": shared.value, "version": shared.version, "why": shared.why, "basis": shared.basis}
        return replace(own, value={**own.value, "also": told})


def kept(outcome: Outcome, parameter: Parameter, division: str) -> list[Judged]:
    """Return the answer as a list; silence is an empty one."""
    return [] if outcome is None else [Judged(outcome, parameter, division)]
