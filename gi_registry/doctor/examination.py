"""The whole examination, and the little of it that a process asks before it starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from urllib.parse import urlsplit

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from gi_registry.config import PREFIX, Settings
from gi_registry.db import Database
from gi_registry.doctor import contents, machine
from gi_registry.doctor import database as server
from gi_registry.doctor import settings as configured
from gi_registry.doctor.report import Problem, Setting
from gi_registry.kernel.errors import Unavailable

Check = Callable[[Settings, Engine], Iterator[Problem]]

SECRET = ("secret_key", "smtp_url", "sms_url", "sms_token", "database_url")
OWN_CHECKS = (
    configured.secret_key, configured.cookies, configured.amounts, configured.gateways, configured.base_map,
    machine.place_table, machine.mark_file, machine.fonts, machine.disk, machine.network_disk, machine.time_zone,
)  # fmt: skip
SERVER_CHECKS: tuple[Check, ...] = (server.migrated, server.triggers, server.durable, server.journal, server.spatial, server.same_time)
CONTENT_CHECKS: tuple[Check, ...] = (
    contents.one_clock, contents.calendar, contents.administrators, contents.glyphs, contents.sealed_keys, contents.jobs,
)  # fmt: skip
"""What is stored can only be asked when the tables are those of the program."""


def examine(settings: Settings) -> list[Problem]:
    """Return every problem of the installation; an unreachable database ends the list, for nothing behind it can be asked."""
    found = [problem for check in OWN_CHECKS for problem in check(settings)]
    database = Database(settings.database_url)
    try:
        away = list(server.reachable(settings, database.engine))
        found += away or _of_database(settings, database.engine)
        demo = not away and _is_demo(database.engine)
    finally:
        database.engine.dispose()
    return [*configured.public_url(settings, demo=demo), *found]


def _of_database(settings: Settings, engine: Engine) -> list[Problem]:
    checks = SERVER_CHECKS if _asked(server.migrated, settings, engine) else (*SERVER_CHECKS, *CONTENT_CHECKS)
    return [problem for check in checks for problem in _asked(check, settings, engine)]


def _asked(check: Check, settings: Settings, engine: Engine) -> list[Problem]:
    try:
        return list(check(settings, engine))
    except SQLAlchemyError as error:
        return [server.unreadable(error)]


def require_startable(settings: Settings, *, host: str = "127.0.0.1") -> None:
    """Refuse to start a process that would do harm or fail later; everything else is for the doctor to tell.

    Raises Unavailable, with the remedy, for a secret key that is missing outside a demonstration on the own machine, a place table that
    cannot be read, and GI_DEMO_NOW on a database that is no demonstration. A database that is away refuses nothing: it may come back.
    """
    database = Database(settings.database_url)
    try:
        reached = not list(server.reachable(settings, database.engine))
        demo = reached and _is_demo(database.engine)
    finally:
        database.engine.dispose()
    problems = list(machine.place_table(settings))
    if reached and settings.demo_now and not demo:
        problems.append(contents.DEMO_CLOCK)
    alone = {host, urlsplit(settings.public_url).hostname} <= configured.LOOPBACK
    if not settings.secret_key and not (demo and alone):
        problems.insert(0, next(configured.secret_key(settings)))
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
        return server.without_password(value)
    return "…" if name in SECRET and value else value


def _is_demo(engine: Engine) -> bool:
    return _has(engine, "installation") and contents.is_demo(engine)


def _has(engine: Engine, table: str) -> bool:
    with engine.connect() as connection:
        return bool(engine.dialect.has_table(connection, table))
