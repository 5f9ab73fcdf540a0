"""Tables of places and days."""

from datetime import date

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from gi_registry.db import Row


class Division(Row, table=True):
    """A place of the administrative tree, from ``valid_from`` to before ``valid_to``; its successor took over its business."""

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
