"""Reads of annual reports and of what is owed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, true
from sqlalchemy.orm import aliased, defer
from sqlmodel import Session, col, select

from gi_registry.accounts.models import Organisation
from gi_registry.divisions.queries import full_name
from gi_registry.kernel.errors import NotFound
from gi_registry.policy.service import at, find
from gi_registry.registry.models import Authorisation, Gi, Product
from gi_registry.reports.models import AnnualReport, ReportAttachment, ReportFiling
from gi_registry.reports.rules.life import EDITABLE, ENDED, IN_FORCE, State
from gi_registry.reports.rules.obligation import Status, Term, status_of
from gi_registry.reports.rules.rollup import MISSING, SUBMITTED, Tally
from gi_registry.reports.rules.window import KEY, Window, window_of

FIRST_YEAR = "report.first-year"
AUTHORISED = ("active", "change_review", "rectifying", "deregistered")
"""States of an authorisation that was announced; drafts and refused applications owe nothing."""
SUMS = {SUBMITTED: (Status.FILED, Status.LATE), MISSING: (Status.OPEN, Status.OVERDUE, Status.NOT_OPEN)}
PHOTOS = ("front", "back", "mark")


@dataclass(frozen=True)
class Obligation:
    """One authorisation and one year: how it stands, until when, and the report that counts, if any."""

    authorisation: Authorisation
    year: int
    status: Status
    window: Window
    report: AnnualReport | None
    gi_name: str = ""
    user_name: str = ""

    @property
    def due_on(self) -> date:
        """The last day in time."""
        return self.window.due_on


@dataclass(frozen=True)
class Wanted:
    """The filters of a list of obligations.

    ``status`` is a derived status, ``returned``, or one that sums up: ``submitted`` (filed or late), ``missing`` (open or overdue).
    ``state`` is a state of the report, ``division`` the code of a place.
    """

    status: str = ""
    state: str = ""
    text: str = ""
    gi_id: int | None = None
    division: str = ""


def get_report(session: Session, report_id: int) -> AnnualReport:
    """Return the report; raise NotFound. Whether the actor may see it is asked by the service."""
    report = session.get(AnnualReport, report_id)
    if report is None:
        raise NotFound
    return report


def lock_report(session: Session, report_id: int) -> AnnualReport:
    """Return the report as it is now, held until the end of the transaction; raise NotFound."""
    report = session.get(AnnualReport, report_id, with_for_update=True, populate_existing=True)
    if report is None:
        raise NotFound
    return report


def lock_years(session: Session, authorisation_id: int) -> None:
    """Let one transaction at a time begin reports of an authorisation (PostgreSQL; on SQLite only one writes anyway)."""
    session.exec(select(Authorisation.id).where(Authorisation.id == authorisation_id).with_for_update()).first()


def find_report(session: Session, authorisation_id: int, year: int) -> AnnualReport | None:
    """Return the report that counts: the one in force, else the open draft or returned one."""
    return session.exec(select(AnnualReport).where(col(AnnualReport.id) == _current(authorisation_id, year))).first()


def find_editable(session: Session, authorisation_id: int, year: int) -> AnnualReport | None:
    """Return the draft or returned report that is being written, which may amend the one in force."""
    query = select(AnnualReport).where(
        AnnualReport.authorisation_id == authorisation_id, AnnualReport.year == year, col(AnnualReport.state).in_(EDITABLE)
    )
    return session.exec(query).first()


def find_open_amendment(session: Session, report_id: int) -> AnnualReport | None:
    """Return the amendment of a report that is neither accepted nor ended."""
    settled = (*ENDED, State.ACCEPTED)
    query = select(AnnualReport).where(AnnualReport.amends_id == report_id, col(AnnualReport.state).not_in(settled))
    return session.exec(query).first()


def find_accepted(session: Session, authorisation_id: int, year: int) -> AnnualReport | None:
    """Return the accepted report of a year."""
    query = select(AnnualReport).where(
        AnnualReport.authorisation_id == authorisation_id, AnnualReport.year == year, AnnualReport.state == State.ACCEPTED
    )
    return session.exec(query).first()


def list_revisions(session: Session, authorisation_id: int, year: int) -> Sequence[AnnualReport]:
    """Return the report of a year and its amendments, the first one first."""
    query = select(AnnualReport).where(AnnualReport.authorisation_id == authorisation_id, AnnualReport.year == year)
    return session.exec(query.order_by(col(AnnualReport.revision))).all()


def filings_of(session: Session, report_id: int) -> Sequence[ReportFiling]:
    """Return every filing of a report, the first one first."""
    query = select(ReportFiling).where(ReportFiling.report_id == report_id).order_by(col(ReportFiling.sequence))
    return session.exec(query).all()


def attachments_of(session: Session, report_id: int) -> dict[str, ReportAttachment]:
    """Return the papers of a report by kind, the latest of each kind."""
    query = select(ReportAttachment).where(ReportAttachment.report_id == report_id).order_by(col(ReportAttachment.id))
    return {item.kind: item for item in session.exec(query)}


def photos_of(session: Session, report_id: int) -> dict[str, str]:
    """Return the SHA-256 of the photos of a report by kind, in the order of the form."""
    found = attachments_of(session, report_id)
    return {kind: found[kind].sha256 for kind in PHOTOS if kind in found}


def filed_years(session: Session, authorisation_id: int) -> frozenset[int]:
    """Return the years for which something is in force or was returned, that is: was submitted."""
    submitted = (*IN_FORCE, State.RETURNED)
    query = select(AnnualReport.year).where(AnnualReport.authorisation_id == authorisation_id, col(AnnualReport.state).in_(submitted))
    return frozenset(session.exec(query.distinct()))


def modes_of(session: Session, authorisation_id: int) -> tuple[str, ...]:
    """Return the marking modes of the user's products, in the order in which they were registered."""
    query = select(Product.marking_mode).where(Product.authorisation_id == authorisation_id).order_by(col(Product.id))
    return tuple(dict.fromkeys(session.exec(query)))


