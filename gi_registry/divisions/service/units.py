"""Lists of units at their date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from gi_registry.divisions import queries
from gi_registry.divisions.rules.units import Unit
from gi_registry.divisions.rules.units import resolve as resolve_units


def resolve(session: Session, names: Sequence[str], *, within: Sequence[str] = (), on: date, today: date) -> tuple[Unit, ...]:
    """Return what each name of a list of units meant on a day, and what the place is called today, in the order of the list.

    ``within`` are codes of divisions that the units lie in (those that came before them count too); none looks everywhere. An ambiguous
    name comes back with all its places, an unknown one with those of its stem; nothing is guessed.
    """
    known, paths = queries.gazetteer(session, names, within=within)
    return resolve_units(names, known, within=paths, on=on, today=today)
