"""Reading the log: its head, proofs, tiles, and the history of a row. O(log n) rows each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Row, Select, and_, or_, select
from sqlmodel import Session

from gi_registry.kernel.errors import NotFound, invalid
from gi_registry.kernel.words import say
from gi_registry.log.models import ENTRY, HEAD, LEAF, NODE
from gi_registry.log.rules import tree
from gi_registry.log.rules.leaf import ERASURES
from gi_registry.log.rules.tiles import HEIGHT, hashes_at, width_of

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Head:
    """How many leaves the log has, and the root over them."""

    size: int
    root: bytes


@dataclass(frozen=True)
class Inclusion:
    """The proof that a leaf stands at ``index`` in the tree of ``size`` leaves."""

    index: int
    size: int
    leaf_hash: bytes
    root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True)
class Consistency:
    """The proof that the tree of ``old`` leaves is the beginning of the tree of ``new``."""

    old: int
    new: int
    old_root: bytes
    new_root: bytes
    proof: tuple[bytes, ...]


@dataclass(frozen=True)
class Event:
    """One line of a row's history."""

    at: datetime
    subject: str
    action: str
    actor: str
    leaf_index: int


@dataclass(frozen=True)
class Entry:
    """One entry about a row, with the action of its leaf."""

    leaf_index: int
    position: int
    salt: bytes
    row_hash: bytes
    action: str

    @property
    def erases(self) -> bool:
        """Whether this entry records an erasure of personal data."""
        return self.action in ERASURES


def head(session: Session) -> Head:
    """Return the head of the log; an unmigrated database counts as empty."""
    row = session.execute(select(HEAD.c.size, HEAD.c.root)).first()
    return Head(row.size, tree.octets(row.root)) if row else Head(0, tree.EMPTY_ROOT)


def frontier(session: Session, *, lock: bool = False) -> tree.Frontier | None:
    """Return the frontier from which the next append goes on, its row locked when asked; None when there is no head row."""
    query = select(HEAD.c.size, HEAD.c.frontier)
    row = session.execute(query.with_for_update() if lock else query).first()
    if row is None:
        return None
    raw = tree.octets(row.frontier)
    return tree.Frontier(row.size, tuple(raw[at : at + tree.HASH_SIZE] for at in range(0, len(raw), tree.HASH_SIZE)))


def inclusion(session: Session, index: int, size: int) -> Inclusion:
    """Return the inclusion proof of a leaf; raise Invalid when the log was never that large or the tree has no such leaf."""
    _require_size(session, size, "size")
    if not 0 <= index < size:
        raise invalid("index", say("编号超出范围。"), say("编号须小于日志大小。"), value=index)

    def compute(node: tree.Node) -> Inclusion:
        return Inclusion(index, size, node(0, index), tree.root_at(size, node), tuple(tree.inclusion_proof(index, size, node)))

    return _with_nodes(session, compute)


def consistency(session: Session, old: int, new: int) -> Consistency:
    """Return the consistency proof between two sizes; raise Invalid when the log was never that large or ``old`` exceeds ``new``."""
    _require_size(session, new, "new")
    if not 0 <= old <= new:
        raise invalid("old", say("旧大小不能超过新大小。"), value=old)

    def compute(node: tree.Node) -> Consistency:
        proof = tuple(tree.consistency_proof(old, new, node))
        return Consistency(old, new, tree.root_at(old, node), tree.root_at(new, node), proof)

    return _with_nodes(session, compute)


def root_at(session: Session, size: int) -> bytes:
    """Return the root of the first ``size`` leaves; raise Invalid when the log was never that large."""
    _require_size(session, size, "size")
    return _with_nodes(session, lambda node: tree.root_at(size, node))


def tile(session: Session, level: int, n: int, *, width: int) -> bytes:
    """Return the first ``width`` hashes of a tile (C2SP tlog-tiles: level L holds tree level 8·L); raise NotFound beyond the log."""
    available = width_of(head(session).size, level, n)
    if not 1 <= width <= available:
        raise NotFound
    wanted = hashes_at(level, n, width)
    found = _stored(session, wanted)
    return b"".join(found[level * HEIGHT, index] for _level, index in wanted)


def history(session: Session, table: str, row_id: str | int) -> list[Event]:
    """Return what happened to a row, oldest first."""
    return [_event(row) for row in session.execute(_about(table, str(row_id)))]


def entries_of(session: Session, table: str, row_id: str | int) -> list[Entry]:
    """Return the entries about a row, oldest first."""
    return [
        Entry(row.leaf_index, row.position, tree.octets(row.salt), tree.octets(row.row_hash), str(json.loads(row.body).get("action", "")))
        for row in session.execute(_about(table, str(row_id)))
    ]


def _about(table: str, row_id: str) -> Select[tuple[int, int, bytes, bytes, str]]:
    return (
        select(ENTRY.c.leaf_index, ENTRY.c.position, ENTRY.c.salt, ENTRY.c.row_hash, LEAF.c.body)
        .join(LEAF, LEAF.c.index == ENTRY.c.leaf_index)
        .where(ENTRY.c.table_name == table, ENTRY.c.row_id == row_id)
        .order_by(ENTRY.c.leaf_index, ENTRY.c.position)
    )


def _event(row: Row[tuple[int, int, bytes, bytes, str]]) -> Event:
    body = json.loads(row.body)
    return Event(datetime.fromisoformat(body["at"]), body["subject"], body["action"], body["actor"], row.leaf_index)


def _require_size(session: Session, size: int, field: str) -> None:
    if not 0 <= size <= head(session).size:
        raise invalid(field, say("日志还没有这么大。"), say("请使用检查点中的大小。"), value=size)


def _with_nodes(session: Session, compute: Callable[[tree.Node], Answer]) -> Answer:
    """Run a computation twice: once to learn which stored hashes it needs, once with them, so that one query per table is enough."""
    wanted: set[tree.Coordinate] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return tree.EMPTY_ROOT

    compute(note)
    found = _stored(session, wanted)
    return compute(lambda level, index: found[level, index])


def _stored(session: Session, wanted: Iterable[tree.Coordinate]) -> dict[tree.Coordinate, bytes]:
    by_level: dict[int, list[int]] = {}
    for level, index in wanted:
        by_level.setdefault(level, []).append(index)
    leaves = by_level.pop(0, [])
    found: dict[tree.Coordinate, bytes] = {}
    if leaves:
        hashes = session.execute(select(LEAF.c.index, LEAF.c.hash).where(LEAF.c.index.in_(leaves)))
        found |= {(0, index): tree.octets(raw) for index, raw in hashes}
    if by_level:
        places = or_(*(and_(NODE.c.level == level, NODE.c.index.in_(indexes)) for level, indexes in by_level.items()))
        nodes = session.execute(select(NODE.c.level, NODE.c.index, NODE.c.hash).where(places))
        found |= {(level, index): tree.octets(raw) for level, index, raw in nodes}
    return found
