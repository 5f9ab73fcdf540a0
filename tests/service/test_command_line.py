"""Commands that an operator runs in a fresh process, before anything else has been loaded."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

COMMAND = "from gi_registry.cli import main; main()"


def run(url: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GI_DATABASE_URL": url, "GI_SECRET_KEY": "only-for-tests-" + "0" * 32}
    return subprocess.run([sys.executable, "-c", COMMAND, *words], capture_output=True, text=True, check=False, env=environment)


def test_the_revision_is_told_in_a_fresh_process(database_url: str) -> None:
    done = run(database_url, "db", "check", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert told["current"] == told["newest"] != ""


@pytest.mark.slow
def test_the_log_of_a_fresh_installation_verifies_and_an_edit_behind_it_fails_the_command(database_url: str) -> None:
    assert run(database_url, "db", "upgrade").returncode == 0
    clean = run(database_url, "log", "verify", "--json")
    assert clean.returncode == 0, clean.stderr
    assert json.loads(clean.stdout)["sound"] is True
    from sqlalchemy import text

    from gi_registry.db import Database

    database = Database(database_url)
    with database.session() as session:
        session.execute(text("UPDATE policy_parameter SET why = 'x' WHERE id = (SELECT min(id) FROM policy_parameter)"))
        session.commit()
    database.engine.dispose()
    edited = run(database_url, "log", "verify", "--json")
    assert edited.returncode == 1
    assert [problem["table"] for problem in json.loads(edited.stdout)["problems"]] == ["policy_parameter"]


def test_doctor_names_a_problem_with_its_remedy_and_fails(database_url: str) -> None:
    done = run(database_url, "doctor", "--json")
    told = json.loads(done.stdout)
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == (1 if told["problems"] else 0)


@pytest.mark.databases("sqlite")
def test_a_setting_that_cannot_be_read_is_a_sentence_and_wrong_use(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GI_UPLOAD_BYTES", "x")
    done = run(database_url, "doctor")
    assert done.returncode == 2
    assert "GI_UPLOAD_BYTES" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("command", ["serve", "scheduler"])
def test_a_process_without_a_secret_key_is_refused_in_a_sentence(database_url: str, command: str) -> None:
    environment = {**os.environ, "GI_DATABASE_URL": database_url, "GI_SECRET_KEY": ""}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, command], capture_output=True, text=True, check=False, env=environment, timeout=60
    )
    assert done.returncode == 1
    assert "GI_SECRET_KEY" in done.stderr
    assert "Traceback" not in done.stderr
