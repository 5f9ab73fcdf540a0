"""``log verify`` is silent on an honest database and names what was changed behind the log."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import select

from gi_registry.config import Settings, read_settings
from gi_registry.divisions.models import Division
from gi_registry.kernel.errors import Invalid, Unavailable
from gi_registry.log import keys, queries, service
from gi_registry.log.models import HEAD
from gi_registry.log.rules.checkpoint import parse, read_verifier_key, signed_by
from gi_registry.log.verification import verify
from tests.conftest import NOW

SETTINGS = read_settings({}, secret_key="one secret of this installation " * 2, public_url="https://gi.example.cn/registry")


def place(code: str) -> Division:
    return Division(code=code, name=f"示例{code}", level="county", parent_code=None, path=f"/{code}/", valid_from=date(2000, 1, 1))


@pytest.fixture
def filled(work: Any) -> Any:
    """Ten places, one of them renamed, one imported pair, one removed."""
    rows = [place(f"9990{number:02d}") for number in range(10)]
    for row in rows:
        work.record(row, "division:add")
    work.commit()
    rows[3].name = "改名县"
    work.record(rows[3], "division:rename")
    with work.bulk("division:import", "ab" * 32):
        work.record(place("999050"), "division:add")
        work.record(place("999051"), "division:add")
    work.commit()
    work.record_deleted(rows[9], "division:remove")
    work.commit()
    return work


def kinds(work: Any, **options: Any) -> set[tuple[str, str, str]]:
    return {(each.kind, each.table, each.row_id) for each in verify(work.session, **options).problems}


def unlock(work: Any, table: str) -> None:
    """Drop the triggers, as someone with the database's password would."""
    on = f" ON {table}" if work.session.get_bind().dialect.name == "postgresql" else ""
    for verb in ("update", "delete", "insert"):
        work.session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}"))


def test_an_honest_database_is_sound(filled: Any) -> None:
    report = verify(filled.session)
    assert report.sound, report.problems
    assert (report.size, report.root) == (queries.head(filled.session).size, queries.head(filled.session).root)
    assert report.size == 13
    assert report.rows >= 11


BEHIND_THE_LOG = {
    "UPDATE division SET name = '别处' WHERE code = '999001'": ("row-changed", "division", "999001"),
    "UPDATE division SET valid_from = '1999-12-31' WHERE code = '999050'": ("row-changed", "division", "999050"),
    "UPDATE division SET name = '示例999003' WHERE code = '999003'": ("row-changed", "division", "999003"),
    "DELETE FROM division WHERE code = '999051'": ("row-deleted", "division", "999051"),
    "INSERT INTO division (code, name, level, path) VALUES ('999077', '新县', 'county', '/999077/')": (
        "row-inserted",
        "division",
        "999077",
    ),
    "INSERT INTO division (code, name, level, path) VALUES ('999009', '示例999009', 'county', '/999009/')": (
        "row-inserted",
        "division",
        "999009",
    ),
}


@pytest.mark.parametrize("statement", BEHIND_THE_LOG)
def test_a_row_touched_behind_the_log_is_named(filled: Any, statement: str) -> None:
    filled.session.execute(text(statement))
    assert kinds(filled) == {BEHIND_THE_LOG[statement]}
    assert kinds(filled, tables=frozenset()) == set()  # the tree alone does not see it


INSIDE_THE_LOG = {
    "UPDATE log_leaf SET body = replace(body, 'rename', 'add') WHERE \"index\" = 10": ("log_leaf", "leaf-altered"),
    'UPDATE log_leaf SET hash = (SELECT root FROM log_head) WHERE "index" = 2': ("log_leaf", "leaf-altered"),
    'DELETE FROM log_leaf WHERE "index" = 4': ("log_leaf", "leaf-missing"),
    'DELETE FROM log_leaf WHERE "index" = 12': ("log_leaf", "leaf-missing"),
    'INSERT INTO log_leaf SELECT 99, hash, body FROM log_leaf WHERE "index" = 0': ("log_leaf", "leaf-extra"),
    'UPDATE log_node SET hash = (SELECT root FROM log_head) WHERE level = 2 AND "index" = 1': ("log_node", "node-altered"),
    "DELETE FROM log_node WHERE level = 3": ("log_node", "node-altered"),
    "INSERT INTO log_node SELECT 9, 9, root FROM log_head": ("log_node", "node-extra"),
    "UPDATE log_head SET root = frontier": ("log_head", "head-altered"),
    "UPDATE log_head SET size = 12": ("log_head", "head-altered"),
    "UPDATE log_head SET size = 99": ("log_head", "head-altered"),
    "UPDATE log_entry SET salt = substr(row_hash, 1, 16) WHERE leaf_index = 0": ("log_entry", "entry-altered"),
    "UPDATE log_entry SET row_id = '999002' WHERE leaf_index = 3": ("log_entry", "entry-altered"),
    "UPDATE log_entry SET position = 5 WHERE leaf_index = 11 AND position = 1": ("log_entry", "entry-altered"),
    "DELETE FROM log_entry WHERE leaf_index = 10": ("log_entry", "entry-altered"),
    "INSERT INTO log_entry SELECT 77, 0, table_name, row_id, salt, row_hash FROM log_entry WHERE leaf_index = 0": (
        "log_entry",
        "entry-extra",
    ),
    "INSERT INTO log_entry SELECT 0, 1, table_name, row_id, salt, row_hash FROM log_entry WHERE leaf_index = 1": (
        "log_entry",
        "entry-altered",
    ),
}


