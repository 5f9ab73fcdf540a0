"""What is asked of the archive, as Ibis expressions: the same objects run on DuckDB and on a Spark cluster.

Each takes a table with the columns of ``files.SCHEMA``. Only counted checks say anything about copies; a place's province is its first two
digits. Provinces are counted as bits of one number: a set of at most 63 costs one word per code, where a distinct count keeps a table.
"""

from __future__ import annotations

from datetime import datetime

import ibis
from ibis import _
from ibis.expr.types import IntegerValue, Table

from gi_registry.scans.rules.clones import CountingTest

_FIRST_PROVINCE = 11
_LAST_BIT = 62
CODE = ("range_id", "serial")


@ibis.udf.scalar.builtin  # type: ignore[untyped-decorator]  # Ibis publishes no types
def bit_count(number: int) -> int:  # type: ignore[empty-body]
    """Return how many bits of a number are set; both engines have it under this name."""
    # the engines compute it


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]  # as above
def bit_or(number: int) -> int:  # type: ignore[empty-body]
    """Return the bits that are set in any number; Ibis has no rule of its own for it on Spark."""
    # the engines compute it


def province(place: IntegerValue) -> IntegerValue:
    """Return the two digits of a place's province, 0 where it is not known."""
    return (place // 10_000).cast("int32")


def widespread(scans: Table, test: CountingTest, *, days: int, since: datetime) -> Table:
    """Return the codes that can meet the counting test: (range_id, serial), checked since a moment, often enough and in enough provinces.

    ``days`` is how many day files the table has: what meets the test in all has its share on one of them, so that nearly every row is
    passed over by a number in it. A superset: which codes meet the test within its hours is for ``rules.clones.busiest`` to say.
    """
    often = scans.filter(_.counted & (_.checks >= -(-test.least // days))).select(*CODE).distinct()
    counted = scans.filter(_.counted).semi_join(often, CODE)
    index = (province(counted.place).cast("int64") - _FIRST_PROVINCE).clip(0, _LAST_BIT)
    counted = counted.mutate(bit=ibis.ifelse(counted.place == 0, 0, ibis.literal(1, "int64") << index).cast("int64"))
    codes = counted.group_by(*CODE).agg(times=_.count(), provinces=bit_count(bit_or(counted.bit)), latest=_["at"].max())
    met = (codes.times >= test.client_days) & (codes.provinces >= test.provinces)
    if test.client_days_without_places is not None:
        met |= codes.times >= test.client_days_without_places
    return codes.filter(met & (codes.latest >= _moment(since))).select(*CODE)


def checks_of(scans: Table, codes: Table, *, since: datetime) -> Table:
    """Return the counted checks of some codes since a moment: code, moment, client and place, in that order."""
    rows = scans.filter(_.counted & (_["at"] >= _moment(since))).semi_join(codes, CODE)
    return rows.select(*CODE, "at", "client", "place").order_by(*CODE, "at", "client")


def hurried(scans: Table, *, minutes: int) -> Table:
    """Return (range_id, serial, seconds): codes checked in two provinces within some minutes of a day, and the shortest time.

    Codes that were checked once or stay in one province, nearly all, are never sorted.
    """
    placed = scans.filter(_.counted & (_.checks > 1) & (_.place != 0))
    codes = placed.group_by(*CODE).agg(lowest=_.place.min(), highest=_.place.max())
    moved = codes.filter(province(_.lowest) != province(_.highest)).select(*CODE)
    in_order = ibis.window(group_by=list(CODE), order_by="at")
    steps = placed.semi_join(moved, CODE).mutate(before=_.place.lag().over(in_order), left=_["at"].lag().over(in_order))
    steps = steps.filter(province(_.before) != province(_.place)).mutate(seconds=_second(_["at"]) - _second(_.left))
    return steps.group_by(*CODE).agg(seconds=_.seconds.min()).filter(_.seconds <= minutes * 60)


def hurried_by_range(scans: Table, *, minutes: int) -> Table:
    """Return (range_id, codes): how many codes of each range are ``hurried``."""
    return hurried(scans, minutes=minutes).group_by("range_id").agg(codes=_.count())


def by_range(scans: Table) -> Table:
    """Return (range_id, checks, first_checks, unactivated, unactivated_codes): the counts of one day; merged look-ups are no checks."""
    unactivated = _.verdict == "not-activated"
    return scans.group_by("range_id").agg(
        checks=_.counted.sum().cast("int64"),
        first_checks=(_.verdict == "first-check").sum().cast("int64"),
        unactivated=unactivated.sum().cast("int64"),
        unactivated_codes=_.serial.nunique(where=unactivated).cast("int64"),
    )


def _moment(at: datetime) -> ibis.expr.types.TimestampScalar:
    return ibis.literal(at, "timestamp('UTC', 6)")


def _second(at: ibis.expr.types.TimestampValue) -> IntegerValue:
    """Return the whole second of a moment: one engine would give fractions."""
    return at.truncate("s").epoch_seconds()
