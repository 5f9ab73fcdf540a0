"""The order of a list, as the address asks for it: ``?sort=name`` upwards, ``?sort=-name`` downwards, anything else the list's own.

A list says which orders it offers as a mapping of names to columns (or, for rows already read, to keys); the first of them is unique
and decides between equals, so that a row never stands on two pages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, request
from sqlalchemy import case

from gi_registry.web.arguments import address_with

_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Head:
    """One head of a table: the address that sorts by it, and how the list is sorted by it now."""

    href: str
    direction: str  # "ascending", "descending" or ""


def ordered(query: Any, orders: Mapping[str, Any]) -> Any:
    """Return the query in the order that the address asks for; rows without a value stand last in both directions."""
    name, downwards = _asked()
    if name not in orders:
        return query
    column = orders[name]
    unique = next(iter(orders.values()))
    return query.order_by(None).order_by(case((column.is_(None), 1), else_=0), column.desc() if downwards else column, unique)


def in_order(rows: Sequence[_Row], keys: Mapping[str, Callable[[_Row], Any]]) -> tuple[_Row, ...]:
    """Return rows that are already read in the order that the address asks for."""
    name, downwards = _asked()
    return tuple(sorted(rows, key=keys[name], reverse=downwards) if name in keys else rows)


def sort_head(name: str) -> Head:
    """Return the head of a column: its link sorts upwards, the next one downwards; the filters stay, the page is the first again."""
    asked, downwards = _asked()
    mine = asked == name
    href = address_with(page=None, format=None, sort=f"-{name}" if mine and not downwards else name)
    return Head(href, ("descending" if downwards else "ascending") if mine else "")


def _asked() -> tuple[str, bool]:
    text = request.args.get("sort", "")
    return text.removeprefix("-"), text.startswith("-")


def register_sorting(app: Flask) -> None:
    """Give the templates the heads of sortable tables, and the address of the same list with something changed."""
    app.jinja_env.globals.update(sort_head=sort_head, address_with=address_with)
