"""The tree is RFC 6962's, and its proofs convince only of what is true."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gi_registry.log.rules import tree

LEAVES = [tree.leaf_hash(str(number).encode()) for number in range(300)]
NODE = tree.nodes_of(LEAVES)
OTHER = sha256(b"other").digest()

sizes = st.integers(min_value=1, max_value=len(LEAVES))


def root_by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) == 0:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return tree.node_hash(root_by_definition(leaves[:split]), root_by_definition(leaves[split:]))


def test_the_published_vectors_hold(shared_data: Path) -> None:
    vectors = json.loads((shared_data / "merkle" / "rfc6962_vectors.json").read_text())
    leaves = [tree.leaf_hash(bytes.fromhex(each)) for each in vectors["leaf_inputs_hex"]]
    assert [tree.root(leaves[:size]).hex() for size in range(len(leaves) + 1)] == vectors["root_hashes_by_size"]
    empty_root, empty_leaf, leaf, node = vectors["basic"]
    assert tree.EMPTY_ROOT.hex() == empty_root["root"]
    assert tree.leaf_hash(b"").hex() == empty_leaf["leaf_hash"]
    assert tree.leaf_hash(bytes.fromhex(leaf["leaf_hex"])).hex() == leaf["leaf_hash"]
    assert tree.node_hash(bytes.fromhex(node["left_hex"]), bytes.fromhex(node["right_hex"])).hex() == node["node_hash"]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 300])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    assert tree.root(LEAVES[:size]) == tree.root_at(size, NODE) == root_by_definition(LEAVES[:size])


@given(st.lists(st.integers(min_value=0, max_value=40), max_size=12))
def test_appending_in_pieces_is_appending_at_once(pieces: list[int]) -> None:
    frontier, completed = tree.Frontier(), []
    for count in pieces:
        frontier, more = frontier.extend(tree.leaf_hash(str(number).encode()) for number in range(frontier.size, frontier.size + count))
        completed += more
    whole, all_completed = tree.Frontier().extend(tree.leaf_hash(str(number).encode()) for number in range(sum(pieces)))
    assert (frontier, completed) == (whole, all_completed)
    assert len(completed) == frontier.size - frontier.size.bit_count()


@given(sizes, st.data())
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    root, proof = tree.root(LEAVES[:size]), tree.inclusion_proof(index, size, NODE)
    assert len(proof) <= (size - 1).bit_length()
    assert tree.verify_inclusion(LEAVES[index], index, size=size, proof=proof, root=root)
    assert not tree.verify_inclusion(OTHER, index, size=size, proof=proof, root=root)
    assert not tree.verify_inclusion(LEAVES[index], index, size=size, proof=proof, root=OTHER)
    assert not tree.verify_inclusion(LEAVES[index], index, size=size, proof=[*proof, OTHER], root=root)
    assert not tree.verify_inclusion(LEAVES[index], size, size=size, proof=proof, root=root)
    wrong = data.draw(st.integers(min_value=0, max_value=size - 1))
    assume(wrong != index)
    assert not tree.verify_inclusion(LEAVES[index], wrong, size=size, proof=proof, root=root)


@given(sizes, st.data())
def test_an_altered_inclusion_proof_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(min_value=0, max_value=size - 1))
    proof = tree.inclusion_proof(index, size, NODE)
    assume(proof)
    root = tree.root(LEAVES[:size])
    at = data.draw(st.integers(min_value=0, max_value=len(proof) - 1))
    assert not tree.verify_inclusion(LEAVES[index], index, size=size, proof=[*proof[:at], OTHER, *proof[at + 1 :]], root=root)
    assert not tree.verify_inclusion(LEAVES[index], index, size=size, proof=proof[:at] + proof[at + 1 :], root=root)


@given(sizes, st.data())
def test_growth_is_proved_and_rewriting_is_not(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(min_value=0, max_value=new))
    old_root, new_root, proof = tree.root(LEAVES[:old]), tree.root(LEAVES[:new]), tree.consistency_proof(old, new, NODE)
    assert tree.verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=proof)
    assert not tree.verify_consistency(old, new, old_root=OTHER, new_root=new_root, proof=proof)
    assert not tree.verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=[*proof, OTHER])
    if old:
        assert not tree.verify_consistency(old, new, old_root=old_root, new_root=OTHER, proof=proof)
    if proof:
        at = data.draw(st.integers(min_value=0, max_value=len(proof) - 1))
        altered = [*proof[:at], OTHER, *proof[at + 1 :]]
        assert not tree.verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=altered)
        assert not tree.verify_consistency(old, new, old_root=old_root, new_root=new_root, proof=proof[:-1])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        tree.inclusion_proof(index, size, NODE)


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_there_is_no_proof_of_a_log_that_shrank(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not contain"):
        tree.consistency_proof(old, new, NODE)
    assert not tree.verify_consistency(old, new, old_root=OTHER, new_root=OTHER, proof=[])
