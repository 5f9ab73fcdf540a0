"""Statements: of one user and year, of every user of a GI, of its townships, and the headroom of a GI over the years."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.queries import EntryRow, statements
from gi_registry.batches.queries.statements import GoodsKey, GroundOfGoods
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.statements import NO_USE, Bar, Goods, Use, together, waterfall
from gi_registry.batches.service.capacity import entitlement
from gi_registry.divisions import queries as divisions
from gi_registry.kernel.errors import NotFound
from gi_registry.kernel.quantities import yield_of
from gi_registry.origin import queries as plots
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

MOST_ENTRIES = 500
YEARS_SHOWN = 10


@dataclass(frozen=True)
class Section:
    """The goods of one commodity and unit with their bars; ``use`` says what may bear labels where it is the product."""

    unit: str
    commodity: str
    goods: Goods
    bars: tuple[Bar, ...]
    use: Use | None = None
    year: int = 0


@dataclass(frozen=True)
class UserStatement:
    """The statement of one authorisation and harvest year."""

    authorisation: Authorisation
    gi: Gi
    year: int
    years: list[int]
    sections: list[Section]
    officer: bool


@dataclass(frozen=True)
class UserRow:
    """One user's line in the statement of a GI."""

    authorisation: Authorisation
    unit: str
    commodity: str
    goods: Goods
    use: Use


@dataclass(frozen=True)
class PlaceRow:
    """One township: its land, what the caps let it yield, what was harvested and how much of it bears labels."""

    place: str
    name: str
    unit: str
    plots: int
    area_milli_mu: int
    capacity: int | None
    harvested: int
    labelled: int

    @property
    def use(self) -> Use:
        """Its capacity against its labels."""
        return Use(self.capacity, 0, self.labelled)


@dataclass(frozen=True)
class GiStatement:
    """The statement of a GI and year: its totals by commodity and unit, its users and its townships."""

    gi: Gi
    year: int
    years: list[int]
    totals: list[Section]
    users: list[UserRow]
    places: list[PlaceRow] = field(default_factory=list)

    @property
    def over(self) -> list[UserRow]:
        """The users who labelled more than they may."""
        return [row for row in self.users if row.use.over]


@dataclass(frozen=True)
class Entries:
    """The entries behind one figure; ``cut`` says that there are more than shown."""

    title_of: str
    year: int
    account: str
    unit: str
    rows: list[EntryRow]
    authorisation: Authorisation
    cut: bool


# ---- one user ------------------------------------------------------------------------------------------------------------------------


def user_statement(work: Work, authorisation_id: int, *, year: int | None) -> UserStatement:
    """Return the statement of an authorisation for a harvest year, the newest with accounts when none is named."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    whose = statements.of_authorisation(authorisation_id)
    years = statements.years_where(work.session, whose)
    wanted = year or (years[0] if years else work.today.year)
    goods = _by_kind(statements.goods_where(work.session, whose, year=wanted))
    uses = _uses(work, whose, [wanted])
    sections = [
        _section(unit, commodity, together(found.values()), use=None if commodity else _sum_use(uses, unit=unit, year=wanted))
        for (unit, commodity), found in sorted(goods.items())
    ]
    return UserStatement(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        year=wanted,
        years=years,
        sections=sections,
        officer=work.allows("desk:view"),
    )


def figure_entries(work: Work, authorisation_id: int, *, year: int, account: str, unit: str, commodity: str) -> Entries:
    """Return the entries behind one figure of a user's statement; NotFound for an account that does not exist."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    if account not in list(Account) or unit not in UNITS:
        raise NotFound
    whose = statements.of_authorisation(authorisation_id)
    rows = statements.entries_where(work.session, whose, year=year, account=account, unit=unit, commodity=commodity, most=MOST_ENTRIES + 1)
    return Entries(commodity, year, account, unit, rows[:MOST_ENTRIES], authorisation, len(rows) > MOST_ENTRIES)


def _section(unit: str, commodity: str, goods: Goods, *, use: Use | None, year: int = 0) -> Section:
    return Section(unit, commodity, goods, waterfall(goods), use, year)


def _by_kind(rows: dict[GoodsKey, Goods]) -> dict[tuple[str, str], dict[GoodsKey, Goods]]:
    found: dict[tuple[str, str], dict[GoodsKey, Goods]] = {}
    for key, goods in rows.items():
        found.setdefault((key.unit, key.commodity), {})[key] = goods
    return found


# ---- what may be labelled ------------------------------------------------------------------------------------------------------------


def _uses(work: Work, whose: ColumnElement[bool], years: Collection[int]) -> dict[GoodsKey, Use]:
    """Return what each user may label and has labelled, by user, GI, year, zone and unit: for every key that has accounts."""
    spoken = statements.quota_where(work.session, whose, years=years)
    keys = {_quota_key(key) for key in statements.goods_where(work.session, whose) if key.year in years} | spoken.keys()
    granted = _entitled(work.session, sorted(keys), on=work.today)
    return {key: Use(granted[key], *spoken.get(key, (0, 0))) for key in keys}


