"""Reads of places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlmodel import Session, col, func, or_, select

from gi_registry.divisions.models import CalendarDay, CalendarYear, Division, DivisionSuccession
from gi_registry.divisions.rules import WorkingDays, path_codes, short_name
from gi_registry.divisions.rules.units import PREFECTURE, Gazetteer, Place, Succession, spellings
from gi_registry.kernel.errors import NotFound, invalid
from gi_registry.kernel.words import say

LONGEST_COUNTY = 6
_AT_ONCE = 500


def find_division(session: Session, code: str) -> Division | None:
    """Return the division with this code."""
    return session.get(Division, code)


def get_division(session: Session, code: str) -> Division:
    """Return the division with this code; raise NotFound."""
    found = session.get(Division, code)
    if found is None:
        raise NotFound
    return found


def path_of(session: Session, code: str) -> str:
    """Return the tree path of a division; empty when it is not on file."""
    found = session.get(Division, code) if code else None
    return found.path if found else ""


def full_name(session: Session, code: str | None) -> str:
    """Return the names from the province down (江苏省苏州市昆山市); the code itself when it is not on file."""
    if not code:
        return ""
    path = path_of(session, code)
    if not path:
        return code
    names = {row.code: row.name for row in session.exec(select(Division).where(col(Division.code).in_(path_codes(path))))}
    return "".join(names.get(part, "") for part in reversed(path_codes(path)))


def named(session: Session, name: str, under: str = "") -> list[Division]:
    """Return the divisions called ``name`` (with or without its ending: 镇江 is 镇江市), in the subtree of the code ``under``."""
    stem = short_name(name.strip())
    query = select(Division).where(or_(Division.name == name.strip(), col(Division.name).startswith(stem, autoescape=True)))
    if under:
        query = query.where(col(Division.path).startswith(path_of(session, under) or f"/{under}/", autoescape=True))
    return [row for row in session.exec(query.order_by(Division.path)) if row.name == name.strip() or short_name(row.name) == stem]


def name_in_numbers(session: Session, code: str) -> str:
    """Return the name of a place in document numbers: the short one (昆山), which no two provinces, cities or counties share.

    The highest place keeps a short name (长沙), one below it takes its whole name (长沙县), and of several with one whole name each has
    that of the place above in front (徐州鼓楼区). The code itself when it is not on file.
    """
    division = find_division(session, code)
    if division is None:
        return code
    short = short_name(division.name)
    others = [row for row in named(session, short) if row.code != code and len(row.code) <= LONGEST_COUNTY]
    if all(len(row.code) > len(code) for row in others):
        return short
    above = find_division(session, division.parent_code) if division.parent_code else None
    if above is None or all(row.name != division.name for row in others):
        return division.name
    return short_name(above.name) + division.name


def list_divisions(session: Session, *, under: str = "", on: date | None = None) -> list[Division]:
    """Return the divisions in the order of the tree, of a subtree and in force on a day where given."""
    query = select(Division).order_by(Division.path)
    if under:
        query = query.where(col(Division.path).startswith(path_of(session, under) or f"/{under}/", autoescape=True))
    if on is not None:
        query = query.where(or_(col(Division.valid_from).is_(None), col(Division.valid_from) <= on))
        query = query.where(or_(col(Division.valid_to).is_(None), col(Division.valid_to) > on))
    return list(session.exec(query))


def working_days(session: Session) -> WorkingDays:
    """Return the calendar as loaded."""
    years = frozenset(session.exec(select(CalendarYear.year)))
    return WorkingDays(years=years, exceptions={row.day: row.working for row in session.exec(select(CalendarDay))})


def resolve(session: Session, names: str, field: str) -> str:
    """Return the code of a place written as names from the wide to the narrow (``江苏省/镇江``).

    Each name is looked up below the one before; of several with one name the highest wins. Raises Invalid naming what was not found or
    is still ambiguous.
    """
    code = ""
    for name in (part.strip() for part in names.split("/")):
        if not name:
            continue
        found = named(session, name, code)
        if not found:
            raise invalid(
                field,
                say("没有找到区划“%(name)s”。", name=name),
                say("请核对地名，或先导入行政区划（divisions）。"),
                value=names,
            )
        depth = min(row.path.count("/") for row in found)
        highest = [row for row in found if row.path.count("/") == depth]
        if len(highest) > 1:
            listed = "、".join(f"{row.name}（{row.code}）" for row in highest[:4])
            raise invalid(field, say("“%(name)s”可能是：%(listed)s。", name=name, listed=listed), say("请改填区划代码。"), value=names)
        code = highest[0].code
    return code


def full_names(session: Session, codes: Iterable[str | None]) -> dict[str, str]:
    """Return the names from the province down of many places, in two queries; a code that is not on file stands for itself."""
    wanted = {code for code in codes if code}
    paths = {row.code: row.path for row in session.exec(select(Division).where(col(Division.code).in_(wanted)))}
    above = {part for path in paths.values() for part in path_codes(path)}
    names = {row.code: row.name for row in session.exec(select(Division).where(col(Division.code).in_(above)))}
    full = {code: "".join(names[part] for part in reversed(path_codes(path))) for code, path in paths.items()}
    return {code: full.get(code, code) for code in wanted}


def successions(session: Session) -> tuple[Succession, ...]:
    """Return what came after what, in the order in which it happened: as the rows and the column of the only successor tell it."""
    ended = select(Division).where(col(Division.successor_code).is_not(None), col(Division.valid_to).is_not(None))
    found = {Succession(row.code, row.successor_code, row.since) for row in session.exec(select(DivisionSuccession))}
    found |= {Succession(row.code, row.successor_code or "", row.valid_to or date.min) for row in session.exec(ended)}
    return tuple(sorted(found, key=lambda each: (each.since, each.code, each.successor)))


def successions_of(session: Session, code: str) -> list[DivisionSuccession]:
    """Return the rows of a place's successors, oldest first."""
    query = select(DivisionSuccession).where(DivisionSuccession.code == code)
    return list(session.exec(query.order_by(col(DivisionSuccession.since), col(DivisionSuccession.successor_code))))


