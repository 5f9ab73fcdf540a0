"""Creating and migrating the database of an installation."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect
from sqlalchemy.engine import Connection, make_url

from gi_registry.assets import asset_dir
from gi_registry.config import Settings
from gi_registry.db import Database, Installation
from gi_registry.divisions import service as divisions
from gi_registry.kernel.clock import utc_now
from gi_registry.kernel.errors import Conflict
from gi_registry.kernel.words import say
from gi_registry.log import keys as log_keys
from gi_registry.policy import service as policy
from gi_registry.policy.defaults import DEMONSTRATION
from gi_registry.workflow import Work, open_work


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(asset_dir("migrations")))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(asset_dir("migrations").parent))  # revisions share helpers of their package
    config.attributes["connection"] = connection
    return config


def upgrade_database(database: Database, settings: Settings | None = None, *, demo: bool = False) -> str:
    """Create or migrate the database, seed the parameters of policy, and return the revision.

    With a secret key in ``settings`` the log's signing key is made too, so that the first checkpoint can be asked for. ``demo`` marks a
    database that is created here; raises Conflict when an existing real one should become a demonstration.
    """
    if database.is_sqlite and (path := make_url(database.url).database):
        _make_folder(path)
    fresh = not inspect(database.engine).has_table("installation")
    with database.engine.connect().execution_options(gi_write=True) as connection:
        config = alembic_config(connection)
        command.upgrade(config, "head")
        connection.commit()
    with open_work(database) as work:
        _mark(work.session.get(Installation, 1), work, fresh=fresh, demo=demo, demo_now=settings.demo_now if settings else "")
        policy.seed(work)
        if (installation := work.session.get(Installation, 1)) is not None and installation.demo:
            policy.seed(work, DEMONSTRATION)
        divisions.seed_calendar(work)
        if settings and settings.secret_key:
            log_keys.ensure_key(work.session, settings, at=work.now)
    return check_database(database)[0]


def _make_folder(path: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)


def _mark(existing: Installation | None, work: Work, *, fresh: bool, demo: bool, demo_now: str) -> None:
    if existing is None:
        offset = int((datetime.fromisoformat(demo_now) - utc_now()).total_seconds()) if demo and demo_now else 0
        work.session.add(Installation(id=1, demo=demo, clock_offset_s=offset))
    elif demo and not existing.demo:
        raise Conflict(say("这是正式数据库，不能改为演示库。"), remedy=say("请另建一个空数据库用于演示。"))
    elif demo_now and not existing.demo and not fresh:
        raise Conflict(say("正式数据库不接受 GI_DEMO_NOW。"), remedy=say("请从环境变量中删除 GI_DEMO_NOW。"))


def check_database(database: Database) -> tuple[str, str]:
    """Return the database's revision and the newest one."""
    return revisions(database.engine)


def revisions(engine: Engine) -> tuple[str, str]:
    """Return the revision of the database behind ``engine`` (empty before the first) and the newest one."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision() or ""
        newest = ScriptDirectory.from_config(alembic_config(connection)).get_current_head() or ""
    return current, newest
