"""What is wrong with this installation, and what to do about each thing. A refusal to start is worse than a list with remedies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from gi_registry.codes.service import drawing
from gi_registry.config import PREFIX, Settings
from gi_registry.db import Database, Installation
from gi_registry.divisions.models import CalendarYear
from gi_registry.installation import revisions
from gi_registry.kernel.clock import legal_date, utc_now
from gi_registry.kernel.errors import Unavailable
from gi_registry.kernel.words import Words, say
from gi_registry.scans.rules.place import read_place_table
from gi_registry.verify.rules.style import MARK_BYTES

SHORTEST_SECRET = 32
LONGEST_HOST = 30  # of the printed address: QR version 3 at level M holds no more
LAST_MONTH = 12
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
PAGE_MARKS = frozenset({".svg", ".png"})
SECRET = ("secret_key", "smtp_url", "database_url")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the check that found it, what it found, and what to do."""

    check: str
    found: Words
    remedy: Words


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, whether it is set, and what may be shown of its value."""

    name: str
    given: bool
    shown: str


@dataclass(frozen=True)
class Report:
    """What ``gi-registry doctor`` tells."""

    settings: list[Setting]
    problems: list[Problem]

    def as_json(self) -> dict[str, object]:
        """Return the report for machines."""
        return {
            "ok": not self.problems,
            "settings": [{"name": item.name, "given": item.given, "shown": item.shown} for item in self.settings],
            "problems": [{"check": item.check, "found": str(item.found), "remedy": str(item.remedy)} for item in self.problems],
        }

    def as_text(self) -> str:
        """Return the report for people."""
        lines = [f"{item.name}{'' if item.given else say('（默认）')} = {item.shown}" for item in self.settings]
        lines += [f"\n✗ {item.check}：{item.found}\n  {item.remedy}" for item in self.problems]
        return "\n".join([*lines, "" if self.problems else f"\n{say('未发现问题。')}"])


Check = Callable[[Settings, Engine], Iterator[Problem]]


def examine(settings: Settings) -> list[Problem]:
    """Return every problem of the installation; an unreachable database ends the list, for nothing behind it can be asked."""
    problems = [*_configuration(settings), *_place_table(settings), *_mark_file(settings)]
    database = Database(settings.database_url)
    try:
        reached = list(_reachable(settings, database.engine))
        problems += reached
        if not reached:
            problems += _all(CHECKS, settings, database.engine)
    finally:
        database.engine.dispose()
    return problems


def require_startable(settings: Settings, *, host: str = "127.0.0.1") -> None:
    """Refuse to start a process that would do harm or fail later; everything else is for the doctor to tell.

    Raises Unavailable, with the remedy, for a secret key that is missing outside a demonstration on the own machine, a place table that
    cannot be read, and GI_DEMO_NOW on a database that is no demonstration. A database that is away refuses nothing: it may come back.
    """
    database = Database(settings.database_url)
    try:
        reached = not list(_reachable(settings, database.engine))
        demo = reached and _is_demo(database.engine)
        problems = [*_place_table(settings), *(_one_clock(settings, database.engine) if reached else ())]
    finally:
        database.engine.dispose()
    alone = {host, urlsplit(settings.public_url).hostname} <= LOOPBACK
    if not settings.secret_key and not (demo and alone):
        problems.insert(0, next(_secret_key(settings)))
    if problems:
        raise Unavailable(problems[0].found, remedy=problems[0].remedy)


def list_settings(settings: Settings) -> list[Setting]:
    """Return every environment variable that the program reads, secrets hidden."""
    return [
        Setting(name=PREFIX + item.name.upper(), given=PREFIX + item.name.upper() in os.environ, shown=_shown(settings, item.name))
        for item in fields(Settings)
    ]


def _shown(settings: Settings, name: str) -> str:
    value = str(getattr(settings, name))
    if name == "database_url":
        return _without_password(value)
    return "…" if name in SECRET and value else value


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    return url.replace(f":{parts.password}@", ":…@") if parts.password else url


def _all(checks: Iterable[Check], settings: Settings, engine: Engine) -> list[Problem]:
    return [problem for check in checks for problem in check(settings, engine)]


def _secret_key(settings: Settings) -> Iterator[Problem]:
    if len(settings.secret_key) < SHORTEST_SECRET:
        yield Problem(
            "secret-key",
            say("GI_SECRET_KEY 未设置或不足 %(least)s 个字符。", least=SHORTEST_SECRET),
            say("请设置一个随机长字符串，例如：export GI_SECRET_KEY=$(openssl rand -hex 32)，并妥善备份。"),
        )


def _configuration(settings: Settings) -> Iterator[Problem]:
    yield from _secret_key(settings)
    address = urlsplit(settings.public_url)
    if address.scheme != "https" and address.hostname not in {"127.0.0.1", "localhost"}:
        yield Problem(
            "public-url",
            say("GI_PUBLIC_URL（%(url)s）不是 https 地址。", url=settings.public_url),
            say("印到标签上的地址不能再改，请改用 https 域名。"),
        )
    if len(address.netloc) > LONGEST_HOST:
        yield Problem(
            "public-url",
            say("GI_PUBLIC_URL 的域名长于 %(most)s 个字符，二维码容纳不下。", most=LONGEST_HOST),
            say("请使用更短的域名。"),
        )


def _place_table(settings: Settings) -> Iterator[Problem]:
    if not settings.place_table:
        return
    try:
        with Path(settings.place_table).open(encoding="utf-8-sig") as lines:
            read_place_table(lines)
    except (OSError, ValueError) as problem:
        yield Problem(
            "place-table",
            say("GI_PLACE_TABLE（%(file)s）无法读取：%(why)s", file=settings.place_table, why=str(problem)),
            say("请改为可读的 UTF-8 CSV 文件，每行为“起始地址,结束地址,区划代码”，或取消该变量。"),
        )


def _mark_file(settings: Settings) -> Iterator[Problem]:
    if not settings.mark_file:
        return
    path = Path(settings.mark_file)
    try:
        drawing.draw_mark(Canvas(BytesIO()), drawing.check(path), drawing.Box(0, 0, 100, 100))
    except (Unavailable, OSError, ValueError) as problem:
        remedy = say("请把 GI_MARK_FILE 指向官方下发图样的文件，或留空以显示样框。")
        yield Problem("mark-file", say("GI_MARK_FILE 不能用于标签：%(why)s", why=str(problem)), getattr(problem, "remedy", None) or remedy)
        return
    if path.suffix.lower() not in PAGE_MARKS or path.stat().st_size > MARK_BYTES:
        yield Problem(
            "mark-file",
            say("GI_MARK_FILE（%(file)s）可以印到标签上，但溯源页仍显示样框。", file=path.name),
            say("溯源页只接受不超过 %(most)s 字节的 SVG 或 PNG 文件。", most=MARK_BYTES),
        )


def _reachable(settings: Settings, engine: Engine) -> Iterator[Problem]:
    if engine.dialect.name == "sqlite" and not Path(str(engine.url.database)).is_file():  # connecting would create it, empty
        yield Problem("database", say("数据库文件 %(file)s 不存在。", file=str(engine.url.database)), say("请运行：gi-registry db upgrade"))
        return
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        yield Problem(
            "database",
            say("数据库 %(url)s 无法连接：%(why)s", url=_without_password(settings.database_url), why=str(error.__cause__ or error)),
            say("请核对 GI_DATABASE_URL，并确认数据库已启动、目录可写。"),
        )


def _migrated(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    current, head = revisions(engine)
    if current != head:
        yield Problem(
            "migrations",
            say("数据库结构为 %(current)s，程序需要 %(head)s。", current=current or "-", head=head),
            say("请运行：gi-registry db upgrade"),
        )


def _durable(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        for name in ("fsync", "full_page_writes"):
            if connection.execute(text(f"SHOW {name}")).scalar_one() != "on":
                yield Problem(
                    "durability",
                    say("PostgreSQL 的 %(name)s 已关闭，断电会丢失已确认的记录。", name=name),
                    say("请在 postgresql.conf 中设置 %(name)s = on 并重启数据库。", name=name),
                )


def _spatial(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    if engine.dialect.name != "postgresql":
        return
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")).scalar_one()
    if not found:
        yield Problem("postgis", say("数据库没有安装 PostGIS 扩展。"), say("请以管理员身份运行：CREATE EXTENSION postgis;"))


def _calendar(_settings: Settings, engine: Engine) -> Iterator[Problem]:
    if _missing(engine, "calendar_year"):
        return
    today = legal_date(utc_now())
    wanted = [today.year, today.year + 1] if today.month == LAST_MONTH else [today.year]
    with Session(engine) as session:
        loaded = set(session.exec(select(CalendarYear.year)).all())
    for year in wanted:
        if year not in loaded:
            yield Problem(
                "calendar",
                say("尚未载入 %(year)s 年的节假日安排，期限只能按周末推算。", year=year),
                say("请运行：gi-registry import calendar 文件（国务院办公厅公布的放假安排）。"),
            )


def _one_clock(settings: Settings, engine: Engine) -> Iterator[Problem]:
    if not settings.demo_now:
        return
    if not _is_demo(engine):
        yield Problem(
            "demo-clock",
            say("设置了 GI_DEMO_NOW，但这不是演示数据库。"),
            say("请取消 GI_DEMO_NOW；只有创建时标记为演示的数据库才能移动时钟。"),
        )


def _is_demo(engine: Engine) -> bool:
    if _missing(engine, "installation"):
        return False
    with Session(engine) as session:
        installation = session.get(Installation, 1)
    return installation is not None and installation.demo


def _missing(engine: Engine, table: str) -> bool:
    with engine.connect() as connection:
        return not engine.dialect.has_table(connection, table)


CHECKS: tuple[Check, ...] = (_migrated, _durable, _spatial, _calendar, _one_clock)