def unit_of(session: Session, authorisation_id: int) -> str:
    """Return the unit of the user's goods: ``piece`` when every product is counted in pieces, else ``g``."""
    units = set(session.exec(select(Product.unit).where(Product.authorisation_id == authorisation_id)))
    return "piece" if units == {"piece"} else "g"


def stated(report: AnnualReport | None, key: str) -> int | None:
    """Return a figure as filed, in stored units; None when it was not stated, or the report is nil or not filed."""
    figures = report.filed_content.get("figures", {}) if report is not None else {}
    value = figures.get(key, {}).get("value")
    return value if isinstance(value, int) else None


def marked_quantity(session: Session, authorisation_id: int, year: int, mode: str) -> int | None:
    """Return the marked quantity of one marking mode as filed for a year (grams or pieces)."""
    report = find_report(session, authorisation_id, year)
    return stated(report, f"{mode}.marked") if report is not None and report.state in IN_FORCE else None


def window_for(session: Session, division: str, year: int) -> Window:
    """Return the window of a report year under the policy that holds in ``division`` when it opens."""
    parameter = at(session, KEY, division, date(year + 1, 1, 1))
    return window_of(year, parameter.value, parameter.version)


def term_of(session: Session, authorisation: Authorisation, *, today: date) -> Term | None:
    """Return the term of an announced authorisation; None for one that was never announced or whose dates are not known."""
    if authorisation.state not in AUTHORISED or authorisation.valid_from is None:
        return None
    return Term(authorisation.valid_from, authorisation.valid_to, first_year(session, authorisation.authority_division, today=today))


def first_year(session: Session, division: str, *, today: date) -> int:
    """Return the first report year of a jurisdiction; 0 where policy names none."""
    parameter = find(session, FIRST_YEAR, division, today)
    return 0 if parameter is None else int(parameter.value)


