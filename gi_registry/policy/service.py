"""Use cases of policy: ask for a value, install the defaults."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from gi_registry.divisions.queries import path_of
from gi_registry.divisions.rules import LEVEL_OF_LENGTH, path_codes
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import say
from gi_registry.policy import queries
from gi_registry.policy.defaults import DEFAULTS, Default
from gi_registry.policy.models import PolicyParameter
from gi_registry.policy.rules import Parameter, choose, version_of
from gi_registry.workflow import Work


def at(session: Session, key: str, division: str, on: date) -> Parameter:
    """Return the value of ``key`` in ``division`` on ``on``, the date of the legal event (harvest, filing, finding).

    The nearest ancestor with a value in force wins, then the national value. Raises Unavailable when nothing is set.
    """
    found = find(session, key, division, on)
    if found is None:
        raise Unavailable(
            say("没有设定参数“%(key)s”（%(day)s）。", key=key, day=on.isoformat()),
            remedy=say("请管理员运行 gi-registry db upgrade 装入默认参数。"),
            basis=key,
        )
    return found


def find(session: Session, key: str, division: str, on: date) -> Parameter | None:
    """Return the value of ``key`` in ``division`` on ``on``; None when nothing is set."""
    return choose(queries.candidates(session, key), _places(session, division), on)


def ground(session: Session, code: str, division: str, on: date) -> Parameter:
    """Return the parameter of a ground (``ground.QT-01``); where a ground has none of its own, the general one (``ground``)."""
    return find(session, f"ground.{code}", division, on) or at(session, "ground", division, on)


def effects(session: Session, code: str, division: str, on: date) -> Parameter:
    """Return what being listed on a ground entails: a list of ``{"effect", "basis"}``; general where the ground has none of its own."""
    return find(session, f"listing.effects.{code}", division, on) or at(session, "listing.effects", division, on)


def _places(session: Session, division: str) -> tuple[str, ...]:
    if not division:
        return ()
    path = path_of(session, division)
    if path:
        return path_codes(path)
    return tuple(division[:length] for length in sorted(LEVEL_OF_LENGTH, reverse=True) if length <= len(division))


def seed(work: Work, values: Sequence[Default] = DEFAULTS) -> int:
    """Install the values that are missing, leave what is there; return how many were added. Running it again adds nothing."""
    present = {(row.key, row.division, row.valid_from) for row in queries.list_parameters(work.session)}
    missing = [item for item in values if (item.key, item.division, item.valid_from) not in present]
    for item in missing:
        row = PolicyParameter(
            key=item.key,
            division=item.division,
            valid_from=item.valid_from,
            value=item.value,
            version=version_of(item.division, item.valid_from),
            basis=item.basis,
            why=item.why,
        )
        work.record(row, "policy:seed")
    work.flush()
    return len(missing)
