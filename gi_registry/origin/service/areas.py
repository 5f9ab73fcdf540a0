"""Keep the dated versions of origin areas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from gi_registry.divisions import service as divisions
from gi_registry.divisions.rules.units import Unit
from gi_registry.kernel.errors import Conflict, NotAllowed, invalid
from gi_registry.kernel.words import Words, packed, say
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion
from gi_registry.origin.rules.measure import area_m2
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import Origin
from gi_registry.origin.rules.versions import check_period, refuse_overlap
from gi_registry.origin.schemas import AreaFields, EndArea
from gi_registry.origin.service.announcing import doubts_of
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work


def add_area(work: Work, gi_id: int, *, fields: AreaFields, outline: Reading | None, origin: Origin = Origin.FORM) -> AreaVersion:
    """Put an area version on file as announced law states it: by import only, people propose and approve.

    ``outline`` None where the announcement has words only. Raises Conflict with both periods where it overlaps one of the same zone,
    Invalid where it ends before it begins, NotAllowed for a person.
    """
    gi = registry.get_gi(work.session, gi_id)
    require_record(work, gi)
    warnings = check_stated(work, gi, fields, outline)
    return insert_area(work, gi_id, fields=fields, outline=outline, origin=origin, warnings=warnings)


def require_record(work: Work, gi: Gi) -> None:
    """Refuse a person who would put law on file alone."""
    if not work.allows("area:record", gi):
        raise NotAllowed(
            say("产地范围须由两个人办理，不能由一个人批量导入。"),
            remedy=say("请在该地理标志的“产地范围”页提出新版本，由另一名工作人员核准；整批录入历史公告，请系统管理员用命令行导入。"),
            basis="area:record",
        )


def check_stated(work: Work, gi: Gi, fields: AreaFields, outline: Reading | None) -> tuple[Words, ...]:
    """Return what is doubtful in a version as stated; raise Invalid for one that states nothing or ends before it begins."""
    if outline is None and not fields.text and not fields.place_list:
        raise invalid("geometry", say("没有边界图形，也没有文字说明或地名清单。"), say("至少填写一项：上传边界、填写公告原文或地名清单。"))
    noted = check_period(fields.valid_from, fields.valid_to) + (outline.warnings if outline else ())
    return noted + doubts_of(work, gi, fields, outline.geometry if outline else None)


def insert_area(
    work: Work,
    gi_id: int,
    *,
    fields: AreaFields,
    outline: Reading | None,
    origin: Origin,
    warnings: Sequence[Words] = (),
    source_document: int | None = None,
) -> AreaVersion:
    """Store a version; the caller has asked for its permission. Raises Conflict with both periods where it overlaps one of its zone."""
    refuse_overlap((fields.valid_from, fields.valid_to), queries.periods_of(work.session, gi_id, fields.zone))
    stated = {name: getattr(fields, name) for name in AreaFields.model_fields if name != "places"}
    area = AreaVersion(
        gi_id=gi_id,
        **stated,
        places=fields.place_list,
        geometry=outline.geometry if outline else None,
        area_m2=area_m2(outline.geometry) if outline else None,
        source_document=source_document,
        warnings=[packed(warning) for warning in warnings],
        origin=origin,
        created_at=work.now,
    )
    work.record(area, "area:add")
    work.flush()
    return area


def end_area(work: Work, area_id: int, fields: EndArea) -> AreaVersion:
    """State from which day a version no longer holds, by import; people propose the end."""
    area = queries.get_area(work.session, area_id)
    require_record(work, registry.get_gi(work.session, area.gi_id))
    return close_area(work, area, fields.valid_to)


def close_area(work: Work, area: AreaVersion, on: date) -> AreaVersion:
    """End an open version; the caller has asked for its permission. Raises Conflict for one that has an end: that stays as announced."""
    if area.valid_to is not None:
        raise Conflict(say("这个版本已经有止期 %(on)s。", on=area.valid_to.isoformat()), remedy=say("止期一经录入不再改动。"))
    check_period(area.valid_from, on)
    area.valid_to = on
    work.record(area, "area:end")
    work.flush()
    return area


def units_of(session: Session, gi: Gi, places: Sequence[str], *, on: date | None, today: date) -> tuple[Unit, ...]:
    """Return what each unit of a list meant on a day and what it is called today; units of a foreign GI are not looked up."""
    if gi.country != "CN" or not places:
        return ()
    within = [gi.division_code] if gi.division_code else []
    return divisions.resolve(session, places, within=within, on=on or today, today=today)
