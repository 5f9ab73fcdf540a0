"""Caps on file: a correction supersedes, nothing is overwritten; one person alone does not lower what counts for anybody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from gi_registry.batches import queries
from gi_registry.batches.models import YieldCap
from gi_registry.batches.queries import capacity as read
from gi_registry.batches.queries.caps import newest_cap
from gi_registry.batches.rules.amounts import read_amount
from gi_registry.batches.rules.caps import Cap, CapTable, Per, refuse_lone_cut
from gi_registry.batches.schemas import CapFields, CapPlace
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.quantities import whole_number
from gi_registry.kernel.words import say
from gi_registry.origin import queries as origin
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work

MOST_PERMILLE = 100_000
"""One input may give at most a hundredfold in product's units: beyond it the units were mixed up."""


def read_cap(fields: CapPlace) -> Cap:
    """Return what is stated as a cap: grams or pieces a mu, head, cellar or kiln, thousandths an input. Raises Invalid per field."""
    if fields.commodity and fields.per is not Per.INPUT:
        raise invalid("commodity", say("只有购进原料的折算率才填写原料品名。"), say("请清空原料品名，或选择“购进原料”。"))
    if fields.per is Per.INPUT:
        quantity = whole_number(fields.per_mu, "per_mu", most=MOST_PERMILLE)
    else:
        quantity = read_amount(fields.per_mu, fields.unit, "per_mu")
    return Cap(quantity, fields.status.value, 1, fields.per.value, fields.zone, fields.variety, fields.commodity)


def knows_zone(work: Work, gi_id: int, zone: str) -> bool:
    """Say whether an area version or a plot of the GI names a zone: a cap of any other would count for nobody, unnoticed."""
    return not zone or zone in _zones(work, gi_id)


def _zones(work: Work, gi_id: int) -> list[str]:
    return sorted({*origin.zones_of(work.session, gi_id), *origin.plot_zones_of(work.session, gi_id)})


def check_zone(work: Work, gi_id: int, zone: str) -> None:
    """Raise Invalid for a zone that the GI does not know (``knows_zone``)."""
    if not knows_zone(work, gi_id, zone):
        known = _zones(work, gi_id)
        remedy = say("这个地理标志的分区：%(zones)s。", zones="、".join(known)) if known else say("这个地理标志没有分区，请留空。")
        raise invalid("zone", say("没有名为“%(zone)s”的分区。", zone=zone), remedy, value=zone)


def caps_on(work: Work, gi_id: int, *, year: int, unit: str, on: date | None = None) -> CapTable:
    """Return the caps of a GI, year and unit as they count on a day (None: every decided one)."""
    return CapTable(read.stated_caps(work.session, gi_id, year).get(unit, ()), on=on)


def set_cap(work: Work, gi_id: int, fields: CapFields) -> YieldCap:
    """Put a cap on file as it was announced; the one in force before is superseded by it.

    Raises Invalid for a quantity that cannot be read, NotAllowed for a person who would lower a cap alone, Duplicate where another officer
    set one at the same moment.
    """
    gi = registry.get_gi(work.session, gi_id)
    work.require("cap:edit", gi)
    stated = read_cap(fields)
    if not work.allows("cap:record", gi):
        refuse_lone_cut(caps_on(work, gi_id, year=fields.year, unit=fields.unit), stated)
    return insert_cap(work, gi_id, fields, stated)


def insert_cap(work: Work, gi_id: int, fields: CapFields, stated: Cap, *, document: int | None = None) -> YieldCap:
    """Store a cap and let it supersede the one of exactly its place; the caller has asked for its permission."""
    before = superseded_by(work, gi_id, fields)
    cap = YieldCap(
        gi_id=gi_id,
        zone=fields.zone,
        variety=fields.variety,
        year=fields.year,
        unit=fields.unit,
        per=fields.per.value,
        commodity=fields.commodity,
        revision=before.revision + 1 if before else 1,
        per_mu=stated.per_mu,
        status=fields.status.value,
        decided_on=fields.decided_on,
        effective_on=fields.effective_on,
        basis=fields.basis,
        document=document,
        created_at=work.now,
    )
    work.record(cap, "cap:set")
    work.flush()
    if before is not None:
        before.superseded_by = cap.id
        work.record(before, "cap:supersede")
        work.flush()
    return cap


def superseded_by(work: Work, gi_id: int, fields: CapPlace) -> YieldCap | None:
    """Return the cap on file that a new one of the same place would supersede."""
    return newest_cap(
        work.session,
        gi_id=gi_id,
        zone=fields.zone,
        variety=fields.variety,
        year=fields.year,
        unit=fields.unit,
        per=fields.per.value,
        commodity=fields.commodity,
    )


def already_said(work: Work, gi_id: int, fields: CapFields) -> bool:
    """Say whether a revision on file says exactly this, so that an import of an export changes nothing."""
    stated = read_cap(fields)
    told = (fields.year, fields.unit, fields.decided_on, fields.effective_on, fields.basis)
    return any(
        told == (cap.year, cap.unit, cap.decided_on, cap.effective_on, cap.basis)
        and replace(read.cap_of(cap), id=0, revision=stated.revision) == stated
        for cap in queries.list_caps(work.session, gi_id)
    )
