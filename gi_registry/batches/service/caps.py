"""Yield caps: a correction supersedes, nothing is overwritten."""

from __future__ import annotations

from gi_registry.batches import queries
from gi_registry.batches.models import YieldCap
from gi_registry.batches.rules.amounts import read_amount
from gi_registry.batches.schemas import CapFields
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work


def set_cap(work: Work, gi_id: int, fields: CapFields) -> YieldCap:
    """Put a cap on file for a GI, year, zone and unit; the one in force before is superseded by it.

    Raises Invalid for a quantity that cannot be read, Duplicate where another officer set one at the same moment.
    """
    work.require("cap:edit", registry.get_gi(work.session, gi_id))
    per_mu = read_amount(fields.per_mu, fields.unit, "per_mu")
    before = _exactly(work, gi_id, fields)
    cap = YieldCap(
        gi_id=gi_id,
        zone=fields.zone,
        year=fields.year,
        unit=fields.unit,
        revision=before.revision + 1 if before else 1,
        per_mu=per_mu,
        status=fields.status.value,
        decided_on=fields.decided_on,
        basis=fields.basis,
        created_at=work.now,
    )
    work.record(cap, "cap:set")
    work.flush()
    if before is not None:
        before.superseded_by = cap.id
        work.record(before, "cap:supersede")
        work.flush()
    return cap


def already_said(work: Work, gi_id: int, fields: CapFields) -> bool:
    """Say whether a revision on file says exactly this, so that an import of an export changes nothing."""
    per_mu = read_amount(fields.per_mu, fields.unit, "per_mu")
    stated = (fields.zone, fields.year, fields.unit, per_mu, fields.status.value, fields.decided_on, fields.basis)
    return any(
        stated == (cap.zone, cap.year, cap.unit, cap.per_mu, cap.status, cap.decided_on, cap.basis)
        for cap in queries.list_caps(work.session, gi_id)
    )


def _exactly(work: Work, gi_id: int, fields: CapFields) -> YieldCap | None:
    cap = queries.cap_in_force(work.session, gi_id=gi_id, zone=fields.zone, year=fields.year, unit=fields.unit)
    return cap if cap is not None and cap.zone == fields.zone else None
