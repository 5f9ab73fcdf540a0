"""Land of a GI by place and by user, beside official figures and the year before."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from gi_registry.divisions.models import Division
from gi_registry.origin.models import Farmer, OfficialArea, Plot
from gi_registry.origin.rules.townships import Ground, Growth, TownshipSum, growth_of, peak_milli_mu
from gi_registry.registry.models import Gi

TOWNSHIP = "township"


def official_areas(session: Session, gi_id: int, year: int) -> Sequence[OfficialArea]:
    """Return what official statistics say of a GI's land in a year, by place and crop."""
    query = select(OfficialArea).where(col(OfficialArea.gi_id) == gi_id, col(OfficialArea.year) == year)
    return session.execute(query.order_by(col(OfficialArea.division_code), col(OfficialArea.crop))).scalars().all()


def find_official_area(session: Session, gi_id: int, *, division_code: str, crop: str, year: int) -> OfficialArea | None:
    """Return the official figure of a place, crop and year, if any."""
    rows = official_areas(session, gi_id, year)
    return next((row for row in rows if (row.division_code, row.crop) == (division_code, crop)), None)


def every_official_area(session: Session) -> Sequence[tuple[OfficialArea, str]]:
    """Return every official figure with its GI's code, in the order of import."""
    query = select(OfficialArea, col(Gi.code)).join(Gi, col(Gi.id) == col(OfficialArea.gi_id)).order_by(col(OfficialArea.id))
    return [(row[0], row[1]) for row in session.execute(query)]


def grounds_of(session: Session, gi_id: int) -> list[Ground]:
    """Return what counts of every plot of a GI. Its place is the one stated, else its farmer's village, else the county that handles it."""
    query = (
        select(
            col(Plot.id), col(Plot.authorisation_id), col(Plot.area_milli_mu), col(Plot.valid_from), col(Plot.valid_to),
            col(Plot.season), col(Plot.crop), col(Plot.division_code), col(Farmer.division_code), col(Plot.authority_division),
            col(Plot.land_record), col(Plot.verified_on),
        )
        .outerjoin(Farmer, col(Farmer.id) == col(Plot.farmer_id))
        .where(col(Plot.gi_id) == gi_id)
        .order_by(col(Plot.id))
    )  # fmt: skip
    return [
        Ground(
            plot_id=row[0], authorisation_id=row[1], area_milli_mu=row[2], valid_from=row[3], valid_to=row[4], season=row[5], crop=row[6],
            place=row[7] or row[8] or row[9], recorded=bool(row[10] or row[11]),
        )
        for row in session.execute(query)
    ]  # fmt: skip


def township_sums(session: Session, gi_id: int, year: int) -> tuple[TownshipSum, ...]:
    """Return the land of a GI by place in a year: each official figure with the plots in its subtree, then townships without a figure.

    Sums are the largest on one day of the year, in thousandths of a mu, beside the year before; by division code and crop.
    """
    grounds = grounds_of(session, gi_id)
    official = official_areas(session, gi_id, year)
    paths, levels = _places(session, {row.place for row in grounds} | {row.division_code for row in official})
    sums = [
        _sum([row for row in grounds if _lies(paths, row.place, area.division_code) and area.crop in {"", row.crop}], area, year=year)
        for area in official
    ]
    listed = {area.division_code for area in official if not area.crop}
    townships: dict[str, list[Ground]] = {}
    for row in grounds:
        townships.setdefault(_township(paths, levels, row.place), []).append(row)
    for code in townships.keys() - listed:
        unknown = OfficialArea(gi_id=gi_id, division_code=code, year=year, area_milli_mu=0, source="")
        sums.append(_sum(townships[code], unknown, year=year, known=False))
    shown = [item for item in sums if item.plots or item.official_milli_mu is not None]
    return tuple(sorted(shown, key=lambda item: (item.division_code, item.crop)))


def townships_by_plot(session: Session, gi_id: int) -> dict[int, str]:
    """Return the township that each plot of a GI lies in, else the place it states, by plot id."""
    grounds = grounds_of(session, gi_id)
    paths, levels = _places(session, {row.place for row in grounds})
    return {row.plot_id: _township(paths, levels, row.place) for row in grounds}


def growth(session: Session, gi_id: int, year: int) -> tuple[Growth, ...]:
    """Return each user's land of a GI in a year beside the year before, and how much of what is new a record backs (QT-03)."""
    return growth_of(grounds_of(session, gi_id), year)


def _sum(rows: list[Ground], area: OfficialArea, *, year: int, known: bool = True) -> TownshipSum:
    used = [row for row in rows if row.used_in(year)]
    return TownshipSum(
        division_code=area.division_code,
        crop=area.crop,
        year=year,
        plots=len(used),
        stated_milli_mu=peak_milli_mu(rows, year),
        before_milli_mu=peak_milli_mu(rows, year - 1),
        official_milli_mu=area.area_milli_mu if known else None,
        source=area.source,
    )


def _places(session: Session, codes: set[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the tree paths of places by code, and the levels of every place above them."""
    query = select(col(Division.code), col(Division.path)).where(col(Division.code).in_(codes))
    paths = {row[0]: row[1] for row in session.execute(query)}
    above = {part for path in paths.values() for part in path.split("/") if part}
    levels = select(col(Division.code), col(Division.level)).where(col(Division.code).in_(above))
    return paths, {row[0]: row[1] for row in session.execute(levels)}


def _lies(paths: dict[str, str], place: str, above: str) -> bool:
    """Say whether a place is another or lies below it; one that is not on file is only itself."""
    return place == above or (above in paths and paths.get(place, "").startswith(paths[above]))


def _township(paths: dict[str, str], levels: dict[str, str], place: str) -> str:
    """Return the township a place lies in, else the place itself."""
    parts = [part for part in paths.get(place, "").split("/") if part]
    return next((part for part in parts if levels.get(part) == TOWNSHIP), place)
