"""The office's pages of land: plots to verify, a GI's land by township."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, asked_plots, bp
from gi_registry.origin.schemas import Selection, StateArea
from gi_registry.web.access import access
from gi_registry.web.arguments import year_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.work import current_work

PLOT_COLUMNS = ("number", "name", "authorisation", "user", "gi", "crop", "tenure", "capture", "area_milli_mu", "verified_on")
SUM_COLUMNS = (
    "division_code",
    "crop",
    "year",
    "plots",
    "stated_milli_mu",
    "official_milli_mu",
    "over_milli_mu",
    "before_milli_mu",
    "source",
)


@bp.get("/office/plots")
@access("gi:view")
def list_office_plots() -> str | Response:
    """List the plots in use that the office handles; those to verify first where nothing else is asked for."""
    work, asked = current_work(), asked_plots()
    query = service.plots_for(work, asked)
    if wanted() != "html":
        return table((_plot_row(*row) for row in all_rows(work.session, query)), columns=PLOT_COLUMNS, name="plots")
    found = paginate(work.session, query)
    verdicts = service.verdicts_of(work, [row[0] for row in found.rows])
    may_verify = work.allows("plot:verify")
    return page("origin/office_plots.html", found=found, asked=asked, on=work.today, shown=verdicts, may_verify=may_verify, **WORDS)


def _plot_row(plot: Any, authorisation: Any, gi: Any) -> dict[str, object]:
    own = {name: getattr(plot, name) for name in ("number", "name", "crop", "tenure", "capture", "area_milli_mu")}
    return own | {
        "authorisation": authorisation.number,
        "user": authorisation.raw_name,
        "gi": gi.name,
        "verified_on": str(plot.verified_on or ""),
    }


@bp.get("/office/plots/verify")
@access("plot:verify")
def show_verifying() -> str:
    """Show the chosen plots for a last look before they are verified."""
    chosen = Selection(plot=request.args.getlist("plot")[:500])
    return page("origin/plots_verify.html", shown=service.verifying_page(current_work(), chosen.versions), **WORDS)


@bp.post("/office/plots/verify")
@access("plot:verify")
def verify_plots() -> Response:
    """Verify the chosen plots, all or none."""
    verified = service.verify_plots(current_work(), read_form(Selection).versions)
    return redirect_with(say("已核实 %(n)s 块地。", n=len(verified)), "origin.list_office_plots", verified="no")


@bp.get("/office/gis/<int:gi_id>/plots")
@access("gi:view")
def show_land(gi_id: int) -> str | Response:
    """Show a GI's land by township beside official figures and the year before."""
    work = current_work()
    shown = service.land_page(work, gi_id, year_arg() or work.today.year)
    if wanted() == "html":
        return page("origin/land.html", shown=shown, **WORDS)
    return table(({name: getattr(row, name) for name in SUM_COLUMNS} for row in shown.sums), columns=SUM_COLUMNS, name="townships")


@bp.post("/office/gis/<int:gi_id>/official-areas")
@access("land:record")
def state_official_area(gi_id: int) -> Response:
    """Put an official figure of land on file."""
    reshow(show_land, gi_id)
    area = service.state_official_area(current_work(), gi_id, read_form(StateArea))
    return redirect_with(say("统计面积已录入。"), "origin.show_land", gi_id=gi_id, year=area.year)
