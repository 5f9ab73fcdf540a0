"""A user's capacity: what may be labelled of a year, the caps it rests on, and the register of heads, cellars and kilns."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Response

from gi_registry.batches.routes.blueprint import bp
from gi_registry.batches.routes.caps import CAP_PAGE
from gi_registry.batches.rules.caps import CAPACITY_UNIT_LIFE, COUNTED_PER, UNIT_NAMES
from gi_registry.batches.schemas import DecideUnit, UnitFields
from gi_registry.batches.service import caps_pages as pages
from gi_registry.batches.service import caps_register as service
from gi_registry.documents.service import Scan
from gi_registry.kernel.words import Words, say
from gi_registry.web.access import access
from gi_registry.web.arguments import year_arg
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

REGISTER_PAGE = {**CAP_PAGE, "unit_names": UNIT_NAMES, "unit_life": CAPACITY_UNIT_LIFE, "counted": COUNTED_PER}


@bp.get("/authorisations/<int:authorisation_id>/capacity")
@access("ledger:view")
def show_capacity(authorisation_id: int) -> str:
    """Show what a user may label of a year and why, and its heads, cellars or kilns."""
    return page("batches/capacity.html", shown=pages.capacity_page(current_work(), authorisation_id, year=year_arg()), **REGISTER_PAGE)


@bp.post("/authorisations/<int:authorisation_id>/capacity")
@access("capacity:declare")
def declare_unit(authorisation_id: int) -> Response:
    """Declare heads, cellars or kilns."""
    reshow(show_capacity, authorisation_id)
    paper = uploaded("document")
    scan = Scan(paper.name, paper.content) if paper else None
    service.declare_unit(current_work(), authorisation_id, read_form(UnitFields), paper=scan)
    return redirect_with(say("已申报，经县级核实后计入产能。"), "batches.show_capacity", authorisation_id=authorisation_id)


@bp.post("/capacity-units/<int:capacity_unit_id>/verify")
@access("capacity:verify")
def verify_unit(capacity_unit_id: int) -> Response:
    """Verify a unit: it counts from now on."""
    return _done(capacity_unit_id, service.verify_unit, say("已核实，计入产能。"))


@bp.post("/capacity-units/<int:capacity_unit_id>/refuse")
@access("capacity:verify")
def refuse_unit(capacity_unit_id: int) -> Response:
    """Refuse a unit with a reason."""
    return _done(capacity_unit_id, service.refuse_unit, say("未予核实，理由已记录。"))


@bp.post("/capacity-units/<int:capacity_unit_id>/withdraw")
@access("capacity:declare")
def withdraw_unit(capacity_unit_id: int) -> Response:
    """Take a declaration back."""
    return _done(capacity_unit_id, service.withdraw_unit, say("申报已撤回。"))


@bp.post("/capacity-units/<int:capacity_unit_id>/end")
@access("capacity:declare")
def end_unit(capacity_unit_id: int) -> Response:
    """State from which day a unit is gone."""
    return _done(capacity_unit_id, service.end_unit, say("止期已录入。"))


def _done(capacity_unit_id: int, act: Callable[..., object], message: Words) -> Response:
    work = current_work()
    authorisation_id = service.unit_owner(work, capacity_unit_id)
    reshow(show_capacity, authorisation_id)
    act(work, capacity_unit_id, read_form(DecideUnit))
    return redirect_with(message, "batches.show_capacity", authorisation_id=authorisation_id)
