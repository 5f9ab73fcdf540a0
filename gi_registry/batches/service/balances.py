"""Statements: of one user and year, of every user of a GI, of its townships, and the headroom of a GI over the years."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement

from gi_registry.batches.queries import EntryRow, LedgerKey, statements
from gi_registry.batches.queries.statements import GoodsKey
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.statements import NO_USE, Bar, Goods, Use, together, waterfall
from gi_registry.batches.service.capacity import entitlements, entitlements_of_gi
from gi_registry.batches.service.townships import PlaceRow, places_of
from gi_registry.kernel.errors import NotFound
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Farmer
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


@dataclass(frozen=True)
class FarmerRow:
    """The goods of one farmer, of one commodity and unit, in the statement of its user."""

    farmer: Farmer
    unit: str
    commodity: str
    goods: Goods


@dataclass(frozen=True)
class UserStatement:
    """The statement of one authorisation and harvest year: its own goods and its farmers' together, or those of one ``farmer``."""

    authorisation: Authorisation
    gi: Gi
    year: int
    years: list[int]
    sections: list[Section]
    officer: bool
    farmer: Farmer | None = None
    farmers: list[FarmerRow] = field(default_factory=list)


@dataclass(frozen=True)
class UserRow:
    """One user's line in the statement of a GI."""

    authorisation: Authorisation
    unit: str
    commodity: str
    goods: Goods
    use: Use


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
    farmer: Farmer | None = None


# ---- one user ------------------------------------------------------------------------------------------------------------------------


def user_statement(work: Work, authorisation_id: int, *, year: int | None, farmer_id: int | None = None) -> UserStatement:
    """Return the statement of an authorisation for a harvest year, the newest with accounts when none is named.

    With ``farmer_id`` only the goods on that farmer's account, which no entitlement belongs to. Raises NotFound for another user's farmer.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    farmer, whose = _whose(work, authorisation_id, farmer_id)
    years = statements.years_where(work.session, whose)
    wanted = year or (years[0] if years else work.today.year)
    goods = _by_kind(statements.goods_where(work.session, whose, year=wanted))
    return UserStatement(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        year=wanted,
        years=years,
        sections=_sections(goods, None if farmer else _granted(work, whose, [wanted])),
        officer=work.allows("desk:view"),
        farmer=farmer,
        farmers=[] if farmer else _farmer_rows(work, authorisation_id, year=wanted),
    )


def _whose(work: Work, authorisation_id: int, farmer_id: int | None) -> tuple[Farmer | None, ColumnElement[bool]]:
    if farmer_id is None:
        return None, statements.of_authorisation(authorisation_id)
    farmer = plots.get_farmer(work.session, farmer_id)
    if farmer is None or farmer.authorisation_id != authorisation_id:
        raise NotFound
    return farmer, statements.of_farmer(authorisation_id, farmer_id)


def _farmer_rows(work: Work, authorisation_id: int, *, year: int) -> list[FarmerRow]:
    goods = statements.goods_of_farmers(work.session, authorisation_id, year=year)
    position = {farmer.id: (place, farmer) for place, farmer in enumerate(plots.farmers_of(work.session, authorisation_id))}
    ordered = sorted(goods, key=lambda key: (position[key[0]][0], key[1], key[2]))
    return [FarmerRow(position[key[0]][1], key[1], key[2], goods[key]) for key in ordered]


def figure_entries(
    work: Work, authorisation_id: int, *, year: int, account: str, unit: str, commodity: str, farmer_id: int | None = None
) -> Entries:
    """Return the entries behind one figure of a user's statement, or of one of its farmers'.

    Raises NotFound for an account that does not exist and for a farmer of another user.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    if account not in list(Account) or unit not in UNITS:
        raise NotFound
    farmer, whose = _whose(work, authorisation_id, farmer_id)
    rows = statements.entries_where(work.session, whose, year=year, account=account, unit=unit, commodity=commodity, most=MOST_ENTRIES + 1)
    return Entries(commodity, year, account, unit, rows[:MOST_ENTRIES], authorisation, len(rows) > MOST_ENTRIES, farmer)


