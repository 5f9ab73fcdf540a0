"""The facts of QT-03: land shared, land beyond official figures, land that grew, gathered for many users.

The plots of all GIs are read at once; pairs of plots are asked for only of GIs with two plots or more, sums only of GIs with an official
figure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from gi_registry.anomalies.rules.qt_03 import LandFacts, Place, Shared
from gi_registry.divisions.models import Division
from gi_registry.origin.models import Farmer, OfficialArea, Plot
from gi_registry.origin.queries import overlaps_of, township_sums
from gi_registry.origin.rules.shared_land import Overlap
from gi_registry.origin.rules.townships import Ground, Growth, TownshipSum, growth_of
from gi_registry.registry.models import Authorisation

Key = tuple[int, int]
"""(authorisation, GI)."""


def land_facts(session: Session, year: int, condition: ColumnElement[bool]) -> list[tuple[LandFacts, str]]:
    """Return (facts, authority's division) of every admitted user with something to judge in a year."""
    users, crowded = _users(session, condition)
    gi_ids = {gi_id for _owner, gi_id in users}
    grounds = _grounds(session, gi_ids)
    shared = _shared(session, crowded & gi_ids, year)
    places = _places(session, grounds, year)
    grown = {(growth.authorisation_id, gi_id): growth for gi_id, rows in grounds.items() for growth in growth_of(rows, year)}
    return [
        (_facts(key, year, shared=shared.get(key, ()), places=places.get(key, ()), grown=grown.get(key)), division)
        for key, division in sorted(users.items())
        if key in shared or key in places or key in grown
    ]


def _facts(key: Key, year: int, *, shared: Iterable[Shared], places: Iterable[Place], grown: Growth | None) -> LandFacts:
    return LandFacts(
        authorisation_id=key[0],
        gi_id=key[1],
        year=year,
        shared=tuple(sorted(shared, key=lambda item: (item.plot_id, item.other_id))),
        places=tuple(places),
        before_milli_mu=grown.before_milli_mu if grown else 0,
        after_milli_mu=grown.after_milli_mu if grown else 0,
        recorded_milli_mu=grown.recorded_milli_mu if grown else 0,
    )


def _users(session: Session, condition: ColumnElement[bool]) -> tuple[dict[Key, str], set[int]]:
    """The admitted users with plots, and the GIs in which two plots or more are on file (any user's: neighbours may lie elsewhere)."""
    query = (
        select(col(Plot.authorisation_id), col(Plot.gi_id), col(Authorisation.authority_division))
        .join(Authorisation, col(Authorisation.id) == col(Plot.authorisation_id))
        .where(condition)
        .distinct()
    )
    users = {(row[0], row[1]): row[2] for row in session.execute(query)}
    crowded = select(col(Plot.gi_id)).group_by(col(Plot.gi_id)).having(func.count() > 1)
    return users, set(session.execute(crowded).scalars())


def _grounds(session: Session, gi_ids: Iterable[int]) -> dict[int, list[Ground]]:
    """What counts of every plot of some GIs; as ``origin.queries.grounds_of`` says it of one."""
    query = (
        select(
            col(Plot.gi_id), col(Plot.id), col(Plot.authorisation_id), col(Plot.area_milli_mu), col(Plot.valid_from), col(Plot.valid_to),
            col(Plot.season), col(Plot.crop), col(Plot.division_code), col(Farmer.division_code), col(Plot.authority_division),
            col(Plot.land_record), col(Plot.verified_on),
        )
        .outerjoin(Farmer, col(Farmer.id) == col(Plot.farmer_id))
        .where(col(Plot.gi_id).in_(sorted(gi_ids)))
        .order_by(col(Plot.id))
    )  # fmt: skip
    found: dict[int, list[Ground]] = defaultdict(list)
    for gi_id, *row in session.execute(query):
        found[gi_id].append(_ground(row))
    return found


def _ground(row: list[Any]) -> Ground:
    return Ground(
        plot_id=row[0],
        authorisation_id=row[1],
        area_milli_mu=row[2],
        valid_from=row[3],
        valid_to=row[4],
        season=row[5],
        crop=row[6],
        place=row[7] or row[8] or row[9],
        recorded=bool(row[10] or row[11]),
    )


def _shared(session: Session, gi_ids: Iterable[int], year: int) -> dict[Key, list[Shared]]:
    found: dict[Key, list[Shared]] = defaultdict(list)
    for gi_id in sorted(gi_ids):
        for overlap in overlaps_of(session, gi_id, year):
            _note(found, gi_id, overlap)
    return found


def _note(found: dict[Key, list[Shared]], gi_id: int, overlap: Overlap) -> None:
    """Each user learns of the own plot only; two plots of one user are one entry."""
    own_other = overlap.other_number if overlap.one_user else ""
    one = Shared(overlap.plot_id, overlap.number, overlap.other_id, overlap.shared_m2, own_other)
    found[overlap.authorisation_id, gi_id].append(one)
    if not overlap.one_user:
        other = Shared(overlap.other_id, overlap.other_number, overlap.plot_id, overlap.shared_m2)
        found[overlap.other_authorisation_id, gi_id].append(other)


def _places(session: Session, grounds: Mapping[int, list[Ground]], year: int) -> dict[Key, list[Place]]:
    with_figure = select(col(OfficialArea.gi_id)).where(col(OfficialArea.gi_id).in_(sorted(grounds)), col(OfficialArea.year) == year)
    found: dict[Key, list[Place]] = defaultdict(list)
    for gi_id in sorted(set(session.execute(with_figure).scalars())):
        over = [item for item in township_sums(session, gi_id, year) if item.over_milli_mu]
        paths, names = _tree(session, {row.place for row in grounds[gi_id]} | {item.division_code for item in over})
        for item in over:
            _attribute(
                found, gi_id, item, rows=_inside(grounds[gi_id], item, paths), name=names.get(item.division_code, item.division_code)
            )
    return found


def _inside(rows: list[Ground], item: TownshipSum, paths: Mapping[str, str]) -> list[Ground]:
    """The plots that no record backs in a place and year."""
    above = paths.get(item.division_code)
    return [
        row
        for row in rows
        if not row.recorded
        and row.used_in(item.year)
        and item.crop in {"", row.crop}
        and (row.place == item.division_code or (above is not None and paths.get(row.place, "").startswith(above)))
    ]


def _attribute(found: dict[Key, list[Place]], gi_id: int, item: TownshipSum, *, rows: list[Ground], name: str) -> None:
    unrecorded: dict[int, int] = defaultdict(int)
    for row in rows:
        unrecorded[row.authorisation_id] += row.area_milli_mu
    for owner, area in unrecorded.items():
        place = Place(
            code=item.division_code,
            name=name,
            crop=item.crop,
            stated_milli_mu=item.stated_milli_mu,
            official_milli_mu=item.official_milli_mu or 0,
            source=item.source,
            unrecorded_milli_mu=area,
            others_unrecorded=len(unrecorded) - 1,
        )
        found[owner, gi_id].append(place)


def _tree(session: Session, codes: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    query = select(col(Division.code), col(Division.path), col(Division.name)).where(col(Division.code).in_(sorted(set(codes))))
    rows = session.execute(query).all()
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}
