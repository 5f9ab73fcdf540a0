"""Organisations, as an office keeps them."""

from __future__ import annotations

from gi_registry.accounts import queries
from gi_registry.accounts.models import Organisation
from gi_registry.accounts.rules import ORGANISATION_KINDS
from gi_registry.accounts.schemas import OrganisationForm
from gi_registry.kernel.errors import Duplicate, invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work, check_version


def edit_organisation(work: Work, organisation_id: int, fields: OrganisationForm) -> Organisation:
    """Change what an office keeps of an organisation. Raises NotFound outside the region, Invalid for an unknown division, StaleVersion."""
    organisation = queries.get_organisation(work.session, organisation_id)
    work.require("organisation:edit", organisation)
    values = fields.model_dump(exclude={"version"})
    theirs = {name: getattr(organisation, name) for name in values}
    check_version(organisation, fields.version, mine={**values}, theirs=theirs)
    check_division(work, fields.division_code)
    for name, value in values.items():
        setattr(organisation, name, value)
    organisation.version += 1
    work.record(organisation, "organisation:changed")
    work.flush()
    return organisation


def add_organisation(work: Work, organisation: Organisation) -> Organisation:
    """Store a new organisation. Raises Duplicate when its USCC is already on file, Invalid for an unknown kind."""
    if organisation.kind not in ORGANISATION_KINDS:
        raise invalid(
            "kind", say("“%(kind)s”不是机构类型。", kind=organisation.kind), say("可用：%(kinds)s。", kinds="、".join(ORGANISATION_KINDS))
        )
    if organisation.uscc and queries.find_organisation(work.session, organisation.uscc):
        raise Duplicate(say("统一社会信用代码 %(uscc)s 已登记。", uscc=organisation.uscc), remedy=say("请直接使用已有的机构记录。"))
    work.record(organisation, "organisation:added")
    work.flush()
    return organisation


def check_division(work: Work, code: str) -> None:
    """Raise Invalid for a place that is not on file; none at all is fine."""
    if code and not queries.paths_of(work.session, [code]):
        raise invalid("division_code", say("没有代码为 %(code)s 的行政区划。", code=code), say("请先导入行政区划，或核对代码。"))
