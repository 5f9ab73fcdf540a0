"""GeoPackage (OGC 12-128r19): an SQLite file of strangers, opened in memory, where nothing runs but reading plain tables."""

from __future__ import annotations

import sqlite3
import struct
from typing import Any

from gi_registry.bulk.geofiles.wkb import geometry_of
from gi_registry.bulk.geofiles.words import MOST_FEATURES, Layer, Points, Read, Refused

MAGIC = b"SQLite format 3\x00"
_ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}
_FUNCTIONS = {"count", "lower"}
_NO_SYSTEM = ("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS", "UNDEFINED")
_STEPS = 200_000_000
_TABLES = "SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'view')"


def layers_of(content: bytes) -> tuple[list[Layer], list[tuple[str, str]]]:
    """Return the feature tables of a GeoPackage, and remarks on what else is in it; raise Refused for another SQLite file."""
    database, notes = _open(content)
    try:
        tables = {str(name).lower(): str(sql or "") for name, sql in database.execute(_TABLES)}
        _refuse_others(tables, "gpkg_contents", "gpkg_geometry_columns", "gpkg_spatial_ref_sys")
        contents = database.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall()
        geometries = database.execute("SELECT table_name, column_name, srs_id FROM gpkg_geometry_columns").fetchall()
    except sqlite3.DatabaseError:
        raise Refused("not-a-geopackage") from None
    kinds = {str(table).lower(): str(kind) for table, kind in contents}
    others = sorted(name for name, kind in kinds.items() if kind != "features")
    if others:
        notes.append(("other-tables", "、".join(others)))
    layers = [_layer(database, str(table), str(column), srs) for table, column, srs in geometries if _readable(str(table), kinds, tables)]
    return layers, notes


def _readable(table: str, kinds: dict[str, str], tables: dict[str, str]) -> bool:
    if kinds.get(table.lower()) != "features":
        return False
    _refuse_others(tables, table)
    return True


def _refuse_others(tables: dict[str, str], *names: str) -> None:
    """Raise Refused for what is no plain table: reading a view or a virtual table runs what a stranger wrote."""
    for name in names:
        sql = tables.get(name.lower())
        if sql is not None and not sql.lstrip().upper().startswith("CREATE TABLE"):
            raise Refused("view", name)


def _open(content: bytes) -> tuple[sqlite3.Connection, list[tuple[str, str]]]:
    notes: list[tuple[str, str]] = []
    if content[18:20] == b"\x02\x02":  # written with a log beside it that was not sent along
        content = content[:18] + b"\x01\x01" + content[20:]
        notes.append(("wal", ""))
    database = sqlite3.connect(":memory:", isolation_level=None)
    for limit, value in ((sqlite3.SQLITE_LIMIT_LENGTH, 100_000_000), (sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)):
        database.setlimit(limit, value)
    database.deserialize(content)
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA temp_store = MEMORY")
    database.text_factory = lambda raw: raw.decode("utf-8", "replace")
    database.set_authorizer(_allowed)
    database.set_progress_handler(_Steps().spent, 100_000)
    return database, notes


class _Steps:
    """Counts what the database engine does, and stops it."""

    def __init__(self) -> None:
        self.left = _STEPS

    def spent(self) -> int:
        """Say with anything but 0 that it is enough."""
        self.left -= 100_000
        return int(self.left < 0)


def _allowed(action: int, first: str | None, second: str | None, _database: str | None, _trigger: str | None) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _FUNCTIONS:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_PRAGMA and (first or "").lower() == "table_info":
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _layer(database: sqlite3.Connection, table: str, column: str, srs: Any) -> Layer:
    try:
        count = int(database.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608  # quoted
    except sqlite3.DatabaseError:
        raise Refused("broken-table", table) from None
    if count > MOST_FEATURES:
        raise Refused("too-many-features", str(MOST_FEATURES))
    return Layer(table, count, "geopackage", lambda _wish: _read(database, table, column, srs=srs))


def _read(database: sqlite3.Connection, table: str, column: str, *, srs: Any) -> Read:
    found, points = Read(crs=_crs(database, srs)), Points()
    try:
        columns = [
            str(name)
            for _id, name, kind, _notnull, _default, key in database.execute(f"PRAGMA table_info({_quoted(table)})")
            if not (key and "INT" in str(kind).upper()) and str(name).lower() != column.lower() and "BLOB" not in str(kind).upper()
        ]
        names = ", ".join(_quoted(name) for name in [column, *columns])
        for blob, *values in database.execute(f"SELECT {names} FROM {_quoted(table)}"):  # noqa: S608  # quoted
            properties = {name: None if isinstance(value, bytes) else value for name, value in zip(columns, values, strict=True)}
            found.features.append({"properties": properties, "geometry": _geometry(blob, points, found)})
    except sqlite3.DatabaseError:
        raise Refused("broken-table", table) from None
    return found


def _crs(database: sqlite3.Connection, srs: Any) -> str:
    row = database.execute(
        "SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,)
    ).fetchone()
    if row is None or srs in (0, -1):
        return ""
    organization, code, definition = row
    if str(definition or "").upper().startswith(_NO_SYSTEM):
        return ""
    return f"EPSG:{code}" if str(organization).upper() == "EPSG" else str(definition or "")[:8_000]


def _geometry(blob: Any, points: Points, found: Read) -> dict[str, Any] | None:
    if not isinstance(blob, bytes) or not blob:
        return None
    if len(blob) < 8 or blob[:2] != b"GP":
        raise Refused("broken-geometry")
    flags = blob[3]
    if flags & 0x10:
        return None
    start = 8 + _ENVELOPES.get((flags >> 1) & 7, -1)
    if start < 8:
        raise Refused("broken-geometry")
    try:
        return geometry_of(blob[start:], points, found)
    except (struct.error, IndexError):
        raise Refused("broken-geometry") from None
