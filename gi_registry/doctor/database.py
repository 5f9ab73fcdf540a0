"""Checks of the database server and of the schema."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError

from gi_registry.assets import asset_dir
from gi_registry.config import Settings
from gi_registry.doctor.report import Problem
from gi_registry.installation import revisions
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.words import say

MOST_DRIFT = timedelta(seconds=2)
SHOWN = 8


def without_password(url: str) -> str:
    """Return a database address that may be shown."""
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url


def reachable(settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A database that is not there or does not answer."""
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).is_file():  # connecting would create it, empty
        yield Problem("database", say("数据库文件 %(file)s 不存在。", file=str(engine.url.database)), say("请运行：gi-registry db upgrade"))
        return
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield Problem(
            "database",
            say("数据库 %(url)s 无法连接：%(why)s", url=without_password(settings.database_url), why=str(error.__cause__ or error)),
            say("请核对 GI_DATABASE_URL，并确认数据库已启动、目录可写。"),
        )


def unreadable(error: SQLAlchemyError) -> Problem:
    """Return the problem of a database that answers but cannot be examined: a table or a right is missing."""
    return Problem(
        "database",
        say("数据库无法检查：%(why)s", why=str(error).splitlines()[0]),
        say("结构可能不完整，或账号缺少权限。请核对后运行 gi-registry db upgrade，必要时从备份恢复。"),
    )


def migrated(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A schema that is behind the program, or ahead of it."""
    current, head = revisions(engine)
    if current > head:
        yield Problem(
            "migrations",
            say("数据库结构为 %(current)s，比程序的 %(head)s 更新。", current=current, head=head),
            say("请安装与数据库相同或更新版本的程序；旧程序不能写入新结构的数据库。"),
        )
    elif current != head:
        yield Problem(
            "migrations",
            say("数据库结构为 %(current)s，程序需要 %(head)s。", current=current or "-", head=head),
            say("请运行：gi-registry db upgrade"),
        )


def triggers(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """Triggers that keep rows append-only and are gone or switched off."""
    current, head = revisions(engine)
    if current != head:
        return
    with engine.connect() as connection:
        missing = sorted(expected_triggers(engine.dialect.name) - _triggers(connection))
    if missing:
        yield Problem(
            "triggers",
            say("缺少 %(count)s 个保护触发器：%(names)s", count=len(missing), names=_some(missing)),
            say("记录可能已被改动。请运行 gi-registry log verify --checkpoint 与外存检查点核对，并从备份恢复数据库结构。"),
        )


def expected_triggers(dialect: str) -> set[str]:
    """Return the names of the triggers that the migrations create."""
    lines = (asset_dir("migrations") / "triggers.txt").read_text(encoding="ascii").splitlines()
    return {line.split()[2] for line in lines if line.startswith(f"{dialect} ")}


def _triggers(connection: Connection) -> set[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    active = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    return set(connection.execute(text(sqlite if connection.dialect.name == "sqlite" else active)).scalars())


def _some(names: list[str]) -> str:
    return "、".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def durable(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A PostgreSQL that may forget what it has acknowledged."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in ("fsync", "full_page_writes", "synchronous_commit")
        }
    for name, value in found.items():
        if value == "off":
            yield Problem(
                "durability",
                say("PostgreSQL 的 %(name)s 已关闭，断电会丢失已确认的记录。", name=name),
                say("请在 postgresql.conf 中设置 %(name)s = on 并重启数据库。", name=name),
                warning=name == "synchronous_commit",
            )


def journal(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """An embedded database that does not keep a write-ahead log."""
    if engine.dialect.name != "sqlite":
        return
    with engine.connect() as connection:
        mode = connection.execute(text("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        yield Problem(
            "journal",
            say("SQLite 的日志模式是 %(mode)s，不是 WAL，读写会互相阻塞。", mode=mode),
            say("请把数据库放到支持共享内存的本机磁盘，并确认目录可写。"),
        )


def spatial(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A PostgreSQL without PostGIS."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")).scalar_one()
    if not found:
        yield Problem("postgis", say("数据库没有安装 PostGIS 扩展。"), say("请以管理员身份运行：CREATE EXTENSION postgis;"))


def same_time(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    """A database server whose clock is not this machine's."""
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        before = utc_now()
        theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        after = utc_now()
    drift = max(before - theirs, theirs - after, timedelta())
    if drift > MOST_DRIFT:
        yield Problem(
            "clock",
            say("本机与数据库服务器的时钟相差 %(seconds)s 秒。", seconds=round(drift.total_seconds())),
            say("请在两台机器上启用时间同步（如 chrony）。"),
        )
