"""Use cases of places and days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from gi_registry.divisions import queries
from gi_registry.divisions.models import CalendarDay, CalendarYear, Division, DivisionSuccession
from gi_registry.divisions.rules import WorkingDays, level_of, parent_of, path_under
from gi_registry.divisions.schemas import DivisionForm
from gi_registry.kernel.errors import invalid
from gi_registry.kernel.words import say
from gi_registry.workflow import Work

SOURCE = "国务院办公厅节假日安排（chinesecalendar）"


def working_days(session: Session) -> WorkingDays:
    """Return the working-day calendar as loaded: pure, keep it for the length of one piece of work."""
    return queries.working_days(session)


def put_division(work: Work, fields: DivisionForm) -> bool:
    """Enter a place, or correct its name, parent and validity; return whether anything changed.

    Raises Invalid for a parent or successor that is not on file: parents come first in a file. Successors that one column does not tell
    (several, a part only, with a source) stand in rows of their own.
    """
    parent_code = fields.parent_code or parent_of(fields.code)
    parent = queries.find_division(work.session, parent_code) if parent_code else None
    if parent_code and parent is None:
        raise invalid("parent_code", say("没有上级区划 %(code)s。", code=parent_code), say("请把上级排在下级之前。"), value=parent_code)
    for code in fields.successors:
        if code != fields.code and queries.find_division(work.session, code) is None:
            raise invalid("successor_code", say("没有承接区划 %(code)s。", code=code), say("请把承接的区划排在前面。"))
    values = {
        "name": fields.name,
        "level": level_of(fields.code).value,
        "parent_code": parent_code,
        "path": path_under(parent.path if parent else None, fields.code),
        "valid_from": fields.valid_from,
        "valid_to": fields.valid_to,
        "box": fields.box,
    }
    if not fields.successors or fields.since == fields.valid_to:
        values["successor_code"] = _only_successor(fields)
    changed = _put_values(work, fields.code, values)
    return _put_succession(work, fields) or changed


def _only_successor(fields: DivisionForm) -> str | None:
    whole = len(fields.successors) == 1 and fields.successors[0] != fields.code
    return fields.successors[0] if whole else None


def _put_values(work: Work, code: str, values: dict[str, Any]) -> bool:
    row = queries.find_division(work.session, code)
    if row is None:
        work.record(Division(code=code, **values), "division:register")
        work.flush()
        return True
    if all(getattr(row, name) == value for name, value in values.items()):
        return False
    _move(work, row, str(values["path"]))
    for name, value in values.items():
        setattr(row, name, value)
    work.record(row, "division:change")
    work.flush()
    return True


def _put_succession(work: Work, fields: DivisionForm) -> bool:
    """Enter who has the ground from a day on; a successor that is no longer named for that day is taken back."""
    if fields.since is None or not fields.successors or (_only_successor(fields) and not fields.source and not fields.changed_on):
        return False
    known = {row.successor_code: row for row in queries.successions_of(work.session, fields.code) if row.since == fields.since}
    for code, row in known.items():
        if code not in fields.successors:
            work.record_deleted(row, "division_succession:correct")
    changed = bool(known.keys() - set(fields.successors))
    for code in fields.successors:
        row = known.get(code) or DivisionSuccession(code=fields.code, successor_code=code, since=fields.since)
        if row.id is None or row.source != fields.source:
            row.source, changed = fields.source, True
            work.record(row, "division_succession:register")
            work.flush()
    return changed


def _move(work: Work, row: Division, path: str) -> None:
    """Take the subtree along when a place gets another parent."""
    if path == row.path:
        return
    for below in queries.list_divisions(work.session, under=row.code):
        if below.code != row.code:
            below.path = path + below.path.removeprefix(row.path)
            work.record(below, "division:move")


def put_day(work: Work, day: date, *, working: bool, note: str = "") -> bool:
    """Enter a day that departs from the week, and its year as loaded; return whether anything changed."""
    row = work.session.get(CalendarDay, day)
    if row is not None and (row.working, row.note) == (working, note):
        return False
    row = row or CalendarDay(day=day, working=working)
    row.working, row.note = working, note
    work.record(row, "calendar:day")
    if work.session.get(CalendarYear, day.year) is None:
        work.record(CalendarYear(year=day.year, source="import"), "calendar:year")
    work.flush()
    return True


def seed_calendar(work: Work) -> int:
    """Load the years that the installed calendar knows and the database lacks; return how many."""
    departures = _departures()
    loaded = queries.working_days(work.session).years
    missing = sorted({day.year for day in departures} - loaded)
    if not missing:
        return 0
    digest = sha256(repr(sorted(departures.items())).encode()).hexdigest()
    with work.bulk("calendar:seed", digest):
        for year in missing:
            work.record(CalendarYear(year=year, source=SOURCE), "calendar:year")
        for day, (working, note) in departures.items():
            if day.year in missing:
                work.record(CalendarDay(day=day, working=working, note=note), "calendar:day")
        work.flush()
    return len(missing)


def _departures() -> Mapping[date, tuple[bool, str]]:
    """Return the days on which the State Council's calendar departs from Monday to Friday."""
    from chinese_calendar import constants  # only here: 1,000 lines of dates

    names = {holiday.value: str(holiday.chinese) for holiday in constants.Holiday}
    found: dict[date, tuple[bool, str]] = {}
    first, last = min(constants.holidays), max(constants.holidays)
    day = date(first.year, 1, 1)
    while day <= date(last.year, 12, 31):
        weekday = day.weekday() < 5
        if day in constants.holidays and weekday:
            found[day] = (False, names[constants.holidays[day]])
        elif day in constants.workdays and not weekday:
            found[day] = (True, "调休")
        day += timedelta(days=1)
    return found
