"""A user's "not ours": the form, the act, and taking it back."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.kernel.words import say
from gi_registry.supervision import service
from gi_registry.supervision.routes.blueprint import WORDS, bp, settings
from gi_registry.supervision.rules.life import OPEN
from gi_registry.supervision.schemas import Statement, Withdrawal
from gi_registry.web.access import access
from gi_registry.web.arguments import number_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.pages import page, redirect_with
from gi_registry.web.work import current_work


@bp.get("/codes/not-ours")
@access("lead:state")
def show_statement() -> str:
    """Show the form, with a code or an allotment from the address, and one's statements so far."""
    statements = service.my_statements(current_work())
    code, allotment_id = request.args.get("code", "")[:40], number_arg("allotment")
    return page("supervision/statement.html", statements=statements, code=code, allotment_id=allotment_id, open_states=OPEN, **WORDS)


@bp.post("/codes/not-ours")
@access("lead:state")
def state_not_ours() -> Response:
    """State that codes are not in one's use; one's own are frozen at once."""
    reshow(show_statement)
    lead = service.state_not_ours(current_work(), read_form(Statement), secret_key=settings().secret_key)
    words = (
        say("已登记声明 %(number)s，标识码已冻结。", number=lead.number)
        if lead.holds
        else say("已登记声明 %(number)s。", number=lead.number)
    )
    return redirect_with(words, "supervision.show_statement")


@bp.post("/codes/not-ours/<int:lead_id>/withdraw")
@access("lead:state")
def withdraw_statement(lead_id: int) -> Response:
    """Take a statement back."""
    reshow(show_statement)
    labels = service.withdraw(current_work(), lead_id, read_form(Withdrawal))
    return redirect_with(say("声明已撤回，%(n)s 枚标签恢复使用。", n=labels), "supervision.show_statement")
