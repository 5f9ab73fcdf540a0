"""``log verify``: the tree is recomputed from the leaves, then every covered row is held against its latest leaf.

Read-only. Where others write at the same time, call ``on_snapshot`` first.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from gi_registry.log import queries
from gi_registry.log.comparison import compare_contents, compare_rows
from gi_registry.log.coverage import COVERED
from gi_registry.log.models import ENTRY, KEY, LEAF, NODE
from gi_registry.log.report import Problem, Report, problem
from gi_registry.log.rules.checkpoint import Checkpoint, parse, read_verifier_key, signed_by
from gi_registry.log.rules.leaf import ERASURES, FORGOTTEN_SIZE, bulk_root, commitment
from gi_registry.log.rules.tree import EMPTY_ROOT, Frontier, leaf_hash, octets

CHUNK = 2048

_Leaf = tuple[int, bytes, bytes]


@dataclass
class _Walk:
    """Where the walk along the leaves stands, and what it met."""

    frontier: Frontier = field(default_factory=Frontier)
    problems: list[Problem] = field(default_factory=list)
    leaves: int = 0
    entries: int = 0
    root_then: bytes | None = None

    def add(self, kind: str, table: str, row_id: object = "") -> None:
        self.problems.append(problem(kind, table, row_id))


def on_snapshot(session: Session) -> None:
    """Let everything read from here on be of one moment; call it before the first read. On SQLite a transaction is one anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def verify(session: Session, checkpoint: str | None = None, *, verifier_key: str | None = None, tables: frozenset[str] = COVERED) -> Report:
    """Recompute the log and compare it with its head, an outside checkpoint and every row of ``tables``.

    ``checkpoint`` is the text of a signed note kept outside; its signature is checked with ``verifier_key`` (also kept outside) or, without
    one, with the key of this database. Raises Invalid when either cannot be read. Time and reads are linear in leaves and rows.
    """
    outside = parse(checkpoint) if checkpoint is not None else None
    walk = _Walk()
    then = outside.size if outside else None
    if then == 0:
        walk.root_then = EMPTY_ROOT
    for leaves in _chunks(session, walk):
        _walk_chunk(session, walk, leaves, then)
    _check_ends(session, walk)
    _check_salts(session, walk)
    if checkpoint is not None and outside is not None:
        _check_outside(session, walk, outside, note=checkpoint, verifier_key=verifier_key)
    compared, rows = compare_rows(session, tables)
    contents = compare_contents(session) if tables else []
    return Report((*walk.problems, *compared, *contents), walk.frontier.size, walk.frontier.root, rows)


def _chunks(session: Session, walk: _Walk) -> Iterator[list[_Leaf]]:
    """Yield the leaves in order without gaps: a missing one is noted and an empty leaf stands in, so that the rest keeps its place."""
    stored = session.execute(select(func.count()).select_from(LEAF)).scalar_one()
    size: Any = queries.head(session).size  # SQLite would keep a text here
    bound = min(size, 2 * stored + CHUNK) if isinstance(size, int) else stored
    for outside in session.execute(select(LEAF.c.index).where(or_(LEAF.c.index < 0, LEAF.c.index >= bound))).scalars():
        walk.add("leaf-extra", "log_leaf", outside)
    inside = select(LEAF.c.index, LEAF.c.hash, LEAF.c.body).where(LEAF.c.index < bound).order_by(LEAF.c.index).limit(CHUNK)
    last = -1
    while rows := session.execute(inside.where(LEAF.c.index > last)).all():
        chunk: list[_Leaf] = []
        for index, hashed, body in rows:
            chunk.extend(_stand_ins(walk, last + 1, index))
            chunk.append((index, octets(hashed), octets(body)))
            last = index
        yield chunk


def _stand_ins(walk: _Walk, expected: int, index: int) -> list[_Leaf]:
    if index > expected:
        walk.add("leaf-missing", "log_leaf", expected if index == expected + 1 else f"{expected}…{index - 1}")
    return [(missing, leaf_hash(b""), b"") for missing in range(expected, index)]


def _walk_chunk(session: Session, walk: _Walk, leaves: Sequence[_Leaf], then: int | None) -> None:
    first = walk.frontier.size
    hashes = [leaf_hash(body) for _index, _hash, body in leaves]
    for (index, stored, _body), computed in zip(leaves, hashes, strict=True):
        if stored != computed:
            walk.add("leaf-altered", "log_leaf", index)
    if then is not None and first < then <= first + len(leaves):
        walk.root_then = walk.frontier.extend(hashes[: then - first])[0].root
    walk.frontier, completed = walk.frontier.extend(hashes)
    walk.leaves += sum(1 for leaf in leaves if leaf[2])
    _check_nodes(session, walk, completed, first=first)
    _check_entries(session, walk, leaves)


