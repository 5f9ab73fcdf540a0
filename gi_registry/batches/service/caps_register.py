"""The register of heads, cellars and kilns: the producer declares, another person of the county verifies, only then they count.

Domain §1 no. 6: a ledger keyed on *verified* capacity. The county may declare for a producer that cannot; verifying stays with a second
person, as for a cap.
"""

from __future__ import annotations

from datetime import date

from gi_registry.batches.models import CapacityUnit
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries import capacity as read
from gi_registry.batches.rules.amounts import UNITS
from gi_registry.batches.rules.caps import CAPACITY_UNIT_LIFE, UNIT_NAMES, refuse_own_verification
from gi_registry.batches.schemas import DecideUnit, UnitFields
from gi_registry.batches.service.posting import lock_keys
from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import Conflict, NotAllowed, invalid
from gi_registry.kernel.quantities import whole_number
from gi_registry.kernel.words import say
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work, advance, begin, check_version

MOST_UNITS = 100_000_000


def declare_unit(work: Work, authorisation_id: int, fields: UnitFields, *, paper: Scan | None = None) -> CapacityUnit:
    """Put heads, cellars or kilns of a user on file; they count once the county verified them.

    Raises Invalid for a count or a period that cannot be, Conflict where the protection's capacity is measured in something else.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("capacity:declare", authorisation)
    if work.actor.person_id is None:
        raise NotAllowed(say("存栏、窖池、窑口须由具名的人申报。"), remedy=say("请登录后申报。"), basis="capacity:declare")
    _check_basis(work, authorisation, fields)
    if fields.valid_to is not None and fields.valid_to < fields.valid_from:
        raise invalid("valid_to", say("止期早于起期。"), say("请核对两个日期。"), value=fields.valid_to.isoformat())
    unit = CapacityUnit(
        **fields.model_dump(exclude={"quantity", "kind"}),
        kind=fields.kind.value,
        quantity=whole_number(fields.quantity, "quantity", least=1, most=MOST_UNITS),
        authorisation_id=authorisation_id,
        gi_id=authorisation.gi_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        declared_by=work.actor.person_id,
        declared_at=work.now,
        document=_kept(work, authorisation, paper),
    )
    begin(unit, CAPACITY_UNIT_LIFE)
    work.record(unit, "capacity_unit:declare")
    work.flush()
    return unit


def _check_basis(work: Work, authorisation: Authorisation, fields: UnitFields) -> None:
    basis = registry.get_protection(work.session, authorisation.protection_id).capacity_basis
    if basis != fields.kind:
        raise Conflict(
            say("这一保护的产能不按%(kind)s核定。", kind=UNIT_NAMES[fields.kind]),
            remedy=say("请核对登记的产能依据；有误的请联系主管部门更正。"),
        )


def _kept(work: Work, authorisation: Authorisation, paper: Scan | None) -> int | None:
    if paper is None:
        return None
    place = authorisation.authority_division
    return store_scan(work, paper, field="document", owner_org_id=authorisation.owner_org_id, authority_division=place).id


def verify_unit(work: Work, unit_id: int, fields: DecideUnit) -> CapacityUnit:
    """Verify a unit on the spot: from now on it counts. By another person than the one who declared it."""
    return _county_decides(work, unit_id, fields, action="verify")


def refuse_unit(work: Work, unit_id: int, fields: DecideUnit) -> CapacityUnit:
    """Refuse a unit with a reason."""
    if not fields.reason:
        raise invalid("reason", say("没有填写不予核实的理由。"), say("请写明理由，申报人据此更正。"))
    return _county_decides(work, unit_id, fields, action="refuse")


def _county_decides(work: Work, unit_id: int, fields: DecideUnit, *, action: str) -> CapacityUnit:
    unit = read.get_unit(work.session, unit_id, lock=True)
    work.require("capacity:verify", unit)
    CAPACITY_UNIT_LIFE.after(unit.state, action)
    check_version(unit, fields.version)
    refuse_own_verification(unit.declared_by, work.actor.person_id)
    unit.decided_by, unit.decided_at, unit.decision_note = work.actor.person_id, work.now, fields.reason
    decided: CapacityUnit = advance(work, unit, CAPACITY_UNIT_LIFE, action)
    return decided


def withdraw_unit(work: Work, unit_id: int, fields: DecideUnit) -> CapacityUnit:
    """Take a declaration back before the county looked at it."""
    unit = read.get_unit(work.session, unit_id, lock=True)
    work.require("capacity:declare", unit)
    check_version(unit, fields.version)
    withdrawn: CapacityUnit = advance(work, unit, CAPACITY_UNIT_LIFE, "withdraw")
    return withdrawn


def end_unit(work: Work, unit_id: int, fields: DecideUnit) -> CapacityUnit:
    """State from which day a unit is gone (sold, closed, torn down): it counts until then. Raises Invalid without a day in its period."""
    unit = read.get_unit(work.session, unit_id, lock=True)
    work.require("capacity:declare", unit)
    CAPACITY_UNIT_LIFE.after(unit.state, "end")
    check_version(unit, fields.version)
    gone = _end_day(unit, fields.valid_to)
    lock_keys(work, *(LedgerKey(unit.authorisation_id, unit.gi_id, gone.year, unit.zone, measure) for measure in UNITS))
    unit.valid_to = gone
    ended: CapacityUnit = advance(work, unit, CAPACITY_UNIT_LIFE, "end")
    return ended


def _end_day(unit: CapacityUnit, on: date | None) -> date:
    if on is None or on < unit.valid_from or (unit.valid_to is not None and on > unit.valid_to):
        raise invalid("valid_to", say("没有填写自哪一天起不再有，或日期不在有效期内。"), say("请填写有效期内的日期。"), value=str(on or ""))
    return on


def unit_owner(work: Work, unit_id: int) -> int:
    """Return the authorisation of a unit that the actor may see; NotFound for any other."""
    unit = read.get_unit(work.session, unit_id)
    work.require("ledger:view", unit)
    return unit.authorisation_id
