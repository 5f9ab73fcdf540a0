"""Pages of plots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, bp, given_outline
from gi_registry.origin.schemas import Outline, PlotFields, Version
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.sorting import in_order
from gi_registry.web.work import current_work

COLUMNS = ("number", "name", "zone", "crop", "area_milli_mu", "verdict", "reason", "distance_m", "tolerance_m", "valid_from", "valid_to")


ORDERS: dict[str, Callable[[service.PlotRow], Any]] = {
    "number": lambda row: row.plot.number,
    "name": lambda row: row.plot.name,
    "zone": lambda row: row.plot.zone or "",
    "crop": lambda row: row.plot.crop or "",
    "area": lambda row: row.plot.area_milli_mu,
    "verdict": lambda row: (not row.in_force, row.verdict.verdict),
}


@bp.get("/authorisations/<int:authorisation_id>/plots")
@access("plot:view")
def list_plots(authorisation_id: int) -> str | Response:
    """List the plots of an authorisation with today's verdicts."""
    shown = service.plots_page(current_work(), authorisation_id)
    shown = replace(shown, rows=in_order(shown.rows, ORDERS))
    if wanted() == "html":
        return page("origin/plots.html", shown=shown, **WORDS)
    return table([_cells(row) for row in shown.rows], columns=COLUMNS, name="plots")


def _cells(row: service.PlotRow) -> dict[str, object]:
    values = {name: getattr(row.plot, name, None) for name in COLUMNS}
    verdict = {"verdict": row.verdict.verdict.value, "reason": row.verdict.reason.value}
    measures = {"distance_m": row.verdict.distance_m, "tolerance_m": row.verdict.tolerance_m}
    return {name: str(value) if isinstance(value, date) else value for name, value in (values | verdict | measures).items()}


@bp.get("/authorisations/<int:authorisation_id>/plots/new")
@access("plot:edit")
def new_plot(authorisation_id: int) -> str:
    """Show the form of a new plot."""
    authorisation, gi, zones = service.form_page(current_work(), authorisation_id)
    return page("origin/plot_form.html", authorisation=authorisation, gi=gi, zones=zones, **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/plots/new")
@access("plot:edit")
def declare_plot(authorisation_id: int) -> Response:
    """Put a plot on file."""
    reshow(new_plot, authorisation_id)
    fields = read_form(PlotFields)
    plot = service.declare_plot(current_work(), authorisation_id, fields=fields, outline=given_outline())
    return redirect_with(say("地块 %(number)s 已登记。", number=plot.number), "origin.show_plot", plot_id=plot.id)


@bp.get("/plots/<int:plot_id>")
@access("plot:view")
def show_plot(plot_id: int) -> str:
    """Show a plot; ``?on=`` asks for the verdict of another day."""
    asked = date_arg("on")
    return page("origin/plot.html", shown=service.plot_page(current_work(), plot_id, on=asked), **WORDS)


@bp.get("/plots/<int:plot_id>/edit")
@access("plot:edit")
def show_plot_form(plot_id: int) -> str:
    """Show the form that puts a plot right."""
    plot = service.plot_to_edit(current_work(), plot_id)
    authorisation, gi, zones = service.form_page(current_work(), plot.authorisation_id)
    return page("origin/plot_form.html", authorisation=authorisation, gi=gi, zones=zones, plot=plot, **WORDS)


@bp.post("/plots/<int:plot_id>/edit")
@access("plot:edit")
def edit_plot(plot_id: int) -> Response:
    """Put a plot right; without a new outline the one on file stays."""
    reshow(show_plot_form, plot_id)
    fields = read_form(PlotFields)
    outline = given_outline() if read_form(Outline).geometry or uploaded("file") else None
    plot = service.edit_plot(current_work(), plot_id, fields=fields, outline=outline, version=read_form(Version).version)
    return redirect_with(say("地块 %(number)s 已更正。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.post("/plots/<int:plot_id>/convert")
@access("plot:edit")
def convert_plot(plot_id: int) -> Response:
    """Read a plot's outline as GCJ-02 and convert it, once."""
    plot = service.convert_plot(current_work(), plot_id, version=read_form(Version).version)
    return redirect_with(say("地块 %(number)s 的坐标已换算。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.post("/plots/<int:plot_id>/retire")
@access("plot:edit")
def retire_plot(plot_id: int) -> Response:
    """End the use of a plot from today."""
    plot = service.retire_plot(current_work(), plot_id, version=read_form(Version).version)
    return redirect_with(say("地块 %(number)s 已停用。", number=plot.number), "origin.show_plot", plot_id=plot_id)
