"""What the pages of areas and plots show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from gi_registry.divisions import queries as divisions
from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.log.queries import history
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion, Farmer, Plot
from gi_registry.origin.rules.corners import corners_of
from gi_registry.origin.rules.shift import ShiftHint
from gi_registry.origin.rules.sketch import Sketch, draw_plot
from gi_registry.origin.rules.terms import PLOT_LIFE
from gi_registry.origin.rules.verdict import OriginVerdict, explain
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.schemas import PlotFilters
from gi_registry.origin.service.judging import judge_plots, shift_hint
from gi_registry.origin.service.verifying import verification_needed
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

ACTIONS: dict[str, Words] = {
    "declare": say("登记地块"),
    "correct": say("更正地块"),
    "convert": say("坐标由 GCJ-02 换算"),
    "retire": say("停用地块"),
    "verify": say("县级核实"),
    "unverify": say("撤回核实"),
    "add": say("录入范围版本"),
    "end": say("录入止期"),
    "propose": say("提出范围提案"),
    "approve": say("核准"),
    "reject": say("不予核准"),
    "withdraw": say("撤回"),
    "import": say("批量导入"),
}


@dataclass(frozen=True)
class Happening:
    """One line of a timeline."""

    at: datetime
    words: Words
    leaf_index: int


@dataclass(frozen=True)
class PlotRow:
    """A plot of a list with its verdict on a day."""

    plot: Plot
    verdict: OriginVerdict
    in_force: bool


@dataclass(frozen=True)
class PlotsPage:
    """The plots of an authorisation."""

    authorisation: Authorisation
    gi: Gi
    rows: Sequence[PlotRow]
    on: date
    may_edit: bool
    officer: bool
    asked: PlotFilters
    every: Sequence[PlotRow]
    needs_verification: bool

    @property
    def inside_milli_mu(self) -> int:
        """The land in use today that counts, in thousandths of a mu, whatever the list is narrowed to."""
        counting = [row for row in self.every if row.plot.verified_on or not self.needs_verification]
        return sum(row.plot.area_milli_mu for row in counting if row.in_force and row.verdict.counts)


@dataclass(frozen=True)
class Past:
    """What a plot said before a correction: the version, and by how many thousandths of a mu the correction changed its area."""

    said: Mapping[str, Any]
    change_milli_mu: int


@dataclass(frozen=True)
class PlotPage:
    """One plot: its verdict on a day in words, a drawing, what it shares ground with, its history."""

    plot: Plot
    authorisation: Authorisation
    gi: Gi
    verdict: OriginVerdict
    sentence: Words
    on: date
    sketch: Sketch
    area: AreaVersion | None
    warnings: Sequence[Words]
    events: Sequence[Happening]
    may_edit: bool
    shift: ShiftHint | None = None
    shift_sentence: Words | None = None
    life: Machine = PLOT_LIFE
    farmer: Farmer | None = None
    place: str = ""
    shared: Sequence[tuple[Plot, int]] = ()
    officer: bool = False
    may_verify: bool = False

    @property
    def past(self) -> list[Past]:
        """What the plot said before, newest first."""
        areas = [*(int(said["area_milli_mu"]) for said in self.plot.earlier), self.plot.area_milli_mu]
        changes = [later - before for before, later in pairwise(areas)]
        return [Past(said, change) for said, change in zip(self.plot.earlier, changes, strict=True)][::-1]

    @property
    def shared_others(self) -> list[tuple[Plot, int]]:
        """The plots of other users that share its ground."""
        return [(plot, shared) for plot, shared in self.shared if plot.authorisation_id != self.plot.authorisation_id]


def plots_page(work: Work, authorisation_id: int, asked: PlotFilters | None = None) -> PlotsPage:
    """Return the plots of an authorisation with today's verdicts, those asked for; NotFound for one that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:view", authorisation)
    asked = asked or PlotFilters()
    plots = queries.list_plots(work.session, authorisation_id)
    verdicts = judge_plots(work.session, plots, work.today)
    rows = [PlotRow(plot, verdicts[plot.id or 0], covers(plot.valid_from, plot.valid_to, work.today)) for plot in plots]
    return PlotsPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        rows=[row for row in rows if _asked_for(row, asked)],
        on=work.today,
        may_edit=work.allows("plot:edit", authorisation),
        officer=work.allows("desk:view"),
        asked=asked,
        every=rows,
        needs_verification=verification_needed(work.session, authorisation.authority_division, work.today),
    )


