"""What each township of a GI may yield, yielded and labelled: land and labels brought together by the plots behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from gi_registry.batches.queries import LedgerKey, statements
from gi_registry.batches.queries.statements import GroundOfGoods
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.batches.rules.statements import Use, shares_of_batches
from gi_registry.divisions import queries as divisions
from gi_registry.origin import queries as plots

PLOT = "plot"


@dataclass(frozen=True)
class PlaceRow:
    """One township: its land, what the caps let it yield (None without a cap), what was harvested and what bears labels."""

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


def places_of(session: Session, gi_id: int, year: int, granted: Mapping[LedgerKey, Entitlement]) -> list[PlaceRow]:
    """Return each township of a GI and year, by unit and code; ``granted`` are the entitlements whose lines name the plots.

    Labels fall to the plots that gave to their batch, through splitting, mixing and processing; goods without a plot to no township.
    """
    townships = plots.townships_by_plot(session, gi_id)
    given = statements.ground_of_goods(session, gi_id, year)
    land = {item.division_code: item for item in plots.township_sums(session, gi_id, year) if not item.crop}
    labelled = _labelled_by_place(session, gi_id, year, given, townships)
    capacity = _capacity_by_place(granted, townships)
    units = sorted({unit for unit, _place in (*labelled, *capacity)} | {row.unit for row in given})
    harvested: dict[tuple[str, str], int] = defaultdict(int)
    for row in given:
        harvested[row.unit, townships.get(row.plot_id, row.place)] += row.given
    places = sorted(land.keys() | {place for _unit, place in (*labelled, *capacity, *harvested)})
    names = divisions.full_names(session, places)
    return [
        PlaceRow(
            place=place,
            name=names.get(place, place),
            unit=unit,
            plots=land[place].plots if place in land else 0,
            area_milli_mu=land[place].stated_milli_mu if place in land else 0,
            capacity=capacity.get((unit, place)),
            harvested=harvested.get((unit, place), 0),
            labelled=labelled.get((unit, place), 0),
        )
        for unit in units
        for place in places
    ]


def _capacity_by_place(granted: Mapping[LedgerKey, Entitlement], townships: Mapping[int, str]) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = defaultdict(int)
    for key, entitlement in granted.items():
        for line in entitlement.lines:
            kind, _, number = line.source.partition(":")
            if kind == PLOT and entitlement.cap_status is not None:
                found[key.unit, townships.get(int(number), "")] += line.quantity
    return found


def _labelled_by_place(
    session: Session, gi_id: int, year: int, given: Iterable[GroundOfGoods], townships: Mapping[int, str]
) -> dict[tuple[str, str], int]:
    ground: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    whole: dict[int, int] = {}
    for row in given:
        ground[row.batch_id][townships.get(row.plot_id, row.place)] += row.given
        whole[row.batch_id] = row.harvested
    shares = shares_of_batches(ground, whole, statements.inputs_of_outputs(session, gi_id))
    found: dict[tuple[str, str], int] = defaultdict(int)
    for batch_id, unit, quantity in statements.labelled_batches(session, gi_id, year):
        for place, share in shares.get(batch_id, {}).items():
            found[unit, place] += int(quantity * share)
    return found
