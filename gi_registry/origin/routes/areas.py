"""Pages of origin areas."""

from __future__ import annotations

from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import bp, given_outline
from gi_registry.origin.schemas import AreaFields, EndArea, Outline
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/office/gis/<int:gi_id>/areas")
@access("area:view")
def list_areas(gi_id: int) -> str:
    """List the area versions of a GI."""
    return page("origin/areas.html", shown=service.areas_page(current_work(), gi_id))


@bp.get("/office/gis/<int:gi_id>/areas/new")
@access("area:edit")
def new_area(gi_id: int) -> str:
    """Show the form of a new area version."""
    return page("origin/area_form.html", shown=service.areas_page(current_work(), gi_id))


@bp.post("/office/gis/<int:gi_id>/areas/new")
@access("area:edit")
def add_area(gi_id: int) -> Response:
    """Put an area version on file."""
    reshow(new_area, gi_id)
    fields = read_form(AreaFields)
    outline = given_outline() if read_form(Outline).geometry or uploaded("file") else None
    area = service.add_area(current_work(), gi_id, fields=fields, outline=outline)
    message = say("范围版本已录入，但有 %(n)s 处提示，请看下表。", n=len(area.warnings)) if area.warnings else say("范围版本已录入。")
    return redirect_with(message, "origin.list_areas", gi_id=gi_id)


@bp.post("/office/areas/<int:area_id>/end")
@access("area:edit")
def end_area(area_id: int) -> Response:
    """State from which day a version no longer holds."""
    reshow(list_areas, service.gi_of_area(current_work(), area_id))
    area = service.end_area(current_work(), area_id, read_form(EndArea))
    return redirect_with(say("止期已录入。"), "origin.list_areas", gi_id=area.gi_id)
