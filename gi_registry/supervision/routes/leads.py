"""The officers' queue of leads, the page of a lead, and the acts on it."""

from __future__ import annotations

from io import BytesIO

from flask import Response, request, send_file
from werkzeug.wrappers import Response as WerkzeugResponse

from gi_registry.anomalies.rules.grounds import BY_CODE
from gi_registry.codes.rules.life import STATUS_LABELS
from gi_registry.kernel.words import Words, say
from gi_registry.supervision import service
from gi_registry.supervision.queries import ORDERS, Filters
from gi_registry.supervision.routes.blueprint import WORDS, bp, settings
from gi_registry.supervision.schemas import Assignment, Feedback, ReasonedStep, Step
from gi_registry.web.access import access
from gi_registry.web.arguments import date_arg
from gi_registry.web.forms import read_form, reshow
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page, redirect_with, tells_a_verdict
from gi_registry.web.pagination import all_rows, paginate
from gi_registry.web.sorting import ordered
from gi_registry.web.work import current_work

COLUMNS = ("number", "source", "state", "subject", "code", "user", "gi", "ground", "received_at", "due_on")


@bp.get("/leads")
@access("lead:view")
def list_leads() -> str | Response:
    """Show the leads of the region; the filters stand in the address."""
    work, filters = current_work(), _filters()
    query = ordered(service.lead_queue(work, filters), ORDERS)
    if wanted() != "html":
        return table((_row(row) for row in all_rows(work.session, query)), columns=COLUMNS, name="leads")
    listed = paginate(work.session, query)
    return page("supervision/queue.html", listed=listed, filters=filters, today=work.today, ground_names=BY_CODE, **WORDS)


def _filters() -> Filters:
    texts = {name: request.args.get(address, "").strip()[:80] for name, address in _ADDRESSES.items()}
    mine = current_work().actor.person_id if request.args.get("mine") == "1" else None
    return Filters(**texts | {"state": request.args.get("state", "open")[:20]}, since=date_arg("since"), mine=mine)


_ADDRESSES = {"source": "source", "ground": "ground", "text": "q"}


def _row(row: tuple[object, ...]) -> dict[str, object]:
    lead, user, gi = row
    kept = {name: getattr(lead, name) for name in ("number", "source", "state", "code", "ground")}
    dates = {"received_at": lead.received_at.isoformat(), "due_on": str(lead.due_on or "")}  # type: ignore[attr-defined]  # a row of the query
    return {**kept, **dates, "subject": lead.subject_kind, "user": user, "gi": gi}  # type: ignore[attr-defined]  # a row of the query


@bp.get("/leads/<int:lead_id>")
@access("lead:view")
def show_lead(lead_id: int) -> str:
    """Show a lead: what was said, the facts of the code, the photo, the history, and what can be done next."""
    view = service.view_lead(current_work(), lead_id)
    return page("supervision/lead.html", view=view, ground_names=BY_CODE, statuses=STATUS_LABELS, contact="", **WORDS)


@bp.get("/leads/<int:lead_id>/papers/<int:document_id>")
@access("lead:view")
def show_paper(lead_id: int, document_id: int) -> Response:
    """Show the photo of a lead to the office that may see the lead."""
    paper = service.paper_of(current_work(), lead_id, document_id)
    return send_file(BytesIO(paper.content), mimetype=paper.media_type, download_name="photo.jpg", etag=paper.sha256)


@bp.post("/leads/<int:lead_id>/contact")
@access("lead:handle")
def open_contact(lead_id: int) -> str:
    """Show the contact of the reporter to the officer who handles the lead, once; that it was opened is recorded."""
    tells_a_verdict()
    reshow(show_lead, lead_id)
    work = current_work()
    contact = service.open_contact(work, lead_id, secret_key=settings().secret_key)
    view = service.view_lead(work, lead_id)
    return page("supervision/lead.html", view=view, ground_names=BY_CODE, statuses=STATUS_LABELS, contact=contact, **WORDS)


def _done(words: Words, lead_id: int) -> WerkzeugResponse:
    return redirect_with(words, "supervision.show_lead", lead_id=lead_id)


@bp.post("/leads/<int:lead_id>/assign")
@access("lead:handle")
def assign(lead_id: int) -> WerkzeugResponse:
    """Take a lead on, or hand it down."""
    reshow(show_lead, lead_id)
    lead = service.assign(current_work(), lead_id, read_form(Assignment))
    if lead.assignee_id is None:
        return redirect_with(say("线索 %(number)s 已交下级办理。", number=lead.number), "supervision.list_leads")
    return _done(say("线索已分办给您。"), lead_id)


@bp.post("/leads/<int:lead_id>/accept")
@access("lead:handle")
def accept(lead_id: int) -> WerkzeugResponse:
    """Accept a lead."""
    reshow(show_lead, lead_id)
    service.accept(current_work(), lead_id, read_form(Step))
    return _done(say("已受理，由您承办。"), lead_id)


@bp.post("/leads/<int:lead_id>/return")
@access("lead:handle")
def give_back(lead_id: int) -> WerkzeugResponse:
    """Return a lead with the reason."""
    reshow(show_lead, lead_id)
    service.give_back(current_work(), lead_id, read_form(ReasonedStep))
    return _done(say("已退回，等待重新分办。"), lead_id)


@bp.post("/leads/<int:lead_id>/verify")
@access("lead:handle")
def verify(lead_id: int) -> WerkzeugResponse:
    """Start to verify."""
    reshow(show_lead, lead_id)
    service.verify(current_work(), lead_id, read_form(Step))
    return _done(say("已开始核查。"), lead_id)


@bp.post("/leads/<int:lead_id>/no-case")
@access("lead:handle")
def no_case(lead_id: int) -> WerkzeugResponse:
    """Decide that there is no case."""
    reshow(show_lead, lead_id)
    service.no_case(current_work(), lead_id, read_form(ReasonedStep))
    return _done(say("已记录理由，不予立案。"), lead_id)


@bp.post("/leads/<int:lead_id>/feed-back")
@access("lead:handle")
def feed_back(lead_id: int) -> WerkzeugResponse:
    """Write down what was fed back."""
    reshow(show_lead, lead_id)
    service.feed_back(current_work(), lead_id, read_form(Feedback))
    return _done(say("已记录反馈。"), lead_id)


@bp.post("/leads/<int:lead_id>/archive")
@access("lead:handle")
def archive(lead_id: int) -> WerkzeugResponse:
    """Close the file."""
    reshow(show_lead, lead_id)
    service.archive(current_work(), lead_id, read_form(Step))
    return _done(say("线索已归档。"), lead_id)
