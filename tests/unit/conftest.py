"""A unit test is about a rule: it may open neither the application nor a database."""

from __future__ import annotations

from typing import Any

import flask
import pytest
import sqlalchemy


@pytest.fixture(autouse=True)
def no_application_no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail a unit test that opens the application or connects to a database."""

    def refuse(*_args: Any, **_options: Any) -> None:
        raise AssertionError("A unit test may open neither the application nor a database; put this test into tests/service or tests/web.")

    monkeypatch.setattr(flask.Flask, "__init__", refuse)
    monkeypatch.setattr(sqlalchemy.Engine, "connect", refuse)
    monkeypatch.setattr(sqlalchemy.Engine, "raw_connection", refuse)
