"""What the pages of areas and plots show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from gi_registry.kernel.states import Machine
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.log.queries import history
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules.shift import ShiftHint
from gi_registry.origin.rules.sketch import Sketch, draw_area, draw_plot
from gi_registry.origin.rules.terms import PLOT_LIFE
from gi_registry.origin.rules.verdict import OriginVerdict, explain
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service.judging import judge_plots, shift_hint
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

ACTIONS: dict[str, Words] = {
    "declare": say("登记地块"),
    "correct": say("更正地块"),
    "convert": say("坐标由 GCJ-02 换算"),
    "retire": say("停用地块"),
    "add": say("录入范围版本"),
    "end": say("录入止期"),
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

    @property
    def inside_milli_mu(self) -> int:
        """The land in use today that counts, in thousandths of a mu."""
        return sum(row.plot.area_milli_mu for row in self.rows if row.in_force and row.verdict.counts)


@dataclass(frozen=True)
class PlotPage:
    """One plot: its verdict on a day in words, a drawing, its history."""

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


@dataclass(frozen=True)
class AreasPage:
    """The area versions of a GI, each with a generalised drawing where it has an outline."""

    gi: Gi
    areas: Sequence[AreaVersion]
    sketches: Mapping[int, Sketch]
    on: date
    may_edit: bool

    def in_force(self, area: AreaVersion) -> bool:
        """Say whether a version holds today."""
        return covers(area.valid_from, area.valid_to, self.on)

    def warnings_of(self, area: AreaVersion) -> list[Words]:
        """Return what was noted when a version came in."""
        return [unpacked(warning) for warning in area.warnings]


def plots_page(work: Work, authorisation_id: int) -> PlotsPage:
    """Return the plots of an authorisation with today's verdicts; NotFound for one that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:view", authorisation)
    plots = queries.list_plots(work.session, authorisation_id)
    verdicts = judge_plots(work.session, plots, work.today)
    return PlotsPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        rows=[PlotRow(plot, verdicts[plot.id or 0], covers(plot.valid_from, plot.valid_to, work.today)) for plot in plots],
        on=work.today,
        may_edit=work.allows("plot:edit", authorisation),
        officer=work.allows("desk:view"),
    )


def form_page(work: Work, authorisation_id: int) -> tuple[Authorisation, Gi, list[str]]:
    """Return what the form of a new plot needs: the authorisation, its GI and the names of its zones."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    return authorisation, registry.get_gi(work.session, authorisation.gi_id), queries.zones_of(work.session, authorisation.gi_id)


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
    )


def areas_page(work: Work, gi_id: int) -> AreasPage:
    """Return the area versions of a GI; NotFound for one of another region."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("area:view", gi)
    areas = queries.list_areas(work.session, gi_id)
    sketches = {area.id or 0: draw_area(area.geometry) for area in areas if area.geometry is not None}
    return AreasPage(gi, areas, sketches, work.today, work.allows("area:edit", gi))


def happenings(work: Work, table: str, row_id: int) -> list[Happening]:
    """Return the history of a row from the log, in words."""
    return [
        Happening(event.at, ACTIONS.get(event.action, Words(event.action)), event.leaf_index)
        for event in history(work.session, table, row_id)
    ]


def gi_of_area(work: Work, area_id: int) -> int:
    """Return the GI an area version belongs to; NotFound for one of another region."""
    gi_id = queries.get_area(work.session, area_id).gi_id
    work.require("area:edit", registry.get_gi(work.session, gi_id))
    return gi_id
