"""What waits, read from every feature below: rows an officer can act on, under the conditions the Work gives."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.anomalies.models import Finding
from gi_registry.listings.queries import CaseFilters, cases_matching
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.reports.models import AnnualReport

SHOWN = 8


def cases_in_turn(session: Session, condition: ColumnElement[bool], turns: tuple[str, ...]) -> tuple[list[Any], int]:
    """Return the cases whose next step is one of ``turns``', the nearest deadline first, and how many there are."""
    rows: list[Any] = []
    for turn in turns:
        rows += session.execute(cases_matching(condition, CaseFilters(turn=turn))).all()
    rows.sort(key=lambda row: (row[0].due_on is None, row[0].due_on or row[0].opened_on))
    return rows[:SHOWN], len(rows)


def open_findings(session: Session, condition: ColumnElement[bool]) -> tuple[list[Any], int]:
    """Return (finding, user name, GI name) of open findings, the gravest first, and how many there are; copied codes have neither."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(Finding, name, Gi.name)
        .outerjoin(Authorisation, col(Authorisation.id) == Finding.authorisation_id)
        .outerjoin(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition, Finding.state == "open")
    )
    total = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = session.execute(query.order_by(col(Finding.severity).desc(), col(Finding.first_found_at)).limit(SHOWN)).all()
    return list(rows), int(total)


def reports_in_state(session: Session, condition: ColumnElement[bool], state: str) -> tuple[list[Any], int]:
    """Return (report, user name, GI name) of reports in a state, the longest waiting first, and how many there are."""
    name = func.coalesce(Organisation.name, Authorisation.raw_name)
    query = (
        select(AnnualReport, name, Gi.name)
        .join(Authorisation, col(Authorisation.id) == AnnualReport.authorisation_id)
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .where(condition, AnnualReport.state == state)
    )
    total = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = session.execute(query.order_by(col(AnnualReport.filed_at), col(AnnualReport.id)).limit(SHOWN)).all()
    return list(rows), int(total)


def gis_held(session: Session, organisation_id: int | None) -> list[Gi]:
    """Return the GIs that an organisation holds."""
    return (
        list(session.exec(select(Gi).where(Gi.holder_org_id == organisation_id).order_by(Gi.code))) if organisation_id is not None else []
    )


def unmatched_count(session: Session, condition: ColumnElement[bool]) -> int:
    """Return how many authorisations are known by name only."""
    query = select(func.count()).select_from(Authorisation).where(condition, col(Authorisation.matched).is_(False))
    return int(session.execute(query).scalar_one())
