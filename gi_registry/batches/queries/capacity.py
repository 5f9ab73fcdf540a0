"""What an entitlement is computed from, for many users of a GI and year at once, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlmodel import Session, col

from gi_registry.batches.models import Batch, BatchPlot, CapacityUnit, LedgerAccount, YieldCap
from gi_registry.batches.rules.caps import COUNTING_UNITS, Cap, Stated
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.rules.life import COUNTED, Kind
from gi_registry.kernel.errors import NotFound
from gi_registry.origin.models import Plot
from gi_registry.registry.models import Authorisation, Protection

MOST_NAMED = 500
"""Above this many users the database is asked for the whole GI: a list of ids has its limits."""


def _of(column: Any, users: Collection[int]) -> ColumnElement[bool]:
    return col(column).in_(sorted(users)) if len(users) <= MOST_NAMED else true()


def terms_of(session: Session, users: Collection[int], gi_id: int) -> dict[int, Protection]:
    """Return the protection of each authorisation by its id."""
    query = (
        select(col(Authorisation.id), Protection)
        .join(Protection, col(Protection.id) == col(Authorisation.protection_id))
        .where(col(Authorisation.id).in_(sorted(users)) if len(users) <= MOST_NAMED else col(Authorisation.gi_id) == gi_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def users_of(session: Session, gi_id: int) -> dict[int, Authorisation]:
    """Return the authorisations of a GI by id, in the order of their numbers."""
    query = select(Authorisation).where(col(Authorisation.gi_id) == gi_id).order_by(col(Authorisation.number))
    return {row.id or 0: row for row in session.execute(query).scalars()}


def stated_caps(session: Session, gi_id: int, year: int) -> dict[str, list[Stated]]:
    """Return every revision of the caps of a GI and year, by unit; which one counts is a matter of day and place."""
    found: dict[str, list[Stated]] = {}
    query = select(YieldCap).where(col(YieldCap.gi_id) == gi_id, col(YieldCap.year) == year).order_by(col(YieldCap.id))
    for row in session.execute(query).scalars():
        found.setdefault(row.unit, []).append(Stated(cap_of(row), row.effective_on))
    return found


def cap_of(row: YieldCap) -> Cap:
    """Return a cap on file as the rules know it."""
    return Cap(row.per_mu, row.status, row.revision, row.per, row.zone, row.variety, row.commodity, row.id or 0)


def plots_of(session: Session, users: Collection[int], gi_id: int) -> Sequence[Plot]:
    """Return the plots of some users of a GI, by number."""
    query = select(Plot).where(col(Plot.gi_id) == gi_id, _of(Plot.authorisation_id, users)).order_by(col(Plot.number))
    return session.execute(query).scalars().all()


def harvest_days(session: Session, users: Collection[int], gi_id: int, year: int) -> dict[int, date]:
    """Return the last day of harvest of each plot harvested for a year, by plot id."""
    query = (
        select(col(BatchPlot.plot_id), func.max(col(BatchPlot.judged_on)))
        .join(Batch, col(Batch.id) == col(BatchPlot.batch_id))
        .where(col(Batch.gi_id) == gi_id, col(Batch.account_year) == year, _of(Batch.authorisation_id, users))
        .where(col(Batch.state).in_(COUNTED))
        .group_by(col(BatchPlot.plot_id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def goods_of(session: Session, users: Collection[int], gi_id: int, year: int) -> Sequence[Batch]:
    """Return the batches that feed a year's entitlement or are carried out of it; what own farmers sold grew on the land that counts."""
    of_year = and_(
        col(Batch.account_year) == year,
        col(Batch.kind).in_([Kind.HARVEST.value, Kind.PURCHASE.value, Kind.OPENING.value]),
        col(Batch.supplier_farmer_id).is_(None),
    )
    carried = and_(
        col(Batch.kind) == Kind.OPENING.value,
        func.coalesce(col(Batch.from_year), col(Batch.harvest_year)) == year,
        col(Batch.account_year) > year,
    )
    query = select(Batch).where(col(Batch.gi_id) == gi_id, _of(Batch.authorisation_id, users), or_(of_year, carried))
    return session.execute(query.where(col(Batch.state).in_(COUNTED)).order_by(col(Batch.id))).scalars().all()


