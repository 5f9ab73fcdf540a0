"""A cap is cut while allotments come in: nothing slips between the figures that were shown and the cap."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

from gi_registry.accounts.service import actor_of
from gi_registry.batches import queries, service
from gi_registry.batches.models import CapProposal
from gi_registry.batches.schemas import CapProposalFields, DecideCap
from gi_registry.batches.service import proposals
from gi_registry.kernel.errors import QuotaExceeded, StaleVersion
from gi_registry.registry import queries as registry
from gi_registry.workflow import Work
from tests.builders.accounts import make_person
from tests.builders.batches import make_cap
from tests.builders.origin import make_area, make_plot
from tests.builders.registry import make_authorisation, make_gi, make_protection


def test_what_is_reserved_never_exceeds_the_cap_or_what_stood_when_it_was_cut(open_work):
    with open_work() as work:
        gi = make_gi(work)
        user = make_authorisation(work, protection=make_protection(work, gi))
        make_area(work, gi)
        make_plot(work, user)
        make_cap(work, gi)
        proposer, decider = (make_person(work, "national_officer").id for _ in range(2))
        gi_id, user_id = gi.id, user.id
        values = {"year": 2025, "unit": "piece", "per_mu": "300", "status": "final", "effective_on": date(2025, 9, 1), "basis": "公布"}
        mine = Work(work.session, actor_of(work.session, proposer), work.now)
        proposal_id = proposals.propose_cap(mine, gi_id, CapProposalFields(**values, note="测产偏低")).id
        mine.commit()

    def ask(source_id):
        try:
            with open_work() as work:
                user = registry.get_authorisation(work.session, user_id)
                where = {"gi_id": gi_id, "year": 2025, "zone": "", "unit": "piece", "source_kind": "allotment"}
                service.reserve(work, user, quantity=200, source_id=source_id, **where)
        except QuotaExceeded:
            return 0
        return 200

    def cut(_):
        for _attempt in range(200):
            try:
                with open_work() as work:
                    mine = Work(work.session, actor_of(work.session, decider), work.now)
                    seen = proposals.preview_of(mine, mine.session.get(CapProposal, proposal_id)).seen
                    proposals.approve_cap(mine, proposal_id, DecideCap(seen=seen))
                    mine.commit()
            except StaleVersion:
                continue
            return 0
        raise AssertionError("the cap was never approved")

    with ThreadPoolExecutor(6) as pool:
        given = sum(pool.map(lambda task: task[0](task[1]), [*((ask, n) for n in range(10)), (cut, 0), *((ask, n) for n in range(10, 30))]))
    with open_work() as work:
        after = service.entitlement(work.session, user_id, gi_id=gi_id, year=2025, unit="piece")
        shown = work.session.get(CapProposal, proposal_id).seen["reserved"]
        assert (after.total, after.reserved) == (3_600, given)
        assert given <= max(3_600, shown)
        assert len(queries.list_caps(work.session, gi_id)) == 2
