"""Reads of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.anomalies.models import Finding, FindingEvidence, RecordedFact
from gi_registry.anomalies.rules.finding import FindingState
from gi_registry.divisions.models import Division
from gi_registry.kernel.clock import start_of
from gi_registry.kernel.errors import NotFound
from gi_registry.registry.models import Authorisation, Gi

CHUNK = 500


@dataclass(frozen=True)
class Filters:
    """The filters of the list of findings, as they stand in the address."""

    ground: str = ""
    state: str = ""
    severity: int | None = None
    year: int | None = None
    text: str = ""
    since: date | None = None


@dataclass(frozen=True)
class FindingRow:
    """A finding with the names that people know its subject by."""

    finding: Finding
    authorisation_number: str
    user_name: str
    gi_name: str


def get_finding(session: Session, finding_id: int) -> Finding:
    """Return the finding; raise NotFound. Whether the actor may see it is asked by the service."""
    found = session.get(Finding, finding_id)
    if found is None:
        raise NotFound
    return found


def lock_finding(session: Session, finding_id: int) -> Finding:
    """Return the finding as it is now, held until the end of the transaction; raise NotFound."""
    found = session.get(Finding, finding_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound
    return found


def findings_by_fingerprint(session: Session, fingerprints: Iterable[str]) -> dict[str, Finding]:
    """Return the findings on file among these fingerprints."""
    wanted = sorted(set(fingerprints))
    found: dict[str, Finding] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(Finding).where(col(Finding.fingerprint).in_(wanted[start : start + CHUNK]))
        found.update({row.fingerprint: row for row in session.exec(query)})
    return found


def open_findings(session: Session, *, ground: str, years: Iterable[int], condition: ColumnElement[bool]) -> Sequence[Finding]:
    """Return the open findings of a ground and of some years about the authorisations that ``condition`` admits."""
    query = select(Finding).join(Authorisation, col(Authorisation.id) == Finding.authorisation_id).where(condition)
    query = query.where(Finding.ground == ground, col(Finding.year).in_(sorted(years)), Finding.state == FindingState.OPEN.value)
    return session.exec(query.order_by(col(Finding.id))).all()


def handled_under(path: str) -> ColumnElement[bool]:
    """Return the condition on Authorisation that its authority lies in the subtree of a division's tree path."""
    inside = select(Division.code).where(col(Division.path).startswith(path, autoescape=True))
    return col(Authorisation.authority_division).in_(inside)


def open_years(session: Session, ground: str) -> frozenset[int]:
    """Return the years of a ground's findings that are still open."""
    query = select(Finding.year).where(Finding.ground == ground, Finding.state == FindingState.OPEN.value).distinct()
    return frozenset(session.exec(query))


def evidence_of(session: Session, finding_id: int) -> Sequence[FindingEvidence]:
    """Return every version of the evidence, the newest first."""
    query = select(FindingEvidence).where(FindingEvidence.finding_id == finding_id)
    return session.exec(query.order_by(col(FindingEvidence.number).desc())).all()


def fact_of(session: Session, finding_id: int) -> RecordedFact | None:
    """Return the recorded fact behind a finding; None for a computed one."""
    return session.exec(select(RecordedFact).where(RecordedFact.finding_id == finding_id)).first()


def findings_matching(condition: ColumnElement[bool], filters: Filters) -> Any:
    """Return the query of (finding, authorisation number, user name, GI name) for a list, the most serious and newest first."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(Finding, Authorisation.number, name, Gi.name)
        .join(Authorisation, col(Authorisation.id) == Finding.authorisation_id)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition)
    )
    exact = (
        (Finding.ground, filters.ground),
        (Finding.state, filters.state),
        (Finding.severity, filters.severity),
        (Finding.year, filters.year),
    )
    for column, wanted in exact:
        if wanted not in ("", None):
            query = query.where(col(column) == wanted)
    if filters.text:
        columns = (Authorisation.number, Authorisation.raw_name, Organisation.name, Organisation.uscc, Gi.name)
        query = query.where(or_(*(col(column).contains(filters.text, autoescape=True) for column in columns)))
    if filters.since:
        query = query.where(Finding.first_found_at >= start_of(filters.since))
    return query.order_by(col(Finding.severity).desc(), col(Finding.first_found_at).desc(), col(Finding.id).desc())


def party_of(session: Session, authorisation_id: int) -> tuple[str, str, str]:
    """Return (authorisation number, user name, GI name)."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(Authorisation.number, name, Gi.name)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(Authorisation.id == authorisation_id)
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFound
    return str(row[0]), str(row[1]), str(row[2])
