"""Write the lists that the tests compare with: ``python -m tests.accept``. Read the difference before you commit it.

A trigger or an address that is missing from the new list was lost: the address of a printed code must never die.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from gi_registry.app import create_app
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from tests import cluster
from tests.architecture.addresses import ROUTES, addresses
from tests.architecture.answer_keys import KEYS, keys_by_role
from tests.architecture.packages import write_packages
from tests.architecture.world import built
from tests.migrations.chain import upgrade
from tests.migrations.test_chain import TRIGGERS, _triggers


def _triggers_of(url: str, kind: str) -> list[str]:
    upgrade(url)
    database = Database(url)
    with database.engine.connect() as connection:
        found = sorted(f"{kind} {table} {name}" for name, table in _triggers(connection))
    database.engine.dispose()
    return found


def _installed(folder: str) -> str:
    database = Database(f"sqlite:///{Path(folder) / 'world.sqlite3'}")
    upgrade_database(database)
    database.engine.dispose()
    return database.url


def main() -> None:
    """Write routes.txt, answer_keys.txt, triggers.txt and the packages in setup.cfg."""
    write_packages()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'accept.sqlite3'}"
        lines = _triggers_of(url, "sqlite")
        app = create_app(read_settings({}, database_url=url))
        ROUTES.write_text("\n".join(addresses(app)) + "\n", encoding="ascii")
        with built(_installed(folder)) as world:
            KEYS.write_text("\n".join(keys_by_role(world)) + "\n", encoding="utf-8")
    with cluster.running() as postgres:
        lines += _triggers_of(postgres.create("gi_accept"), "postgresql")
    TRIGGERS.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
