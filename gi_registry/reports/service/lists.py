"""What is owed: the producer's own years, and the officer's region."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from gi_registry.registry.models import Authorisation
from gi_registry.registry.queries import authorisations_of
from gi_registry.reports import queries
from gi_registry.reports.queries import Obligation, Wanted
from gi_registry.reports.rules.obligation import Status, owed_years
from gi_registry.workflow import Work


@dataclass(frozen=True)
class Listed:
    """A page of obligations (rows are derived from what ``page`` returned) with the counts of the year."""

    rows: tuple[Obligation, ...]
    page: Any
    counts: dict[str, int]


def my_obligations(work: Work) -> tuple[Obligation, ...]:
    """Return every owed year of the actor's organisation that has begun: returned ones first, then open, overdue and the rest."""
    work.require("report:view")
    organisation = work.actor.organisation_id
    if organisation is None:
        return ()
    found: list[Obligation] = []
    for authorisation in authorisations_of(work.session, organisation):
        term = queries.term_of(work.session, authorisation, today=work.today)
        for year in owed_years(term, until=work.today.year) if term is not None else ():
            found += queries.obligations(work.session, year, today=work.today, condition=_only(authorisation))
    order = {Status.OPEN: 1, Status.OVERDUE: 2, Status.NOT_OPEN: 3}
    return tuple(sorted(found, key=lambda item: (_order(item, order), -item.year)))


def list_obligations(work: Work, year: int, *, wanted: Wanted, paginate: Callable[[Any, Any], Any]) -> Listed:
    """Return a page of a year's obligations in the actor's region under the filters; ``paginate`` runs the query for the page asked."""
    work.require("report:view")
    condition = work.visible(Authorisation, "report:view")
    windows = queries.windows_of(work.session, year, today=work.today, condition=condition)
    query = queries.obligation_query(year, condition=condition, wanted=wanted, windows=windows, today=work.today)
    page = paginate(work.session, query)
    rows = tuple(queries.derive(work.session, page.rows, year=year, today=work.today))
    return Listed(rows, page, count_obligations(work, year))


def count_obligations(work: Work, year: int) -> dict[str, int]:
    """Return how many obligations of a year in the actor's region stand how; the desk shows the same."""
    condition = work.visible(Authorisation, "report:view")
    return queries.count_by_status(work.session, year, today=work.today, condition=condition)


def export_rows(rows: Iterable[Obligation]) -> list[dict[str, Any]]:
    """Return obligations as flat rows for CSV and JSON."""
    return [
        {
            "authorisation": row.authorisation.number,
            "user": row.user_name,
            "gi": row.gi_name,
            "year": row.year,
            "status": row.status.value,
            "due_on": row.due_on.isoformat(),
            "state": row.report.state if row.report is not None else "",
            "number": row.report.number if row.report is not None else "",
            "receipt": (row.report.receipt_number or "") if row.report is not None else "",
        }
        for row in rows
    ]


def _only(authorisation: Authorisation) -> Any:
    return Authorisation.id == authorisation.id


def _order(item: Obligation, order: dict[Status, int]) -> int:
    if item.report is not None and item.report.state == "returned":
        return 0
    return order.get(item.status, 4)
