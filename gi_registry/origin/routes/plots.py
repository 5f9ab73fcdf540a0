"""Pages of plots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from flask import current_app
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, asked_plots, bp, given_outline
from gi_registry.origin.rules.standing import Standing, of_open_year
from gi_registry.origin.schemas import FarmerFields, Outline, PlotFields, Retire, Version
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import json_answer, table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.sorting import in_order
from gi_registry.web.work import current_work

COLUMNS = (
    "number", "name", "zone", "crop", "variety", "season", "area_milli_mu", "verdict", "reason", "distance_m", "tolerance_m", "verified_on",
    "valid_from", "valid_to",
)  # fmt: skip


ORDERS: dict[str, Callable[[service.PlotRow], Any]] = {
    "number": lambda row: row.plot.number,
    "name": lambda row: row.plot.name,
    "zone": lambda row: row.plot.zone or "",
    "crop": lambda row: row.plot.crop or "",
    "area": lambda row: row.plot.area_milli_mu,
    "verdict": lambda row: (not row.in_force, row.verdict.verdict),
    "verified": lambda row: str(row.plot.verified_on or ""),
}


@bp.get("/authorisations/<int:authorisation_id>/plots")
@access("plot:view")
def list_plots(authorisation_id: int) -> str | Response:
    """List the plots of an authorisation with today's verdicts."""
    shown = service.plots_page(current_work(), authorisation_id, asked_plots())
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
    return page("origin/plot_form.html", shown=service.form_page(current_work(), authorisation_id), **WORDS)


@bp.post("/authorisations/<int:authorisation_id>/plots/new")
@access("plot:edit")
def declare_plot(authorisation_id: int) -> Response:
    """Put a plot on file."""
    reshow(new_plot, authorisation_id)
    fields, farmer = read_form(PlotFields), read_form(FarmerFields)
    plot = service.declare_plot(current_work(), authorisation_id, fields=fields, outline=given_outline(), farmer=farmer)
    return redirect_with(say("地块 %(number)s 已登记。", number=plot.number), "origin.show_plot", plot_id=plot.id)


@bp.get("/plots/<int:plot_id>")
@access("plot:view")
def show_plot(plot_id: int) -> str:
    """Show a plot; ``?on=`` asks for the verdict of another day."""
    asked = date_arg("on")
    shown = service.plot_page(current_work(), plot_id, on=asked)
    return page("origin/plot.html", shown=shown, standing=_standing(plot_id), **WORDS)


def _standing(plot_id: int) -> tuple[Standing, ...]:
    """Ask above which batches and labels stand on a plot in a year whose books are open."""
    work = current_work()
    asked: tuple[Standing, ...] = current_app.extensions["gi_standing"](work, plot_id)
    return of_open_year(asked, work.today.year)


@bp.get("/plots/<int:plot_id>/edit")
@access("plot:edit")
def show_plot_form(plot_id: int) -> str:
    """Show the form that puts a plot right."""
    shown = service.edit_page(current_work(), plot_id)
    return page("origin/plot_form.html", shown=shown, standing=_standing(plot_id), **WORDS)


@bp.post("/plots/<int:plot_id>/edit")
@access("plot:edit")
def edit_plot(plot_id: int) -> Response:
    """Put a plot right; without a new outline the one on file stays."""
    reshow(show_plot_form, plot_id)
    outline = given_outline() if read_form(Outline).geometry or uploaded("file") else None
    fields, farmer, version = read_form(PlotFields), read_form(FarmerFields), read_form(Version).version
    plot = service.edit_plot(current_work(), plot_id, fields=fields, outline=outline, farmer=farmer, version=version)
    return redirect_with(say("地块 %(number)s 已更正。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.post("/plots/<int:plot_id>/convert")
@access("plot:edit")
def convert_plot(plot_id: int) -> Response:
    """Read a plot's outline as GCJ-02 and convert it, once."""
    plot = service.convert_plot(current_work(), plot_id, version=read_form(Version).version)
    return redirect_with(say("地块 %(number)s 的坐标已换算。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.get("/plots/<int:plot_id>/retire")
@access("plot:edit")
def show_retiring(plot_id: int) -> str:
    """Show what stands on a plot before it is retired."""
    service.plot_to_edit(current_work(), plot_id)
    shown = service.plot_page(current_work(), plot_id)
    return page("origin/plot_retire.html", shown=shown, standing=_standing(plot_id), **WORDS)


@bp.post("/plots/<int:plot_id>/retire")
@access("plot:edit")
def retire_plot(plot_id: int) -> Response:
    """End the use of a plot from today; where batches stand on it, only with a yes."""
    reshow(show_retiring, plot_id)
    given, work = read_form(Retire), current_work()
    plot = service.retire_plot(work, plot_id, version=given.version, standing=_standing(plot_id), confirmed=given.confirmed)
    return redirect_with(say("地块 %(number)s 已停用。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.post("/plots/<int:plot_id>/unverify")
@access("plot:verify")
def unverify_plot(plot_id: int) -> Response:
    """Take a verification back."""
    plot = service.unverify_plot(current_work(), plot_id, version=read_form(Version).version)
    return redirect_with(say("地块 %(number)s 的核实已撤回。", number=plot.number), "origin.show_plot", plot_id=plot_id)


@bp.get("/authorisations/<int:authorisation_id>/plots/map.json")
@access("plot:view")
def map_of_plots(authorisation_id: int) -> Response:
    """Give the map editor the area in force, generalised, and the user's own plots."""
    return json_answer(service.map_of(current_work(), authorisation_id))
