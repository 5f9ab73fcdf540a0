"""Use cases of origin: judge ground by the day of harvest, keep area versions, declare and retire plots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from shapely.geometry.base import BaseGeometry
from sqlmodel import Session

from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.words import packed, say
from gi_registry.origin import queries
from gi_registry.origin.models import AreaVersion, Plot
from gi_registry.origin.rules import geojson, typed
from gi_registry.origin.rules.measure import area_m2, area_milli_mu
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import PLOT_LIFE, Origin
from gi_registry.origin.rules.verdict import DEFAULT_TOLERANCE_M, OriginVerdict, judge_plot
from gi_registry.origin.rules.versions import Version, check_period, refuse_overlap
from gi_registry.origin.schemas import AreaFields, EndArea, PlotFields
from gi_registry.policy import service as policy
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, advance, begin

TOLERANCE = "origin.tolerance-metres"


def default_tolerance_m(session: Session, on: date) -> int:
    """Return the policy's tolerance in metres on a day; 50 where no parameter is on file (domain §8)."""
    found = policy.find(session, TOLERANCE, "", on)
    return int(found.value) if found else DEFAULT_TOLERANCE_M


def judge(
    session: Session, gi_id: int, *, zone: str = "", geometry: BaseGeometry, on: date, accuracy_m: int | None = None
) -> OriginVerdict:
    """Return whether ground lay in the area of a GI on a day (the harvest date decides, domain §8).

    Lengths in metres, share in thousandths. A day without a version gives *uncertain*, reason ``no-version``.
    """
    versions = queries.versions_of(session, gi_id, zone)
    return judge_plot(geometry, versions, on=on, accuracy_m=accuracy_m, default_m=default_tolerance_m(session, on))


def judge_plots(session: Session, plots: Iterable[Plot], on: date | Mapping[int, date]) -> dict[int, OriginVerdict]:
    """Return the verdict of each plot by its id: on one day, or on a day of its own for each; areas are read once per zone."""
    areas: dict[tuple[int, str], tuple[Version, ...]] = {}
    tolerances: dict[date, int] = {}
    found: dict[int, OriginVerdict] = {}
    for plot in plots:
        key = (plot.gi_id, plot.zone)
        if key not in areas:
            areas[key] = queries.versions_of(session, *key)
        day = on[plot.id or 0] if isinstance(on, Mapping) else on
        if day not in tolerances:
            tolerances[day] = default_tolerance_m(session, day)
        found[plot.id or 0] = judge_plot(plot.geometry, areas[key], on=day, accuracy_m=plot.accuracy_m, default_m=tolerances[day])
    return found


def read_outline(coordinates: str, file: bytes | None) -> Reading:
    """Return the surface of an uploaded GeoJSON file or of typed coordinates; raise Invalid for neither, both, or a defect."""
    if file is not None and coordinates.strip():
        raise invalid("geometry", say("既上传了文件，又填写了坐标。"), say("两种方式任选其一。"))
    if file is not None:
        return geojson.read_one(file)
    if coordinates.lstrip().startswith("{"):
        return geojson.read_one(coordinates)
    return typed.read_typed(coordinates)


# ---- areas ---------------------------------------------------------------------------------------------------------------------------


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


# ---- plots ---------------------------------------------------------------------------------------------------------------------------


def declare_plot(work: Work, authorisation_id: int, *, fields: PlotFields, outline: Reading) -> Plot:
    """Put a plot on file as its producer states it, wherever it lies; the number is the authorisation's with a position."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    position = queries.next_plot_position(work.session, authorisation_id)
    number = f"{authorisation.number}-P{position:03d}"
    return store_plot(work, authorisation_id, number=number, fields=fields, outline=outline, origin=Origin.FORM)


def store_plot(
    work: Work, authorisation_id: int, *, number: str, fields: PlotFields, outline: Reading, origin: Origin, gi_id: int | None = None
) -> Plot:
    """Store a plot under a given number: records are stored as stated, anomalies judge them."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    warnings = check_period(fields.valid_from, fields.valid_to) + outline.warnings
    plot = Plot(
        number=number,
        authorisation_id=authorisation_id,
        gi_id=gi_id or authorisation.gi_id,
        owner_org_id=authorisation.owner_org_id,
        authority_division=authorisation.authority_division,
        **fields.model_dump(exclude={"coordinates"}),
        geometry=outline.geometry,
        area_milli_mu=area_milli_mu(outline.geometry),
        warnings=[packed(warning) for warning in warnings],
        origin=origin,
    )
    begin(plot, PLOT_LIFE)
    work.record(plot, "plot:declare")
    work.flush()
    return plot


def correct_plot(work: Work, plot: Plot, *, fields: PlotFields, outline: Reading) -> Plot:
    """Put a plot's statement right; past verdicts stay with the batches they were given for, the log keeps what it said before."""
    work.require("plot:edit", plot)
    warnings = check_period(fields.valid_from, fields.valid_to) + outline.warnings
    for name, value in fields.model_dump(exclude={"coordinates"}).items():
        setattr(plot, name, value)
    plot.geometry, plot.area_milli_mu = outline.geometry, area_milli_mu(outline.geometry)
    plot.warnings = [packed(warning) for warning in warnings]
    plot.version += 1
    work.record(plot, "plot:correct")
    work.flush()
    return plot


def retire_plot(work: Work, plot_id: int, *, version: int | None = None) -> Plot:
    """End the use of a plot from today; its past harvests keep their verdicts."""
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:edit", plot)
    plot.valid_to = max(work.today, plot.valid_from or work.today)
    advance(work, plot, PLOT_LIFE, "retire", expected_version=version)
    return plot
