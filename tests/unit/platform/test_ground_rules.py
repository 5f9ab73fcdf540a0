"""Negative controls: what a unit test may not do fails."""

from __future__ import annotations

import flask
import pytest
import sqlalchemy


def test_a_unit_test_cannot_connect_to_a_database() -> None:
    with pytest.raises(AssertionError, match="neither the application nor a database"):
        sqlalchemy.create_engine("sqlite://").connect()


def test_a_unit_test_cannot_make_an_application() -> None:
    with pytest.raises(AssertionError, match="neither the application nor a database"):
        flask.Flask(__name__)
