"""What a proposed area version would change: ground, units, verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy

from gi_registry.accounts.queries import find_person_by_id, get_organisation
from gi_registry.divisions.rules.units import Unit
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.kernel.errors import NotAllowed
from gi_registry.kernel.words import Words, say, unpacked
from gi_registry.origin import queries
from gi_registry.origin.models import AreaProposal, AreaVersion, JudgingRun, Plot
from gi_registry.origin.rules.beside import BesideSketch, draw_beside
from gi_registry.origin.rules.compare import Comparison, Stays, compare, compare_lists
from gi_registry.origin.rules.proposals import AREA_PROPOSAL_LIFE, ProposalKind, refuse_same_person
from gi_registry.origin.rules.verdict import OriginVerdict
from gi_registry.origin.rules.verdicts import judge_many
from gi_registry.origin.rules.versions import Version, covers
from gi_registry.origin.service.areas import units_of
from gi_registry.origin.service.judging import default_tolerance_m
from gi_registry.origin.service.pages import Happening, happenings
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work

MOST_PLOTS = 5_000
"""So many plots are judged for the page; beyond, the count is told and the pass after the approval judges them all."""


@dataclass(frozen=True)
class Moved:
    """A plot whose verdict would change."""

    plot: Plot
    user: str
    before: OriginVerdict
    after: OriginVerdict

    @property
    def loses(self) -> bool:
        """Whether land that counts would no longer count."""
        return self.before.counts and not self.after.counts

    @property
    def gains(self) -> bool:
        """Whether land that does not count would."""
        return self.after.counts and not self.before.counts


@dataclass(frozen=True)
class Consequences:
    """What the plots of the GI would meet from a day on; ``moved`` are the changed ones, losing first."""

    on: date
    touched: int
    judged: int
    moved: Sequence[Moved]

    @property
    def losing(self) -> Sequence[Moved]:
        """The plots that would no longer count."""
        return [row for row in self.moved if row.loses]

    @property
    def gaining(self) -> Sequence[Moved]:
        """The plots that would count from then on."""
        return [row for row in self.moved if row.gains]

    @property
    def lost_milli_mu(self) -> int:
        """The land that would no longer count, in thousandths of a mu."""
        return sum(row.plot.area_milli_mu for row in self.losing)

    @property
    def complete(self) -> bool:
        """Whether every plot was judged."""
        return self.judged == self.touched


@dataclass(frozen=True)
class ProposalPage:
    """A proposal beside the version it would follow."""

    proposal: AreaProposal
    gi: Gi
    before: AreaVersion | None
    comparison: Comparison
    sketch: BesideSketch | None
    units: Mapping[str, Stays]
    resolved: Mapping[str, Unit]
    warnings: Sequence[Words]
    consequences: Consequences | None
    named_plots: bool
    paper: Document | None
    proposed_by: str
    decided_by: str
    events: Sequence[Happening]
    may: Mapping[str, Words | None]
    run: JudgingRun | None = None
    life: object = AREA_PROPOSAL_LIFE

    @property
    def stays(self) -> Counter[Stays]:
        """How many units stay, come and go."""
        return Counter(self.units.values())

    @property
    def is_end(self) -> bool:
        """Whether it proposes an end that nothing follows."""
        return self.proposal.kind == ProposalKind.END


def proposal_page(work: Work, proposal_id: int) -> ProposalPage:
    """Return a proposal with everything that the second officer looks at; NotFound for one of another region."""
    proposal = queries.get_proposal(work.session, proposal_id)
    work.require("area:view", proposal)
    gi = registry.get_gi(work.session, proposal.gi_id)
    before = queries.get_area(work.session, proposal.follows_id) if proposal.follows_id else None
    comparison = compare(before.geometry if before else None, proposal.geometry)
    then = units_of(work.session, gi, before.places, on=before.valid_from, today=work.today) if before else ()
    now = units_of(work.session, gi, proposal.places, on=proposal.valid_from, today=work.today)
    listed = compare_lists(_meant(before.places if before else [], then), _meant(proposal.places, now))
    return ProposalPage(
        proposal=proposal,
        gi=gi,
        before=before,
        comparison=comparison,
        sketch=draw_beside(comparison),
        units=listed,
        resolved={unit.stated: unit for unit in (*then, *now)},
        warnings=[unpacked(warning) for warning in proposal.warnings],
        consequences=consequences_of(work, proposal) if proposal.state == AREA_PROPOSAL_LIFE.initial else None,
        named_plots=work.allows("plot:view", gi),
        paper=get_document(work.session, proposal.source_document) if proposal.source_document else None,
        proposed_by=_name(work, proposal.proposed_by),
        decided_by=_name(work, proposal.decided_by),
        events=happenings(work, "area_proposal", proposal_id),
        may=_may(work, proposal),
        run=queries.run_after(work.session, proposal) if work.allows("plot:view", gi) else None,
    )


def _meant(names: Sequence[str], units: Sequence[Unit]) -> dict[str, str]:
    """Return what each name of a list stands for today: codes where the place is certain, else the name itself."""
    codes = {unit.stated: "|".join(place.code for place in unit.today) for unit in units if unit.place}
    return {name: codes.get(name) or name for name in names}


def _name(work: Work, person_id: int | None) -> str:
    person = find_person_by_id(work.session, person_id) if person_id else None
    return person.name if person else ""


def _may(work: Work, proposal: AreaProposal) -> Mapping[str, Words | None]:
    """Return the acts open to the actor: None for one that can be done, a reason for one that cannot."""
    if proposal.state != AREA_PROPOSAL_LIFE.initial:
        return {}
    if work.actor.person_id == proposal.proposed_by:
        blocked: dict[str, Words | None] = {"withdraw": None}
        if work.allows("area:approve", proposal):
            blocked["approve"] = _why_not(proposal, work.actor.person_id)
        return blocked
    if work.allows("area:approve", proposal):
        return {"approve": None, "reject": None}
    return {"approve": say("您的角色不能核准产地范围，由省级或国家级的另一名工作人员核准。")}


def _why_not(proposal: AreaProposal, person_id: int | None) -> Words | None:
    try:
        refuse_same_person(proposal.proposed_by, person_id)
    except NotAllowed as refusal:
        return refusal.reason
    return None


def consequences_of(work: Work, proposal: AreaProposal) -> Consequences:
    """Return which plots would change their verdict on the first day of the proposed version (today for one without a first day).

    Both verdicts are for that day: under the versions on file, and with the proposed one in its place. Harvests before keep theirs.
    """
    on = proposal.valid_from or work.today
    plots, touched = queries.plots_touched(work.session, proposal.gi_id, proposal.zone, since=on, limit=MOST_PLOTS)
    tolerance = default_tolerance_m(work.session, on)
    users = _Users(work)
    moved: list[Moved] = []
    for zone in {plot.zone for plot in plots}:
        here = [plot for plot in plots if plot.zone == zone]
        ground = numpy.array([plot.geometry for plot in here], dtype=object)
        now = queries.versions_of(work.session, proposal.gi_id, zone)
        before, after = (
            judge_many(ground, versions, on=on, accuracies_m=[plot.accuracy_m for plot in here], default_m=tolerance)
            for versions in (now, _with(work, proposal, now))
        )
        changed = [row for row in zip(here, before, after, strict=True) if row[1].verdict is not row[2].verdict]
        moved += [Moved(plot, users.name(plot.authorisation_id), was, then) for plot, was, then in changed]
    moved.sort(key=lambda row: (not row.loses, row.plot.number))
    return Consequences(on, touched, len(plots), moved)


def _with(work: Work, proposal: AreaProposal, now: tuple[Version, ...]) -> tuple[Version, ...]:
    """Return the versions that would decide: those of the zone itself, the one that gives way ended, the proposed one beside them."""
    own = {row.id for row in queries.versions_in_zone(work.session, proposal.gi_id, proposal.zone)}
    kept = [_ended(version, proposal) for version in now if version.id in own]
    if proposal.kind == ProposalKind.END:
        return tuple(kept)
    geometry = proposal.geometry
    return (*kept, Version(0, proposal.valid_from, proposal.valid_to, geometry, proposal.uncertainty_m))


def _ended(version: Version, proposal: AreaProposal) -> Version:
    gives_way = version.valid_to is None and proposal.valid_from is not None and covers(version.valid_from, None, proposal.valid_from)
    ends = proposal.valid_from if gives_way else version.valid_to
    return Version(version.id, version.valid_from, ends, version.geometry, version.uncertainty_m)


class _Users:
    """The names of users, each asked once."""

    def __init__(self, work: Work) -> None:
        self._work, self._names = work, dict[int, str]()

    def name(self, authorisation_id: int) -> str:
        """Return the name of an authorisation's user, asked once."""
        if authorisation_id not in self._names:
            self._names[authorisation_id] = self._asked(authorisation_id)
        return self._names[authorisation_id]

    def _asked(self, authorisation_id: int) -> str:
        authorisation = registry.get_authorisation(self._work.session, authorisation_id)
        organisation = get_organisation(self._work.session, authorisation.organisation_id) if authorisation.organisation_id else None
        return organisation.name if organisation else authorisation.raw_name
