"""What an address and a JSON body may say, kept within what the database can hold: a number too large is no number."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import quote, urlencode

from flask import request
from werkzeug.routing import IntegerConverter, Map

from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say

LARGEST_ID = 2**31 - 1  # PostgreSQL's integer, which identifies rows
FIRST_YEAR, LAST_YEAR = 1990, 2100


class RowConverter(IntegerConverter):
    """``<int:…>`` of an address: an identity that no row can have does not match (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=LARGEST_ID)


def number_arg(name: str, default: int | None = None, *, least: int = 0, most: int = LARGEST_ID) -> int | None:
    """Return a whole number of the query or form; the default for what is none or lies outside."""
    text = request.values.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most))):
        return default
    return int(text) if least <= int(text) <= most else default


def year_arg(name: str = "year", default: int | None = None) -> int | None:
    """Return a year of the query or form that a calendar has."""
    return number_arg(name, default, least=FIRST_YEAR, most=LAST_YEAR)


def date_arg(name: str) -> date | None:
    """Return a date of the query in a year that a calendar has."""
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def address_with(**changes: object) -> str:
    """Return the address of this page with some of its arguments changed, or left out (None); the others stay as they were asked.

    Not ``url_for``: what a stranger writes into an address would be taken for its own options (``endpoint``, ``_method``, ``_scheme``).
    """
    kept = [(name, value) for name, value in request.args.items(multi=True) if name not in changes]
    added = [(name, str(value)) for name, value in changes.items() if value is not None]
    return f"{quote(request.script_root + request.path)}?{urlencode(kept + added)}"


def path_inside(target: str) -> str:
    """Return ``target`` only if it is a path of this site, else nothing.

    Browsers read a backslash as a slash and drop tabs and line ends before they look at an address, so none of these may stand in it.
    """
    within = target.startswith("/") and not target.startswith("//")
    return target if within and target.isprintable() and "\\" not in target else ""


def json_body() -> Any:
    """Return the JSON of the request, None for what is none; raise Invalid for a nesting that no form has."""
    try:
        return request.get_json(silent=True)
    except RecursionError:
        raise invalid("body", say("请求正文嵌套过深。"), say('请发送形如 {"字段": 值} 的 JSON。')) from None
