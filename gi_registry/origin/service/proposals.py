"""Propose an area version, and decide on it: two persons for one piece of law."""

from __future__ import annotations

from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import Words, packed, say, unpacked
from gi_registry.origin import queries
from gi_registry.origin.models import AreaProposal, AreaVersion
from gi_registry.origin.rules.measure import area_m2
from gi_registry.origin.rules.proposals import (
    AREA_PROPOSAL_LIFE,
    Placement,
    ProposalKind,
    Standing,
    place,
    place_end,
    refuse_other_person,
    refuse_overtaken,
    refuse_same_person,
)
from gi_registry.origin.rules.rings import Reading
from gi_registry.origin.rules.terms import Origin
from gi_registry.origin.schemas import AreaFields, DecideProposal, ProposalFields
from gi_registry.origin.service import rejudging
from gi_registry.origin.service.areas import check_stated, close_area, insert_area
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work, advance, begin, check_version


def propose_area(work: Work, gi_id: int, *, fields: ProposalFields, outline: Reading | None, paper: Scan | None = None) -> AreaProposal:
    """Propose a version of the area of a GI (or of a zone), or the end of the one in force; nothing changes until another approves it.

    ``paper`` is the announcement as a scan. Raises Invalid for what states nothing or gives no reason, Conflict where the dates meet
    another version that does not give way.
    """
    gi = registry.get_gi(work.session, gi_id)
    work.require("area:propose", gi)
    if not fields.note:
        raise invalid("note", say("没有填写提出的理由。"), say("请写明依据哪份公告、改了什么。"))
    found = _placement(work, gi_id, fields)
    warnings: tuple[Words, ...] = ()
    if fields.kind is ProposalKind.VERSION:
        warnings = check_stated(work, gi, fields, outline)
    proposal = _new(work, gi, fields=fields, outline=outline, person_id=work.actor.person_id or 0)
    proposal.follows_id = found.follows
    proposal.warnings = [packed(warning) for warning in warnings]
    proposal.source_document = _kept(work, gi, paper)
    work.record(proposal, "area_proposal:propose")
    work.flush()
    return proposal


def _new(work: Work, gi: Gi, *, fields: ProposalFields, outline: Reading | None, person_id: int) -> AreaProposal:
    proposal = AreaProposal(
        gi_id=gi.id or 0,
        owner_org_id=gi.owner_org_id,
        authority_division=gi.authority_division,
        **fields.model_dump(exclude={"places"}),
        places=fields.place_list,
        geometry=outline.geometry if outline else None,
        area_m2=area_m2(outline.geometry) if outline else None,
        proposed_by=person_id,
        proposed_at=work.now,
    )
    begin(proposal, AREA_PROPOSAL_LIFE)
    return proposal


def _kept(work: Work, gi: Gi, paper: Scan | None) -> int | None:
    if paper is None:
        return None
    return store_scan(work, paper, field="source_file", owner_org_id=gi.owner_org_id, authority_division=gi.authority_division).id


def _placement(work: Work, gi_id: int, fields: ProposalFields) -> Placement:
    standing = [Standing(row.id or 0, (row.valid_from, row.valid_to)) for row in queries.versions_in_zone(work.session, gi_id, fields.zone)]
    if fields.kind is ProposalKind.END:
        return place_end(fields.valid_from, standing)
    return place((fields.valid_from, fields.valid_to), standing)


def approve_proposal(work: Work, proposal_id: int, fields: DecideProposal) -> AreaProposal:
    """Make a proposal law: end the version it follows, put its own on file, and judge again the plots it touches from its date on.

    Batches keep the verdict of their day of harvest. Raises NotAllowed for the proposer, IllegalTransition for one that is decided,
    StaleVersion for an old form, Conflict where another approval came between.
    """
    proposal = queries.lock_proposal(work.session, proposal_id)
    work.require("area:approve", proposal)
    _check(work, proposal, fields, action="approve")
    refuse_same_person(proposal.proposed_by, work.actor.person_id)
    stated = stated_fields(proposal)
    found = _placement(work, proposal.gi_id, stated)
    _refuse_overtaken(work, proposal, found)
    if found.follows is not None and found.ends_on is not None:
        close_area(work, queries.get_area(work.session, found.follows), found.ends_on)
    if proposal.kind == ProposalKind.VERSION:
        proposal.area_version_id = _into_force(work, proposal, stated).id
    _decide(work, proposal, fields, action="approve")
    rejudging.start(work, gi_id=proposal.gi_id, zone=proposal.zone, since=proposal.valid_from)
    return proposal


def _into_force(work: Work, proposal: AreaProposal, stated: ProposalFields) -> AreaVersion:
    return insert_area(
        work,
        proposal.gi_id,
        fields=AreaFields.model_validate(stated.model_dump(include=set(AreaFields.model_fields))),
        outline=Reading(proposal.geometry) if proposal.geometry is not None else None,
        origin=Origin.FORM,
        warnings=[unpacked(warning) for warning in proposal.warnings],
        source_document=proposal.source_document,
    )


def _refuse_overtaken(work: Work, proposal: AreaProposal, found: Placement) -> None:
    """Refuse where the version that was compared is not the one that would be followed now, or has got an end since."""
    rows = {row.id or 0: row for row in queries.versions_in_zone(work.session, proposal.gi_id, proposal.zone)}
    open_then = proposal.follows_id is not None and not _ended_before(proposal, rows[proposal.follows_id])
    compared = Placement(proposal.follows_id, proposal.valid_from if open_then else None)
    refuse_overtaken(compared, found, periods={key: (row.valid_from, row.valid_to) for key, row in rows.items()})


def _ended_before(proposal: AreaProposal, row: AreaVersion) -> bool:
    return row.valid_to is not None and proposal.valid_from is not None and row.valid_to <= proposal.valid_from


def reject_proposal(work: Work, proposal_id: int, fields: DecideProposal) -> AreaProposal:
    """Refuse a proposal with a reason; only another officer than its proposer."""
    proposal = queries.lock_proposal(work.session, proposal_id)
    work.require("area:approve", proposal)
    _check(work, proposal, fields, action="reject")
    refuse_same_person(proposal.proposed_by, work.actor.person_id)
    if not fields.reason:
        raise invalid("reason", say("没有填写不予核准的理由。"), say("请写明理由，提出人据此修改。"))
    return _decide(work, proposal, fields, action="reject")


def withdraw_proposal(work: Work, proposal_id: int, fields: DecideProposal) -> AreaProposal:
    """Take a proposal back; only its proposer."""
    proposal = queries.lock_proposal(work.session, proposal_id)
    work.require("area:propose", proposal)
    _check(work, proposal, fields, action="withdraw")
    refuse_other_person(proposal.proposed_by, work.actor.person_id)
    return _decide(work, proposal, fields, action="withdraw")


def _check(work: Work, proposal: AreaProposal, fields: DecideProposal, *, action: str) -> None:
    AREA_PROPOSAL_LIFE.after(proposal.state, action)
    check_version(proposal, fields.version)


def _decide(work: Work, proposal: AreaProposal, fields: DecideProposal, *, action: str) -> AreaProposal:
    proposal.decided_by, proposal.decided_at, proposal.decision_note = work.actor.person_id, work.now, fields.reason
    decided: AreaProposal = advance(work, proposal, AREA_PROPOSAL_LIFE, action)
    return decided


def stated_fields(proposal: AreaProposal) -> ProposalFields:
    """Return a proposal as it was stated."""
    values = {name: getattr(proposal, name) for name in ProposalFields.model_fields if name != "places"}
    return ProposalFields(**values, places="\n".join(proposal.places))
