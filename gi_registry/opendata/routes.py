"""The public pages: home, register, entries of GIs and users."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, current_app, request, send_file
from werkzeug.wrappers import Response

from gi_registry.config import Settings
from gi_registry.opendata import queries, service
from gi_registry.opendata.rules import filters_from, public_state
from gi_registry.registry import rules as register
from gi_registry.registry.queries import categories
from gi_registry.web.access import PUBLIC, access
from gi_registry.web.languages import locale
from gi_registry.web.negotiation import json_answer, table, wanted
from gi_registry.web.pages import page, translated
from gi_registry.web.pagination import paginate
from gi_registry.web.work import current_work

bp = Blueprint("opendata", __name__)


@bp.get("/")
@access(PUBLIC)
def home() -> str:
    """Say what this is and lead on: a code, a firm, the register, the abnormal-use list."""
    return page("opendata/home.html", totals=queries.totals(current_work().session))


@bp.get("/registry")
@access(PUBLIC)
def search() -> str | Response:
    """Search the register, by the filters in the address; as a page, CSV or JSON."""
    session, filters = current_work().session, filters_from(request.args)
    query = service.find(session, filters)
    users = filters.kind == "users"
    if wanted() != "html":
        rows = session.exec(query).all()
        lines: Any = service.user_lines(rows) if users else service.gi_lines(session, rows)
        columns = service.USER_COLUMNS if users else service.GI_COLUMNS
        return table((line.as_row() for line in lines), columns=columns, name=filters.kind)
    found = paginate(session, query)
    shown: Any = service.user_lines(found.rows) if users else service.gi_lines(session, found.rows)
    choices = {"categories": categories(session), "provinces": queries.provinces(session), "tracks": register.TRACK_LABELS}
    return page("opendata/registry.html", filters=filters, found=found, lines=shown, choices=choices)


@bp.get("/registry/gis/<int:gi_id>")
@access(PUBLIC)
def show_gi(gi_id: int) -> str | Response:
    """Show the entry of a GI."""
    work = current_work()
    entry = service.gi_entry(work.session, gi_id, today=work.today)
    if wanted() == "json":
        return json_answer(_gi_json(entry))
    return page("opendata/gi.html", entry=entry, rules=register)


@bp.get("/registry/users/<uscc>")
@access(PUBLIC)
def show_user(uscc: str) -> str | Response:
    """Show the entry of a user."""
    shown = service.user_page(current_work(), uscc)
    if wanted() == "json":
        return json_answer(_user_json(shown))
    return page("opendata/user.html", user=shown, rules=register, public_state=public_state)


@bp.get("/registry/users/<uscc>/extract.pdf")
@access(PUBLIC)
def show_user_extract(uscc: str) -> Response:
    """Hand out what the register states about a user now, as everyone may read it."""
    settings: Settings = current_app.extensions["gi_settings"]
    made = service.user_extract(current_work(), uscc, public_url=settings.public_url, language=locale())
    answer = send_file(BytesIO(made.content), mimetype="application/pdf", download_name=made.name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _gi_json(entry: service.GiEntry) -> dict[str, Any]:
    gi = entry.row
    return {
        "code": gi.code,
        "name": gi.name,
        "category": gi.category,
        "country": gi.country,
        "place": entry.place,
        "holder": gi.holder_name,
        "users": entry.users,
        "protections": [
            {
                "track": row.track,
                "number": row.number,
                "state": row.state,
                "announcement": row.announcement_raw,
                "trade_mark_no": row.trade_mark_no,
                "standard_no": row.standard_no,
                "steps": row.steps,
                "capacity_basis": row.capacity_basis,
                "valid_from": _iso(row.valid_from),
                "valid_to": _iso(row.valid_to),
            }
            for row in entry.protections
        ],
        "areas": [
            {
                "zone": area.version.zone,
                "valid_from": _iso(area.version.valid_from),
                "valid_to": _iso(area.version.valid_to),
                "text": area.version.text,
                "places": area.version.places,
                "source": area.version.source,
                "units": [_unit_json(unit) for unit in area.units],
            }
            for area in entry.areas
        ],
    }


def _unit_json(unit: Any) -> dict[str, Any]:
    """Return a unit of a list: as announced, the codes it had on the first day, the places it is today."""
    return {
        "name": unit.stated,
        "codes": [place.code for place in unit.places],
        "today": [{"code": place.code, "name": place.name} for place in unit.today],
    }


def _user_json(shown: service.UserPage) -> dict[str, Any]:
    return {
        "name": shown.name,
        "uscc": shown.uscc,
        "place": shown.place,
        "authorisations": [
            {
                "number": entry.row.number,
                "gi": entry.gi.name,
                "track": entry.protection.track,
                "announcement": entry.row.announcement_raw,
                "valid_from": _iso(entry.row.valid_from),
                "valid_to": _iso(entry.row.valid_to),
                "state": "deregistered" if entry.row.state == "deregistered" else "active",
                "may_use_today": entry.may_use,
                "listing": translated(entry.listing.sentence) if entry.listing else None,
            }
            for entry in shown.entries
        ],
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if day else None
