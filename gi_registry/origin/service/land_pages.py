"""What the office sees of land: the plots of its region to verify, and a GI's land by township beside official figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely.geometry import mapping

from gi_registry.divisions import queries as divisions
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.quantities import scaled
from gi_registry.kernel.words import say
from gi_registry.origin import queries
from gi_registry.origin.models import OfficialArea, Plot
from gi_registry.origin.rules.shared_land import Overlap
from gi_registry.origin.rules.townships import Growth, TownshipSum
from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.versions import in_force
from gi_registry.origin.schemas import PlotFilters, StateArea
from gi_registry.origin.service.judging import judge_plots
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi
from gi_registry.workflow import Work

GROWTH_PERMILLE = 300
GENERALISED_DEGREES = 0.001  # about 100 m: areas are shown generalised (domain, section 8)


def plots_for(work: Work, asked: PlotFilters) -> Any:
    """Return the query of the plots in use that the actor handles, as the address asks for them."""
    condition = work.visible(Plot, "plot:view")
    return queries.plots_matching(condition, gi_id=asked.gi, verified=asked.verified, text=asked.q)


def verdicts_of(work: Work, plots: Sequence[Plot]) -> dict[int, OriginVerdict]:
    """Return today's verdict of each plot of a list by its id."""
    return judge_plots(work.session, plots, work.today)


@dataclass(frozen=True)
class Verifying:
    """The plots an officer is about to verify, with today's verdicts."""

    rows: Sequence[tuple[Plot, Authorisation, OriginVerdict]]

    @property
    def milli_mu(self) -> int:
        """Their land in thousandths of a mu."""
        return sum(plot.area_milli_mu for plot, _authorisation, _verdict in self.rows)


def verifying_page(work: Work, versions: Mapping[int, int]) -> Verifying:
    """Return the chosen plots for a last look; NotFound for one of another region, Invalid where none was chosen."""
    if not versions:
        raise invalid("plot", say("没有选择地块。"), say("请返回名单，勾选要核实的地块。"))
    plots = [queries.get_plot(work.session, plot_id) for plot_id in versions]
    for plot in plots:
        work.require("plot:verify", plot)
    verdicts = verdicts_of(work, plots)
    return Verifying([(plot, registry.get_authorisation(work.session, plot.authorisation_id), verdicts[plot.id or 0]) for plot in plots])


@dataclass(frozen=True)
class LandPage:
    """A GI's land in a year: by township beside the official figures, the users that grew without a record, ground on file twice."""

    gi: Gi
    year: int
    sums: Sequence[TownshipSum]
    names: Mapping[str, str]
    growth: Sequence[tuple[Growth, Authorisation]]
    overlaps: Sequence[Overlap]
    may_edit: bool

    @property
    def over(self) -> list[TownshipSum]:
        """The places with more land on file than the official figure."""
        return [row for row in self.sums if row.over_milli_mu]


def land_page(work: Work, gi_id: int, year: int) -> LandPage:
    """Return a GI's land in a year; NotFound for a GI of another region."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("gi:view", gi)
    sums = queries.township_sums(work.session, gi_id, year)
    grown = [row for row in queries.growth(work.session, gi_id, year) if (row.unrecorded_permille or 0) > GROWTH_PERMILLE]
    return LandPage(
        gi=gi,
        year=year,
        sums=sums,
        names=divisions.full_names(work.session, (row.division_code for row in sums)),
        growth=[(row, registry.get_authorisation(work.session, row.authorisation_id)) for row in grown],
        overlaps=queries.overlaps_of(work.session, gi_id, year),
        may_edit=work.allows("land:record", gi),
    )


def state_official_area(work: Work, gi_id: int, fields: StateArea) -> OfficialArea:
    """Put an official figure of land on file, or put the one on file right. Raises Invalid for a place that is not on file."""
    work.require("land:record", registry.get_gi(work.session, gi_id))
    if divisions.find_division(work.session, fields.division_code) is None:
        raise invalid(
            "division_code",
            say("没有代码为 %(code)s 的区划。", code=fields.division_code),
            say("请核对代码，或先导入行政区划（divisions）。"),
            value=fields.division_code,
        )
    area_milli_mu = scaled(fields.area_mu, "area_mu", scale=1000)
    known = queries.find_official_area(work.session, gi_id, division_code=fields.division_code, crop=fields.crop, year=fields.year)
    area = known or OfficialArea(
        gi_id=gi_id, division_code=fields.division_code, crop=fields.crop, year=fields.year, area_milli_mu=0, source=""
    )
    area.area_milli_mu, area.source = area_milli_mu, fields.source
    work.record(area, "official_area:state")
    work.flush()
    return area


def map_of(work: Work, authorisation_id: int) -> dict[str, object]:
    """Return the area in force today, generalised to 100 m, and the user's own plots in use, as GeoJSON for the map editor."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:view", authorisation)
    zones = ["", *queries.zones_of(work.session, authorisation.gi_id)]
    versions = [in_force(queries.versions_of(work.session, authorisation.gi_id, zone), work.today) for zone in zones]
    areas = {version.id: version.geometry for version in versions if version is not None and version.geometry is not None}
    plots = queries.plots_in_force(work.session, authorisation_id, gi_id=authorisation.gi_id, on=work.today)
    return {
        "areas": [mapping(area.simplify(GENERALISED_DEGREES)) for area in areas.values()],
        "plots": [{"number": plot.number, "name": plot.name, "geometry": mapping(plot.geometry)} for plot in plots],
    }
