"""What the pages of caps, of proposals and of a user's capacity show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gi_registry.accounts.queries import find_person_by_id
from gi_registry.batches import queries
from gi_registry.batches.models import CapacityUnit, CapProposal, YieldCap
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries import capacity as read
from gi_registry.batches.queries import caps as stored
from gi_registry.batches.rules.caps import CAP_PROPOSAL_LIFE, CAPACITY_UNIT_LIFE, COUNTED_PER, PER_OF_BASIS, Per, refuse_same_person
from gi_registry.batches.rules.caps_preview import Preview, Row
from gi_registry.batches.rules.entitlement import Entitlement
from gi_registry.batches.schemas import CapProposalFields
from gi_registry.batches.service.capacity import entitlements
from gi_registry.batches.service.caps import check_zone, read_cap
from gi_registry.batches.service.pages import Happening
from gi_registry.batches.service.proposals import preview, preview_of
from gi_registry.documents.models import Document
from gi_registry.documents.queries import get_document
from gi_registry.kernel.errors import NotAllowed
from gi_registry.kernel.words import Words, say
from gi_registry.log.queries import history
from gi_registry.origin import queries as plots
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Authorisation, Gi, Protection
from gi_registry.workflow import Work

ROWS_SHOWN = 200


@dataclass(frozen=True)
class CapsPage:
    """The caps of a GI, superseded ones too, the proposals, and what the forms offer."""

    gi: Gi
    caps: Sequence[YieldCap]
    came_of: Mapping[int, CapProposal]
    people: Mapping[int, str]
    proposals: Sequence[CapProposal]
    zones: Sequence[str]
    varieties: Sequence[str]
    pers: Sequence[Per]
    may_edit: bool
    may_propose: bool
    officer: bool
    year: int

    @property
    def waiting(self) -> Sequence[CapProposal]:
        """The proposals that wait for the province."""
        return [proposal for proposal in self.proposals if proposal.state == CAP_PROPOSAL_LIFE.initial]


def caps_page(work: Work, gi_id: int) -> CapsPage:
    """Return the caps and proposals of a GI; NotFound for one of another region or holder."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("area:view", gi)
    caps, proposals = queries.list_caps(work.session, gi_id), stored.proposals_of(work.session, gi_id)
    people = {person for item in proposals for person in (item.proposed_by, item.decided_by) if person}
    return CapsPage(
        gi=gi,
        caps=caps,
        came_of=stored.decided_by_proposal(work.session, [cap.id or 0 for cap in caps]),
        people={person: _name(work, person) for person in people},
        proposals=proposals,
        zones=plots.zones_of(work.session, gi_id),
        varieties=read.varieties_of(work.session, gi_id),
        pers=_pers(registry.protections_of(work.session, gi_id)),
        may_edit=work.allows("cap:edit", gi),
        may_propose=work.allows("cap:propose", gi),
        officer=work.allows("gi:view"),
        year=work.today.year,
    )


def _pers(protections: Sequence[Protection]) -> list[Per]:
    """Return what the GI's caps may be measured in, by the bases of its protections; purchased input everywhere."""
    found = [PER_OF_BASIS[protection.capacity_basis] for protection in protections if protection.capacity_basis in PER_OF_BASIS]
    return list(dict.fromkeys((*found, Per.INPUT))) if found else list(Per)


def _name(work: Work, person_id: int | None) -> str:
    person = find_person_by_id(work.session, person_id) if person_id else None
    return person.name if person else ""


# ---- who loses what ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A preview with the users' names."""

    preview: Preview
    users: Mapping[int, Authorisation]

    @property
    def rows(self) -> Sequence[Row]:
        """The rows whose entitlement moves, as many as a page shows; files have them all."""
        return self.preview.changed[:ROWS_SHOWN]

    @property
    def hidden(self) -> int:
        """How many more rows move than the page shows."""
        return max(0, len(self.preview.changed) - ROWS_SHOWN)

    @property
    def unmoved(self) -> int:
        """How many users and zones keep what they have."""
        return len(self.preview.rows) - len(self.preview.changed)


@dataclass(frozen=True)
class CheckPage:
    """A cap before it is proposed: what it says and who loses what."""

    gi: Gi
    fields: CapProposalFields
    per_mu: int
    before: YieldCap | None
    shown: Shown


@dataclass(frozen=True)
class ProposalPage:
    """A proposal, the cap it would replace, who loses what, and what the actor may do."""

    gi: Gi
    proposal: CapProposal
    before: YieldCap | None
    shown: Shown | None
    paper: Document | None
    proposed_by: str
    decided_by: str
    events: Sequence[Happening]
    may: Mapping[str, Words | None]


def require_propose(work: Work, gi_id: int) -> None:
    """Raise NotAllowed or NotFound for whoever may not propose a cap of a GI."""
    work.require("cap:propose", registry.get_gi(work.session, gi_id))


def check_page(work: Work, gi_id: int, fields: CapProposalFields) -> CheckPage:
    """Return what a cap would do, before it is proposed; NotFound for a GI that the actor may not propose for."""
    gi = registry.get_gi(work.session, gi_id)
    work.require("cap:propose", gi)
    check_zone(work, gi_id, fields.zone)
    cap = read_cap(fields)
    place = {name: getattr(cap, name) for name in ("zone", "variety", "per", "commodity")}
    before = stored.cap_in_force(work.session, gi_id=gi_id, year=fields.year, unit=fields.unit, **place)
    found = preview(work, gi_id, fields, cap)
    return CheckPage(gi, fields, cap.per_mu, before, Shown(found, read.users_of(work.session, gi_id)))


