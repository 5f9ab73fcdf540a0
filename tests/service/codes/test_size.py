"""A hundred million codes, granted and activated by the services, add less than a megabyte to the database."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from gi_registry.codes import queries, service
from gi_registry.codes.schemas import Activation, Spoil, SpoilKind
from gi_registry.workflow import Work
from tests.builders.codes import make_allotment, make_season

ORDERS, STRETCHES = 20, 8
MANY, FEW = 5_000_000, 50
MOST = 1_000_000


def stored(work: Work) -> int:
    """Return the bytes of everything stored: used pages of the file, or tables with their indexes and side tables."""
    if work.session.get_bind().dialect.name == "sqlite":
        asked = [work.session.execute(text(f"PRAGMA {name}")).scalar_one() for name in ("page_count", "freelist_count", "page_size")]
        return int((asked[0] - asked[1]) * asked[2])
    whole = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    return int(work.session.execute(text(whole)).scalar_one())


def played(open_work: Any, each: int) -> int:
    """Order ``each`` labels twenty times, activate them in eight stretches and spoil one; return the bytes that this added."""
    with open_work() as work:
        season = make_season(work, per_mu=str(each * ORDERS // 12 + 1), harvested=str(each * ORDERS))
        make_allotment(work, season, count=1)
        work.flush()
        before = stored(work)
    size = each // STRETCHES
    for _ in range(ORDERS):
        with open_work() as work:
            allotment = make_allotment(work, season, count=each)
            for low in range(0, size * STRETCHES, size):
                which = Activation(batch_id=season.batch.id or 0, first=low + 1, last=low + size - 1)
                service.activate(work, allotment.id or 0, which)
            service.spoil(work, allotment.id or 0, Spoil(kind=SpoilKind.DAMAGED, reason="印坏", first=each, last=each))
    with open_work(writable=False) as work:
        added = stored(work) - before
        granted = sum(item.count for item in queries.list_allotments(work.session, season.id))
        used = queries.activated_of_batch(work.session, season.batch.id or 0)
    assert (granted, used) == (each * ORDERS + 1, ORDERS * STRETCHES * (size - 1))
    return added


@pytest.mark.slow
def test_a_hundred_million_codes_are_less_than_a_megabyte(open_work: Any) -> None:
    """The log has a leaf for each row that an act changed, whatever the number of labels: what the labels add is
    what is stored beyond the same acts on few.

    (A hundred million are a hundred ranges, a thousand a score: that is all of the difference.)
    """
    few, many = played(open_work, FEW), played(open_work, MANY)
    assert few > 0
    assert many - few < MOST, f"{few:,} bytes for {FEW * ORDERS:,} codes, {many:,} for {MANY * ORDERS:,}"