def obligations(session: Session, year: int, *, today: date, condition: ColumnElement[bool] | None = None) -> list[Obligation]:
    """Return every obligation of a year that ``condition`` on Authorisation admits, by authorisation number."""
    query = obligation_query(year, condition=true() if condition is None else condition)
    return list(derive(session, session.execute(query), year=year, today=today))


def derive(session: Session, rows: Iterable[Any], *, year: int, today: date) -> Iterable[Obligation]:
    """Turn rows (authorisation, GI name, user name, report or None) of ``obligation_query`` into obligations."""
    windows: dict[str, Window | None] = {}
    for authorisation, gi_name, user_name, report in rows:
        division = authorisation.authority_division
        if division not in windows:
            windows[division] = _window_if_owed(session, division, year, today)
        window = windows[division]
        if window is None:
            continue
        submitted = report.first_filed_on if report is not None else None
        status = status_of(window, today=today, first_filed_on=submitted)
        yield Obligation(authorisation, year, status, window, report, gi_name, user_name)


ORDERS: dict[str, Any] = {
    "number": col(Authorisation.number),
    "user": func.coalesce(Organisation.name, Authorisation.raw_name),
    "gi": col(Gi.name),
}


def obligation_query(
    year: int,
    *,
    condition: ColumnElement[bool],
    wanted: Wanted | None = None,
    windows: Mapping[Window, Sequence[str]] | None = None,
    today: date | None = None,
) -> Any:
    """Return the query of (authorisation, GI name, user name, report or None) for a year.

    A filter by derived status needs the ``windows`` of the divisions concerned and ``today``.
    """
    wanted = wanted or Wanted()
    report = aliased(AnnualReport)
    query = (
        select(Authorisation, Gi.name, func.coalesce(Organisation.name, Authorisation.raw_name), report)
        .options(*(defer(column) for column in (report.figures, report.texts, report.filed_content)))  # type: ignore[arg-type]  # instrumented
        .join(Gi, col(Gi.id) == Authorisation.gi_id)
        .outerjoin(Organisation, col(Organisation.id) == Authorisation.organisation_id)
        .outerjoin(report, col(report.id) == _current(col(Authorisation.id), year))
        .where(condition, *_owed(year))
    )
    if wanted.text:
        columns = (Authorisation.number, Authorisation.raw_name, Organisation.name, Organisation.uscc, Gi.name)
        query = query.where(or_(*(col(column).contains(wanted.text, autoescape=True) for column in columns)))
    if wanted.gi_id is not None:
        query = query.where(Authorisation.gi_id == wanted.gi_id)
    if wanted.division:
        query = query.where(col(Authorisation.authority_division) == wanted.division)
    if windows is not None:
        query = query.where(col(Authorisation.authority_division).in_([code for codes in windows.values() for code in codes]))
    if wanted.state:
        query = query.where(col(report.state) == wanted.state, col(report.filings) > 0)
    if wanted.status:
        query = query.where(_status_is(wanted.status, report, windows or {}, today or date.max))
    return query.order_by(col(Authorisation.number))


def windows_of(session: Session, year: int, *, today: date, condition: ColumnElement[bool]) -> dict[Window, list[str]]:
    """Return the windows of a year with the divisions in which each holds, for the authorisations that ``condition`` admits.

    Divisions that owe nothing for the year yet are left out.
    """
    divisions = session.exec(select(Authorisation.authority_division).where(condition, *_owed(year)).distinct())
    found: dict[Window, list[str]] = {}
    for division in divisions:
        window = _window_if_owed(session, division, year, today)
        if window is not None:
            found.setdefault(window, []).append(division)
    return found


