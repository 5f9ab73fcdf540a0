"""Pages of statements: a user's year, a GI's year by user and township, and a GI's headroom over the years."""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from gi_registry.batches.queries import EntryRow
from gi_registry.batches.routes.blueprint import WORDS, bp
from gi_registry.batches.service import balances as service
from gi_registry.batches.service.townships import PlaceRow
from gi_registry.web.access import access
from gi_registry.web.arguments import number_arg, year_arg
from gi_registry.web.negotiation import table, wanted
from gi_registry.web.pages import page
from gi_registry.web.work import current_work

NOBODY = 0
LINE_COLUMNS = ("year", "unit", "commodity", "line", "account", "quantity")
ENTRY_COLUMNS = ("year", "on_date", "tag", "account", "grade", "amount", "unit", "source_kind", "source_id", "transfer_id", "memo")
USER_COLUMNS = (
    "number",
    "name",
    "unit",
    "commodity",
    "opening",
    "harvest",
    "bought",
    "sold",
    "lost",
    "labelled",
    "closing",
    "entitled",
    "over",
)
PLACE_COLUMNS = ("place", "name", "unit", "plots", "area_milli_mu", "capacity", "harvested", "labelled", "over")
HEADROOM_COLUMNS = ("year", "unit", "entitled", "reserved", "used", "left", "over")


@bp.get("/authorisations/<int:authorisation_id>/statement")
@access("ledger:view")
def show_statement(authorisation_id: int) -> str | Response:
    """Show what came in, went out and is left of a user's goods in a year, or of one farmer's (``?farmer=``), as table and waterfall."""
    shown = service.user_statement(current_work(), authorisation_id, year=year_arg(), farmer_id=_farmer_arg())
    if wanted() == "html":
        return page("batches/statement.html", shown=shown, **WORDS)
    return table(
        [cells for section in shown.sections for cells in _line_cells(section, shown.year)], columns=LINE_COLUMNS, name="statement"
    )


def _farmer_arg() -> int | None:
    """Return the farmer the address names; what is no number is a farmer nobody has (404), never everybody."""
    return number_arg("farmer", NOBODY) if request.args.get("farmer") else None


def _line_cells(section: service.Section, year: int) -> list[dict[str, object]]:
    base = {"year": year, "unit": section.unit, "commodity": section.commodity}
    lines = [{**base, "line": line.name, "account": line.account, "quantity": line.quantity} for line in section.goods.lines]
    return [*lines, {**base, "line": "closing", "account": "stock", "quantity": section.goods.closing}]


@bp.get("/authorisations/<int:authorisation_id>/statement/entries")
@access("ledger:view")
def show_figure(authorisation_id: int) -> str | Response:
    """Show the entries behind one figure of a statement."""
    asked = {name: request.args.get(name, usual) for name, usual in (("account", "stock"), ("unit", "g"), ("commodity", ""))}
    year = year_arg(default=current_work().today.year) or 0
    shown = service.figure_entries(current_work(), authorisation_id, year=year, farmer_id=_farmer_arg(), **asked)
    if wanted() == "html":
        return page("batches/figure.html", shown=shown, **WORDS)
    return table([_entry_cells(entry) for entry in shown.rows], columns=ENTRY_COLUMNS, name="entries")


def _entry_cells(entry: EntryRow) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ENTRY_COLUMNS} | {"on_date": entry.on_date.isoformat()}


@bp.get("/gis/<int:gi_id>/statement")
@access("statement:view")
def show_gi_statement(gi_id: int) -> str | Response:
    """Show the statement of a GI by user (or, in files, ``?by=place``, by township): who labelled more than the land can yield."""
    shown = service.gi_statement(current_work(), gi_id, year=year_arg())
    if wanted() == "html":
        return page("batches/gi_statement.html", shown=shown, **WORDS)
    if request.args.get("by") == "place":
        return table([_place_cells(row) for row in shown.places], columns=PLACE_COLUMNS, name="townships")
    return table([_user_cells(row) for row in shown.users], columns=USER_COLUMNS, name="users")


def _user_cells(row: service.UserRow) -> dict[str, object]:
    return {
        "number": row.authorisation.number,
        "name": row.authorisation.raw_name,
        "unit": row.unit,
        "commodity": row.commodity,
        "opening": row.goods.came,
        "harvest": row.goods.harvest,
        "bought": row.goods.bought,
        "sold": row.goods.sold,
        "lost": row.goods.lost,
        "labelled": row.goods.labelled,
        "closing": row.goods.closing,
        "entitled": row.use.entitled,
        "over": row.use.over,
    }


def _place_cells(row: PlaceRow) -> dict[str, object]:
    return {name: getattr(row, name, None) for name in PLACE_COLUMNS} | {"over": row.use.over}


@bp.get("/gis/<int:gi_id>/headroom")
@access("statement:view")
def show_headroom(gi_id: int) -> str | Response:
    """Show how much of a GI's capacity was used, year by year."""
    shown = service.headroom(current_work(), gi_id)
    if wanted() == "html":
        return page("batches/headroom.html", shown=shown, **WORDS)
    return table(_headroom_cells(shown), columns=HEADROOM_COLUMNS, name="headroom")


def _headroom_cells(shown: service.Headroom) -> list[dict[str, object]]:
    return [
        {
            "year": year,
            "unit": unit,
            "entitled": use.entitled,
            "reserved": use.reserved,
            "used": use.used,
            "left": use.left,
            "over": use.over,
        }
        for unit, years in shown.by_unit.items()
        for year, use in years
    ]