def every_succession(session: Session) -> dict[str, list[DivisionSuccession]]:
    """Return the rows of all successors by place, oldest first."""
    found: dict[str, list[DivisionSuccession]] = {}
    for row in session.exec(select(DivisionSuccession).order_by(col(DivisionSuccession.since), col(DivisionSuccession.id))):
        found.setdefault(row.code, []).append(row)
    return found


def gazetteer(session: Session, names: Sequence[str], *, within: Sequence[str] = ()) -> tuple[Gazetteer, tuple[str, ...]]:
    """Return the places that a list of names may mean with all above and after them, and the paths of ``within`` and of what was before."""
    changes = successions(session)
    inside = _with_predecessors(within, changes)
    rows = {row.code: row for row in _called(session, sorted(spellings(names)))}
    rows |= {row.code: row for row in _by_code(session, {*inside, *(code for each in changes for code in (each.code, each.successor))})}
    for code in within:  # a unit that is unknown is told with its neighbours of the same stem
        rows |= {row.code: row for row in list_divisions(session, under=code)}
    above = {code for row in rows.values() for code in path_codes(row.path)} - rows.keys()
    rows |= {row.code: row for row in _by_code(session, above)}
    places = {code: Place(row.code, row.name, row.path, row.valid_from, row.valid_to) for code, row in rows.items()}
    known = Gazetteer(places, changes)
    return known, tuple(places[code].path if code in places else f"/{code}/" for code in inside)


def _with_predecessors(codes: Sequence[str], changes: Sequence[Succession]) -> list[str]:
    found = [code for code in codes if code]
    for code in found:  # grows while it is read: predecessors of predecessors too
        found += [each.code for each in changes if each.successor == code and each.code not in found]
    return found


def _called(session: Session, names: list[str]) -> list[Division]:
    rows: list[Division] = []
    for start in range(0, len(names), _AT_ONCE):
        rows += session.exec(select(Division).where(col(Division.name).in_(names[start : start + _AT_ONCE])))
    if any(name.endswith("州") for name in names):
        rows += session.exec(select(Division).where(col(Division.name).endswith(PREFECTURE)))
    return rows


def _by_code(session: Session, codes: Iterable[str]) -> list[Division]:
    wanted, rows = sorted(codes), list[Division]()
    for start in range(0, len(wanted), _AT_ONCE):
        rows += session.exec(select(Division).where(col(Division.code).in_(wanted[start : start + _AT_ONCE])))
    return rows


def boxes_around(session: Session, paths: Iterable[str]) -> tuple[tuple[float, float, float, float], ...]:
    """Return the boxes (west, south, east, north) of places by their paths; of one without a box that of the nearest above it."""
    wanted = set(paths)
    rows = {row.code: row.box for row in _by_code(session, {code for path in wanted for code in path_codes(path)})}
    found: dict[str, tuple[float, float, float, float]] = {}
    for path in wanted:
        code = next((code for code in path_codes(path) if rows.get(code)), None)
        if code is not None:
            west, south, east, north = (float(part) for part in rows[code].split(","))
            found[code] = (west, south, east, north)
    return tuple(found.values())


def levels_within(session: Session, codes: Sequence[str]) -> frozenset[int]:
    """Return the lengths of the codes on file in some places: which levels of the tree are loaded there; of none, in the whole tree."""
    query = select(func.length(Division.code)).distinct()
    if codes:
        query = query.where(or_(*(col(Division.path).startswith(path_of(session, code) or f"/{code}/", autoescape=True) for code in codes)))
    return frozenset(session.exec(query))
