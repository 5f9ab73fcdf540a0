"""What officers do to a case: one address per act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.listings import service
from gi_registry.listings.routes.blueprint import attachments, bp
from gi_registry.listings.routes.office import show_act
from gi_registry.listings.rules.life import LABELS
from gi_registry.listings.schemas import Act, AnswerPoint, Attachment, ProveService, ReasonedAct, ReasonedServedAct, ServedAct, Version
from gi_registry.web.access import access
from gi_registry.web.forms import read_form, reshow, uploaded
from gi_registry.web.pages import redirect_with
from gi_registry.web.work import current_work


def _act(case_id: int, verb: Callable[..., Any], shape: type[Version], **more: Any) -> Response:
    """Read the form, do the act, go back to the case; a refusal shows the form again."""
    action = request.path.rsplit("/", 1)[-1]
    reshow(show_act, case_id, action)
    fields = read_form(shape)
    verb(current_work(), case_id, **dict(fields), **more)
    return redirect_with(say("已办理：%(action)s。", action=LABELS.get(action, say("送达"))), "listings.show_case", case_id=case_id)


@bp.post("/office/cases/<int:case_id>/acts/accept")
@access("case:handle")
def accept(case_id: int) -> Response:
    """Take up a lead."""
    return _act(case_id, service.accept, Act)


@bp.post("/office/cases/<int:case_id>/acts/verify")
@access("case:handle")
def verify(case_id: int) -> Response:
    """Start the verification."""
    return _act(case_id, service.verify, Act)


@bp.post("/office/cases/<int:case_id>/acts/extend")
@access("case:handle")
def extend(case_id: int) -> Response:
    """Extend the verification once."""
    return _act(case_id, service.extend, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/dismiss")
@access("case:handle")
def dismiss(case_id: int) -> Response:
    """End a case that is not confirmed."""
    return _act(case_id, service.dismiss, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/withdraw")
@access("case:handle")
def withdraw(case_id: int) -> Response:
    """Withdraw a cured case."""
    return _act(case_id, service.withdraw, Act)


@bp.post("/office/cases/<int:case_id>/acts/order_rectification")
@access("case:handle")
def order_rectification(case_id: int) -> Response:
    """Issue the notice to rectify."""
    return _act(case_id, service.order_rectification, ReasonedServedAct)


@bp.post("/office/cases/<int:case_id>/acts/issue_notice")
@access("case:handle")
def issue_notice(case_id: int) -> Response:
    """Issue the notice of intended listing."""
    return _act(case_id, service.issue_notice, ServedAct)


@bp.post("/office/cases/<int:case_id>/acts/serve_again")
@access("case:handle")
def serve_again(case_id: int) -> Response:
    """Send the notice by another method."""
    return _act(case_id, service.serve_again, ReasonedServedAct)


@bp.post("/office/cases/<int:case_id>/acts/prove_service")
@access("case:handle")
def prove_service(case_id: int) -> Response:
    """Record the receipt and open the defence window."""
    file = uploaded("receipt")
    return _act(case_id, service.prove_service, ProveService, receipt=Attachment(file.name, file.content) if file else None)


@bp.post("/office/cases/<int:case_id>/acts/prove_decision")
@access("case:handle")
def prove_decision(case_id: int) -> Response:
    """Record the receipt of the decision."""
    file = uploaded("receipt")
    return _act(case_id, service.prove_decision, ProveService, receipt=Attachment(file.name, file.content) if file else None)


@bp.post("/office/cases/<int:case_id>/acts/answer_defence")
@access("case:handle")
def answer_defence(case_id: int) -> Response:
    """Answer the statement point by point."""
    reshow(show_act, case_id, "answer_defence")
    numbers = [int(name.removeprefix("answer_")) for name in request.form if name.startswith("answer_") and name[7:].isdigit()]
    answers = [
        AnswerPoint(number=n, answer=request.form[f"answer_{n}"].strip(), outcome=request.form.get(f"outcome_{n}", "rejected"))
        for n in numbers
        if len(request.form[f"answer_{n}"].strip()) >= AnswerPoint.LEAST
    ]
    service.answer_defence(current_work(), case_id, version=request.form.get("version", 0, type=int), answers=answers)
    return redirect_with(say("已逐条答复。"), "listings.show_case", case_id=case_id)


@bp.post("/office/cases/<int:case_id>/acts/propose")
@access("case:handle")
def propose(case_id: int) -> Response:
    """Hand the case to the second officer."""
    return _act(case_id, service.propose, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/verify_rectification")
@access("case:handle")
def verify_rectification(case_id: int) -> Response:
    """Confirm that the repair was verified."""
    return _act(case_id, service.verify_rectification, ReasonedAct, files=attachments())


@bp.post("/office/cases/<int:case_id>/acts/reject_rectification")
@access("case:handle")
def reject_rectification(case_id: int) -> Response:
    """Return the repair with reasons."""
    return _act(case_id, service.reject_rectification, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/return")
@access("case:decide")
def return_case(case_id: int) -> Response:
    """Return a proposal to the handler."""
    return _act(case_id, service.return_case, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/decide_listing")
@access("case:decide")
def decide_listing(case_id: int) -> Response:
    """Decide the listing."""
    return _act(case_id, service.decide_listing, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/decide_against")
@access("case:decide")
def decide_against(case_id: int) -> Response:
    """Decide not to list."""
    return _act(case_id, service.decide_against, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/uphold")
@access("case:decide")
def uphold(case_id: int) -> Response:
    """Answer an objection: it stands."""
    return _act(case_id, service.uphold, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/correct")
@access("case:decide")
def correct(case_id: int) -> Response:
    """Answer an objection: it was wrong."""
    return _act(case_id, service.correct, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/remove")
@access("case:decide")
def remove(case_id: int) -> Response:
    """Decide the removal."""
    return _act(case_id, service.remove, ReasonedAct)


@bp.post("/office/cases/<int:case_id>/acts/expire")
@access("case:decide")
def expire(case_id: int) -> Response:
    """End a publication whose period is over."""
    return _act(case_id, service.expire, Version)
