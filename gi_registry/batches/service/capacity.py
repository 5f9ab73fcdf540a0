"""From plots, caps and batches to the entitlement of one year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from gi_registry.batches import queries
from gi_registry.batches.models import Batch
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries.process import converted
from gi_registry.batches.rules.entitlement import COMPUTABLE, Cap, Entitlement, Facts, Goods, Land, compute
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.life import Kind
from gi_registry.origin import queries as plots
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service import judge_plots, only_counting
from gi_registry.registry import queries as registry
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

    Each plot is judged on its day of harvest; one not yet harvested on ``on`` (default: the last day of the year).
    """
    key = LedgerKey(authorisation_id, gi_id, year, zone, unit)
    balances = queries.balances_of(session, key)
    facts = gather(session, key, on=on)
    return compute(facts, reserved=balances.get(Account.RESERVED, 0), used=balances.get(Account.USED, 0))


def gather(session: Session, key: LedgerKey, *, on: date | None = None) -> Facts:
    """Return the facts an entitlement is computed from."""
    authorisation = registry.get_authorisation(session, key.authorisation_id)
    protection = registry.get_protection(session, authorisation.protection_id)
    cap = queries.cap_in_force(session, gi_id=key.gi_id, zone=key.zone, year=key.year, unit=key.unit)
    judged = judged_plots(session, key, on=on)
    last_day = date(key.year, 12, 31)
    counting = {plot.id for plot in only_counting(session, [plot for plot, _verdict in judged], min(on or last_day, last_day))}
    return Facts(
        basis=protection.capacity_basis,
        unit=key.unit,
        land=tuple(_land(plot, verdict) for plot, verdict in judged if plot.id in counting),
        cap=Cap(cap.per_mu, cap.status, cap.revision) if cap else None,
        purchases=tuple(_purchase(batch, protection) for batch in _counting(session, key, protection, Kind.PURCHASE)),
        openings=_goods(_counting(session, key, protection, Kind.OPENING)),
        carried=_goods(queries.carried_forward(session, key)),
        sales=_goods(queries.confirmed_sales(session, key)),
        harvests=_made_product(session, key, protection),
    )


def _counting(session: Session, key: LedgerKey, protection: Protection, kind: Kind) -> list[Batch]:
    """Where declared batches are the limit, raw goods count as what was made of them, not as themselves."""
    found = queries.batches_of(session, key, kind)
    return [batch for batch in found if protection.capacity_basis in COMPUTABLE or not batch.commodity]


def _made_product(session: Session, key: LedgerKey, protection: Protection) -> tuple[Goods, ...]:
    """Return the product that was harvested as such, and what processing added to it and took from it."""
    harvested = _goods(_counting(session, key, protection, Kind.HARVEST))
    if protection.capacity_basis in COMPUTABLE:
        return harvested
    return harvested + tuple(Goods(moved.batch.number, moved.quantity, f"batch:{moved.batch.id}") for moved in converted(session, key))


def judged_plots(session: Session, key: LedgerKey, *, on: date | None = None, every_zone: bool = False) -> list[tuple[Plot, OriginVerdict]]:
    """Return the plots of a year with their verdicts: on the day of harvest, else on ``on`` kept within the year."""
    harvested = queries.harvests_of(session, key)
    reference = min(max(on or date(key.year, 12, 31), date(key.year, 1, 1)), date(key.year, 12, 31))
    days: dict[int, date] = {}
    rows: list[Plot] = []
    for plot in plots.list_plots(session, key.authorisation_id):
        day = harvested.get(plot.id or 0, reference)
        mine = plot.gi_id == key.gi_id and (every_zone or plot.zone == key.zone)
        if mine and covers(plot.valid_from, plot.valid_to, day):
            rows.append(plot)
            days[plot.id or 0] = day
    verdicts = judge_plots(session, rows, days)
    return [(plot, verdicts[plot.id or 0]) for plot in rows]


def area_of_year(session: Session, authorisation_id: int, *, gi_id: int, year: int, zone: str | None = None) -> AreaOfYear:
    """Return the land of a year with its verdicts; ``zone`` None means every zone."""
    key = LedgerKey(authorisation_id, gi_id, year, zone or "", "")
    judged = judged_plots(session, key, every_zone=zone is None)
    inside = sum(plot.area_milli_mu for plot, verdict in judged if verdict.counts)
    outside = sum(plot.area_milli_mu for plot, verdict in judged if not verdict.counts)
    return AreaOfYear(inside, outside, tuple(judged))


def _land(plot: Plot, verdict: OriginVerdict) -> Land:
    return Land(plot.number, plot.name, plot.area_milli_mu, verdict.verdict, f"plot:{plot.id}")


def _goods(batches: Sequence[Batch]) -> tuple[Goods, ...]:
    return tuple(Goods(batch.number, batch.product_quantity, f"batch:{batch.id}") for batch in batches)


def _purchase(batch: Batch, protection: Protection) -> Goods:
    """Outside material counts where the protection allows it; a sale within the GI counts once the seller confirmed it."""
    free = protection.steps.get("raw_material") == "allowed_outside"
    counts = free or batch.sale_confirmed_on is not None
    return Goods(batch.number, batch.quantity, f"batch:{batch.id}", batch.conversion_permille, counts)
