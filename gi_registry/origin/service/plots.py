"""Declare, correct and retire plots."""

from __future__ import annotations

import json
from collections.abc import Sequence

from shapely import to_geojson

from gi_registry.kernel.errors import Conflict, invalid
from gi_registry.kernel.quantities import mu_milli
from gi_registry.kernel.words import packed, say
from gi_registry.origin import queries
from gi_registry.origin.models import Plot
from gi_registry.origin.rules.measure import area_milli_mu
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.shared_land import same_season, shared_m2
from gi_registry.origin.rules.shift import Datum, read_as
from gi_registry.origin.rules.standing import Standing
from gi_registry.origin.rules.terms import PLOT_LIFE, Origin
from gi_registry.origin.rules.versions import check_period, overlap
from gi_registry.origin.schemas import FarmerFields, PlotFields
from gi_registry.origin.service.farmers import with_farmer
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work, advance, begin, check_version


def declare_plot(
    work: Work,
    authorisation_id: int,
    *,
    fields: PlotFields,
    outline: Reading,
    farmer: FarmerFields | None = None,
    origin: Origin = Origin.FORM,
) -> Plot:
    """Put a plot on file as its producer states it, wherever it lies; the number is the authorisation's with a position.

    ``farmer`` names the household of a contracted plot, one on file is found again. Raises Invalid for ground that is on file already.
    """
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("plot:edit", authorisation)
    fields = with_farmer(work, authorisation, fields=fields, farmer=farmer)
    _refuse_shared_land(work, authorisation_id, authorisation.gi_id, fields=fields, outline=outline)
    position = queries.next_plot_position(work.session, authorisation_id)
    number = f"{authorisation.number}-P{position:03d}"
    return store_plot(work, authorisation_id, number=number, fields=fields, outline=outline, origin=origin)


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
        **fields.model_dump(),
        geometry=outline.geometry,
        area_milli_mu=area_milli_mu(outline.geometry),
        converted_from=outline.converted_from,
        warnings=[packed(warning) for warning in warnings],
        origin=origin,
    )
    begin(plot, PLOT_LIFE)
    work.record(plot, "plot:declare")
    work.flush()
    return plot


def _refuse_shared_land(
    work: Work, authorisation_id: int, gi_id: int, *, fields: PlotFields, outline: Reading, besides: int | None = None
) -> None:
    """Refuse a form that puts the same ground on file twice, because every plot raises the entitlement; files are stored as stated."""
    for other in queries.plots_near(work.session, outline.geometry, gi_id=gi_id):
        concurrent = overlap((fields.valid_from, fields.valid_to), (other.valid_from, other.valid_to))
        mine = other.authorisation_id == authorisation_id and other.id != besides and other.state == PLOT_LIFE.initial
        if not mine or not concurrent or not same_season(fields.season, other.season):
            continue
        shared = shared_m2(outline.geometry, other.geometry, accuracy_m=min(fields.accuracy_m, other.accuracy_m))
        if shared:
            raise invalid(
                "geometry",
                say("这块地与已登记的 %(number)s %(name)s 重叠 %(mu)s 亩。", number=other.number, name=other.name, mu=_shown_mu(shared)),
                say("同一块地只登记一次；边界有误的，请更正或停用原来的地块。"),
            )


def _shown_mu(square_metres: int) -> str:
    """Return square metres as mu, for a sentence."""
    return f"{mu_milli(square_metres) / 1000:.3f}"


def edit_plot(
    work: Work,
    plot_id: int,
    *,
    fields: PlotFields,
    outline: Reading | None,
    farmer: FarmerFields | None = None,
    version: int | None = None,
) -> Plot:
    """Put right what a form says of a plot; without an outline the one on file stays. Raises StaleVersion after someone else's change."""
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:edit", plot)
    check_version(plot, version)
    fields = with_farmer(work, registry.get_authorisation(work.session, plot.authorisation_id), fields=fields, farmer=farmer)
    kept = fields.model_copy(update={"valid_to": fields.valid_to or plot.valid_to})
    if outline is not None:
        _refuse_shared_land(work, plot.authorisation_id, plot.gi_id, fields=kept, outline=outline, besides=plot_id)
    return correct_plot(work, plot, fields=kept, outline=outline or Reading(plot.geometry, converted_from=plot.converted_from))


def correct_plot(work: Work, plot: Plot, *, fields: PlotFields, outline: Reading, action: str = "correct") -> Plot:
    """Put a plot's statement right: what it said before stays in ``earlier``, past verdicts stay with their batches.

    What the county verified was the statement before, so the plot waits to be verified again.
    """
    work.require("plot:edit", plot)
    warnings = check_period(fields.valid_from, fields.valid_to) + outline.warnings
    plot.earlier = [*plot.earlier, _as_it_was(work, plot)]
    for name, value in fields.model_dump().items():
        setattr(plot, name, value)
    plot.geometry, plot.area_milli_mu = outline.geometry, area_milli_mu(outline.geometry)
    plot.converted_from = outline.converted_from
    plot.warnings = [packed(warning) for warning in warnings]
    plot.verified_on = plot.verified_by = None
    plot.version += 1
    work.record(plot, f"plot:{action}")
    work.flush()
    return plot


def convert_plot(work: Work, plot_id: int, *, version: int | None = None) -> Plot:
    """Read a plot's outline as GCJ-02 and convert it to CGCS2000, once; only its producer or an officer says so (domain §8).

    Raises Conflict for a plot that was converted before, StaleVersion after someone else's change, Invalid where the converted ground
    is on file already.
    """
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:edit", plot)
    check_version(plot, version)
    if plot.converted_from:
        raise Conflict(
            say("这块地的坐标已经从 GCJ-02 换算过，不再换算第二次。"),
            remedy=say("位置仍不对的，请用实测坐标更正。"),
        )
    fields = PlotFields.model_validate(plot, from_attributes=True)
    outline = read_as(Reading(plot.geometry), Datum.GCJ02)
    _refuse_shared_land(work, plot.authorisation_id, plot.gi_id, fields=fields, outline=outline, besides=plot_id)
    return correct_plot(work, plot, fields=fields, outline=outline, action="convert")


def _as_it_was(work: Work, plot: Plot) -> dict[str, object]:
    """Return a version of a plot as JSON, with the day on which another took its place."""
    said = PlotFields.model_validate(plot, from_attributes=True).model_dump(mode="json")
    outline = json.loads(to_geojson(plot.geometry))
    measured = {"version": plot.version, "until": work.today.isoformat(), "area_milli_mu": plot.area_milli_mu, "geometry": outline}
    verified = {"verified_on": plot.verified_on.isoformat()} if plot.verified_on else {}
    return {**said, **measured, **verified, **({"converted_from": plot.converted_from} if plot.converted_from else {})}


def retire_plot(work: Work, plot_id: int, *, version: int | None = None, standing: Sequence[Standing] = (), confirmed: bool = True) -> Plot:
    """End the use of a plot from today; its past harvests keep their verdicts.

    ``standing`` is what rests on it (batches of open years, asked above): without a person's yes that names them raises Invalid.
    """
    plot = queries.get_plot(work.session, plot_id)
    work.require("plot:edit", plot)
    if standing and not confirmed:
        named = "、".join(item.number for item in standing[:5])
        raise invalid(
            "confirmed",
            say("这块地上还有 %(n)s 个批次：%(named)s。", n=len(standing), named=named),
            say("核对后勾选确认，再停用。"),
        )
    plot.valid_to = max(work.today, plot.valid_from or work.today)
    advance(work, plot, PLOT_LIFE, "retire", expected_version=version)
    return plot
