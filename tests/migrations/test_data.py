"""Down and up again with data in the tables; the rows of the revisions below stay."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from gi_registry.db import Database
from tests.migrations.chain import downgrade, upgrade
from tests.migrations.test_chain import REVISIONS, _counts, _triggers

ABOVE = REVISIONS[1:]


@pytest.fixture
def filled(database: Database, open_work: Any) -> Database:
    from tests.builders.accounts import make_person
    from tests.builders.registry import make_authorisation, make_product

    with open_work() as work:
        authorisation = make_authorisation(work)
        make_product(work, authorisation=authorisation)
        make_person(work, "county_handler", division="999999")
    return database


def test_rows_below_stay_when_the_steps_above_are_taken_back(filled: Database) -> None:
    with filled.engine.connect() as connection:
        before, triggers = _counts(connection), _triggers(connection)
    assert before["authorisation"] == before["product"] == before["person"] == 1
    assert before["log_leaf"] > 3
    filled.engine.dispose()
    for revision in reversed(ABOVE[:-1]):
        downgrade(filled.url, revision)
        with filled.engine.connect() as connection:
            now = _counts(connection)
        filled.engine.dispose()
        assert now == {name: before[name] for name in now}
    upgrade(filled.url)
    with filled.engine.connect() as connection:
        assert _triggers(connection) == triggers
        assert connection.execute(text("SELECT count(*) FROM log_leaf")).scalar_one() == before["log_leaf"]
        assert connection.execute(text("SELECT count(*) FROM authorisation")).scalar_one() == 0
    filled.engine.dispose()
