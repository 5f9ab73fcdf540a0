"""Which cap counts, when a cap cuts, and who loses what."""

from __future__ import annotations

from datetime import date

import pytest

from gi_registry.batches.rules.caps import Cap, CapTable, Stated, cuts, lookup
from gi_registry.batches.rules.caps_preview import Row, figures_seen, ordered
from gi_registry.batches.rules.entitlement import Counted, Facts, Land, compute

TABLE = CapTable(Stated(Cap(per, "final", 1, zone=zone, variety=variety)) for per, zone, variety in (
    (600, "", ""), (500, "", "青壳"), (400, "东区", ""), (300, "东区", "青壳"),
))  # fmt: skip


@pytest.mark.parametrize(("zone", "variety", "per_mu"), [
    ("东区", "青壳", 300), ("东区", "白壳", 400), ("西区", "青壳", 500), ("西区", "", 600), ("", "", 600),
])  # fmt: skip
def test_the_narrowest_cap_counts(zone, variety, per_mu):
    assert TABLE.counting("mu", zone=zone, variety=variety).per_mu == per_mu
    assert lookup("", "") == (("", ""),)
    assert TABLE.counting("head") is None


@pytest.mark.parametrize(("cap", "cut"), [
    (Cap(600, "final", 2), False), (Cap(599, "final", 2), True), (Cap(450, "final", 1, zone="东区", variety="白壳"), True),
    (Cap(700, "final", 1, zone="东区"), False), (Cap(1, "final", 1, per="head"), False),
])  # fmt: skip
def test_a_cap_below_any_that_it_takes_the_place_of_cuts(cap, cut):
    assert cuts(TABLE, cap) is cut


def test_the_newest_revision_effective_on_the_day_counts():
    table = [Stated(Cap(600, "final", 1)), Stated(Cap(500, "final", 2), date(2025, 10, 1))]
    assert CapTable(table, on=date(2025, 9, 30)).counting("mu").per_mu == 600
    assert CapTable(table, on=date(2025, 10, 1)).counting("mu").per_mu == 500


def test_those_below_what_they_used_come_first_and_the_fingerprint_sees_every_figure():
    rows = [Row(1, "", 900, 100, 0, 0), Row(2, "", 700, 600, 0, 650), Row(3, "", 700, 600, 650, 0), Row(4, "", 0, 0, 0, 0)]
    found = ordered(rows)
    assert [row.authorisation_id for row in found.rows] == [2, 1, 3]
    assert [(row.below_used, row.below_reserved) for row in found.rows] == [(True, False), (False, False), (False, True)]
    assert found.digest != ordered([*rows[:2], Row(3, "", 700, 600, 649, 0)]).digest
    assert figures_seen(found.seen) == (found.figures, found.digest)
    assert figures_seen("nonsense") == ({}, "")


def test_integers_beyond_what_a_database_holds_are_still_right():
    huge = Land("P", "", 2**53 - 1, "inside", "plot:1", Cap(2**53 - 1, "final", 1))
    assert compute(Facts("area", "g", (huge,))).total == (2**53 - 1) ** 2 // 1000


def test_kilns_count_by_their_cap_and_without_one_more_is_needed():
    kilns = (Counted("龙窑", "kiln", 3, "capacity_unit:1", Cap(2_000, "final", 1, per="kiln")),)
    assert compute(Facts("kiln", "piece", counted=kilns, capped=True)).total == 6_000
    assert not compute(Facts("kiln", "piece", counted=kilns[:0])).sufficient
