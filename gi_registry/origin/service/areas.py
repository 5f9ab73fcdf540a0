"""Keep the dated versions of origin areas."""

from __future__ import annotations

from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import packed, say
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion
from gi_registry.origin.rules.measure import area_m2
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import Origin
from gi_registry.origin.rules.versions import check_period, refuse_overlap
from gi_registry.origin.schemas import AreaFields, EndArea
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work


def add_area(work: Work, gi_id: int, *, fields: AreaFields, outline: Reading | None, origin: Origin = Origin.FORM) -> AreaVersion:
    """Put an area version on file; ``outline`` None where the announcement has words only.

    Raises Conflict with both periods where it overlaps one of the same zone, Invalid where it ends before it begins.
    """
    work.require("area:edit", registry.get_gi(work.session, gi_id))
    if outline is None and not fields.text and not fields.place_list:
        raise invalid("geometry", say("没有边界图形，也没有文字说明或地名清单。"), say("至少填写一项：上传边界、填写公告原文或地名清单。"))
    warnings = check_period(fields.valid_from, fields.valid_to) + (outline.warnings if outline else ())
    refuse_overlap((fields.valid_from, fields.valid_to), queries.periods_of(work.session, gi_id, fields.zone))
    area = AreaVersion(
        gi_id=gi_id,
        **fields.model_dump(exclude={"places"}),
        places=fields.place_list,
        geometry=outline.geometry if outline else None,
        area_m2=area_m2(outline.geometry) if outline else None,
        warnings=[packed(warning) for warning in warnings],
        origin=origin,
        created_at=work.now,
    )
    work.record(area, "area:add")
    work.flush()
    return area


def end_area(work: Work, area_id: int, fields: EndArea) -> AreaVersion:
    """State from which day a version no longer holds, so that the next one can follow; only an open version can be ended."""
    area = queries.get_area(work.session, area_id)
    work.require("area:edit", registry.get_gi(work.session, area.gi_id))
    if area.valid_to is not None:
        raise Conflict(say("这个版本已经有止期 %(on)s。", on=area.valid_to.isoformat()), remedy=say("止期一经录入不再改动。"))
    check_period(area.valid_from, fields.valid_to)
    area.valid_to = fields.valid_to
    work.record(area, "area:end")
    work.flush()
    return area
