"""Reads of findings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.anomalies.models import Finding, FindingEvidence, RecordedFact
from gi_registry.anomalies.rules.finding import CODE_RANGE, FindingState
from gi_registry.codes.models import Allotment, CodeRange
from gi_registry.divisions.models import Division
from gi_registry.kernel.clock import start_of
from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Plot
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
    """Return the open findings of a ground and of some years under the authorities that ``condition`` on Authorisation admits."""
    about = func.coalesce(col(Finding.authorisation_id), col(CodeRange.authorisation_id))
    query = select(Finding).outerjoin(CodeRange, _names_range()).join(Authorisation, col(Authorisation.id) == about).where(condition)
    query = query.where(Finding.ground == ground, col(Finding.year).in_(sorted(years)), Finding.state == FindingState.OPEN.value)
    return session.exec(query.order_by(col(Finding.id))).all()


def _names_range() -> ColumnElement[bool]:
    return and_(col(Finding.subject_kind) == CODE_RANGE, col(CodeRange.id) == col(Finding.subject_id))


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


ORDERS: dict[str, Any] = {
    "id": col(Finding.id),
    "severity": col(Finding.severity),
    "ground": col(Finding.ground),
    "user": func.coalesce(Organisation.name, Authorisation.raw_name),
    "gi": col(Gi.name),
    "year": col(Finding.year),
    "state": col(Finding.state),
    "found": col(Finding.first_found_at),
}


def findings_matching(condition: ColumnElement[bool], filters: Filters) -> Any:
    """Return the query of (finding, number, user name, GI name) for a list, the most serious and newest first.

    A finding about copied codes has the label of the range for a number and no user: the person is unknown.
    """
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(Finding, func.coalesce(Authorisation.number, CodeRange.label), name, Gi.name)
        .outerjoin(Authorisation, col(Authorisation.id) == Finding.authorisation_id)
        .outerjoin(CodeRange, _names_range())
        .outerjoin(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(Gi, col(Gi.id) == func.coalesce(Authorisation.gi_id, Allotment.gi_id))
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
        columns = (Authorisation.number, Authorisation.raw_name, Organisation.name, Organisation.uscc, Gi.name, CodeRange.label)
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


@dataclass(frozen=True)
class RangeRow:
    """The range of labels that somebody copied, and for whom it was made."""

    label: str
    size: int
    allotment_id: int
    allotment_number: str
    gi_name: str
    user_name: str


def code_range_of(session: Session, range_id: int) -> RangeRow:
    """Return what a finding about copied codes is about; raise NotFound."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(CodeRange.label, CodeRange.size, CodeRange.allotment_id, Allotment.number, Gi.name, name)  # type: ignore[call-overload]  # six columns
        .join(Allotment, col(Allotment.id) == CodeRange.allotment_id)
        .join(Authorisation, col(Authorisation.id) == CodeRange.authorisation_id)
        .join(Gi, col(Gi.id) == Allotment.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(CodeRange.id == range_id)
    )
    row = session.exec(query).first()
    if row is None:
        raise NotFound
    return RangeRow(*row)


def division_of_range(session: Session, range_id: int) -> str:
    """Return the division whose authority handles what happens to a range of codes; raise NotFound."""
    query = select(Authorisation.authority_division).join(CodeRange, col(CodeRange.authorisation_id) == Authorisation.id)
    found = session.exec(query.where(CodeRange.id == range_id)).first()
    if found is None:
        raise NotFound
    return found


def plots_with_users(session: Session, plot_ids: Iterable[int]) -> list[tuple[Plot, str]]:
    """Return plots with the names of their users, by number."""
    query = (
        select(Plot, func.coalesce(Organisation.name, Authorisation.raw_name))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .outerjoin(Organisation, col(Organisation.id) == col(Authorisation.organisation_id))
        .where(col(Plot.id).in_(sorted(set(plot_ids))))
        .order_by(col(Plot.number))
    )
    return [(row[0], row[1]) for row in session.exec(query)]