@pytest.mark.parametrize("statement", INSIDE_THE_LOG)
def test_a_change_of_the_log_itself_is_found(filled: Any, statement: str) -> None:
    table, kind = INSIDE_THE_LOG[statement]
    unlock(filled, table)
    filled.session.execute(text(statement))
    assert kind in {found for found, _table, _row in kinds(filled)}


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    "statement",
    ["UPDATE division SET valid_from = 'never' WHERE code = '999001'", "UPDATE division SET name = x'ff' WHERE code = '999001'"],
)
def test_content_that_cannot_be_read_any_more_does_not_stop_the_check(filled: Any, statement: str) -> None:
    filled.session.execute(text(statement))
    filled.session.execute(text("UPDATE division SET name = '别处' WHERE code = '999007'"))
    assert kinds(filled) == {("row-changed", "division", "999001"), ("row-changed", "division", "999007")}


def test_a_checkpoint_kept_outside_still_fits_after_the_log_has_grown(filled: Any) -> None:
    keys.ensure_key(filled.session, SETTINGS, at=NOW)
    kept = keys.checkpoint(filled.session, SETTINGS)
    filled.record(place("999060"), "division:add")
    filled.commit()
    assert verify(filled.session, kept).sound


def test_a_log_rewritten_from_the_start_fits_itself_but_not_the_checkpoint(filled: Any) -> None:
    vkey = keys.ensure_key(filled.session, SETTINGS, at=NOW)
    kept = keys.checkpoint(filled.session, SETTINGS)
    for table in ("log_leaf", "log_node", "log_entry", "log_head"):
        unlock(filled, table)
        filled.session.execute(text(f"DELETE FROM {table}") if table != "log_head" else update(HEAD).values(size=0, frontier=b""))
    rows = filled.session.execute(text("SELECT count(*) FROM division")).scalar_one()
    found = filled.session.exec(select(Division)).all()
    again = [service.Change("division", "add", "division", row.code, row.model_dump()) for row in found]
    service.append(filled.session, again, actor_pseudonym="system", at=NOW)
    assert kinds(filled) == set()
    assert kinds(filled, checkpoint=kept, verifier_key=vkey) == {("checkpoint-size", "log_head", "13")}
    service.append(filled.session, [again[0]] * (13 - rows), actor_pseudonym="system", at=NOW)
    assert kinds(filled, checkpoint=kept, verifier_key=vkey) == {("checkpoint-root", "log_head", "13")}


def test_a_forged_checkpoint_is_told_from_a_true_one(filled: Any) -> None:
    keys.ensure_key(filled.session, SETTINGS, at=NOW)
    kept = keys.checkpoint(filled.session, SETTINGS)
    forged = kept.replace("\n13\n", "\n12\n")
    assert kinds(filled, checkpoint=forged) == {("checkpoint-signature", "log_head", "12"), ("checkpoint-root", "log_head", "12")}
    with pytest.raises(Invalid):
        verify(filled.session, "nonsense")


def test_the_checkpoint_is_signed_by_the_published_key(filled: Any) -> None:
    vkey = keys.ensure_key(filled.session, SETTINGS, at=NOW)
    assert keys.ensure_key(filled.session, SETTINGS, at=NOW) == vkey == keys.find_verifier_key(filled.session)
    note = keys.checkpoint(filled.session, SETTINGS)
    name, public = read_verifier_key(vkey)
    assert name == "gi.example.cn/registry/log"
    assert signed_by(note, name, public=public)
    assert (parse(note).origin, parse(note).size, parse(note).root) == (name, 13, queries.head(filled.session).root)


def test_without_the_right_secret_there_is_no_checkpoint(filled: Any) -> None:
    with pytest.raises(Unavailable):
        keys.checkpoint(filled.session, SETTINGS)
    keys.ensure_key(filled.session, SETTINGS, at=NOW)
    for secret in ("another secret", ""):
        with pytest.raises(Unavailable):
            keys.checkpoint(filled.session, Settings(secret_key=secret))


def test_an_erased_row_is_sound_and_a_salt_lost_without_erasure_is_not(filled: Any) -> None:
    row = filled.session.get(Division, "999003")
    row.name = ""
    filled.record(row, "division:erase")
    filled.commit()
    assert service.forget_salts(filled.session, "division", row_id="999003") == 2
    assert verify(filled.session).sound
    entry = "FROM log_entry WHERE leaf_index = 1"
    filled.session.execute(text(f"UPDATE log_entry SET salt = row_hash WHERE leaf_index = 1 AND EXISTS (SELECT 1 {entry})"))
    assert {kind for kind, _table, _row in kinds(filled)} >= {"salt-missing"}
