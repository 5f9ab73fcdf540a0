"""Driving the chain of migrations from a test."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from gi_registry.assets import asset_dir
from gi_registry.db import Database


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration for a connection."""
    config = Config()
    config.set_main_option("script_location", str(asset_dir("migrations")))
    config.attributes["connection"] = connection
    return config


def _run(url: str, act: Callable[[Config], None]) -> None:
    database = Database(url)
    try:
        with database.engine.connect() as connection:
            act(configuration(connection))
            connection.commit()
    finally:
        database.engine.dispose()


def upgrade(url: str, revision: str = "head") -> None:
    """Migrate up to a revision."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str = "base") -> None:
    """Migrate down to a revision."""
    _run(url, lambda config: command.downgrade(config, revision))
