"""Every change becomes a leaf in its own transaction, and the tree is the one of its leaves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event, select

from gi_registry.kernel.errors import Conflict, Invalid, NotFound
from gi_registry.log import queries, service
from gi_registry.log.models import ENTRY, LEAF, NODE
from gi_registry.log.rules import tree
from gi_registry.log.rules.leaf import SALT_SIZE
from gi_registry.log.service import Bulk, Change
from tests.conftest import NOW


def change(number: int, action: str = "register") -> Change:
    return Change("gi", action, "gi", str(number), {"id": number, "name": f"示例{number}"})


def append(work: Any, *changes: Change | Bulk) -> int:
    return service.append(work.session, changes, actor_pseudonym="p-1", at=NOW)


def leaves(work: Any) -> list[bytes]:
    return [bytes(hashed) for hashed in work.session.execute(select(LEAF.c.hash).order_by(LEAF.c.index)).scalars()]


def test_a_new_log_is_empty(work: Any) -> None:
    assert queries.head(work.session) == queries.Head(0, tree.EMPTY_ROOT)
    assert append(work) == 0


def test_a_change_becomes_a_leaf_that_does_not_show_the_row(work: Any) -> None:
    assert append(work, change(7)) == 1
    body = work.session.execute(select(LEAF.c.body)).scalar_one()
    row = json.loads(body).pop("row")
    assert {**json.loads(body), "row": ""} == {
        "v": 1,
        "subject": "gi",
        "action": "register",
        "actor": "p-1",
        "at": "2026-03-10T02:00:00.000000Z",
        "row": "",
    }
    assert len(bytes.fromhex(row)) == 32
    assert "示例" not in body


def test_the_same_row_twice_has_different_salts(work: Any) -> None:
    append(work, change(7), change(7))
    first, second = work.session.execute(select(ENTRY.c.salt, ENTRY.c.row_hash)).all()
    assert bytes(first.salt) != bytes(second.salt)
    assert bytes(first.row_hash) != bytes(second.row_hash)


@pytest.mark.parametrize("counts", [(1,) * 9, (3, 5, 1), (256, 1, 44)])
def test_the_tree_is_the_tree_of_its_leaves_however_they_came(work: Any, counts: tuple[int, ...]) -> None:
    for count in counts:
        append(work, *(change(number) for number in range(count)))
    size = sum(counts)
    head = queries.head(work.session)
    assert head == queries.Head(size, tree.root(leaves(work)))
    assert len(work.session.execute(select(NODE)).all()) == size - size.bit_count()


def test_a_file_is_one_leaf_over_all_its_rows(work: Any) -> None:
    append(work, change(1), Bulk("plot:import", "ab" * 32, [change(2), change(3), change(4, "deleted")]), change(5))
    assert queries.head(work.session).size == 3
    body = json.loads(work.session.execute(select(LEAF.c.body).where(LEAF.c.index == 1)).scalar_one())
    assert (body["subject"], body["action"], body["count"], body["digest"]) == ("plot", "import", 3, "ab" * 32)
    entries = work.session.execute(select(ENTRY.c.position, ENTRY.c.row_id).where(ENTRY.c.leaf_index == 1).order_by(ENTRY.c.position)).all()
    assert [tuple(each) for each in entries] == [(0, "2"), (1, "3"), (2, "4")]


def test_what_is_rolled_back_leaves_no_trace(work: Any) -> None:
    append(work, change(1))
    work.session.commit()
    append(work, change(2))
    work.session.rollback()
    assert queries.head(work.session).size == 1
    assert len(leaves(work)) == 1


def test_the_history_of_a_row_is_told_in_order(work: Any) -> None:
    append(work, change(1), change(2), Bulk("gi:import", "00", [change(1)]), change(1, "deleted"))
    told = queries.history(work.session, "gi", 1)
    assert [(each.subject, each.action, each.actor, each.leaf_index, each.at) for each in told] == [
        ("gi", "register", "p-1", 0, NOW), ("gi", "import", "p-1", 2, NOW), ("gi", "deleted", "p-1", 3, NOW),
    ]  # fmt: skip


def test_every_leaf_and_every_earlier_size_can_be_proved(work: Any) -> None:
    append(work, *(change(number) for number in range(21)))
    known = leaves(work)
    for size in (1, 8, 13, 21):
        for index in range(size):
            told = queries.inclusion(work.session, index, size)
            assert told.leaf_hash == known[index]
            assert told.root == tree.root(known[:size])
            assert tree.verify_inclusion(told.leaf_hash, index, size=size, proof=told.proof, root=told.root)
    for old in range(22):
        told = queries.consistency(work.session, old, 21)
        assert told.old_root == tree.root(known[:old])
        assert tree.verify_consistency(old, 21, old_root=told.old_root, new_root=told.new_root, proof=told.proof)


def test_a_proof_beyond_the_log_is_refused_in_words(work: Any) -> None:
    append(work, change(1), change(2))
    for ask in (
        lambda: queries.inclusion(work.session, 2, 2),
        lambda: queries.inclusion(work.session, -1, 2),
        lambda: queries.inclusion(work.session, 0, 3),
        lambda: queries.consistency(work.session, 2, 3),
        lambda: queries.consistency(work.session, 2, 1),
    ):
        with pytest.raises(Invalid):
            ask()


def test_tiles_hold_the_hashes_of_their_level(work: Any) -> None:
    append(work, *(change(number) for number in range(300)))
    known = leaves(work)
    assert queries.tile(work.session, 0, 0, width=256) == b"".join(known[:256])
    assert queries.tile(work.session, 0, 1, width=44) == b"".join(known[256:])
    assert queries.tile(work.session, 0, 1, width=7) == b"".join(known[256:263])
    assert queries.tile(work.session, 1, 0, width=1) == tree.root(known[:256])
    for level, number, width in ((0, 1, 45), (0, 2, 1), (1, 0, 2), (2, 0, 1)):
        with pytest.raises(NotFound):
            queries.tile(work.session, level, number, width=width)


def test_one_append_costs_as_many_rows_as_the_tree_has_levels(work: Any) -> None:
    append(work, *(change(number) for number in range(1023)))
    statements: list[tuple[str, int]] = []

    def count(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
        statements.append((statement.split(maxsplit=1)[0], len(parameters) if many else 1))

    event.listen(work.session.get_bind(), "before_cursor_execute", count)
    append(work, change(1023))
    event.remove(work.session.get_bind(), "before_cursor_execute", count)
    assert sum(rows for verb, rows in statements if verb == "SELECT") == 1
    assert sum(rows for verb, rows in statements if verb == "INSERT") == 1 + 1 + 10
    assert sum(rows for verb, rows in statements if verb == "UPDATE") == 1


def test_salts_are_forgotten_only_after_an_erasure(work: Any) -> None:
    append(work, change(1), change(1, "correct"), change(2))
    with pytest.raises(Conflict):
        service.forget_salts(work.session, "gi", row_id="1")
    append(work, change(1, "erase"))
    assert service.forget_salts(work.session, "gi", row_id="1") == 2
    lengths = work.session.execute(select(ENTRY.c.salt).where(ENTRY.c.row_id == "1").order_by(ENTRY.c.leaf_index)).scalars()
    assert [len(bytes(salt)) for salt in lengths] == [32, 32, SALT_SIZE]
    assert service.forget_salts(work.session, "gi", row_id="1") == 0