def _quota_key(key: GoodsKey) -> GoodsKey:
    return GoodsKey(key.authorisation_id, key.gi_id, key.year, key.zone, key.unit, "")


def _entitled(session: Session, keys: Iterable[GoodsKey], *, on: date) -> dict[GoodsKey, int | None]:
    found: dict[GoodsKey, int | None] = {}
    for key in keys:
        granted = entitlement(session, key.authorisation_id, gi_id=key.gi_id, year=key.year, zone=key.zone, unit=key.unit, on=on)
        found[key] = granted.total if granted.sufficient else None
    return found


def _sum_use(uses: dict[GoodsKey, Use], *, unit: str, year: int, authorisation_id: int | None = None) -> Use:
    total = NO_USE
    for key, use in uses.items():
        if (key.unit, key.year) == (unit, year) and authorisation_id in (None, key.authorisation_id):
            total += use
    return total


# ---- a GI ----------------------------------------------------------------------------------------------------------------------------


def gi_statement(work: Work, gi_id: int, *, year: int | None) -> GiStatement:
    """Return the statement of a GI for a year: totals, one row for each user, one for each township."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("statement:view", gi)
    whose = statements.of_gi(gi_id)
    years = statements.years_where(work.session, whose)
    wanted = year or (years[0] if years else work.today.year)
    goods = _by_kind(statements.goods_where(work.session, whose, year=wanted))
    uses = _uses(work, whose, [wanted])
    totals = [
        _section(unit, commodity, together(found.values()), use=None if commodity else _sum_use(uses, unit=unit, year=wanted))
        for (unit, commodity), found in sorted(goods.items())
    ]
    return GiStatement(gi, wanted, years, totals, _user_rows(work, goods, uses, year=wanted), places_of(work, gi_id, wanted))


def _user_rows(work: Work, goods: dict[tuple[str, str], dict[GoodsKey, Goods]], uses: dict[GoodsKey, Use], *, year: int) -> list[UserRow]:
    rows: list[UserRow] = []
    for (unit, commodity), found in sorted(goods.items()):
        by_user: dict[int, list[Goods]] = {}
        for key, item in found.items():
            by_user.setdefault(key.authorisation_id, []).append(item)
        for user, items in sorted(by_user.items()):
            use = NO_USE if commodity else _sum_use(uses, unit=unit, year=year, authorisation_id=user)
            rows.append(UserRow(registry.get_authorisation(work.session, user), unit, commodity, together(items), use))
    return rows


def places_of(work: Work, gi_id: int, year: int) -> list[PlaceRow]:
    """Return each township's land, capacity, harvest and labels. Labels of a batch fall to its plots by what each gave to it."""
    given = statements.ground_of_goods(work.session, gi_id, year)
    units = sorted({row.unit for row in given}) or sorted(unit for unit in statements.labelled_in(work.session, gi_id, year))
    sums = plots.township_sums(work.session, gi_id, year)
    townships = plots.townships_by_plot(work.session, gi_id)
    names = divisions.full_names(work.session, {*townships.values(), *(item.division_code for item in sums)})
    rows: list[PlaceRow] = []
    for unit in units:
        cap = queries.cap_in_force(work.session, gi_id=gi_id, zone="", year=year, unit=unit)
        harvested, labelled = _by_place([row for row in given if row.unit == unit], townships)
        land = {item.division_code: item for item in sums if not item.crop}
        for place in sorted(land.keys() | harvested.keys()):
            area = land[place].stated_milli_mu if place in land else 0
            rows.append(
                PlaceRow(
                    place=place,
                    name=names.get(place, place),
                    unit=unit,
                    plots=land[place].plots if place in land else 0,
                    area_milli_mu=area,
                    capacity=yield_of(area, cap.per_mu) if cap else None,
                    harvested=harvested.get(place, 0),
                    labelled=labelled.get(place, 0),
                )
            )
    return rows


def _by_place(given: Iterable[GroundOfGoods], townships: dict[int, str]) -> tuple[dict[str, int], dict[str, int]]:
    harvested: dict[str, int] = {}
    labelled: dict[str, int] = {}
    for row in given:
        place = townships.get(row.plot_id, row.place)
        harvested[place] = harvested.get(place, 0) + row.given
        labelled[place] = labelled.get(place, 0) + row.labelled * row.given // row.harvested
    return harvested, labelled


# ---- the years -----------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Headroom:
    """What a GI's users may label and have labelled, year by year and unit by unit, oldest first."""

    gi: Gi
    by_unit: dict[str, list[tuple[int, Use]]]


def headroom(work: Work, gi_id: int) -> Headroom:
    """Return the use of the capacity of a GI over its last years."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("statement:view", gi)
    whose = statements.of_gi(gi_id)
    years = sorted(statements.years_where(work.session, whose)[:YEARS_SHOWN])
    uses = _uses(work, whose, years)
    units = sorted({key.unit for key in uses})
    return Headroom(gi, {unit: [(year, _sum_use(uses, unit=unit, year=year)) for year in years] for unit in units})
