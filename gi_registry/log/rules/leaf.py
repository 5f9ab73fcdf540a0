"""What a leaf says and how it commits to rows without showing them.

- ``row_hash`` = SHA-256(salt ‖ canonical row): says nothing about the row to someone without the salt.
- ``commitment`` = SHA-256 over table, row id, row hash and SHA-256(salt): binds the whole entry to the leaf, and can still be recomputed
  after the salt itself was forgotten.
- the leaf's ``row`` is the commitment, or for a bulk file the Merkle root over the commitments of its rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

import rfc8785

from gi_registry.log.rules.tree import leaf_hash, root

SALT_SIZE = 16
FORGOTTEN_SIZE = 32  # in the place of a forgotten salt stands its SHA-256
DELETIONS = frozenset({"delete", "deleted"})
ERASURES = frozenset({"erase", "erased"})
GONE = b""  # the canonical form of a row that was deleted: no row has it, for even an empty one is {}


@dataclass(frozen=True)
class Leaf:
    """One leaf: what happened (``subject:action``), by whom (pseudonym), when, and the commitment to the row or rows."""

    subject: str
    action: str
    actor: str
    at: datetime
    row: bytes
    count: int | None = None
    digest: str | None = None

    @property
    def body(self) -> str:
        """The canonical JSON (RFC 8785) that is hashed into the tree."""
        body: dict[str, str | int] = {
            "v": 1,
            "subject": self.subject,
            "action": self.action,
            "actor": self.actor,
            "at": moment(self.at),
            "row": self.row.hex(),
        }
        if self.count is not None:
            body |= {"count": self.count, "digest": self.digest or ""}
        return rfc8785.dumps(body).decode()


def moment(at: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with microseconds and Z; a naive one is taken as UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def salted(salt: bytes, canonical: bytes) -> bytes:
    """Return the salted SHA-256 of a canonical row."""
    return sha256(salt + canonical).digest()


def forgotten(salt: bytes) -> bytes:
    """Return what stays in the place of a salt: its hash (a forgotten one is returned as it is)."""
    return salt if len(salt) == FORGOTTEN_SIZE else sha256(salt).digest()


def commitment(table: str, row_id: str, *, row_hash: bytes, salt: bytes) -> bytes:
    """Return what a leaf commits to for one row; ``salt`` may be forgotten already."""
    return sha256(f"{table}\n{row_id}\n".encode() + row_hash + forgotten(salt)).digest()


def bulk_root(commitments: Sequence[bytes]) -> bytes:
    """Return the Merkle root over the rows of a bulk file."""
    return root(leaf_hash(each) for each in commitments)
