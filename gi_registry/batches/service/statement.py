"""The statement of a year: opening + harvest + in − out − labelled = closing, and the quota with its arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.queries import EntryRow, LedgerKey
from gi_registry.batches.queries import statements as reads
from gi_registry.batches.queries.statements import GoodsKey
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.batches.rules.records import age_years
from gi_registry.batches.rules.statements import Goods
from gi_registry.batches.service.capacity import entitlement
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Statement:
    """One GI, year, zone and unit of an authorisation."""

    key: LedgerKey
    gi_name: str
    goods: Goods
    entitlement: Entitlement
    entries: Mapping[str, list[EntryRow]] = field(default_factory=dict)


@dataclass(frozen=True)
class YearTotals:
    """The goods of an authorisation in one account year, each figure by unit (``g``, ``piece``)."""

    harvested: Mapping[str, int]
    purchased: Mapping[str, int]
    opening: Mapping[str, int]
    pre_printed: Mapping[str, int]
    labelled: Mapping[str, int]
    sold: Mapping[str, int]
    stock: Mapping[str, int]


def statements(work: Work, authorisation_id: int, *, year: int | None = None) -> list[Statement]:
    """Return the statements of an authorisation: every year that has accounts, and this year even when nothing happened yet."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    keys = [key for key in queries.keys_of(work.session, authorisation_id) if (key.farmer_id, key.commodity) == (0, "")]
    units = {product.unit for product in registry.list_products(work.session, authorisation_id)} or {"g"}
    present = {(key.year, key.unit) for key in keys}
    fresh = [
        LedgerKey(authorisation_id, authorisation.gi_id, work.today.year, "", unit)
        for unit in sorted(units)
        if (work.today.year, unit) not in present
    ]
    wanted = [key for key in (*fresh, *keys) if year in (None, key.year)]
    goods = reads.goods_where(work.session, reads.own_goods(authorisation_id), year=year)
    return [_statement(work.session, key, goods.get(_goods_key(key), Goods({})), on=work.today) for key in wanted]


def _goods_key(key: LedgerKey) -> GoodsKey:
    return GoodsKey(key.authorisation_id, key.gi_id, key.year, key.zone, key.unit, key.commodity)


def _statement(session: Session, key: LedgerKey, goods: Goods, *, on: date) -> Statement:
    granted = entitlement(session, key.authorisation_id, gi_id=key.gi_id, year=key.year, zone=key.zone, unit=key.unit, on=on)
    entries: dict[str, list[EntryRow]] = {}
    for entry in queries.entries_of(session, key):
        entries.setdefault(entry.account, []).append(entry)
    return Statement(key, registry.get_gi(session, key.gi_id).name, goods, granted, entries)


def year_totals(session: Session, authorisation_id: int, year: int) -> YearTotals:
    """Return the goods of an authorisation in one account year, for the annual report's prefill, by unit."""
    sums: dict[str, dict[str, int]] = {}
    for batch in queries.list_batches(session, authorisation_id, year):
        if batch.state != "withdrawn" and batch.supplier_farmer_id is None:
            of_kind = sums.setdefault(batch.kind, {})
            of_kind[batch.unit] = of_kind.get(batch.unit, 0) + batch.quantity
    held: dict[Account, dict[str, int]] = {}
    for key in queries.keys_of(session, authorisation_id):
        if key.year == year and (key.farmer_id, key.commodity) == (0, ""):
            for kind, balance in queries.totals_of(session, key).items():
                of_account = held.setdefault(kind, {})
                of_account[key.unit] = of_account.get(key.unit, 0) + balance
    return YearTotals(
        harvested=sums.get(Kind.HARVEST, {}),
        purchased=sums.get(Kind.PURCHASE, {}),
        opening=sums.get(Kind.OPENING, {}),
        pre_printed=sums.get(Kind.PRE_PRINTED, {}),
        labelled=held.get(Account.LABELLED, {}),
        sold=held.get(Account.SOLD, {}),
        stock=held.get(Account.STOCK, {}),
    )


@dataclass(frozen=True)
class AgedStock:
    """What is still kept of one harvest, whatever year's account it lies in; ``left`` in grams or pieces."""

    harvest_year: int
    zone: str
    unit: str
    commodity: str
    age_years: int
    left: int


def aged_stock(work: Work, authorisation_id: int) -> list[AgedStock]:
    """Return the stock of earlier harvests that an authorisation keeps, oldest first: several harvest years at once (陈皮, 白茶).

    A harvest's share of a year's account is what its batches left there, less what later years carried on from it; never more than the
    account holds.
    """
    work.require("ledger:view", registry.get_authorisation(work.session, authorisation_id))
    batches = [item for item in queries.list_batches(work.session, authorisation_id) if item.state in COUNTED and not item.farmer_id]
    left = queries.left_by_batch(work.session, authorisation_id)
    shares: Counter[tuple[int, str, str, str, int]] = Counter()
    for batch in batches:
        goods = (batch.harvest_year, batch.zone, batch.unit, batch.commodity)
        shares[*goods, batch.account_year] += max(0, left.get(batch.id or 0, 0))
        if batch.kind == Kind.OPENING and batch.account_year != (carried_from := batch.from_year or batch.harvest_year):
            shares[*goods, carried_from] -= batch.quantity
    return _aged(work, authorisation_id, shares)


def _aged(work: Work, authorisation_id: int, shares: Mapping[tuple[int, str, str, str, int], int]) -> list[AgedStock]:
    on_hand: Counter[tuple[str, str, str, int]] = Counter()
    for key, balance in queries.stock_by_key(work.session, authorisation_id).items():
        if not key.farmer_id:
            on_hand[key.zone, key.unit, key.commodity, key.year] += balance
    kept: Counter[tuple[int, str, str, str]] = Counter()
    for (harvest_year, zone, unit, commodity, year), share in sorted(shares.items()):
        part = max(0, min(share, on_hand[zone, unit, commodity, year]))
        on_hand[zone, unit, commodity, year] -= part
        kept[harvest_year, zone, unit, commodity] += part
    year = work.today.year
    return [AgedStock(*goods, age_years(goods[0], year), part) for goods, part in sorted(kept.items()) if part and goods[0] < year]