def proposal_page(work: Work, proposal_id: int) -> ProposalPage:
    """Return a proposal with the figures of now while it waits; NotFound for one of another region or holder."""
    proposal = stored.get_proposal(work.session, proposal_id)
    work.require("area:view", proposal)
    waits = proposal.state == CAP_PROPOSAL_LIFE.initial
    return ProposalPage(
        gi=registry.get_gi(work.session, proposal.gi_id),
        proposal=proposal,
        before=queries.get_cap(work.session, proposal.follows_id) if proposal.follows_id else None,
        shown=Shown(preview_of(work, proposal), read.users_of(work.session, proposal.gi_id)) if waits else None,
        paper=get_document(work.session, proposal.document) if proposal.document else None,
        proposed_by=_name(work, proposal.proposed_by),
        decided_by=_name(work, proposal.decided_by),
        events=_events(work, "cap_proposal", proposal_id),
        may=_may(work, proposal),
    )


def _events(work: Work, table: str, row_id: int) -> list[Happening]:
    return [Happening(event.at, CAP_PROPOSAL_LIFE.label(event.action), event.leaf_index) for event in history(work.session, table, row_id)]


def _may(work: Work, proposal: CapProposal) -> Mapping[str, Words | None]:
    """Return the acts open to the actor: None for one that can be done, a reason for one that cannot."""
    if proposal.state != CAP_PROPOSAL_LIFE.initial:
        return {}
    approves = work.allows("cap:approve", proposal)
    if work.actor.person_id == proposal.proposed_by:
        return {"withdraw": None} | ({"approve": _why_not(proposal)} if approves else {})
    if approves:
        return {"approve": None, "reject": None}
    return {"approve": say("您的角色不能核准上限，由省级主管部门的另一名工作人员核准。")}


def _why_not(proposal: CapProposal) -> Words | None:
    try:
        refuse_same_person(proposal.proposed_by, proposal.proposed_by)
    except NotAllowed as refusal:
        return refusal.reason
    return None


# ---- a user's capacity ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statement:
    """What a user may label of a year, zone and unit, and the caps it rests on as they stand on file."""

    key: LedgerKey
    entitlement: Entitlement
    caps: Sequence[YieldCap]


@dataclass(frozen=True)
class CapacityPage:
    """A user's entitlement of a year with the caps it rests on, and its heads, cellars or kilns."""

    authorisation: Authorisation
    gi: Gi
    protection: Protection
    year: int
    statements: Sequence[Statement]
    units: Sequence[CapacityUnit]
    counts_units: bool
    may_declare: bool
    may_verify: bool
    officer: bool
    me: int | None
    zones: Sequence[str]

    def acts(self, unit: CapacityUnit) -> list[str]:
        """Return the acts that the actor may do with a unit now."""
        declares, verifies = self.may_declare, self.may_verify and unit.declared_by != self.me
        allowed = {"verify": verifies, "refuse": verifies, "withdraw": declares, "end": declares}
        return [act for act, may in allowed.items() if may and CAPACITY_UNIT_LIFE.allows(unit.state, act)]


def capacity_page(work: Work, authorisation_id: int, *, year: int | None) -> CapacityPage:
    """Return a user's capacity in a year; NotFound for an authorisation that the actor may not see."""
    authorisation = registry.get_authorisation(work.session, authorisation_id)
    work.require("ledger:view", authorisation)
    protection = registry.get_protection(work.session, authorisation.protection_id)
    wanted = year or work.today.year
    return CapacityPage(
        authorisation=authorisation,
        gi=registry.get_gi(work.session, authorisation.gi_id),
        protection=protection,
        year=wanted,
        statements=_statements(work, authorisation, wanted),
        units=read.units_of(work.session, authorisation_id),
        counts_units=protection.capacity_basis in COUNTED_PER,
        may_declare=work.allows("capacity:declare", authorisation),
        may_verify=work.allows("capacity:verify", authorisation),
        officer=work.allows("desk:view"),
        me=work.actor.person_id,
        zones=plots.zones_of(work.session, authorisation.gi_id),
    )


def _statements(work: Work, authorisation: Authorisation, year: int) -> list[Statement]:
    user, gi_id = authorisation.id or 0, authorisation.gi_id
    units = {product.unit for product in registry.list_products(work.session, user)} or {"g"}
    zones = {"", *read.zones_of_user(work.session, user, gi_id)}
    keys = [LedgerKey(user, gi_id, year, zone, unit) for zone in sorted(zones) for unit in sorted(units)]
    found = entitlements(work.session, keys, on=work.today)
    told = {key: granted for key, granted in found.items() if granted.lines or granted.reserved or granted.used or not key.zone}
    caps = {cap.id: cap for cap in queries.list_caps(work.session, gi_id)}
    return [Statement(key, granted, [caps[cap.id] for cap in granted.caps if cap.id in caps]) for key, granted in told.items()]
