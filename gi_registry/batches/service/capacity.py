"""From plots, heads, cellars, kilns, caps and batches to the entitlement of a year: for one user, or for every user of a GI at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.models import Batch, CapacityUnit
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries import capacity as read
from gi_registry.batches.queries.process import converted
from gi_registry.batches.rules.caps import PER_OF_BASIS, Cap, CapTable, Per, Stated
from gi_registry.batches.rules.entitlement import Counted, Entitlement, Facts, Goods, Land, computable, compute
from gi_registry.batches.rules.life import Kind
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service import judge_plots, only_counting
from gi_registry.registry.models import Protection


@dataclass(frozen=True)
class AreaOfYear:
    """The land of a year in thousandths of a mu, and the plots with their verdicts."""

    inside_milli_mu: int
    outside_milli_mu: int
    plots: tuple[tuple[Plot, OriginVerdict], ...]

    @property
    def total_milli_mu(self) -> int:
        """All land, inside or not."""
        return self.inside_milli_mu + self.outside_milli_mu


def entitlement(
    session: Session,
    authorisation_id: int,
    *,
    gi_id: int,
    year: int,
    zone: str = "",
    unit: str = "g",
    on: date | None = None,
) -> Entitlement:
    """Return what an authorisation may label of a GI in a year and zone, in grams or pieces, with its arithmetic (domain §6).

    Each plot is judged on its day of harvest; one not yet harvested on ``on`` (default: the last day of the year). A cap counts from
    the day it takes effect; without ``on`` every decided one does.
    """
    key = LedgerKey(authorisation_id, gi_id, year, zone, unit)
    return entitlements(session, [key], on=on)[key]


def entitlements(session: Session, keys: Collection[LedgerKey], *, on: date | None = None) -> dict[LedgerKey, Entitlement]:
    """Return the entitlement of each key, as ``entitlement`` does, with a fixed number of queries for each GI and year."""
    found: dict[LedgerKey, Entitlement] = {}
    for (gi_id, year), group in _by_gi_and_year(keys).items():
        known = Known(session, gi_id, year, {key.authorisation_id for key in group}, on=on)
        found |= {key: known.entitlement(key) for key in group}
    return found


def entitlements_of_gi(
    session: Session, gi_id: int, year: int, *, units: Collection[str], on: date | None = None
) -> dict[LedgerKey, Entitlement]:
    """Return the entitlement of every user of a GI in a year by zone and unit, also of those that have no accounts yet."""
    users = read.users_of(session, gi_id)
    known = Known(session, gi_id, year, users, on=on)
    places = [(unit, user, zone) for unit in sorted(units) for user, zone in sorted(known.places(unit)) if user in users]
    keys = [LedgerKey(user, gi_id, year, zone, unit) for unit, user, zone in places]
    return {key: known.entitlement(key) for key in keys}


def _by_gi_and_year(keys: Iterable[LedgerKey]) -> dict[tuple[int, int], list[LedgerKey]]:
    groups: dict[tuple[int, int], list[LedgerKey]] = defaultdict(list)
    for key in keys:
        groups[key.gi_id, key.year].append(key)
    return groups


class Known:
    """What the register knows of some users of a GI in a year, read once; the entitlement under any table of caps follows from it."""

    def __init__(self, session: Session, gi_id: int, year: int, users: Collection[int], *, on: date | None = None) -> None:
        """Read the facts of ``users``; a year is judged on a day of its own (``on`` kept within it)."""
        self._session, self.year, self.on = session, year, on
        self._terms = read.terms_of(session, users, gi_id)
        self._caps: Mapping[str, Sequence[Stated]] = read.stated_caps(session, gi_id, year)
        self._tables: dict[str, CapTable] = {}
        self._land = self._judged(session, users, gi_id)
        self._counted: dict[tuple[int, str], list[CapacityUnit]] = defaultdict(list)
        for item in read.counted_units(session, users, gi_id, on=day_within(year, on)):
            self._counted[item.authorisation_id, item.zone].append(item)
        self._goods: dict[tuple[int, str, str], list[Batch]] = defaultdict(list)
        for batch in read.goods_of(session, users, gi_id, year):
            self._goods[batch.authorisation_id, batch.zone, batch.unit].append(batch)
        self._sales: dict[tuple[int, str, str], list[Batch]] = defaultdict(list)
        for batch in read.sales_of(session, users, gi_id, year):
            self._sales[batch.supplier_authorisation_id or 0, batch.zone, batch.unit].append(batch)
        self._spoken = read.spoken_for(session, users, gi_id, year)

    def _judged(self, session: Session, users: Collection[int], gi_id: int) -> dict[tuple[int, str], list[tuple[Plot, OriginVerdict]]]:
        rows = read.plots_of(session, users, gi_id)
        judged = judge_year(session, rows, read.harvest_days(session, users, gi_id, self.year), year=self.year, on=self.on)
        last_day = date(self.year, 12, 31)
        counting = {plot.id for plot in only_counting(session, [plot for plot, _verdict in judged], min(self.on or last_day, last_day))}
        land: dict[tuple[int, str], list[tuple[Plot, OriginVerdict]]] = defaultdict(list)
        for plot, verdict in judged:
            if plot.id in counting:
                land[plot.authorisation_id, plot.zone].append((plot, verdict))
        return land

    def table(self, unit: str) -> CapTable:
        """Return the caps of a unit as they count on the day."""
        if unit not in self._tables:
            self._tables[unit] = CapTable(self._caps.get(unit, ()), on=self.on)
        return self._tables[unit]

    def places(self, unit: str) -> set[tuple[int, str]]:
        """Return the users and zones that have land, units, goods of ``unit`` or labels in it."""
        of_goods = {(user, zone) for user, zone, own in (*self._goods, *self._sales, *self._spoken) if own == unit}
        return of_goods | self._land.keys() | self._counted.keys()

    def entitlement(self, key: LedgerKey, table: CapTable | None = None) -> Entitlement:
        """Return the entitlement of a key; under another ``table`` of caps where one is given."""
        reserved, used = self._spoken.get((key.authorisation_id, key.zone, key.unit), (0, 0))
        return compute(self.facts(key, table), reserved=reserved, used=used)

    def facts(self, key: LedgerKey, table: CapTable | None = None) -> Facts:
        """Return what an entitlement is computed from."""
        caps = table or self.table(key.unit)
        protection = self._terms[key.authorisation_id]
        place, goods = (key.authorisation_id, key.zone), (key.authorisation_id, key.zone, key.unit)
        per = PER_OF_BASIS.get(protection.capacity_basis, Per.MU)
        computed = computable(protection.capacity_basis, capped=caps.has(per))
        fed = self._fed(goods, raw_too=computed)
        return Facts(
            basis=protection.capacity_basis,
            unit=key.unit,
            land=tuple(_land(plot, verdict, caps) for plot, verdict in self._land.get(place, ())),
            cap=None if per is Per.INPUT else caps.counting(per, zone=key.zone),
            counted=tuple(_counted(item, caps) for item in self._counted.get(place, ()) if item.kind == protection.capacity_basis),
            capped=caps.has(per),
            purchases=tuple(_purchase(batch, protection, caps) for batch in fed[Kind.PURCHASE]),
            openings=_stock(fed[Kind.OPENING], caps),
            carried=_stock(fed["carried"], caps),
            sales=_goods(self._sales.get(goods, ())),
            harvests=() if computed else (*_goods(fed[Kind.HARVEST]), *self._processed(key)),
        )

    def _fed(self, goods: tuple[int, str, str], *, raw_too: bool) -> dict[str, list[Batch]]:
        """Return the batches by kind. Where declared batches are the limit, raw goods count as what was made of them, not as themselves."""
        fed: dict[str, list[Batch]] = defaultdict(list)
        for batch in self._goods.get(goods, ()):
            if raw_too or not batch.commodity:
                fed[batch.kind if batch.account_year == self.year else "carried"].append(batch)
        return fed

    def _processed(self, key: LedgerKey) -> tuple[Goods, ...]:
        """Return what processing added to the product and took from it."""
        return tuple(Goods(moved.batch.number, moved.quantity, f"batch:{moved.batch.id}") for moved in converted(self._session, key))


def day_within(year: int, on: date | None) -> date:
    """Return the day on which a year is judged: ``on`` kept within it, the last one by default."""
    return min(max(on or date(year, 12, 31), date(year, 1, 1)), date(year, 12, 31))


def judge_year(
    session: Session, rows: Sequence[Plot], harvested: Mapping[int, date], *, year: int, on: date | None
) -> list[tuple[Plot, OriginVerdict]]:
    """Return the plots in force on their day with their verdicts: the day of harvest, else ``on`` kept within the year."""
    reference = day_within(year, on)
    days = {plot.id or 0: harvested.get(plot.id or 0, reference) for plot in rows}
    present = [plot for plot in rows if covers(plot.valid_from, plot.valid_to, days[plot.id or 0])]
    verdicts = judge_plots(session, present, days)
    return [(plot, verdicts[plot.id or 0]) for plot in present]


def area_of_year(session: Session, authorisation_id: int, *, gi_id: int, year: int, zone: str | None = None) -> AreaOfYear:
    """Return the land of a year with its verdicts; ``zone`` None means every zone."""
    harvested = queries.harvests_of(session, LedgerKey(authorisation_id, gi_id, year, zone or "", ""))
    rows = [plot for plot in plots.list_plots(session, authorisation_id) if plot.gi_id == gi_id and zone in (None, plot.zone)]
    judged = judge_year(session, rows, harvested, year=year, on=None)
    inside = sum(plot.area_milli_mu for plot, verdict in judged if verdict.counts)
    outside = sum(plot.area_milli_mu for plot, verdict in judged if not verdict.counts)
    return AreaOfYear(inside, outside, tuple(judged))


def own_rate(session: Session, key: LedgerKey, *, commodity: str, on: date) -> Cap | None:
    """Return the conversion that was decided for a GI: its cap per input of the year, as it counts on a day; None where there is none."""
    table = CapTable(read.stated_caps(session, key.gi_id, key.year).get(key.unit, ()), on=on)
    return table.counting(Per.INPUT, zone=key.zone, commodity=commodity)


def _land(plot: Plot, verdict: OriginVerdict, caps: CapTable) -> Land:
    cap = caps.counting(Per.MU, zone=plot.zone, variety=plot.variety)
    return Land(plot.number, plot.name, plot.area_milli_mu, verdict.verdict, f"plot:{plot.id}", cap)


def _counted(item: CapacityUnit, caps: CapTable) -> Counted:
    cap = caps.counting(item.kind, zone=item.zone, variety=item.variety)
    return Counted(item.name, item.kind, item.quantity, f"capacity_unit:{item.id}", cap)


def _goods(batches: Iterable[Batch]) -> tuple[Goods, ...]:
    return tuple(Goods(batch.number, batch.product_quantity, f"batch:{batch.id}") for batch in batches)


def _stock(batches: Iterable[Batch], caps: CapTable) -> tuple[Goods, ...]:
    """Return old stock: the product as itself, raw goods by the GI's own conversion, not at all where none was decided."""
    found: list[Goods] = []
    for batch in batches:
        cap = caps.counting(Per.INPUT, zone=batch.zone, commodity=batch.commodity) if batch.commodity else None
        rate = 1000 if not batch.commodity else cap.per_mu if cap else 0
        if rate:
            found.append(Goods(batch.number, batch.product_quantity * rate // 1000, f"batch:{batch.id}"))
    return tuple(found)


def _purchase(batch: Batch, protection: Protection, caps: CapTable) -> Goods:
    """Outside material counts where the protection allows it; a sale within the GI counts once the seller confirmed it.

    The GI's own conversion takes the place of the policy's, which the batch was declared with.
    """
    free = protection.steps.get("raw_material") == "allowed_outside"
    counts = free or batch.sale_confirmed_on is not None
    cap = caps.counting(Per.INPUT, zone=batch.zone, commodity=batch.commodity)
    rate = batch.conversion_permille if cap is None else cap.per_mu
    return Goods(batch.number, batch.quantity, f"batch:{batch.id}", rate, counts, cap)
