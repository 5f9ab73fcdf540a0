"""Dates that cannot be right: refused in a form, stored as a warning when someone else's file says so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gi_registry.kernel.errors import FieldError
from gi_registry.kernel.words import say


@dataclass(frozen=True)
class BatchDates:
    """The dates a batch states."""

    harvest_year: int
    account_year: int
    harvested_on: date | None = None
    packed_on: date | None = None
    best_before_on: date | None = None


def problems(dates: BatchDates, *, today: date) -> tuple[FieldError, ...]:
    """Return what is wrong with the dates of a batch on a day, field by field."""
    return tuple(
        found
        for found in (_future(dates, today), _packed(dates, today), _best_before(dates), _year(dates), _account(dates, today))
        if found
    )


def _future(dates: BatchDates, today: date) -> FieldError | None:
    if dates.harvested_on is None or dates.harvested_on <= today:
        return None
    on = dates.harvested_on.isoformat()
    return FieldError("harvested_on", say("采收日期 %(on)s 还没有到。", on=on), say("请填写实际采收的日期，采收之后再申报。"), on)


def _packed(dates: BatchDates, today: date) -> FieldError | None:
    if dates.packed_on is None:
        return None
    on = dates.packed_on.isoformat()
    if dates.packed_on > today:
        return FieldError("packed_on", say("包装日期 %(on)s 还没有到。", on=on), say("请填写实际包装的日期，未包装可以不填。"), on)
    if dates.harvested_on and dates.packed_on < dates.harvested_on:
        return FieldError("packed_on", say("包装日期早于采收日期。"), say("请核对两个日期。"), on)
    return None


def _best_before(dates: BatchDates) -> FieldError | None:
    start = dates.packed_on or dates.harvested_on
    if dates.best_before_on is None or start is None or dates.best_before_on > start:
        return None
    return FieldError("best_before_on", say("保质期止于包装之前。"), say("请核对保质期截止日期。"), dates.best_before_on.isoformat())


def _year(dates: BatchDates) -> FieldError | None:
    if dates.harvested_on is None or abs(dates.harvested_on.year - dates.harvest_year) <= 1:
        return None
    return FieldError(
        "harvest_year",
        say("采收年度 %(year)s 与采收日期 %(on)s 不符。", year=dates.harvest_year, on=dates.harvested_on.isoformat()),
        say("请核对年度和日期；跨年采收最多相差一年。"),
        str(dates.harvest_year),
    )


def _account(dates: BatchDates, today: date) -> FieldError | None:
    if dates.account_year < dates.harvest_year:
        return FieldError(
            "account_year", say("计入年度早于采收年度。"), say("往年库存只能计入采收当年或以后的年度。"), str(dates.account_year)
        )
    if dates.account_year > today.year + 1:
        return FieldError(
            "account_year", say("计入年度 %(year)s 还没有到。", year=dates.account_year), say("请核对年度。"), str(dates.account_year)
        )
    return None