def _asked_for(row: PlotRow, asked: PlotFilters) -> bool:
    texts = (row.plot.number, row.plot.name, row.plot.crop, row.plot.variety, row.plot.zone)
    return (
        (not asked.q or any(asked.q in text for text in texts))
        and asked.verdict in {"", row.verdict.verdict.value}
        and asked.verified in {"", "yes" if row.plot.verified_on else "no"}
        and asked.used in {"", "yes" if row.in_force else "no"}
    )


@dataclass(frozen=True)
class PlotForm:
    """What the form of a plot needs: whose it is, the zones and farmers to choose from, the plot that is put right."""

    authorisation: Authorisation
    gi: Gi
    zones: Sequence[str]
    farmers: Sequence[Farmer]
    plot: Plot | None = None
    corners: str = ""


def form_page(work: Work, authorisation_id: int) -> PlotForm:
    """Return what the form of a new plot needs; NotFound for another user's authorisation."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    zones, farmers = queries.zones_of(work.session, authorisation.gi_id), queries.farmers_of(work.session, authorisation_id)
    return PlotForm(authorisation, registry.get_gi(work.session, authorisation.gi_id), zones, farmers)


def edit_page(work: Work, plot_id: int) -> PlotForm:
    """Return what the form that puts a plot right needs; NotFound for a plot of someone else."""
    plot = plot_to_edit(work, plot_id)
    form = form_page(work, plot.authorisation_id)
    return replace(form, plot=plot, corners=corners_of(plot.geometry))


def plot_to_edit(work: Work, plot_id: int) -> Plot:
    """Return a plot that the actor may put right; NotFound for any other."""
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:edit", plot)
    return plot


def plot_page(work: Work, plot_id: int, *, on: date | None = None) -> PlotPage:
    """Return a plot with its verdict on a day (default today), a drawing and its history; NotFound when not one's own or region's."""
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:view", plot)
    day = on or work.today
    verdict = judge_plots(work.session, [plot], day)[plot_id]
    area = queries.get_area(work.session, verdict.area_version_id) if verdict.area_version_id else None
    shift = shift_hint(work.session, plot, verdict, on=day)
    return PlotPage(
        plot=plot,
        authorisation=registry.get_authorisation(work.session, plot.authorisation_id),
        gi=registry.get_gi(work.session, plot.gi_id),
        verdict=verdict,
        sentence=explain(verdict, on=day),
        on=day,
        sketch=draw_plot(plot.geometry, area.geometry if area else None),
        area=area,
        warnings=[unpacked(warning) for warning in plot.warnings],
        events=happenings(work, "plot", plot_id),
        may_edit=work.allows("plot:edit", plot),
        shift=shift,
        shift_sentence=explain(shift.verdict, on=day) if shift else None,
        farmer=queries.get_farmer(work.session, plot.farmer_id),
        place=divisions.full_name(work.session, plot.division_code),
        shared=queries.overlaps_with(work.session, plot, on=day),
        officer=work.allows("desk:view"),
        may_verify=work.allows("plot:verify", plot),
    )


def happenings(work: Work, table: str, row_id: int) -> list[Happening]:
    """Return the history of a row from the log, in words."""
    return [
        Happening(event.at, ACTIONS.get(event.action, Words(event.action)), event.leaf_index)
        for event in history(work.session, table, row_id)
    ]
