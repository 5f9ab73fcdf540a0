"""Two officers approve at the same moment: one piece of law comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from gi_registry.kernel.errors import Conflict
from gi_registry.origin import queries, service
from gi_registry.origin.schemas import DecideProposal
from tests.builders.accounts import make_actor
from tests.builders.origin import make_area, propose, square
from tests.builders.registry import make_gi


@pytest.mark.parametrize("one_proposal", [True, False], ids=["the same proposal", "two that meet"])
def test_one_of_two_approvals_at_once_counts(open_work, one_proposal):
    with open_work() as work:
        gi = make_gi(work)
        make_area(work, gi)
        officers = [make_actor(work, "province_officer", division="99") for _ in range(3)]
        gi_id = gi.id
    with open_work(actor=officers[0]) as work:
        first = propose(work, gi_id, square(9_000), valid_from=date(2027, 1, 1)).id
        second = first if one_proposal else propose(work, gi_id, square(8_000), valid_from=date(2027, 6, 1)).id
    together = Barrier(2)

    def approve(number: int) -> str:
        together.wait()
        try:
            with open_work(actor=officers[1 + number]) as work:
                service.approve_proposal(work, (first, second)[number], DecideProposal())
        except Conflict as refusal:
            return str(refusal.reason)
        return "approved"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(approve, range(2)))
    assert answers.count("approved") == 1
    assert any(words in answers[0] + answers[1] for words in ("不能“核准”", "范围已经变动", "日期重叠"))
    with open_work(writable=False) as work:
        assert len(queries.list_areas(work.session, gi_id)) == 2
