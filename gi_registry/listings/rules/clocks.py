"""The clocks of a case (domain, section 4). Each is a policy parameter; a running case keeps the values it was opened under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.listings.rules.life import State

LEAST_DEFENCE_WD = 5
SERIOUS = 3

KEYS: dict[str, tuple[str, str]] = {
    "triage_wd": ("listing.triage-working-days", ""),
    "verify_wd": ("listing.verifying-working-days", ""),
    "verify_extension_wd": ("listing.verifying-extension-working-days", ""),
    "rectify_days": ("listing.rectification-days", "usual"),
    "defence_wd": ("listing.defence-working-days", "usual"),
    "decide_wd": ("listing.decision-working-days", ""),
    "objection_days": ("listing.objection-days", ""),
    "correct_wd": ("listing.correction-working-days", ""),
    "verify_repair_wd": ("listing.verification-working-days", ""),
    "remove_wd": ("listing.removal-working-days", ""),
    "publish_days": ("listing.publication-days", "general"),
    "publish_serious_days": ("listing.publication-days", "serious"),
    "prewarn_days": ("listing.pre-warning-days", ""),
}
"""Field of ``Clocks`` → policy key and, where the value is an object, its member."""


@dataclass(frozen=True)
class Clocks:
    """Periods of one case: ``_wd`` working days, ``_days`` calendar days."""

    triage_wd: int = 5
    verify_wd: int = 15
    verify_extension_wd: int = 15
    rectify_days: int = 30
    defence_wd: int = 10
    decide_wd: int = 10
    objection_days: int = 30
    correct_wd: int = 5
    verify_repair_wd: int = 10
    remove_wd: int = 5
    publish_days: int = 365
    publish_serious_days: int = 1095
    prewarn_days: int = 60

    def publication(self, severity: int) -> timedelta:
        """Return how long a listing of this severity is published at most."""
        return timedelta(days=self.publish_serious_days if severity >= SERIOUS else self.publish_days)


def clocks_of(values: Mapping[str, Any]) -> Clocks:
    """Read stored or configured periods; raise Invalid where the defence window is under five working days."""
    known = asdict(Clocks())
    clocks = Clocks(**{name: int(number) for name, number in values.items() if name in known})
    if clocks.defence_wd < LEAST_DEFENCE_WD:
        raise invalid("defence_wd", say("陈述申辩期不得少于 %(least)s 个工作日。", least=LEAST_DEFENCE_WD), value=clocks.defence_wd)
    return clocks


def configured(value_at: Callable[[str], Any]) -> Clocks:
    """Return the clocks in force; ``value_at`` gives the value of a policy key."""
    values = {name: (value_at(key)[member] if member else value_at(key)) for name, (key, member) in KEYS.items()}
    return clocks_of(values)


def working_days_in(state: str, clocks: Clocks) -> int | None:
    """Return the working days that a state may last, or None where calendar days or no clock apply."""
    periods = {
        State.LEAD: clocks.triage_wd,
        State.TRIAGE: clocks.triage_wd,
        State.VERIFYING: clocks.verify_wd,
        State.NOTICE_ISSUED: clocks.triage_wd,
        State.DEFENCE_OPEN: clocks.defence_wd,
        State.DEFENCE_FILED: clocks.decide_wd,
        State.DEFENCE_ANSWERED: clocks.decide_wd,
        State.PROPOSED: clocks.decide_wd,
        State.OBJECTED: clocks.correct_wd,
        State.RECTIFICATION_FILED: clocks.verify_repair_wd,
        State.RECTIFICATION_VERIFIED: clocks.remove_wd,
    }
    return periods.get(State(state))


def prewarning_on(publish_until: date, clocks: Clocks) -> date:
    """Return the day from which the party is warned that the maximum period is near."""
    return publish_until - timedelta(days=clocks.prewarn_days)