def _by_kind(rows: dict[GoodsKey, Goods]) -> dict[tuple[str, str], dict[GoodsKey, Goods]]:
    found: dict[tuple[str, str], dict[GoodsKey, Goods]] = {}
    for key, goods in rows.items():
        found.setdefault((key.unit, key.commodity), {})[key] = goods
    return found


# ---- what may be labelled ------------------------------------------------------------------------------------------------------------


def _granted(work: Work, whose: ColumnElement[bool], years: Collection[int]) -> dict[LedgerKey, Entitlement]:
    """Return the entitlement of every user, GI, year, zone and unit that has accounts."""
    return entitlements(work.session, statements.keys_where(work.session, whose, years=years), on=work.today)


def _granted_of_gi(work: Work, gi_id: int, years: Collection[int]) -> dict[LedgerKey, Entitlement]:
    """Return the entitlement of every user of a GI in the units of its accounts: land counts before anything is declared on it."""
    keyed = statements.keys_where(work.session, statements.of_gi(gi_id), years=years)
    found: dict[LedgerKey, Entitlement] = {}
    for year in years:
        units = {key.unit for key in keyed if key.year == year}
        found |= entitlements_of_gi(work.session, gi_id, year, units=units, on=work.today)
    return found


def _uses(granted: Mapping[LedgerKey, Entitlement], by: Callable[[LedgerKey], Hashable]) -> dict[Hashable, Use]:
    """Return what is entitled, reserved and used, summed over the keys that ``by`` takes as one."""
    found: dict[Hashable, Use] = {}
    for key, one in granted.items():
        use = Use(one.total if one.sufficient else None, one.reserved, one.used)
        found[by(key)] = found.get(by(key), NO_USE) + use
    return found


def _sections(goods: Mapping[tuple[str, str], Mapping[GoodsKey, Goods]], granted: Mapping[LedgerKey, Entitlement] | None) -> list[Section]:
    """Return the goods by unit and commodity with their bars; the product with what may bear labels, where anything is granted."""
    uses = _uses(granted or {}, lambda key: key.unit)
    sections: list[Section] = []
    for (unit, commodity), found in sorted(goods.items()):
        total = together(found.values())
        sections.append(Section(unit, commodity, total, waterfall(total), None if commodity or granted is None else uses.get(unit, NO_USE)))
    return sections


# ---- a GI ----------------------------------------------------------------------------------------------------------------------------


def gi_statement(work: Work, gi_id: int, *, year: int | None) -> GiStatement:
    """Return the statement of a GI for a year: totals, one row for each user, one for each township."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("statement:view", gi)
    whose = statements.of_gi(gi_id)
    years = statements.years_where(work.session, whose)
    wanted = year or (years[0] if years else work.today.year)
    goods = _by_kind(statements.goods_where(work.session, whose, year=wanted))
    granted = _granted_of_gi(work, gi_id, [wanted])
    places = places_of(work.session, gi_id, wanted, granted)
    return GiStatement(gi, wanted, years, _sections(goods, granted), _user_rows(work, gi_id, goods, granted), places)


def _user_rows(
    work: Work, gi_id: int, goods: Mapping[tuple[str, str], Mapping[GoodsKey, Goods]], granted: Mapping[LedgerKey, Entitlement]
) -> list[UserRow]:
    users = {user.id: user for user in registry.authorisations_under(work.session, gi_id)}
    uses = _uses(granted, lambda key: (key.unit, key.authorisation_id))
    rows: list[UserRow] = []
    for (unit, commodity), found in sorted(goods.items()):
        by_user: dict[int, list[Goods]] = {}
        for key, item in found.items():
            by_user.setdefault(key.authorisation_id, []).append(item)
        if not commodity:
            idle = {key.authorisation_id for key, one in granted.items() if key.unit == unit and one.total}
            by_user |= {user: [] for user in idle - by_user.keys()}
        for user, items in sorted(by_user.items()):
            use = NO_USE if commodity else uses.get((unit, user), NO_USE)
            rows.append(UserRow(users[user], unit, commodity, together(items), use))
    return rows


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
    granted = _granted_of_gi(work, gi_id, years)
    uses = _uses(granted, lambda key: (key.unit, key.year))
    units = sorted({key.unit for key in granted})
    return Headroom(gi, {unit: [(year, uses.get((unit, year), NO_USE)) for year in years] for unit in units})