def _check_nodes(session: Session, walk: _Walk, completed: Sequence[tuple[int, int, bytes]], *, first: int) -> None:
    if not completed:
        return
    after = walk.frontier.size
    levels = range(1, max(level for level, _index, _hash in completed) + 1)
    places = or_(*(and_(NODE.c.level == level, NODE.c.index >= first >> level, NODE.c.index < after >> level) for level in levels))
    rows = session.execute(select(NODE.c.level, NODE.c.index, NODE.c.hash).where(places))
    stored = {(level, index): octets(hashed) for level, index, hashed in rows}
    for level, index, hashed in completed:
        if stored.get((level, index)) != hashed:
            walk.add("node-altered", "log_node", f"{level}/{index}")


def _check_entries(session: Session, walk: _Walk, leaves: Sequence[_Leaf]) -> None:
    of_leaf: dict[int, list[Any]] = {}
    between = ENTRY.c.leaf_index.between(leaves[0][0], leaves[-1][0])
    for entry in session.execute(select(ENTRY).where(between).order_by(ENTRY.c.leaf_index, ENTRY.c.position)):
        of_leaf.setdefault(entry.leaf_index, []).append(entry)
    for index, _hash, body in leaves:
        entries = of_leaf.get(index, [])
        walk.entries += len(entries)
        if not _agrees(body, entries):
            about = entries[0] if entries else None
            walk.add("entry-altered", about.table_name if about else "log_entry", about.row_id if about else index)


def _agrees(body: bytes, entries: Sequence[Any]) -> bool:
    """Say whether the entries are exactly those that the leaf commits to."""
    try:
        leaf = json.loads(body)
        stated, count = bytes.fromhex(leaf["row"]), leaf.get("count")
    except (ValueError, KeyError, TypeError, AttributeError):
        return False
    if [entry.position for entry in entries] != list(range(len(entries))):
        return False
    commitments = [
        commitment(entry.table_name, entry.row_id, row_hash=octets(entry.row_hash), salt=octets(entry.salt)) for entry in entries
    ]
    if count is None:
        return commitments == [stated]
    return len(commitments) == count and bulk_root(commitments) == stated


def _check_ends(session: Session, walk: _Walk) -> None:
    """Compare what lies outside the walk: the head, and rows that belong to no leaf."""
    head, frontier = queries.head(session), queries.frontier(session)
    if frontier != walk.frontier or head.root != walk.frontier.root:
        walk.add("head-altered", "log_head", 1)
    stated: Any = head.size
    if isinstance(stated, int) and stated > walk.frontier.size:
        walk.add("leaf-missing", "log_leaf", f"{walk.frontier.size}…{stated - 1}")
    size = walk.frontier.size
    if session.execute(select(func.count()).select_from(NODE)).scalar_one() > size - size.bit_count():
        walk.add("node-extra", "log_node")
    if session.execute(select(func.count()).select_from(ENTRY)).scalar_one() > walk.entries:
        walk.add("entry-extra", "log_entry")


def _check_salts(session: Session, walk: _Walk) -> None:
    """A salt may only be forgotten before the erasure of the same row."""
    last = func.max(ENTRY.c.leaf_index)
    forgotten = select(ENTRY.c.table_name, ENTRY.c.row_id, last).where(func.length(ENTRY.c.salt) == FORGOTTEN_SIZE)
    for table, row_id, index in session.execute(forgotten.group_by(ENTRY.c.table_name, ENTRY.c.row_id)).all():
        about = queries.history(session, table, row_id)
        if not any(event.leaf_index > index and event.action in ERASURES for event in about):
            walk.add("salt-missing", table, row_id)


def _check_outside(session: Session, walk: _Walk, outside: Checkpoint, *, note: str, verifier_key: str | None) -> None:
    name, public = _key(session, verifier_key)
    if public is None or not signed_by(note, name, public=public):
        walk.add("checkpoint-signature", "log_head", outside.size)
    if outside.size > walk.frontier.size:
        walk.add("checkpoint-size", "log_head", outside.size)
    elif walk.root_then != outside.root:
        walk.add("checkpoint-root", "log_head", outside.size)


def _key(session: Session, verifier_key: str | None) -> tuple[str, bytes | None]:
    if verifier_key is not None:
        return read_verifier_key(verifier_key)
    row = session.execute(select(KEY.c.name, KEY.c.public)).first()
    return (row.name, bytes(row.public)) if row else ("", None)
