"""A leaf says what happened and commits to a row without showing it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

import pytest

from gi_registry.log.rules.leaf import Leaf, bulk_root, commitment, forgotten, moment, salted
from gi_registry.log.rules.tree import leaf_hash, node_hash

AT = datetime(2026, 3, 10, 2, 0, 0, 5, tzinfo=UTC)
SALT = bytes(range(16))
HASH = salted(SALT, b'{"id":1}')


def test_the_body_is_canonical_json() -> None:
    leaf = Leaf("report", "file", "p-7", AT, HASH)
    expected = f'{{"action":"file","actor":"p-7","at":"2026-03-10T02:00:00.000005Z","row":"{HASH.hex()}","subject":"report","v":1}}'
    assert leaf.body == expected


def test_a_bulk_leaf_also_says_how_many_rows_and_of_which_file() -> None:
    body = json.loads(Leaf("plot", "import", "p-7", AT, HASH, count=3, digest="ab").body)
    assert (body["count"], body["digest"]) == (3, "ab")


def test_a_moment_is_utc_whatever_its_zone() -> None:
    assert moment(AT.astimezone(ZoneInfo("Asia/Shanghai"))) == moment(AT.replace(tzinfo=None)) == "2026-03-10T02:00:00.000005Z"


def test_the_row_hash_is_salted() -> None:
    assert sha256(SALT + b'{"id":1}').digest() == HASH
    assert salted(bytes(16), b'{"id":1}') != HASH


@pytest.mark.parametrize(
    ("table", "row_id", "row_hash", "salt"),
    [("plot", "2", HASH, SALT), ("batch", "1", HASH, SALT), ("plot", "1", SALT * 2, SALT), ("plot", "1", HASH, bytes(16))],
)
def test_the_commitment_binds_every_part_of_the_entry(table: str, row_id: str, row_hash: bytes, salt: bytes) -> None:
    assert commitment(table, row_id, row_hash=row_hash, salt=salt) != commitment("plot", "1", row_hash=HASH, salt=SALT)


def test_the_commitment_outlives_the_salt() -> None:
    kept = forgotten(SALT)
    assert kept == sha256(SALT).digest() == forgotten(kept)
    assert commitment("plot", "1", row_hash=HASH, salt=kept) == commitment("plot", "1", row_hash=HASH, salt=SALT)


def test_a_bulk_commits_to_its_rows_in_order() -> None:
    first, second = sha256(b"1").digest(), sha256(b"2").digest()
    assert bulk_root([first, second]) == node_hash(leaf_hash(first), leaf_hash(second)) != bulk_root([second, first])
