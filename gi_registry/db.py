"""The database: engine, sessions, naming, the portable geometry column, and IntegrityError told in words.

SQLite and PostgreSQL share one schema. On SQLite a writing session begins IMMEDIATE (a deferred transaction that reads and then
writes after someone else's commit fails at once, whatever the timeout), a reading one runs under ``query_only``.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry import MultiPolygon
from sqlalchemy import BigInteger, CheckConstraint, Column, Engine, MetaData, UniqueConstraint, create_engine, event
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import declared_attr
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import UserDefinedType
from sqlmodel import Field, Session, SQLModel

from gi_registry.kernel.errors import Conflict, Duplicate, StaleVersion
from gi_registry.kernel.words import say

CGCS2000 = 4490

metadata: MetaData = SQLModel.metadata
metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Row(SQLModel):
    """Base of every table class; ``RoleGrant`` is stored in ``role_grant``."""

    @declared_attr.directive
    def __tablename__(cls) -> str:  # noqa: N805  # a declared attribute takes the class
        """The class name in snake case."""
        return _WORDS.sub("_", cls.__name__).lower()


class Versioned(SQLModel):
    """A row that people edit: a form carries ``version``, a stale one is refused."""

    version: int = Field(default=1, nullable=False)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805  # a declared attribute takes the class
        """Every UPDATE carries the version it was read under, so that of two racing officers one is told."""
        own = getattr(cls, "__table__", None)
        return {} if own is None else {"version_id_col": own.c.version, "version_id_generator": False}


class Scoped(SQLModel):
    """A row that belongs to an organisation and is handled by the authority of a division."""

    owner_org_id: int | None = Field(default=None, foreign_key="organisation.id", index=True)
    authority_division: str = Field(default="", index=True)


class Installation(Row, table=True):
    """One row: a demonstration database says so from its creation, and only it may move its clock."""

    __table_args__ = (CheckConstraint("id = 1", name="single"), CheckConstraint("demo OR clock_offset_s = 0", name="real_clock"))

    id: int = Field(default=1, primary_key=True)
    demo: bool = Field(default=False)
    clock_offset_s: int = Field(default=0, sa_type=BigInteger)


class IdempotencyKey(Row, table=True):
    """The answer to one request, kept for a day: the same request sent again is answered, not done again."""

    __table_args__ = (UniqueConstraint("owner", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    owner: str
    key: str
    digest: str
    status: int
    location: str = ""
    media_type: str = ""
    body: str = ""
    at: datetime = Field(index=True)


class MultiPolygonType(UserDefinedType[MultiPolygon]):
    """A MultiPolygon in CGCS2000, longitude first: PostGIS ``geometry(MultiPolygon,4490)``, on SQLite a WKB blob."""

    cache_ok = True

    def get_col_spec(self, **_kw: Any) -> str:
        """Return the type on SQLite."""
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Return the function from shapely to the driver."""
        if dialect.name == "postgresql":
            return lambda geom: None if geom is None else shapely.to_wkb(shapely.set_srid(geom, CGCS2000), hex=True, include_srid=True)
        return lambda geom: None if geom is None else shapely.to_wkb(geom, byte_order=1)

    def result_processor(self, _dialect: Dialect, _coltype: object) -> Callable[[Any], Any]:
        """Return the function from the driver to shapely."""
        return lambda raw: None if raw is None else shapely.set_srid(shapely.from_wkb(raw), 0)


@compiles(MultiPolygonType, "postgresql")
def _postgis_type(_type: MultiPolygonType, _compiler: Any, **_kw: Any) -> str:
    return f"geometry(MultiPolygon,{CGCS2000})"


def multi_polygon_column(*, nullable: bool = False) -> Any:
    """Return the column of a portable geometry."""
    return Column(MultiPolygonType(), nullable=nullable)


def _bounds(index: int) -> Callable[[bytes | None], float | None]:
    def bound(raw: bytes | None) -> float | None:
        return None if raw is None else float(shapely.bounds(shapely.from_wkb(raw))[index])

    return bound


class Database:
    """An engine and its sessions."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        options: dict[str, Any] = {} if self.is_sqlite else {"pool_size": pool_size, "max_overflow": 20, "pool_pre_ping": True}
        self.engine: Engine = create_engine(url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            event.listen(self.engine, "checkin", _writable_again)

    @contextmanager
    def session(self, *, writable: bool = True) -> Iterator[Session]:
        """Open a session; nothing is committed here. A session that is not writable refuses to write on both databases."""
        with Session(self.engine, expire_on_commit=False) as session:
            if writable:
                session.connection(execution_options={"gi_write": True})
                yield session
                return
            _read_only(session.connection())
            yield session


def _read_only(connection: Connection) -> None:
    connection.exec_driver_sql("SET TRANSACTION READ ONLY" if connection.dialect.name == "postgresql" else "PRAGMA query_only=ON")


def _writable_again(raw: Any, _record: object) -> None:
    # Here and not at the end of the session: after its rollback a session may be given another connection of the pool.
    if raw is not None:
        raw.execute("PRAGMA query_only=OFF")


def _prepare_sqlite(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # SQLAlchemy begins transactions itself, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000", "recursive_triggers=ON"):
        raw.execute(f"PRAGMA {pragma}")
    for index, name in enumerate(("gi_min_lon", "gi_min_lat", "gi_max_lon", "gi_max_lat")):
        raw.create_function(name, 1, _bounds(index), deterministic=True)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("gi_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def integrity_in_words() -> Iterator[None]:
    """Turn a violated unique constraint into Duplicate and any other violated constraint into Conflict."""
    try:
        yield
    except StaleDataError as problem:
        raise StaleVersion from problem
    except IntegrityError as problem:
        text = str(problem.orig).lower()
        if "unique" in text or "duplicate" in text:
            raise Duplicate(
                say("相同的记录已经存在。"), remedy=say("请核对编号和日期，避免重复登记。"), basis=_constraint(problem)
            ) from problem
        raise Conflict(say("这项改动与已有记录冲突，未保存。"), remedy=say("请刷新页面后重试。"), basis=_constraint(problem)) from problem


def is_full(problem: BaseException) -> bool:
    """Say whether the database refused because its disk is full: SQLITE_FULL, or PostgreSQL's disk_full."""
    cause = getattr(problem, "orig", problem)
    return getattr(cause, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", None) == "53100"


def _constraint(problem: IntegrityError) -> str:
    name = getattr(getattr(problem.orig, "diag", None), "constraint_name", None)
    return str(name or problem.orig)
