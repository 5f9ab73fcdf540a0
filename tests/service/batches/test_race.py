"""Many reserve at once: the quota row is locked, exactly the entitlement is given out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy.exc import OperationalError

from gi_registry.batches import queries, service
from gi_registry.batches.bulk import KINDS
from gi_registry.batches.queries import LedgerKey
from gi_registry.batches.rules.ledger import Account
from gi_registry.batches.service import posting, records
from gi_registry.bulk import service as bulk
from gi_registry.kernel.errors import QuotaExceeded
from gi_registry.registry import queries as registry
from tests.builders.batches import make_batch
from tests.builders.goods import make_record
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


def adjust_at_once(open_work, authorisation_id, *, grades):
    """Let eight people each find one piece more, in as many grades as named; return what entered the books of 100 pieces."""

    def find_one(number):
        with open_work() as work:
            user = registry.get_authorisation(work.session, authorisation_id)
            return make_record(work, user, "adjustment", quantity="1", grade=grades[number % len(grades)]).state == "entered"

    with ThreadPoolExecutor(8) as pool:
        return sum(pool.map(find_one, range(16)))


def test_differences_that_race_are_added_up(open_work, granted_100):
    authorisation_id, gi_id = granted_100
    assert adjust_at_once(open_work, authorisation_id, grades=("", "一级", "特级", "二级")) == 2, "20 ‰ of 100"
    with open_work() as work:
        assert queries.broken_books(work.session) == []
        held = queries.stock_by_grade(work.session, LedgerKey(authorisation_id, gi_id, 2025, "", "piece"))
        assert sum(held.values()) == 102


def test_without_the_lock_of_the_year_differences_pass_each_other_unless_there_is_one_writer(
    open_work, granted_100, database_kind, monkeypatch
):
    """Negative control: everybody has read the year before anybody writes; SQLite lets one in at a time."""
    authorisation_id, gi_id = granted_100
    with open_work() as work:
        for grade in ("", "一级", "特级", "二级"):  # the accounts exist, so that nothing else makes one wait for another
            key = LedgerKey(authorisation_id, gi_id, 2025, "", "piece", grade=grade)
            for kind in (Account.STOCK, Account.UNEXPLAINED):
                posting.locked_account(work, key, kind)
    together, read = Barrier(8), records._beyond_limit

    def read_together(work, record):
        found = read(work, record)
        with suppress(BrokenBarrierError):
            together.wait(timeout=2 if database_kind == "postgresql" else 0.01)
        return found

    monkeypatch.setattr(records, "lock_quota", lambda *_args: None)
    monkeypatch.setattr(records, "_beyond_limit", read_together)
    entered = adjust_at_once(open_work, authorisation_id, grades=("", "一级", "特级", "二级"))
    assert (entered > 2) is (database_kind == "postgresql")


def files_at_once(open_work, numbers, kind):
    """Load two files that name the same two users in opposite order, each stopping after its first row; return how they ended."""
    between = Barrier(2)

    def pausing(lines):
        for place, line in enumerate(lines):
            yield line
            if place == 0:
                with suppress(BrokenBarrierError):
                    between.wait(timeout=1)

    def one(mark, order):
        rows = [f"{mark}-{number},{number},harvest,g,2025,2025-09-25,5" for number in order]
        text = "\n".join(["number,authorisation,kind,unit,harvest_year,harvested_on,quantity", *rows])
        try:
            with open_work() as work:
                return bulk.load_file(work, kind, text.encode(), name="x.csv", options=bulk.Options(watch=pausing)).stored
        except OperationalError:
            return 0

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(one, ("N", "M"), (numbers, numbers[::-1])))


@pytest.mark.slow
@pytest.mark.parametrize("locked_first", [True, False], ids=["locked first", "row by row"])
def test_two_files_that_name_the_same_users_do_not_wait_in_a_circle(open_work, database_kind, locked_first):
    """Negative control: locked row by row, PostgreSQL ends one of them; SQLite lets one in at a time."""
    with open_work() as work:
        protection = make_protection(work, make_gi(work), capacity_basis="kiln")
        users = [make_authorisation(work, protection=protection) for _ in range(2)]
        for user in users:
            make_batch(work, user, quantity="1", unit="g")
        numbers = [user.number for user in users]
    kind = next(kind for kind in KINDS if kind.name == "batches")
    stored = files_at_once(open_work, numbers, kind if locked_first else replace(kind, prepare=None))
    assert stored == (4 if locked_first or database_kind == "sqlite" else 2)
    with open_work() as work:
        assert queries.broken_books(work.session) == []
