"""Pages of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from gi_registry.web.arguments import number_arg

PER_PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of rows, with the count of all."""

    rows: Sequence[Any]
    total: int
    number: int
    per_page: int

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.per_page))


def page_number() -> int:
    """Return the page that the address asks for."""
    return number_arg("page", least=1, most=1_000_000) or 1


def paginate(session: Session, query: Any, *, per_page: int = PER_PAGE) -> Page:
    """Run a query for the page that the address asks for."""
    total = session.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    number = page_number()
    rows = session.exec(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(rows, total, number, per_page)


def everything(session: Session, query: Any) -> Page:
    """Run a query for all its rows, as one page, where an export needs what a list derives from a page."""
    rows = all_rows(session, query)
    return Page(rows, len(rows), 1, max(1, len(rows)))


def all_rows(session: Session, query: Any) -> Sequence[Any]:
    """Return every row of a query, for the export of a list."""
    rows: Sequence[Any] = session.exec(query).all()
    return rows
