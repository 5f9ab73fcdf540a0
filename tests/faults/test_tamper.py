"""A hundred edits of the database behind the log, on either kind: ``log verify`` against a checkpoint kept outside finds every one.

Changes, deletions and insertions of rows of every covered table that holds any, edits of the log's own tables, and forgeries after which
the log agrees with itself again. Negative controls: the untouched database is sound; a verification that skips the rows misses the edits
of rows; without the outside checkpoint the forgeries are not found, and the database's own key does not show that it was replaced.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from gi_registry.cli import main
from gi_registry.config import read_settings
from gi_registry.db import metadata
from gi_registry.kernel.actor import SYSTEM
from gi_registry.log import keys
from gi_registry.log.coverage import COVERED
from gi_registry.log.models import KEY
from gi_registry.log.report import Report
from gi_registry.log.verification import verify
from tests.builders.listings import make_stage, to_listed
from tests.builders.registry import make_authorisation, make_product
from tests.builders.reports import make_accepted, make_farm
from tests.conftest import NOW
from tests.faults.intruder import LOG_TABLES, Edit, Intruder, drop_triggers

SEED = 20260310
ROW_EDITS, LOG_EDITS, FORGERIES = 66, 20, 14
SETTINGS = read_settings({}, secret_key="only-for-tests-" + "0" * 32)

pytestmark = pytest.mark.slow


@pytest.fixture
def filled(work: Any) -> Any:
    """A register with a year behind it: land, goods, codes, an accepted report, a published listing; some rows changed since."""
    to_listed(make_stage(work, consent=True)).commit()
    work.commit()
    make_accepted(work, make_farm(work))
    work.commit()
    work.actor = SYSTEM
    for number in range(6):
        product = make_product(work, authorisation_id=make_authorisation(work).id)
        work.commit()
        product.name = f"示例改名 {number}"
        work.record(product, "product:rename")
        work.commit()
    make_product(work, authorisation_id=product.authorisation_id)
    work.commit()
    return work


@pytest.fixture
def kept(filled: Any) -> dict[str, str]:
    """What someone outside keeps: the checkpoint of the day and the key it is signed with."""
    verifier_key = keys.ensure_key(filled.session, SETTINGS, at=NOW)
    note = keys.checkpoint(filled.session, SETTINGS)
    filled.session.commit()
    return {"checkpoint": note, "verifier_key": verifier_key}


@pytest.fixture
def intruder(filled: Any, kept: dict[str, str]) -> Intruder:
    drop_triggers(filled.session)
    return Intruder(filled.session, random.Random(SEED))


def told_of(intruder: Intruder, deed: Callable[[], Edit], **kept: Any) -> tuple[Edit, Report]:
    """Do something, verify, undo it; return what it was and what was told."""
    undo = intruder.session.begin_nested()
    edit = deed()
    report = verify(intruder.session, **kept)
    undo.rollback()
    return edit, report


def names(report: Report, edit: Edit) -> bool:
    """Say whether the report names the row that was edited; an edit of the log may be told of the row that the log speaks of."""
    if edit.table in LOG_TABLES:
        return not report.sound
    return any((problem.table, problem.row_id) == (edit.table, edit.row_id) for problem in report.problems)


def test_a_hundred_edits_behind_the_log_are_found_and_named(intruder: Intruder, kept: dict[str, str]) -> None:
    assert verify(intruder.session, **kept).sound
    deeds = [intruder.edit_a_row] * ROW_EDITS + [intruder.edit_the_log] * LOG_EDITS + [intruder.forge_a_row] * (FORGERIES - 1)
    told = [told_of(intruder, deed, **kept) for deed in (*deeds, intruder.forget_the_end)]
    assert len(told) >= 100
    assert [edit for edit, report in told if report.sound] == []
    plain = [(edit, report) for edit, report in told if edit.deed not in {"forge", "forget"}]
    assert [edit for edit, report in plain if not names(report, edit)] == []
    assert {edit.deed for edit, _report in told} == {"change", "delete", "insert", "forge", "forget"}
    assert {edit.table for edit, _report in told} >= {*intruder.filled, *LOG_TABLES}
    assert len(intruder.filled) >= 30, sorted(COVERED - set(intruder.filled))
    assert verify(intruder.session, **kept).sound  # everything was undone: nothing was found that was not there


def test_a_forgery_that_agrees_with_itself_is_found_by_the_outside_checkpoint_only(intruder: Intruder, kept: dict[str, str]) -> None:
    for deed, kind in ((intruder.forge_a_row, "checkpoint-root"), (intruder.forget_the_end, "checkpoint-size")):
        _edit, alone = told_of(intruder, deed)
        assert alone.sound, alone.lines  # the control: without what is kept outside nobody would know
        _edit, beside = told_of(intruder, deed, **kept)
        assert [problem.kind for problem in beside.problems] == [kind]


def test_a_replaced_key_is_found_by_the_key_kept_outside_only(intruder: Intruder, kept: dict[str, str]) -> None:
    session = intruder.session
    intruder.forge_a_row()
    name = session.execute(select(KEY.c.name)).scalar_one()
    session.execute(KEY.delete())
    keys.ensure_key(session, SETTINGS, at=NOW)
    assert session.execute(select(KEY.c.name)).scalar_one() == name
    forged = keys.checkpoint(session, SETTINGS)
    assert verify(session, forged).sound  # the control: the database vouches for itself
    assert [problem.kind for problem in verify(session, forged, verifier_key=kept["verifier_key"]).problems] == ["checkpoint-signature"]


def test_a_check_that_skips_the_rows_misses_their_edits(intruder: Intruder) -> None:
    told = [told_of(intruder, intruder.edit_a_row, tables=frozenset()) for _each in range(5)]
    assert [edit for edit, report in told if not report.sound] == []


def test_the_command_names_table_and_row(
    filled: Any, kept: dict[str, str], database: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    note = tmp_path / "2026-03-10.txt"
    note.write_text(kept["checkpoint"], encoding="utf-8")
    monkeypatch.setenv("GI_DATABASE_URL", database.url)
    command = ["log", "verify", "--checkpoint", str(note), "--key", kept["verifier_key"]]
    before = CliRunner().invoke(main, command)
    assert before.exit_code == 0, before.output
    drop_triggers(filled.session)
    edit = Intruder(filled.session, random.Random(SEED)).change(metadata.tables["product"])
    filled.session.commit()
    after = CliRunner().invoke(main, command)
    assert after.exit_code == 1
    assert f"product {edit.row_id}" in after.output
