"""Frauds and their innocent look-alikes, for tests."""

from __future__ import annotations

from typing import Any

from sqlmodel import col, select

from gi_registry.anomalies import service
from gi_registry.anomalies.models import Finding
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Activation
from gi_registry.divisions.service import seed_calendar
from gi_registry.workflow import Work
from tests.builders.batches import make_cap
from tests.builders.codes import Season, make_allotment, make_season


def make_labelled(work: Work, *, count: int = 7200, harvested: str = "7200", **differs: Any) -> Season:
    """Return a season of 2025 (12 mu, cap 600) with ``count`` rings activated, lawful so far."""
    season = make_season(work, harvested=harvested, **differs)
    allotment = make_allotment(work, season, count=count)
    codes.activate(work, allotment.id or 0, Activation(batch_id=season.batch.id or 0, count=count))
    return season


def correct_cap(work: Work, season: Season, per_mu: str = "500") -> None:
    """Set the final cap of 2025."""
    make_cap(work, season.gi, per_mu=per_mu, status="final")


def make_overrun(work: Work, **differs: Any) -> Finding:
    """Return the finding of QT-01: 7,200 rings on 12 mu whose cap was corrected to 500."""
    season = make_labelled(work, **differs)
    correct_cap(work, season)
    return find(work, season, "QT-01", year=2025)


def make_missing_report(work: Work, *, season: Season | None = None, year: int = 2024) -> Finding:
    """Return the finding of AR-01 for a user that reported nothing for ``year``."""
    season = season or make_season(work)
    return find(work, season, "AR-01", year=year)


def find(work: Work, season: Season, ground: str, *, year: int) -> Finding:
    """Run the rules for a year and return the season's finding."""
    seed_calendar(work)
    service.run(work, year)
    query = select(Finding).where(Finding.authorisation_id == season.id, Finding.ground == ground, Finding.year == year)
    return work.session.exec(query.order_by(col(Finding.id).desc())).one()
