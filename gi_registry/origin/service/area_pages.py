"""What the pages of areas show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from gi_registry.divisions.rules.units import Unit
from gi_registry.kernel.words import Words, unpacked
from gi_registry.origin import queries
from gi_registry.origin.models import AreaProposal, AreaVersion
from gi_registry.origin.rules.beside import BesideSketch, draw_public
from gi_registry.origin.rules.sketch import Sketch, draw_area
from gi_registry.origin.rules.versions import covers
from gi_registry.origin.service.areas import units_of
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work


@dataclass(frozen=True)
class AreasPage:
    """The area versions of a GI, each with a generalised drawing where it has an outline and its units, and the proposals."""

    gi: Gi
    areas: Sequence[AreaVersion]
    sketches: Mapping[int, Sketch]
    units: Mapping[int, Sequence[Unit]]
    proposals: Sequence[AreaProposal]
    zones: Sequence[str]
    on: date
    may_propose: bool
    officer: bool

    def in_force(self, area: AreaVersion) -> bool:
        """Say whether a version holds today."""
        return covers(area.valid_from, area.valid_to, self.on)

    def warnings_of(self, area: AreaVersion) -> list[Words]:
        """Return what was noted when a version came in."""
        return [unpacked(warning) for warning in area.warnings]

    @property
    def waiting(self) -> Sequence[AreaProposal]:
        """The proposals that wait for a second person."""
        return [proposal for proposal in self.proposals if proposal.state == "proposed"]


def areas_page(work: Work, gi_id: int) -> AreasPage:
    """Return the area versions and proposals of a GI; NotFound for one of another region or holder."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("area:view", gi)
    areas = queries.list_areas(work.session, gi_id)
    return AreasPage(
        gi=gi,
        areas=areas,
        sketches={area.id or 0: draw_area(area.geometry) for area in areas if area.geometry is not None},
        units={area.id or 0: units_of(work.session, gi, area.places, on=area.valid_from, today=work.today) for area in areas},
        proposals=queries.list_proposals(work.session, gi_id),
        zones=queries.zones_of(work.session, gi_id),
        on=work.today,
        may_propose=work.allows("area:propose", gi),
        officer=work.allows("gi:view"),
    )


def proposal_form(work: Work, gi_id: int) -> AreasPage:
    """Return what the form of a proposal needs; NotFound for a GI that the actor may not propose for."""
    work.require("area:propose", registry.get_gi(work.session, gi_id))
    return areas_page(work, gi_id)


@dataclass(frozen=True)
class PublicArea:
    """An area version as everybody may see it: words and units, the outline only with a map review number, generalised."""

    version: AreaVersion
    units: Sequence[Unit]
    sketch: BesideSketch | None
    in_force: bool


def public_areas(session: Session, gi: Gi, *, today: date) -> list[PublicArea]:
    """Return the area versions of a GI for public pages, those in force first, then the later and the earlier ones."""
    found = [
        PublicArea(
            version=area,
            units=units_of(session, gi, area.places, on=area.valid_from, today=today),
            sketch=draw_public(area.geometry) if area.map_review_no and area.geometry is not None else None,
            in_force=covers(area.valid_from, area.valid_to, today),
        )
        for area in queries.list_areas(session, gi.id or 0)
    ]
    return sorted(found, key=lambda area: not area.in_force)
