"""Alembic's door: the database comes from the caller (``db upgrade``) or from the environment."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import context

from gi_registry.config import read_settings
from gi_registry.db import Database, metadata
from gi_registry.tables import TABLES

assert TABLES, "importing the table modules fills the metadata"

# revisions share ``migrations.support`` and ``migrations.spatial``, in a checkout as in an installed wheel
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

LOCAL = ("_rtree", "_rtree_node", "_rtree_parent", "_rtree_rowid")


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Leave out what PostGIS and the R*Tree keep for themselves."""
    return not (kind == "table" and name and (name.endswith(LOCAL) or name == "spatial_ref_sys"))


def run() -> None:
    """Run the migrations on the given connection, or on one of our own."""
    connection = context.config.attributes.get("connection")
    if connection is None:
        with Database(read_settings().database_url).engine.connect() as own:
            _migrate(own)
            own.commit()
    else:
        _migrate(connection)


def _migrate(connection: object) -> None:
    context.configure(
        connection=connection,  # type: ignore[arg-type]
        target_metadata=metadata,
        render_as_batch=True,
        include_name=include_name,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
