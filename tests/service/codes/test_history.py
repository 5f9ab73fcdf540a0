"""Activations reported of the past are stored as stated, with warnings; what cannot be is refused per row."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pytest

from gi_registry.batches import service as batches
from gi_registry.bulk.rules import read_table
from gi_registry.bulk.service import Options, Result, dump_file, load
from gi_registry.codes import queries, service
from gi_registry.codes.bulk import KINDS
from gi_registry.codes.schemas import Which
from gi_registry.workflow import Work
from tests.builders.codes import make_allotment, make_season

(KIND,) = KINDS
HEADER = "range_label,serial_from,serial_to,batch,activated_on\n"


def load_rows(work: Work, *rows: str, options: Mapping[str, bool] | None = None) -> Result:
    content = (HEADER + "\n".join(rows)).encode()
    return load(work, KIND, read_table(content), digest=sha256(content).hexdigest(), options=Options(**(options or {})))


def test_history_is_stored_even_beyond_the_quota_and_says_so(work: Work) -> None:
    season = make_season(work, harvested="5000")
    result = load_rows(work, f"7Z0QK,0,9000,{season.batch.number},2025-09-26", f"7Z0QK,9000,9500,{season.batch.number},2025-09-20")
    assert (result.stored, len(result.errors)) == (2, 0)
    words = [str(warning.message) for warning in result.warnings]
    assert any("超过批次" in word for word in words) and any("早于采收" in word for word in words)
    row = queries.find_range(work.session, "7Z0QK")
    assert row and (row.size, row.used) == (9500, 9500)
    found = queries.counts(work.session, season.id, 2025)
    assert (found.received, found.activated, found.closing) == (9500, 9500, 0)
    left = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    assert (left.used, left.left) == (9500, 7200 - 9500)
    work.commit()


def test_an_export_changes_nothing_when_it_comes_back(work: Work) -> None:
    season = make_season(work)
    load_rows(work, f"7Z0QK,0,100,{season.batch.number},2025-09-26", f"0ABCD,50,70,{season.batch.number},2025-09-27")
    content = dump_file(work.session, KIND, name="codes.csv")
    again = load(work, KIND, read_table(content), digest="x")
    assert (again.stored, again.unchanged, again.errors) == (0, 2, ())


def test_reported_use_of_our_own_labels_takes_the_reservation(work: Work) -> None:
    season = make_season(work)
    row = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0]
    result = load_rows(work, f"{row.label},0,60,{season.batch.number},2025-09-26")
    assert result.stored == 1 and not result.warnings
    found = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    assert (found.reserved, found.used) == (40, 60)


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("7Z0QK,0,100,PC-none,2025-09-26", "batch"),
        ("7Z0QU,0,100,{batch},2025-09-26", "range_label"),
        ("7Z0,0,100,{batch},2025-09-26", "range_label"),
        ("7Z0QK,100,100,{batch},2025-09-26", "serial_to"),
        ("7Z0QK,0,1048577,{batch},2025-09-26", "serial_to"),
        ("7Z0QK,0,many,{batch},2025-09-26", "serial_to"),
        ("7Z0QK,0,100,{batch},26.9.2025", "activated_on"),
        ("{own},0,101,{batch},2025-09-26", "serial_to"),
        ("{used},5,15,{batch},2025-09-26", "serial_from"),
    ],
)
def test_what_cannot_be_is_refused_with_the_column(work: Work, row: str, column: str) -> None:
    season = make_season(work)
    own = queries.ranges_of(work.session, make_allotment(work, season, count=100).id or 0)[0].label
    load_rows(work, f"0USED,0,10,{season.batch.number},2025-09-26".replace("0USED", "0XSED"))
    result = load_rows(work, row.format(batch=season.batch.number, own=own, used="0XSED"))
    assert not result.kept
    (error,) = result.errors
    assert error.column == column and str(error.reason)


def test_a_range_of_another_user_is_refused(work: Work) -> None:
    one, other = make_season(work), make_season(work)
    load_rows(work, f"7Z0QK,0,10,{one.batch.number},2025-09-26")
    (error,) = load_rows(work, f"7Z0QK,10,20,{other.batch.number},2025-09-26").errors
    assert error.column == "range_label"


def test_imported_labels_are_voided_without_touching_a_reservation(work: Work) -> None:
    season = make_season(work)
    load_rows(work, f"7Z0QK,10,20,{season.batch.number},2025-09-26")
    row = queries.find_range(work.session, "7Z0QK")
    assert row
    assert service.void_interval(work, row.allotment_id, Which(first=1, last=15), reason="外流").labels == 15
    found = queries.lookup(work.session, "7Z0QK", 12)
    assert found and found.activation and found.exception and found.exception.status == "void"
