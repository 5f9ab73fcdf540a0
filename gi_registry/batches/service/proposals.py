"""A cap is proposed by the holder and decided by the province: two persons, and who loses what lies on the table both times."""

from __future__ import annotations

from collections.abc import Sequence

from gi_registry.batches.models import CapProposal, YieldCap
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.queries import capacity as read
from gi_registry.batches.queries import caps as stored
from gi_registry.batches.rules import caps_preview as rules
from gi_registry.batches.rules.amounts import with_unit
from gi_registry.batches.rules.caps import (
    CAP_NAMES,
    CAP_PROPOSAL_LIFE,
    Cap,
    CapTable,
    Per,
    refuse_other_person,
    refuse_overtaken,
    refuse_same_person,
)
from gi_registry.batches.rules.caps_preview import Preview, Row
from gi_registry.batches.rules.life import CAP_WORDS, CapStatus
from gi_registry.batches.schemas import CapFields, CapProposalFields, DecideCap
from gi_registry.batches.service.capacity import Known
from gi_registry.batches.service.caps import check_zone, insert_cap, read_cap, superseded_by
from gi_registry.batches.service.posting import lock_keys
from gi_registry.documents.service import Scan, store_scan
from gi_registry.kernel.errors import Conflict, NotAllowed, StaleVersion, invalid
from gi_registry.kernel.words import Words, say
from gi_registry.notices.service import notify
from gi_registry.registry import queries as registry
from gi_registry.registry.models import Gi
from gi_registry.workflow import Work, advance, begin, check_version

FIGURE_WORDS = {
    "before": say("核定额度合计（现在）"),
    "after": say("核定额度合计（核准以后）"),
    "reserved": say("已预留合计"),
    "used": say("已使用合计"),
    "losing": say("额度减少的用标人"),
    "below": say("低于已使用数的用标人"),
}


def preview(work: Work, gi_id: int, fields: CapProposalFields, cap: Cap) -> Preview:
    """Return the entitlement of every user of a GI before and after a cap, as on the day it takes effect (today for one that has)."""
    on = max(work.today, fields.effective_on)
    users = read.users_of(work.session, gi_id)
    known = Known(work.session, gi_id, fields.year, users, on=on)
    after = known.table(fields.unit).with_cap(cap)
    return rules.ordered(
        _row(known, LedgerKey(user, gi_id, fields.year, zone, fields.unit), after)
        for user, zone in sorted(known.places(fields.unit))
        if user in users
    )


def _row(known: Known, key: LedgerKey, table: CapTable) -> Row:
    now, then = known.entitlement(key), known.entitlement(key, table)
    return Row(key.authorisation_id, key.zone, now.total, then.total, now.reserved, now.used)


def preview_of(work: Work, proposal: CapProposal) -> Preview:
    """Return what a proposal would do, by the figures of now."""
    fields = stated_fields(proposal)
    return preview(work, proposal.gi_id, fields, _cap(proposal))


def stated_fields(proposal: CapProposal) -> CapProposalFields:
    """Return a proposal as it was stated."""
    values = {name: getattr(proposal, name) for name in CapProposalFields.model_fields}
    return CapProposalFields(**values | {"per_mu": str(proposal.per_mu)})


def _cap(proposal: CapProposal) -> Cap:
    return Cap(proposal.per_mu, proposal.status, 1, proposal.per, proposal.zone, proposal.variety, proposal.commodity)


def propose_cap(work: Work, gi_id: int, fields: CapProposalFields, *, paper: Scan | None = None) -> CapProposal:
    """Propose a cap for a GI; nothing changes until the province approves it. ``paper`` is the basis document as a scan.

    Raises Invalid for a quantity that cannot be read, Conflict for a provisional cap after the final one and for a cap that is in force
    already with the same figure.
    """
    gi = registry.get_gi(work.session, gi_id)
    work.require("cap:propose", gi)
    if work.actor.person_id is None:
        raise NotAllowed(say("提案须由具名的人提出。"), remedy=say("批量录入已公布的上限请用命令行导入。"), basis="cap:propose")
    check_zone(work, gi_id, fields.zone)
    cap, before = read_cap(fields), superseded_by(work, gi_id, fields)
    _refuse_step_back(fields, before)
    proposal = CapProposal(
        **fields.model_dump(exclude={"per_mu", "per", "status"}),
        per=fields.per.value,
        status=fields.status.value,
        per_mu=cap.per_mu,
        gi_id=gi_id,
        owner_org_id=gi.owner_org_id,
        authority_division=gi.authority_division,
        seen=preview(work, gi_id, fields, cap).figures,
        follows_id=before.id if before else None,
        document=_kept(work, gi, paper),
        proposed_by=work.actor.person_id,
        proposed_at=work.now,
    )
    begin(proposal, CAP_PROPOSAL_LIFE)
    work.record(proposal, "cap_proposal:propose")
    work.flush()
    return proposal


def _refuse_step_back(fields: CapProposalFields, before: YieldCap | None) -> None:
    if before is not None and before.status == CapStatus.FINAL and fields.status is CapStatus.PROVISIONAL:
        raise Conflict(
            say("%(year)s 年度已有最终上限，不能再提暂定上限。", year=fields.year), remedy=say("请以“最终”提出，写明更正的依据。")
        )


def _kept(work: Work, gi: Gi, paper: Scan | None) -> int | None:
    if paper is None:
        return None
    return store_scan(work, paper, field="document", owner_org_id=gi.owner_org_id, authority_division=gi.authority_division).id


