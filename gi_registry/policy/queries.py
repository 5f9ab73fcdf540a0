"""Reads of parameters."""

from __future__ import annotations

from sqlmodel import Session, col, select

from gi_registry.policy.models import PolicyParameter
from gi_registry.policy.rules import Candidate, Parameter


def candidates(session: Session, key: str) -> list[Candidate]:
    """Return every version of a parameter."""
    rows = session.exec(select(PolicyParameter).where(PolicyParameter.key == key))
    return [_candidate(row) for row in rows]


def list_parameters(session: Session) -> list[PolicyParameter]:
    """Return every version of every parameter, by key, place and date."""
    order = (col(PolicyParameter.key), col(PolicyParameter.division), col(PolicyParameter.valid_from))
    return list(session.exec(select(PolicyParameter).order_by(*order)))


def _candidate(row: PolicyParameter) -> Candidate:
    parameter = Parameter(key=row.key, value=row.value, version=row.version, basis=row.basis, why=row.why)
    return Candidate(division=row.division, valid_from=row.valid_from, valid_to=row.valid_to, parameter=parameter)
