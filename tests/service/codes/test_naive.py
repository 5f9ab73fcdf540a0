"""Intervals against a list with an entry per label: whatever is asked in whatever order, and by many at once, both say the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from gi_registry.batches import service as batches
from gi_registry.codes import queries, service
from gi_registry.codes.schemas import Activation, Hold, HoldKind, Lift, Spoil, SpoilKind
from gi_registry.kernel.errors import Conflict, Invalid
from gi_registry.workflow import Work
from tests.builders.codes import Season, make_allotment, make_season

COUNT = 40
HOLD = "示例县市监检告〔2026〕3 号"


class Naive:
    """An entry per label: on a batch or not, and what is said beside that."""

    def __init__(self) -> None:
        self.activated = [False] * COUNT
        self.said: list[str] = [""] * COUNT

    def run(self, first: int, last: int) -> range | None:
        """Return the labels of serial numbers, None where there are none such."""
        return range(first - 1, last) if 1 <= first <= last <= COUNT else None

    def do(self, act: str, labels: range) -> bool:
        """Do what is asked as a whole or not at all; say whether it was done."""
        free = all(not self.said[label] for label in labels)
        unused = free and all(not self.activated[label] for label in labels)
        if not (unused if act in ("activate", "damaged", "returned") else free):
            return False
        for label in labels:
            if act == "activate":
                self.activated[label] = True
            else:
                self.said[label] = act
        return True

    def lift(self, first: int, last: int) -> None:
        """Lift what is frozen of a run."""
        for label in range(first - 1, last):
            self.said[label] = ""


def ask(work: Work, season: Season, allotment_id: int, act: str, first: int, last: int) -> bool:
    """Ask the services; say whether it was done."""
    which = {"first": first, "last": last}
    try:
        with work.savepoint():
            if act == "activate":
                service.activate(work, allotment_id, Activation(batch_id=season.batch.id or 0, **which))
            elif act == "frozen":
                service.hold(work, allotment_id, Hold(kind=HoldKind.FROZEN, basis=HOLD, **which))
            else:
                service.spoil(work, allotment_id, Spoil(kind=SpoilKind(act), reason="示例", **which))
    except (Conflict, Invalid):
        return False
    return True


def kept(work: Work, allotment_id: int) -> tuple[list[bool], list[str]]:
    """Return what the intervals say, spread over the labels; a label in two intervals of a layer fails."""
    activated, said = [False] * COUNT, [""] * COUNT
    for row in queries.intervals_of_allotment(work.session, allotment_id):
        for label in range(row.serial_from, row.serial_to) if row.lifted_at is None else ():
            assert not (activated[label] if row.layer == "activation" else said[label])
            if row.layer == "activation":
                activated[label] = True
            else:
                said[label] = row.status
    return activated, said


def check_quota(work: Work, season: Season, model: Naive) -> None:
    """Compare the ledger: used are labels that were ever activated, released those spoiled before."""
    found = batches.entitlement(work.session, season.id, gi_id=season.gi.id or 0, year=2025, unit="piece")
    released = sum(said in ("damaged", "returned", "void") and not used for used, said in zip(model.activated, model.said, strict=True))
    assert (found.used, found.reserved) == (sum(model.activated), COUNT - sum(model.activated) - released)


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_acts(work: Work, seed: int) -> None:
    season, chance, model, frozen = make_season(work), random.Random(seed), Naive(), []
    allotment_id = make_allotment(work, season, count=COUNT).id or 0
    done = {True: 0, False: 0}
    for _ in range(120):
        first = chance.randint(0, COUNT + 1)
        last = min(first + chance.choice((0, 0, 1, 2, 5)), COUNT + 1)
        act = chance.choice(("activate", "activate", "damaged", "returned", "void", "frozen", "lift"))
        if act == "lift":
            for row in [row for row in queries.intervals_of_allotment(work.session, allotment_id) if row.status == "frozen"][:1]:
                if row.lifted_at is None:
                    service.lift(work, allotment_id, Lift(interval_id=row.id or 0, basis=HOLD))
                    model.lift(row.serial_from + 1, row.serial_to)
            frozen.append(act)
            continue
        labels = model.run(first, last)
        expected = labels is not None and model.do(act, labels)
        if first >= 1:
            assert ask(work, season, allotment_id, act, first, last) == expected, (act, first, last)
            done[expected] += 1
        assert kept(work, allotment_id) == (model.activated, model.said), (act, first, last)
    check_quota(work, season, model)
    assert min(done.values()) > 10, "both what is allowed and what is not was tried"


@pytest.mark.slow
def test_many_at_once_share_what_there_is_without_overlap(open_work: Callable[..., Any]) -> None:
    """Eight people ask for random runs of one allotment at once; what was granted to them is exactly what is kept, no label twice."""
    with open_work() as work:
        season = make_season(work)
        allotment_id = make_allotment(work, season, count=COUNT).id or 0

    def person(seed: int) -> list[tuple[str, int, int]]:
        chance, granted = random.Random(seed), []
        for _ in range(15):
            act, first = chance.choice(("activate", "damaged", "returned")), chance.randint(1, COUNT)
            last = min(first + chance.choice((0, 1, 3)), COUNT)
            with open_work() as work:
                if ask(work, season, allotment_id, act, first, last):
                    granted.append((act, first, last))
        return granted

    with ThreadPoolExecutor(max_workers=8) as pool:
        granted = [act for each in pool.map(person, range(8)) for act in each]
    model = Naive()
    assert len(granted) > 5
    for act, first, last in granted:
        assert model.do(act, range(first - 1, last)), f"{act} {first}–{last} was granted over another"
    with open_work(writable=False) as work:
        assert kept(work, allotment_id) == (model.activated, model.said)
        check_quota(work, season, model)
