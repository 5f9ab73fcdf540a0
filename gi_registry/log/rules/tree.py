"""The Merkle tree of RFC 6962 section 2.1 (the same tree as RFC 9162), with SHA-256.

A *complete* subtree is named by ``(level, index)``: it covers the leaves ``index << level`` up to ``(index + 1) << level``. Complete
subtrees never change once they exist, so they can be stored; everything else is computed from them. ``Node`` is a function that
returns the hash of a complete subtree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()

Coordinate = tuple[int, int]
Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf's bytes (prefix 0x00, RFC 6962 section 2.1)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node (prefix 0x01, RFC 6962 section 2.1)."""
    return sha256(b"\x01" + left + right).digest()


@dataclass(frozen=True)
class Frontier:
    """What is needed to append: the hashes of the complete subtrees that make up the tree, the largest (leftmost) first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    @property
    def root(self) -> bytes:
        """The root hash of the tree."""
        if not self.hashes:
            return EMPTY_ROOT
        top = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            top = node_hash(left, top)
        return top

    def extend(self, leaves: Iterable[bytes]) -> tuple[Frontier, list[tuple[int, int, bytes]]]:
        """Append leaf hashes; return the new frontier and the subtrees of level ≥ 1 that this completed, as (level, index, hash)."""
        size, hashes, completed = self.size, list(self.hashes), []
        for leaf in leaves:
            top, level, index = leaf, 0, size
            while index & 1:
                top, level, index = node_hash(hashes.pop(), top), level + 1, index >> 1
                completed.append((level, index, top))
            hashes.append(top)
            size += 1
        return Frontier(size, tuple(hashes)), completed


def root(leaves: Iterable[bytes]) -> bytes:
    """Return the root over leaf hashes; of none, the hash of the empty string."""
    return Frontier().extend(leaves)[0].root


def nodes_of(leaves: Sequence[bytes]) -> Node:
    """Return the node function of a tree held in memory."""
    _frontier, completed = Frontier().extend(leaves)
    known: dict[Coordinate, bytes] = {(0, index): hashed for index, hashed in enumerate(leaves)}
    known.update({(level, index): hashed for level, index, hashed in completed})
    return lambda level, index: known[level, index]


def root_at(size: int, node: Node) -> bytes:
    """Return the root of the tree's first ``size`` leaves."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """Return the audit path of leaf ``index`` in the tree of ``size`` leaves, lowest first (RFC 6962 section 2.1.1).

    Raises ValueError when the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of ``old`` leaves is a prefix of that of ``new`` (RFC 6962 section 2.1.2).

    Empty when both are equal or ``old`` is 0. Raises ValueError when ``old`` is greater than ``new`` or negative.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not contain one of {old}")
    if old in (0, new):
        return []
    path: list[bytes] = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(start, middle, node))
            start, known = middle, False
    if not known:
        path.append(_range_hash(start, end, node))
    return path[::-1]


def verify_inclusion(hashed: bytes, index: int, *, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Say whether ``proof`` shows that the leaf hash stands at ``index`` of the tree (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, top = index, size - 1, hashed
    for sibling in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            top = node_hash(sibling, top)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        first, last = first >> 1, last >> 1
    return last == 0 and top == root


def verify_consistency(old: int, new: int, *, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Say whether ``proof`` shows that the newer tree only appended to the older one (RFC 9162 section 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    return bool(path) and _climb(old - 1, new - 1, path) == (old_root, new_root)


def octets(stored: object) -> bytes:
    """Return a stored value as bytes, whatever type someone behind the log gave it (SQLite does not insist on a column's type)."""
    return bytes(stored) if isinstance(stored, bytes | bytearray | memoryview) else str(stored).encode()


def _climb(first: int, last: int, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    while first & 1:
        first, last = first >> 1, last >> 1
    old_top = new_top = path[0]
    for sibling in path[1:]:
        if last == 0:
            return None
        if first & 1 or first == last:
            old_top, new_top = node_hash(sibling, old_top), node_hash(sibling, new_top)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new_top = node_hash(new_top, sibling)
        first, last = first >> 1, last >> 1
    return (old_top, new_top) if last == 0 else None


def _split(count: int) -> int:
    """Return the largest power of two below ``count`` (RFC 6962 calls it k)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(start: int, end: int, node: Node) -> bytes:
    count = end - start
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(count)
    return node_hash(_range_hash(start, middle, node), _range_hash(middle, end, node))