def approve_cap(work: Work, proposal_id: int, fields: DecideCap) -> CapProposal:
    """Put a proposed cap in force and tell each user whose entitlement moves; by another person than the proposer.

    Every quota row it touches is locked first, so that no allotment slips between the figures shown and the cap. Raises NotAllowed for
    the proposer, IllegalTransition for one that is decided, StaleVersion with both figures where they moved since the page was read.
    """
    proposal = stored.get_proposal(work.session, proposal_id, lock=True)
    work.require("cap:approve", proposal)
    _check(work, proposal, fields, action="approve")
    stated = stated_fields(proposal)
    before = superseded_by(work, proposal.gi_id, stated)
    refuse_overtaken(proposal.follows_id, before.id if before else None, revision=before.revision if before else None)
    lock_keys(work, *_keys(work, proposal))
    now = preview_of(work, proposal)
    _refuse_stale(fields.seen, now)
    cap = _into_force(work, proposal, stated)
    proposal.cap_id, proposal.seen = cap.id, now.figures
    _decide(work, proposal, fields, action="approve")
    _tell(work, proposal, now)
    return proposal


def _keys(work: Work, proposal: CapProposal) -> Sequence[LedgerKey]:
    """Return the quota of everybody whose entitlement moves."""
    rows = preview_of(work, proposal).changed
    return [LedgerKey(row.authorisation_id, proposal.gi_id, proposal.year, row.zone, proposal.unit) for row in rows]


def _refuse_stale(seen: str, now: Preview) -> None:
    figures, digest = rules.figures_seen(seen)
    if digest != now.digest:
        names = {name: str(words) for name, words in FIGURE_WORDS.items()}
        raise StaleVersion(mine=rules.side_by_side(figures, names), theirs=rules.side_by_side(now.figures, names))


def _into_force(work: Work, proposal: CapProposal, stated: CapProposalFields) -> YieldCap:
    values = stated.model_dump(exclude={"note"})
    return insert_cap(work, proposal.gi_id, CapFields(**values, decided_on=work.today), _cap(proposal), document=proposal.document)


def reject_cap(work: Work, proposal_id: int, fields: DecideCap) -> CapProposal:
    """Refuse a proposal with a reason; only another person than its proposer."""
    proposal = stored.get_proposal(work.session, proposal_id, lock=True)
    work.require("cap:approve", proposal)
    _check(work, proposal, fields, action="reject")
    if not fields.reason:
        raise invalid("reason", say("没有填写不予核准的理由。"), say("请写明理由，提出人据此修改。"))
    return _decide(work, proposal, fields, action="reject")


def withdraw_cap(work: Work, proposal_id: int, fields: DecideCap) -> CapProposal:
    """Take a proposal back; only its proposer."""
    proposal = stored.get_proposal(work.session, proposal_id, lock=True)
    work.require("cap:propose", proposal)
    CAP_PROPOSAL_LIFE.after(proposal.state, "withdraw")
    check_version(proposal, fields.version)
    refuse_other_person(proposal.proposed_by, work.actor.person_id)
    return _decide(work, proposal, fields, action="withdraw")


def _check(work: Work, proposal: CapProposal, fields: DecideCap, *, action: str) -> None:
    CAP_PROPOSAL_LIFE.after(proposal.state, action)
    check_version(proposal, fields.version)
    refuse_same_person(proposal.proposed_by, work.actor.person_id)


def _decide(work: Work, proposal: CapProposal, fields: DecideCap, *, action: str) -> CapProposal:
    proposal.decided_by, proposal.decided_at, proposal.decision_note = work.actor.person_id, work.now, fields.reason
    decided: CapProposal = advance(work, proposal, CAP_PROPOSAL_LIFE, action)
    return decided


# ---- telling -------------------------------------------------------------------------------------------------------------------------


def _tell(work: Work, proposal: CapProposal, now: Preview) -> None:
    users = read.users_of(work.session, proposal.gi_id)
    gi = registry.get_gi(work.session, proposal.gi_id)
    for row in now.changed:
        organisation_id = users[row.authorisation_id].organisation_id
        if organisation_id is not None:
            title = say("%(gi)s %(year)s 年度上限调整", gi=gi.name, year=proposal.year)
            link = f"/authorisations/{row.authorisation_id}/capacity?year={proposal.year}"
            notify(work, organisation_id=organisation_id, title=title, body=_body(proposal, row), link=link)


def _body(proposal: CapProposal, row: Row) -> Words:
    figures = {name: with_unit(getattr(row, name), proposal.unit) for name in ("before", "after", "reserved", "used")}
    return say(
        "自 %(day)s 起，%(what)s（%(status)s）定为 %(cap)s，依据：%(basis)s。您的核定额度由 %(before)s 变为 %(after)s；"
        "已使用 %(used)s，已预留 %(reserved)s。%(more)s",
        day=proposal.effective_on.isoformat(),
        what=CAP_NAMES[proposal.per],
        status=CAP_WORDS[proposal.status],
        cap=cap_amount(proposal.per, proposal.per_mu, proposal.unit),
        basis=proposal.basis,
        more=_consequence(row, proposal.unit),
        **figures,
    )


def _consequence(row: Row, unit: str) -> Words:
    if row.below_used:
        over = with_unit(row.used - row.after, unit)
        return say("已使用的数量超过新额度 %(over)s：不能再申领，超出部分由夜间比对列为线索。已贴出的标识继续有效。", over=over)
    if row.below_reserved:
        return say("已预留的标识不能全部激活：超出部分请退回。")
    return say("还可申领 %(left)s。", left=with_unit(row.left, unit))


def cap_amount(per: str, quantity: int, unit: str) -> Words:
    """Return a cap's quantity with its unit; a conversion as so many of a thousand."""
    return say("每千份折成 %(n)s 份", n=quantity) if per == Per.INPUT else with_unit(quantity, unit)
