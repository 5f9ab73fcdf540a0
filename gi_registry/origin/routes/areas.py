"""Pages of origin areas: the versions in force and before, and the proposals of new ones."""

from __future__ import annotations

from collections.abc import Callable

from flask import request
from werkzeug.wrappers import Response

from gi_registry.documents.service import Scan
from gi_registry.kernel.words import Words, say
from gi_registry.origin import service
from gi_registry.origin.routes.blueprint import WORDS, bp, given_outline
from gi_registry.origin.rules.compare import STAYS_WORDS
from gi_registry.origin.rules.proposals import AREA_PROPOSAL_LIFE, PROPOSAL_KIND_WORDS, ProposalKind
from gi_registry.origin.schemas import DecideProposal, Outline, ProposalFields
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work

AREA_WORDS = {"life": AREA_PROPOSAL_LIFE, "kinds": PROPOSAL_KIND_WORDS, "stays": STAYS_WORDS, "verdicts": WORDS["verdicts"]}


@bp.get("/office/gis/<int:gi_id>/areas")
@access("area:view")
def list_areas(gi_id: int) -> str:
    """List the area versions of a GI and the proposals of new ones."""
    return page("origin/areas.html", shown=service.areas_page(current_work(), gi_id), **AREA_WORDS)


@bp.get("/office/gis/<int:gi_id>/areas/new")
@access("area:propose")
def new_area(gi_id: int) -> str:
    """Show the form that proposes a version, or with ``?kind=end`` the end of one."""
    shown = service.proposal_form(current_work(), gi_id)
    kind = ProposalKind.END if request.values.get("kind") == ProposalKind.END else ProposalKind.VERSION
    return page("origin/area_form.html", shown=shown, kind=kind, zone=request.args.get("zone", "")[:60], **WORDS)


@bp.post("/office/gis/<int:gi_id>/areas/new")
@access("area:propose")
def propose_area(gi_id: int) -> Response:
    """Propose a version of an area, or the end of one."""
    reshow(new_area, gi_id)
    fields, paper = read_form(ProposalFields), uploaded("source_file")
    drawn = fields.kind is ProposalKind.VERSION and (read_form(Outline).geometry or uploaded("file"))
    scan = Scan(paper.name, paper.content) if paper else None
    proposal = service.propose_area(current_work(), gi_id, fields=fields, outline=given_outline() if drawn else None, paper=scan)
    message = say("提案已提出，由另一名工作人员核准。提示 %(n)s 处，请看下方。", n=len(proposal.warnings))
    return redirect_with(message, "origin.show_proposal", proposal_id=proposal.id)


@bp.get("/office/area-proposals/<int:proposal_id>")
@access("area:view")
def show_proposal(proposal_id: int) -> str:
    """Show a proposal beside the version it would follow."""
    return page("origin/area_proposal.html", shown=service.proposal_page(current_work(), proposal_id), **AREA_WORDS)


@bp.post("/office/area-proposals/<int:proposal_id>/approve")
@access("area:approve")
def approve_proposal(proposal_id: int) -> Response:
    """Make a proposal law; another person than the proposer."""
    return _decided(proposal_id, service.approve_proposal, say("已核准。涉及的地块将按新版本的日期重新判定。"))


@bp.post("/office/area-proposals/<int:proposal_id>/reject")
@access("area:approve")
def reject_proposal(proposal_id: int) -> Response:
    """Refuse a proposal with a reason."""
    return _decided(proposal_id, service.reject_proposal, say("未予核准，理由已记录。"))


@bp.post("/office/area-proposals/<int:proposal_id>/withdraw")
@access("area:propose")
def withdraw_proposal(proposal_id: int) -> Response:
    """Take one's own proposal back."""
    return _decided(proposal_id, service.withdraw_proposal, say("提案已撤回。"))


def _decided(proposal_id: int, decide: Callable[..., object], message: Words) -> Response:
    reshow(show_proposal, proposal_id)
    decide(current_work(), proposal_id, read_form(DecideProposal))
    return redirect_with(message, "origin.show_proposal", proposal_id=proposal_id)
