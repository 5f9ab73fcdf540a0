"""Pages of caps: the list of a GI, the proposal with its consequences, the decision."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from werkzeug.wrappers import Response

from gi_registry.batches import service
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.rules.caps import CAP_NAMES, CAP_PROPOSAL_LIFE, PER_WORDS
from gi_registry.batches.schemas import CapFields, CapProposalFields, DecideCap
from gi_registry.batches.service import caps_pages as pages
from gi_registry.batches.service import proposals
from gi_registry.documents.service import Scan
from gi_registry.kernel.words import Words, say
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

CAP_PAGE = {
    **WORDS,
    "pers": PER_WORDS,
    "cap_names": CAP_NAMES,
    "proposal_life": CAP_PROPOSAL_LIFE,
    "cap_amount": proposals.cap_amount,
}
PREVIEW_COLUMNS = ("number", "name", "zone", "before", "after", "change", "reserved", "used", "left", "below_used", "below_reserved")


@bp.get("/office/gis/<int:gi_id>/caps")
@access("area:view")
def list_caps(gi_id: int) -> str:
    """List the caps of a GI with who proposed and approved each, and the proposals."""
    return page("batches/caps.html", shown=pages.caps_page(current_work(), gi_id), **CAP_PAGE)


@bp.post("/office/gis/<int:gi_id>/caps")
@access("cap:edit")
def set_cap(gi_id: int) -> Response:
    """Put an announced cap on file that cuts nobody; one that cuts is proposed."""
    reshow(list_caps, gi_id)
    cap = service.set_cap(current_work(), gi_id, read_form(CapFields))
    message = say("%(year)s 年度上限第 %(revision)s 版已录入。", year=cap.year, revision=cap.revision)
    return redirect_with(message, "batches.list_caps", gi_id=gi_id)


@bp.get("/office/gis/<int:gi_id>/caps/new")
@access("cap:propose")
def new_cap(gi_id: int) -> str:
    """Show the form of a proposal."""
    work = current_work()
    pages.require_propose(work, gi_id)
    return page("batches/cap_form.html", shown=pages.caps_page(work, gi_id), **CAP_PAGE)


@bp.post("/office/gis/<int:gi_id>/caps/check")
@access("cap:propose")
def check_cap(gi_id: int) -> str | Response:
    """Show who would lose what, before anything is proposed; nothing is stored."""
    reshow(new_cap, gi_id)
    shown = pages.check_page(current_work(), gi_id, read_form(CapProposalFields))
    if wanted() == "html":
        return page("batches/cap_check.html", shown=shown, **CAP_PAGE)
    return _preview_table(shown.shown)


@bp.post("/office/gis/<int:gi_id>/caps/new")
@access("cap:propose")
def propose_cap(gi_id: int) -> Response:
    """Propose a cap."""
    reshow(new_cap, gi_id)
    paper = uploaded("document")
    scan = Scan(paper.name, paper.content) if paper else None
    proposal = proposals.propose_cap(current_work(), gi_id, read_form(CapProposalFields), paper=scan)
    return redirect_with(say("上限提案已提出，由省级另一名工作人员核准。"), "batches.show_cap_proposal", cap_proposal_id=proposal.id)


@bp.get("/office/cap-proposals/<int:cap_proposal_id>")
@access("area:view")
def show_cap_proposal(cap_proposal_id: int) -> str | Response:
    """Show a proposal with who loses what by the figures of now."""
    shown = pages.proposal_page(current_work(), cap_proposal_id)
    if wanted() == "html" or shown.shown is None:
        return page("batches/cap_proposal.html", shown=shown, **CAP_PAGE)
    return _preview_table(shown.shown)


def _preview_table(shown: pages.Shown) -> Response:
    return table(_preview_cells(shown), columns=PREVIEW_COLUMNS, name="cap-preview")


def _preview_cells(shown: pages.Shown) -> Iterator[dict[str, object]]:
    for row in shown.preview.rows:
        user = shown.users[row.authorisation_id]
        yield {name: getattr(row, name) for name in PREVIEW_COLUMNS[2:]} | {"number": user.number, "name": user.raw_name}


@bp.post("/office/cap-proposals/<int:cap_proposal_id>/approve")
@access("cap:approve")
def approve_cap(cap_proposal_id: int) -> Response:
    """Put a proposed cap in force."""
    return _decided(cap_proposal_id, proposals.approve_cap, say("已核准，新上限已录入；额度变动的用标人已收到通知。"))


@bp.post("/office/cap-proposals/<int:cap_proposal_id>/reject")
@access("cap:approve")
def reject_cap(cap_proposal_id: int) -> Response:
    """Refuse a proposal with a reason."""
    return _decided(cap_proposal_id, proposals.reject_cap, say("未予核准，理由已记录。"))


@bp.post("/office/cap-proposals/<int:cap_proposal_id>/withdraw")
@access("cap:propose")
def withdraw_cap(cap_proposal_id: int) -> Response:
    """Take one's own proposal back."""
    return _decided(cap_proposal_id, proposals.withdraw_cap, say("提案已撤回。"))


def _decided(cap_proposal_id: int, decide: Callable[..., object], message: Words) -> Response:
    reshow(show_cap_proposal, cap_proposal_id)
    decide(current_work(), cap_proposal_id, read_form(DecideCap))
    return redirect_with(message, "batches.show_cap_proposal", cap_proposal_id=cap_proposal_id)
