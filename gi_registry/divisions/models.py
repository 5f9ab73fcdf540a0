"""Tables of places and days."""

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field

from gi_registry.db import Row


class Division(Row, table=True):
    """A place of the administrative tree, from ``valid_from`` to before ``valid_to``; its successor took over its business.

    ``box`` is the box around its outline in degrees, ``west,south,east,north``, where it is known: no outline, and no map.
    """

    __tablename__ = "division"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'city', 'county', 'township', 'village')", name="level"),
        CheckConstraint("valid_to IS NULL OR valid_from IS NULL OR valid_from < valid_to", name="validity"),
    )

    code: str = Field(primary_key=True, max_length=12)
    name: str = Field(index=True)
    level: str
    parent_code: str | None = Field(default=None, foreign_key="division.code", index=True)
    path: str = Field(index=True)
    valid_from: date | None = None
    valid_to: date | None = None
    successor_code: str | None = Field(default=None, foreign_key="division.code")
    box: str = Field(default="", sa_column_kwargs={"server_default": ""})


class DivisionSuccession(Row, table=True):
    """From a day on a place's ground (all of it, or a part) belongs to a successor; a place that gave up a part names itself too.

    A place may have several successors, and several such days in its life; ``source`` is the decision.
    """

    __tablename__ = "division_succession"
    __table_args__ = (UniqueConstraint("code", "successor_code", "since"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str = Field(foreign_key="division.code")
    successor_code: str = Field(foreign_key="division.code")
    since: date
    source: str = ""


class CalendarDay(Row, table=True):
    """A day on which the State Council's calendar departs from the week: a holiday, or a weekend that is worked (调休)."""

    __tablename__ = "calendar_day"

    day: date = Field(primary_key=True)
    working: bool
    note: str = ""


class CalendarYear(Row, table=True):
    """A year whose calendar is loaded, and where it came from."""

    __tablename__ = "calendar_year"

    year: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    source: str