def count_by_status(session: Session, year: int, *, today: date, condition: ColumnElement[bool]) -> dict[str, int]:
    """Return how many obligations of a year stand how, and how many of them are ``returned``."""
    report = aliased(AnnualReport)
    columns = (col(Authorisation.authority_division), col(report.state), col(report.first_filed_on))
    query = (
        select(*columns, func.count())
        .select_from(Authorisation)
        .outerjoin(report, col(report.id) == _current(col(Authorisation.id), year))
        .where(condition, *_owed(year))
        .group_by(*columns)
    )
    counts = dict.fromkeys([*Status, "returned"], 0)
    windows = windows_of(session, year, today=today, condition=condition)
    window_in = {division: window for window, codes in windows.items() for division in codes}
    for division, state, filed_on, count in session.execute(query):
        if division not in window_in:
            continue
        counts[status_of(window_in[division], today=today, first_filed_on=filed_on)] += count
        counts["returned"] += count if state == State.RETURNED else 0
    return {str(key): value for key, value in counts.items()}


def tallied(session: Session, year: int, *, condition: ColumnElement[bool]) -> Iterable[Any]:
    """Return how many obligations of a year stand alike: rows (division, gi_id, state, first_filed_on, count)."""
    report = aliased(AnnualReport)
    columns: tuple[Any, ...] = (
        col(Authorisation.authority_division).label("division"),
        col(Authorisation.gi_id).label("gi_id"),
        col(report.state).label("state"),
        col(report.first_filed_on).label("first_filed_on"),
    )
    query = (
        select(*columns, func.count().label("count"))  # type: ignore[call-overload]  # labelled columns
        .select_from(Authorisation)
        .outerjoin(report, col(report.id) == _current(col(Authorisation.id), year))
        .where(condition, *_owed(year))
        .group_by(*columns)
    )
    return session.execute(query)


def names_of_gis(session: Session, gi_ids: Sequence[int]) -> dict[int, str]:
    """Return the names of these GIs."""
    return {int(key or 0): name for key, name in session.exec(select(Gi.id, Gi.name).where(col(Gi.id).in_(set(gi_ids))))}


def named_regions(session: Session, tallies: Mapping[str, Tally]) -> list[tuple[str, str, Tally]]:
    """Return (code, full name, tally) of each place, in the order of the codes."""
    return [(code, full_name(session, code), tally) for code, tally in sorted(tallies.items())]


def _window_if_owed(session: Session, division: str, year: int, today: date) -> Window | None:
    return window_for(session, division, year) if year >= first_year(session, division, today=today) else None


def _owed(year: int) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Authorisation.state).in_(AUTHORISED),
        col(Authorisation.valid_from) <= date(year, 12, 31),
        or_(col(Authorisation.valid_to).is_(None), col(Authorisation.valid_to) > date(year, 1, 1)),
    )


def _current(authorisation_id: Any, year: int) -> Any:
    """The lowest revision that has not ended: an amendment counts only once the report it amends is superseded."""
    inner = aliased(AnnualReport)
    query = select(inner.id).where(inner.authorisation_id == authorisation_id, inner.year == year, col(inner.state).not_in(tuple(ENDED)))
    return query.order_by(col(inner.revision)).limit(1).scalar_subquery()


def _status_is(status: str, report: type[AnnualReport], windows: Mapping[Window, Sequence[str]], today: date) -> ColumnElement[bool]:
    if status == State.RETURNED:
        return col(report.state) == State.RETURNED
    if status in SUMS:
        return or_(*(_status_is(part, report, windows, today) for part in SUMS[status]))
    division = col(Authorisation.authority_division)
    held = [and_(division.in_(codes), _in_window(status, report, window, today)) for window, codes in windows.items()]
    return or_(false(), *held)


def _in_window(status: str, report: type[AnnualReport], window: Window, today: date) -> ColumnElement[bool]:
    filed_on = col(report.first_filed_on)
    if status == Status.FILED:
        return filed_on <= window.due_on
    if status == Status.LATE:
        return filed_on > window.due_on
    unfiled = status_of(window, today=today, first_filed_on=None)
    return filed_on.is_(None) if status == unfiled else false()
