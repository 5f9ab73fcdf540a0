"""Keys are rotated while codes are ordered and looked up: no order is lost, no code stops verifying, and a leaked key ends at its date."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from gi_registry.codes import queries, service
from gi_registry.codes.models import SigningKey
from gi_registry.codes.rules.suites import BLAKE2B, HMAC_SM3
from gi_registry.codes.service.keys import ensure_key
from gi_registry.codes.service.papers import codes_of, parts_of
from gi_registry.kernel.errors import Conflict
from gi_registry.verify.service import look_up
from tests.builders.codes import SECRET_KEY, make_season, order_of
from tests.conftest import NOW
from tests.service.verify.conftest import asked

ORDERS, EACH, ROTATIONS = 40, 10, 6

pytestmark = pytest.mark.slow


def test_rotating_under_load_loses_nothing_and_old_codes_verify_for_ever(keeping: Any, open_work: Any) -> None:
    keeping._clock = lambda: NOW
    with open_work() as work:
        season = make_season(work)
        ensure_key(work, SECRET_KEY)
    known: list[str] = []
    over = threading.Event()

    def order(number: int) -> list[str]:
        with open_work() as work:
            made = service.allot(work, season.id, order_of(season, EACH, idempotency_key=f"order-{number}"), secret_key=SECRET_KEY)
        with open_work(writable=False) as work:
            allotment = queries.get_allotment(work.session, made.id or 0)
            found = [code for _n, code in codes_of(work, allotment, SECRET_KEY, part=parts_of(allotment)[0])]
        known.extend(found)
        return found

    def look() -> set[str]:
        verdicts: set[str] = set()
        while not over.is_set():
            verdicts |= {str(look_up(keeping, code, asked(counts=False)).verdict) for code in known[-50:]}
            time.sleep(0.005)
        return verdicts

    def rotate() -> None:
        for number in range(1, ROTATIONS + 1):
            while len(known) < number * ORDERS * EACH // (ROTATIONS + 2) and not over.is_set():
                time.sleep(0.002)
            with open_work() as work:
                service.rotate_keys(work, SECRET_KEY, algorithm=("", HMAC_SM3, "", BLAKE2B)[number % 4])

    with ThreadPoolExecutor(12) as pool:
        looking, rotating = [pool.submit(look) for _ in range(2)], pool.submit(rotate)
        try:
            codes = [code for found in pool.map(order, range(ORDERS)) for code in found]
            rotating.result()
        finally:
            over.set()
        seen = set().union(*(each.result() for each in looking))
    assert len(set(codes)) == ORDERS * EACH
    assert seen <= {"not-activated"}
    assert {str(look_up(keeping, code, asked(counts=False)).verdict) for code in codes} == {"not-activated"}
    assert len({code[1] for code in codes}) > 1, "orders before and after a rotation carry different keys"


def test_a_leaked_key_ends_at_its_date_and_only_for_what_was_not_activated_before(keeping: Any, on_file: Any, open_work: Any) -> None:
    from tests.builders.scans import make_labels

    labels = on_file(make_labels, size=100, activated=50)
    assert look_up(keeping, labels.code(70), asked()).verdict == "not-activated"
    with open_work() as work:
        service.rotate_keys(work, SECRET_KEY, revoke=0, revoked_from=NOW + timedelta(hours=1))
        assert work.session.get(SigningKey, 0).revoked_from == NOW + timedelta(hours=1)
    assert look_up(keeping, labels.code(70), asked()).verdict == "not-activated"
    keeping._clock = lambda: NOW + timedelta(hours=1)
    assert look_up(keeping, labels.code(70), asked()).verdict == "void"
    assert look_up(keeping, labels.code(1), asked()).verdict == "first-check"
    with open_work() as work, pytest.raises(Conflict):
        service.rotate_keys(work, SECRET_KEY, revoke=0)
