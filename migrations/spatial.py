"""Spatial indexes: GiST on PostGIS; on SQLite an R*Tree kept by triggers."""

from __future__ import annotations

from alembic import op

BOUNDS = "new.id, gi_min_lon(new.geometry), gi_max_lon(new.geometry), gi_min_lat(new.geometry), gi_max_lat(new.geometry)"


def create_spatial_index(table: str) -> None:
    """Index ``table.geometry``; also re-creates the triggers after SQLite has rebuilt the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE INDEX ix_{table}_geometry ON {table} USING gist (geometry)")
        return
    op.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {table}_rtree USING rtree(id, min_lon, max_lon, min_lat, max_lat)")
    op.execute(
        f"CREATE TRIGGER {table}_rtree_insert AFTER INSERT ON {table} WHEN new.geometry IS NOT NULL "
        f"BEGIN INSERT OR REPLACE INTO {table}_rtree VALUES ({BOUNDS}); END"
    )
    op.execute(
        f"CREATE TRIGGER {table}_rtree_update AFTER UPDATE OF geometry ON {table} WHEN new.geometry IS NOT NULL "
        f"BEGIN INSERT OR REPLACE INTO {table}_rtree VALUES ({BOUNDS}); END"
    )
    op.execute(f"CREATE TRIGGER {table}_rtree_delete AFTER DELETE ON {table} BEGIN DELETE FROM {table}_rtree WHERE id = old.id; END")


def drop_spatial_index(table: str) -> None:
    """Drop what ``create_spatial_index`` made."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP INDEX IF EXISTS ix_{table}_geometry")
        return
    for event in ("insert", "update", "delete"):
        op.execute(f"DROP TRIGGER IF EXISTS {table}_rtree_{event}")
    op.execute(f"DROP TABLE IF EXISTS {table}_rtree")
