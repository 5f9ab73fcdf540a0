"""The households that work contracted plots."""

from __future__ import annotations

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.origin import queries
from gi_registry.origin.models import Farmer
from gi_registry.origin.schemas import FarmerFields, PlotFields
from gi_registry.registry.models import Authorisation
from gi_registry.workflow import Work


def farmer_for(work: Work, authorisation: Authorisation, fields: FarmerFields) -> Farmer | None:
    """Return the farmer of that name and contract number under an authorisation, put on file where new; None where none is named.

    Raises Invalid for a contract or a village without a name.
    """
    if not fields.farmer:
        if fields.farmer_contract or fields.farmer_division:
            raise invalid("farmer", say("填写了农户的合同或区划，没有填写姓名。"), say("请填写农户姓名，或一并留空。"))
        return None
    known = queries.find_farmer(work.session, authorisation.id or 0, name=fields.farmer, contract_number=fields.farmer_contract)
    if known is not None:
        if fields.farmer_division and known.division_code != fields.farmer_division:
            known.division_code = fields.farmer_division
            work.record(known, "farmer:correct")
        return known
    farmer = Farmer(
        authorisation_id=authorisation.id or 0,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        name=fields.farmer,
        division_code=fields.farmer_division,
        contract_number=fields.farmer_contract,
    )
    work.record(farmer, "farmer:add")
    work.flush()
    return farmer


def with_farmer(work: Work, authorisation: Authorisation, *, fields: PlotFields, farmer: FarmerFields | None) -> PlotFields:
    """Return what is stated of a plot with the farmer who works it: a named one, else one on file of the same authorisation.

    Raises Invalid for a farmer of someone else.
    """
    named = farmer_for(work, authorisation, farmer) if farmer else None
    if named is not None:
        return fields.model_copy(update={"farmer_id": named.id})
    known = {item.id for item in queries.farmers_of(work.session, authorisation.id or 0)} if fields.farmer_id else set()
    if fields.farmer_id and fields.farmer_id not in known:
        raise invalid("farmer_id", say("没有这位农户。"), say("请从名单中选择，或填写农户姓名。"))
    return fields
