"""Conservation at each node of the graph, and shares that always make a whole."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gi_registry.batches.rules import process as rules
from gi_registry.batches.rules.graph import Edge, apportioned, placed, shares_upward
from gi_registry.batches.rules.ledger import Account, check
from gi_registry.batches.rules.process import Made, ProcessKind, Taken, problems
from gi_registry.kernel.errors import Invalid

AMOUNTS = st.integers(1, 10**12)


def taken(quantity: int, left: int | None = None, **differs: str) -> Taken:
    return Taken("B", quantity, quantity if left is None else left, **{"unit": "g"} | differs)


def fields(found: tuple[object, ...]) -> list[str]:
    return [item.field for item in found]  # type: ignore[attr-defined]


@given(st.lists(AMOUNTS, min_size=1, max_size=8), st.integers(0, 10**12))
def test_a_split_passes_only_when_its_parts_and_the_loss_make_the_whole(parts: list[int], loss: int) -> None:
    whole, made = sum(parts) + loss, [Made(part, "g") for part in parts]
    assert problems(ProcessKind.SPLIT, [taken(whole)], made, loss=loss) == ()
    for wrong in (whole + 1, whole - 1):
        if wrong > 0:
            assert fields(problems(ProcessKind.SPLIT, [taken(wrong)], made, loss=loss)) == ["loss"]


@given(st.lists(AMOUNTS, min_size=2, max_size=8))
def test_a_merge_passes_only_with_the_sum(parts: list[int]) -> None:
    sides = [taken(part) for part in parts]
    assert problems(ProcessKind.MERGE, sides, [Made(sum(parts), "g")], loss=0) == ()
    assert problems(ProcessKind.MERGE, sides, [Made(sum(parts) + 1, "g")], loss=0) != ()


@given(AMOUNTS, st.integers(1, 20_000))
def test_a_transformation_gives_at_most_its_conversion(came_in: int, rate: int) -> None:
    most = rules.most_of(came_in, rate)
    leaf = [taken(came_in, commodity="鲜叶")]
    if most:
        assert problems(ProcessKind.TRANSFORM, leaf, [Made(most, "g", max_permille=rate)], loss=0) == ()
    assert problems(ProcessKind.TRANSFORM, leaf, [Made(most + 1, "g", max_permille=rate)], loss=0) != ()


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_outputs_and_loss_together_weigh_no_more_than_the_input(came_in: int, tea: int, loss: int) -> None:
    found = problems(ProcessKind.TRANSFORM, [taken(came_in, commodity="稻谷")], [Made(tea, "g", "米糠")], loss=loss)
    assert (found == ()) == (tea + loss <= came_in)


def test_several_outputs_of_one_commodity_share_its_conversion() -> None:
    leaf = [taken(400_000, commodity="鲜叶")]
    two = [Made(60_000, "g", grade="特级", max_permille=250), Made(40_000, "g", grade="一级", max_permille=250)]
    assert problems(ProcessKind.TRANSFORM, leaf, two, loss=0) == ()
    assert problems(ProcessKind.TRANSFORM, leaf, [*two, Made(1, "g", max_permille=250)], loss=0) != ()


def test_a_rate_above_one_says_that_mass_is_added() -> None:
    rice = [taken(1_000, commodity="糯米")]
    assert problems(ProcessKind.TRANSFORM, rice, [Made(5_000, "g", max_permille=5_000)], loss=0) == ()
    assert problems(ProcessKind.TRANSFORM, rice, [Made(5_001, "g", max_permille=5_000)], loss=0) != ()


def test_pieces_hold_their_net_content() -> None:
    tins = Made(200, "piece", net_content=250)
    assert problems(ProcessKind.PACK, [taken(50_000)], [tins], loss=0) == ()
    assert problems(ProcessKind.PACK, [taken(50_001)], [tins], loss=1) == ()
    assert problems(ProcessKind.PACK, [taken(50_001)], [tins], loss=0) != ()
    assert problems(ProcessKind.PACK, [taken(50_000)], [Made(200, "piece")], loss=0) != ()
    assert problems(ProcessKind.TRANSFORM, [taken(50_000, commodity="果")], [Made(200, "piece", max_permille=None)], loss=0) != ()


@pytest.mark.parametrize(
    ("kind", "inputs", "outputs"),
    [
        (ProcessKind.SPLIT, [], [Made(1, "g")]),
        (ProcessKind.SPLIT, [taken(1)], []),
        (ProcessKind.SPLIT, [taken(1), taken(1)], [Made(2, "g")]),
        (ProcessKind.MERGE, [taken(1)], [Made(1, "g")]),
        (ProcessKind.MERGE, [taken(1), taken(1)], [Made(1, "g"), Made(1, "g")]),
        (ProcessKind.MERGE, [taken(1), taken(1, commodity="鲜叶")], [Made(2, "g")]),
        (ProcessKind.SPLIT, [taken(1)], [Made(1, "g", "茶末")]),
        (ProcessKind.PACK, [taken(1, commodity="鲜叶")], [Made(1, "g")]),
        (ProcessKind.SPLIT, [taken(5, left=4)], [Made(5, "g")]),
    ],
)
def test_what_cannot_be_is_named(kind: ProcessKind, inputs: list[Taken], outputs: list[Made]) -> None:
    assert problems(kind, inputs, outputs, loss=0) != ()


@given(AMOUNTS)
def test_every_side_is_a_transfer_of_its_own(quantity: int) -> None:
    for postings in (rules.take(quantity), rules.make(quantity), rules.lose(quantity)):
        check(postings, commodity="鲜叶", unit="g")
        assert {posting.account for posting in postings} & {Account.STOCK, Account.LOSS}
    with pytest.raises(Invalid):
        rules.take(0)


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_what_is_apportioned_makes_the_whole(total: int, weights: list[int]) -> None:
    parts = apportioned(total, weights)
    if sum(weights):
        assert sum(parts) == total
        assert all(abs(part - Fraction(total * weight, sum(weights))) < 1 for part, weight in zip(parts, weights, strict=True))
    else:
        assert set(parts) == {0}


@given(st.lists(st.lists(st.integers(1, 1000), min_size=1, max_size=4), min_size=1, max_size=8))
def test_the_shares_of_all_sources_make_one(levels: list[list[int]]) -> None:
    """Each level takes of every batch of the level below: batch ids rise from level to level."""
    edges, below, following = [], [1], 2
    for at, amounts in enumerate(levels):
        ids = list(range(following, following + len(amounts)))
        following += len(amounts)
        edges += [Edge(at, "merge", source, amounts[0] + source, target, 1) for target in ids for source in below]
        below = ids
    shares = shares_upward(below[0], edges)
    assert shares[1] == 1
    assert sum(shares.get(target, Fraction(0)) for target in below) == 1


def test_the_drawing_puts_what_is_made_right_of_what_it_is_made_of() -> None:
    edges = [Edge(1, "merge", 1, 1, 3, 2), Edge(1, "merge", 2, 1, 3, 2), Edge(2, "pack", 3, 2, 4, 1), Edge(2, "pack", 3, 2, 5, 1)]
    spots = {spot.batch_id: (spot.column, spot.row) for spot in placed([1, 2, 3, 4, 5], edges)}
    assert spots == {1: (0, 0), 2: (0, 1), 3: (1, 0), 4: (2, 0), 5: (2, 1)}
