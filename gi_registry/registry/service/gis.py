"""Use cases of GIs and their protections."""

from __future__ import annotations

from gi_registry.accounts.queries import find_organisation
from gi_registry.divisions.queries import find_division
from gi_registry.kernel.errors import Duplicate, invalid
from gi_registry.kernel.identifiers import announcement
from gi_registry.kernel.words import say
from gi_registry.registry import queries
from gi_registry.registry.columns import GIS, differing
from gi_registry.registry.models import Gi, Protection
from gi_registry.registry.schemas import GiForm, ProtectionForm
from gi_registry.workflow import Work, check_version

_GI_FIELDS = ("name", "name_en", "category", "country", "authority_division", "holder_name", "opening_on", "note")
_PROTECTION_FIELDS = (
    "announced_on", "trade_mark_no", "trade_mark_class", "standard_no", "valid_from", "valid_to", "steps", "capacity_basis",
)  # fmt: skip


def view_gi(work: Work, gi_id: int) -> Gi:
    """Return a GI that the actor's office handles; raise NotFound for another."""
    gi = queries.get_gi(work.session, gi_id)
    work.require("gi:view", gi)
    return gi


def register_gi(work: Work, fields: GiForm) -> Gi:
    """Enter a GI. Raises Duplicate for a code on file, NotFound for a place outside the region, Invalid per field."""
    if queries.find_gi(work.session, fields.code):
        raise Duplicate(say("编号 %(code)s 已登记。", code=fields.code), remedy=say("请直接打开已有的登记修改。"))
    gi = Gi(code=fields.code, name=fields.name)
    _fill(work, gi, fields)
    work.require("gi:edit", gi)
    work.record(gi, "gi:register")
    work.flush()
    return gi


def edit_gi(work: Work, gi_id: int, fields: GiForm) -> Gi:
    """Change a GI. Raises NotFound outside the region, StaleVersion for an old form; the code stays."""
    gi = queries.get_gi(work.session, gi_id)
    work.require("gi:edit", gi)
    mine, theirs = differing(GIS, fields.model_dump(), {name: getattr(gi, name) for name in ("division_code", *_GI_FIELDS)})
    check_version(gi, fields.version, mine=mine, theirs=theirs)
    _fill(work, gi, fields)
    work.require("gi:edit", gi)
    gi.version += 1
    work.record(gi, "gi:change")
    work.flush()
    return gi


def _fill(work: Work, gi: Gi, fields: GiForm) -> None:
    for name in _GI_FIELDS:
        setattr(gi, name, getattr(fields, name))
    for name in ("division_code", "authority_division"):
        code = getattr(fields, name)
        if code and find_division(work.session, code) is None:
            raise invalid(name, say("没有代码为 %(code)s 的行政区划。", code=code), say("请核对代码，或先导入行政区划。"), value=code)
    gi.division_code = fields.division_code or None
    gi.authority_division = fields.authority_division or fields.division_code
    holder = find_organisation(work.session, fields.holder_uscc) if fields.holder_uscc else None
    if fields.holder_uscc and holder is None:
        raise invalid(
            "holder_uscc",
            say("没有代码为 %(uscc)s 的机构。", uscc=fields.holder_uscc),
            say("请先登记权利人机构，或只填权利人名称。"),
            value=fields.holder_uscc,
        )
    gi.holder_org_id = gi.owner_org_id = holder.id if holder else None
    gi.holder_name = fields.holder_name or (holder.name if holder else "")


def put_protection(work: Work, gi_id: int, fields: ProtectionForm) -> Protection:
    """Enter a GI's protection, or change the one with this track and number.

    Raises Duplicate where the number belongs to another GI, StaleVersion for an old form, NotFound outside the region.
    """
    gi = queries.get_gi(work.session, gi_id)
    work.require("gi:edit", gi)
    row = queries.find_protection(work.session, fields.track, fields.number)
    if row is not None and row.gi_id != gi_id:
        raise Duplicate(say("%(number)s 已登记在另一个地理标志名下。", number=fields.number), remedy=say("请核对编号。"))
    if row is not None and fields.version is None:
        raise Duplicate(say("%(number)s 已经登记。", number=fields.number), remedy=say("请打开这项保护修改。"))
    action = "change" if row else "register"
    if row is None:
        row = Protection(gi_id=gi_id, track=fields.track.value, number=fields.number, state=fields.settled)
    else:
        values = {name: getattr(row, name) for name in _PROTECTION_FIELDS} | {"announcement": row.announcement_raw}
        mine, theirs = differing(GIS, fields.model_dump(), values)
        check_version(row, fields.version, mine=mine, theirs=theirs)
        row.version += 1
    _fill_protection(row, fields)
    work.record(row, f"protection:{action}")
    work.flush()
    return row


def _fill_protection(row: Protection, fields: ProtectionForm) -> None:
    for name in _PROTECTION_FIELDS:
        setattr(row, name, getattr(fields, name))
    row.capacity_basis = fields.capacity_basis.value
    read = announcement(fields.announcement) if fields.announcement else None
    row.announcement_raw = read.raw if read else ""
    row.announcement_issuer = read.issuer if read else ""
    row.announcement_year = read.year if read else None
    row.announcement_number = read.number if read else None
    row.announced_on = fields.announced_on or (read.on if read else None)