def sales_of(session: Session, users: Collection[int], gi_id: int, year: int) -> Sequence[Batch]:
    """Return other users' purchases that some users confirmed to have sold in a year."""
    query = select(Batch).where(
        col(Batch.gi_id) == gi_id,
        col(Batch.account_year) == year,
        col(Batch.supplier_authorisation_id).is_not(None),
        _of(Batch.supplier_authorisation_id, users),
        col(Batch.sale_confirmed_on).is_not(None),
        col(Batch.state).in_(COUNTED),
    )
    return session.execute(query.order_by(col(Batch.id))).scalars().all()


def counted_units(session: Session, users: Collection[int], gi_id: int, *, on: date) -> Sequence[CapacityUnit]:
    """Return the verified heads, cellars and kilns of some users that are there on a day."""
    query = select(CapacityUnit).where(
        col(CapacityUnit.gi_id) == gi_id,
        _of(CapacityUnit.authorisation_id, users),
        col(CapacityUnit.state).in_(COUNTING_UNITS),
        col(CapacityUnit.valid_from) <= on,
        or_(col(CapacityUnit.valid_to).is_(None), col(CapacityUnit.valid_to) > on),
    )
    return session.execute(query.order_by(col(CapacityUnit.id))).scalars().all()


def spoken_for(session: Session, users: Collection[int], gi_id: int, year: int) -> dict[tuple[int, str, str], tuple[int, int]]:
    """Return what is reserved and used of a year, by user, zone and unit."""
    columns: tuple[Any, ...] = (
        LedgerAccount.authorisation_id, LedgerAccount.zone, LedgerAccount.unit, LedgerAccount.kind, LedgerAccount.balance,
    )  # fmt: skip
    query = select(*columns).where(
        col(LedgerAccount.gi_id) == gi_id,
        col(LedgerAccount.year) == year,
        _of(LedgerAccount.authorisation_id, users),
        col(LedgerAccount.kind).in_([Account.CAPACITY.value, Account.RESERVED.value, Account.USED.value]),
    )
    found: dict[tuple[int, str, str], list[int]] = {}
    for user, zone, unit, kind, balance in session.execute(query):
        both = found.setdefault((user, zone, unit), [0, 0])
        if kind != Account.CAPACITY.value:
            both[0 if kind == Account.RESERVED.value else 1] = balance
    return {key: (both[0], both[1]) for key, both in found.items()}


# ---- the register of heads, cellars and kilns ----------------------------------------------------------------------------------------


def get_unit(session: Session, unit_id: int, *, lock: bool = False) -> CapacityUnit:
    """Return a unit of the register, its row locked when asked; raise NotFound."""
    query = select(CapacityUnit).where(col(CapacityUnit.id) == unit_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    unit: CapacityUnit | None = session.execute(query).scalar_one_or_none()
    if unit is None:
        raise NotFound
    return unit


def units_of(session: Session, authorisation_id: int) -> Sequence[CapacityUnit]:
    """Return the heads, cellars and kilns of an authorisation, the newest first."""
    query = select(CapacityUnit).where(col(CapacityUnit.authorisation_id) == authorisation_id).order_by(col(CapacityUnit.id).desc())
    return session.execute(query).scalars().all()


def units_in_state(session: Session, condition: ColumnElement[bool], state: str) -> Iterable[CapacityUnit]:
    """Return the units in a state under a condition, oldest first."""
    query = select(CapacityUnit).where(condition, col(CapacityUnit.state) == state).order_by(col(CapacityUnit.id))
    return session.execute(query).scalars().all()


def varieties_of(session: Session, gi_id: int) -> list[str]:
    """Return the varieties that plots, units and caps of a GI name."""
    found: set[str] = set()
    tables: tuple[Any, ...] = (Plot, CapacityUnit, YieldCap)
    for table in tables:
        found |= set(session.execute(select(table.variety).where(col(table.gi_id) == gi_id).distinct()).scalars())
    return sorted(found - {""})


def zones_of_user(session: Session, authorisation_id: int, gi_id: int) -> set[str]:
    """Return the zones in which a user has land, units, goods or accounts."""
    found: set[str] = set()
    tables: tuple[Any, ...] = (Plot, CapacityUnit, Batch, LedgerAccount)
    for table in tables:
        query = select(table.zone).where(col(table.authorisation_id) == authorisation_id, col(table.gi_id) == gi_id)
        found |= set(session.execute(query.distinct()).scalars())
    return found
