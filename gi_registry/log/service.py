"""Appending to the log. Only ``workflow`` calls this, at commit."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session

from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import say
from gi_registry.log import queries
from gi_registry.log.coverage import canonical_row
from gi_registry.log.models import ENTRY, HEAD, LEAF, NODE
from gi_registry.log.rules.leaf import DELETIONS, GONE, SALT_SIZE, Leaf, bulk_root, commitment, forgotten, salted
from gi_registry.log.rules.tree import Frontier, leaf_hash


@dataclass(frozen=True)
class Change:
    """One insert, change or deletion: ``subject`` and ``action`` of the log tag, the table, the row's identity and its columns."""

    subject: str
    action: str
    table: str
    row_id: str
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Bulk:
    """The rows of one file: one leaf under ``tag`` (``subject:action``); ``digest`` is the SHA-256 of the file."""

    tag: str
    digest: str
    changes: Sequence[Change]


@dataclass
class _Batch:
    """What one append inserts."""

    leaves: list[dict[str, Any]] = field(default_factory=list)
    entries: list[dict[str, Any]] = field(default_factory=list)


def append(session: Session, changes: Sequence[Change | Bulk], *, actor_pseudonym: str, at: datetime) -> int:
    """Append one leaf per change or bulk and return the new size of the log; nothing is committed.

    Reads one row (the head, locked until the transaction ends) and writes O(1) rows per leaf on average, at most log2(size) + 3 for one.
    Raises Conflict when the log has no head row (the database was not migrated).
    """
    drafts = [_draft(change, actor_pseudonym, at) for change in changes]
    if not drafts:
        return queries.head(session).size
    frontier = _lock_head(session)
    batch = _numbered(drafts, frontier.size)
    grown, completed = frontier.extend(leaf["hash"] for leaf in batch.leaves)
    session.execute(insert(LEAF), batch.leaves)
    if batch.entries:
        session.execute(insert(ENTRY), batch.entries)
    if completed:
        session.execute(insert(NODE), [{"level": level, "index": index, "hash": hashed} for level, index, hashed in completed])
    session.execute(update(HEAD).values(size=grown.size, root=grown.root, frontier=b"".join(grown.hashes)))
    return grown.size


def forget_salts(session: Session, table: str, *, row_id: str) -> int:
    """Replace the salts of a row's superseded entries by their hashes, so that erased content can no longer be guessed from them.

    The latest entry must be the erasure itself (action ``erase``); its salt stays, because it protects the emptied row. Returns how many
    salts were forgotten. Raises Conflict when the erasure is not in the log yet.
    """
    entries = queries.entries_of(session, table, row_id)
    if not entries or not entries[-1].erases:
        raise Conflict(say("尚未记录抹除，不能清除盐值。"), remedy=say("请先抹除该行的个人信息，再清除旧盐值。"))
    known = [entry for entry in entries[:-1] if len(entry.salt) == SALT_SIZE]
    for entry in known:
        where = (ENTRY.c.leaf_index == entry.leaf_index) & (ENTRY.c.position == entry.position)
        session.execute(update(ENTRY).where(where).values(salt=forgotten(entry.salt)))
    return len(known)


def _lock_head(session: Session) -> Frontier:
    found = queries.frontier(session, lock=session.get_bind().dialect.name == "postgresql")
    if found is None:
        raise Conflict(say("公开日志尚未建立。"), remedy=say("请先运行 gi-registry db upgrade。"))
    return found


_Draft = tuple[Leaf, list[dict[str, Any]]]


def _draft(change: Change | Bulk, actor: str, at: datetime) -> _Draft:
    if isinstance(change, Change):
        entry = _entry(change, 0)
        return Leaf(change.subject, change.action, actor, at, _commitment(entry)), [entry]
    subject, _, action = change.tag.partition(":")
    entries = [_entry(each, position) for position, each in enumerate(change.changes)]
    commitments = bulk_root([_commitment(entry) for entry in entries])
    return Leaf(subject, action, actor, at, commitments, count=len(entries), digest=change.digest), entries


def _entry(change: Change, position: int) -> dict[str, Any]:
    salt = secrets.token_bytes(SALT_SIZE)
    hashed = salted(salt, GONE if change.action in DELETIONS else canonical_row(change.table, change.row))
    return {"position": position, "table_name": change.table, "row_id": change.row_id, "salt": salt, "row_hash": hashed}


def _commitment(entry: Mapping[str, Any]) -> bytes:
    return commitment(entry["table_name"], entry["row_id"], row_hash=entry["row_hash"], salt=entry["salt"])


def _numbered(drafts: Sequence[_Draft], size: int) -> _Batch:
    batch = _Batch()
    for index, (leaf, entries) in enumerate(drafts, size):
        body = leaf.body
        batch.leaves.append({"index": index, "hash": leaf_hash(body.encode()), "body": body})
        batch.entries.extend({**entry, "leaf_index": index} for entry in entries)
    return batch
