"""Frauds and their innocent look-alikes, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlmodel import col, select

from gi_registry.anomalies import service
from gi_registry.anomalies.models import Finding
from gi_registry.codes import service as codes
from gi_registry.codes.schemas import Activation
from gi_registry.divisions.service import seed_calendar
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.scans.models import FirstCheck, Scan
from gi_registry.workflow import Work
from tests.builders.batches import make_batch, make_cap
from tests.builders.codes import Season, make_allotment, make_season
from tests.builders.origin import make_area, make_plot, rectangle
from tests.builders.registry import make_authorisation, make_product
from tests.builders.scans import Labels


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


def make_shifted_pond(work: Work, **differs: Any) -> tuple[Authorisation, Plot]:
    """Return a user whose pond was declared 468 m east of the area's edge, with a harvest of 2025 on it."""
    user = make_authorisation(work, **differs)
    gi = work.session.get(Gi, user.gi_id)
    assert gi is not None
    make_area(work, gi)
    plot = make_plot(work, user, rectangle(5_368, -40, 5_468, 40))
    make_batch(work, user, product=make_product(work, user), plot=plot)
    return user, plot


def make_late_packages(work: Work, *, packed_on: date = date(2025, 9, 28), **differs: Any) -> Authorisation:
    """Return a user whose authorisation ended on 1 September 2025, with pre-printed packages packed on a day."""
    user = make_authorisation(work, **{"state": "deregistered", "valid_to": date(2025, 9, 1)} | differs)
    product = make_product(work, user, marking_mode="pre_printed")
    make_batch(work, user, product=product, kind="pre_printed", harvested_on=date(2025, 8, 20), packed_on=packed_on)
    return user


def make_ring(work: Work, labels: Labels, *, codes: int = 3, clients: int = 37, provinces: int = 6) -> None:
    """Let each of the first ``codes`` labels be checked by ``clients`` in ``provinces`` within two days, as the trace page stores it."""
    places = [f"{11 + number}0000" for number in range(provinces)] or [None]
    for serial in range(codes):
        begins = work.now - timedelta(days=3)
        moments = [begins + timedelta(minutes=30 * number) for number in range(clients)]
        rows = [
            Scan(range_id=labels.range_id, serial=serial, at=at, place=places[n % len(places)], client_key=f"{n:016x}", verdict="repeat")
            for n, at in enumerate(moments)
        ]
        check = FirstCheck(range_id=labels.range_id, serial=serial, first_at=begins, last_at=moments[-1], count=clients)
        check.suspect_at, check.suspect_clients, check.suspect_provinces, check.suspect_hours = moments[-1], clients, provinces, 48
        work.session.add_all([*rows, check])
    work.session.flush()
