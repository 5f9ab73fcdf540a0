"""Pages around the trace page: the form for a code, and the check without one. The trace page itself is ``wsgi``."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, g, make_response, redirect, request
from flask_babel import gettext
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.kernel.errors import Invalid
from gi_registry.verify import service
from gi_registry.verify.rules.firm import as_json, read_question
from gi_registry.verify.rules.typed import typed_code
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.forms import FormState
from gi_registry.web.negotiation import json_answer, wanted
from gi_registry.web.pages import page, tells_a_verdict
from gi_registry.web.work import current_work

bp = Blueprint("verify", __name__)


@bp.get("/verify")
@access(PUBLIC)
def show_code_form() -> str | WerkzeugResponse:
    """Show the field for a code; a code in the address goes on to its page."""
    code = typed_code(request.args.get("code", ""))
    if not code:
        return page("verify/code.html")
    lang = request.args.get("lang", "")
    return redirect(f"/T/{quote(code, safe='')}" + (f"?lang={quote(lang)}" if lang else ""), 303)


@bp.get("/check")
@access(PUBLIC)
def check() -> str | Response:
    """Say whether a firm may use the mark, by USCC, name or trade-mark number; without a question, the form."""
    tells_a_verdict()
    work, asked = current_work(), request.args.to_dict()
    g.form_state = FormState(values=asked)
    if not any(name in asked for name in ("uscc", "name", "mark", "on")) and wanted() == "html":
        return page("verify/check.html", finding=None)
    try:
        finding = service.check_firm(work, read_question(asked, work.today))
    except Invalid as problem:
        if wanted() == "json":
            raise
        g.form_state = FormState(values=asked, errors=problem.fields)
        return make_response(page("verify/check.html", finding=None), 422)
    return json_answer(as_json(finding, gettext)) if wanted() == "json" else page("verify/check.html", finding=finding)
