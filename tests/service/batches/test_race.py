"""Many reserve at once: the quota row is locked, exactly the entitlement is given out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from gi_registry.batches import service
from gi_registry.kernel.errors import QuotaExceeded
from gi_registry.registry import queries as registry
from tests.builders.batches import make_batch
from tests.builders.registry import make_authorisation, make_gi, make_protection


@pytest.fixture
def granted_100(open_work):
    """An authorisation whose declared batches limit it to 100 pieces."""
    with open_work() as work:
        gi = make_gi(work)
        authorisation = make_authorisation(work, protection=make_protection(work, gi, capacity_basis="kiln"))
        make_batch(work, authorisation, quantity="100")
        return authorisation.id, gi.id


def test_forty_of_ten_on_a_hundred_are_exactly_ten(open_work, granted_100):
    authorisation_id, gi_id = granted_100

    def ask(source_id):
        try:
            with open_work() as work:
                authorisation = registry.get_authorisation(work.session, authorisation_id)
                values = {"gi_id": gi_id, "year": 2025, "zone": "", "unit": "piece", "source_kind": "allotment"}
                service.reserve(work, authorisation, quantity=10, source_id=source_id, **values)
        except QuotaExceeded:
            return 0
        return 10

    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(ask, range(40)))
    assert sum(given) == 100
    with open_work() as work:
        after = service.entitlement(work.session, authorisation_id, gi_id=gi_id, year=2025, unit="piece")
        assert (after.reserved, after.left) == (100, 0)


def test_the_first_two_to_open_an_account_meet_in_its_key(open_work, granted_100):
    authorisation_id, gi_id = granted_100

    def open_year(source_id):
        with open_work() as work:
            authorisation = registry.get_authorisation(work.session, authorisation_id)
            make_batch(work, authorisation, number=f"PC-{source_id}", harvest_year=2024, quantity="1", harvested_on=None)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(open_year, range(6)))
    with open_work() as work:
        assert service.entitlement(work.session, authorisation_id, gi_id=gi_id, year=2024, unit="piece").total == 6
