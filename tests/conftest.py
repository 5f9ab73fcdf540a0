"""What every test may ask for: a fresh database of either kind, a Work on it, the application and a browserless client.

``work`` and ``client`` come on SQLite and on PostgreSQL in ``tests/service``, ``tests/web``, ``tests/jobs`` and ``tests/migrations``, on
SQLite elsewhere; ``@pytest.mark.databases("postgresql")`` names others. Each test has a database of its own, copied from one
that was migrated once. With ``CI=true`` a skipped test is a failed one.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests import cluster as postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() == "true"
BOTH = ("sqlite", "postgresql")
ON_BOTH = ("service", "web", "jobs", "migrations", "api", "faults")
NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)  # a Tuesday, ten in the morning in Shanghai, the reporting season

os.environ.setdefault("GI_SECRET_KEY", "only-for-tests-" + "0" * 32)


# ---- which databases, and what a skip means ------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that needs a database one of each kind that its folder or its marker asks for."""
    if "database_kind" not in metafunc.fixturenames:
        return
    marker = metafunc.definition.get_closest_marker("databases")
    folder = metafunc.definition.path.relative_to(ROOT / "tests").parts[0]
    kinds = marker.args if marker else BOTH if folder in ON_BOTH else BOTH[:1]
    marks = {"postgresql": [pytest.mark.postgresql], "sqlite": []}
    metafunc.parametrize("database_kind", [pytest.param(kind, marks=marks[kind]) for kind in kinds])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the browser's tests, so that the fast run can leave them out."""
    for item in items:
        if item.path.is_relative_to(ROOT / "tests" / "browser"):
            item.add_marker(pytest.mark.browser)


def _no_skip(report: Any) -> None:
    if CI and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, but nothing may be skipped with CI=true: {report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Iterator[None]:
    """Turn a skip into a failure where nothing may be missing."""
    report = yield
    _no_skip(report)
    return report  # type: ignore[return-value]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Iterator[None]:
    """Turn a skipped module into a failure where nothing may be missing."""
    report = yield
    _no_skip(report)
    return report  # type: ignore[return-value]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the PostgreSQL of this run, once every worker has ended."""
    factory = getattr(config, "_tmp_path_factory", None)
    if factory is not None and not hasattr(config, "workerinput"):
        with contextlib.suppress(OSError):
            postgres.stop_shared(factory.getbasetemp())


# ---- databases -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def run_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the workers of one run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _migrate(url: str) -> None:
    from tests.migrations.chain import upgrade  # tests without a database must not load Alembic

    upgrade(url)


def _install(url: str) -> None:
    from gi_registry.db import Database
    from gi_registry.installation import upgrade_database
    from gi_registry.policy.defaults import DEMONSTRATION
    from gi_registry.policy.service import seed
    from gi_registry.workflow import open_work

    database = Database(url)
    upgrade_database(database)
    with open_work(database) as work:
        seed(work, DEMONSTRATION)  # officers sign in with a password alone; the tests of second factors ask for them again
    database.engine.dispose()


PREPARE = {"migrated": _migrate, "installed": _install}


def _template(state: str) -> str:
    return f"{postgres.TEMPLATE}_{state}"


@pytest.fixture(scope="session")
def postgres_cluster(run_directory: Path) -> postgres.Cluster:
    """The PostgreSQL of this run, with its templates."""

    def prepare(cluster: postgres.Cluster) -> None:
        cluster.create(_template("empty"))
        # The table of reference systems is most of an empty PostGIS; without it a copy takes half the time.
        cluster.run(
            "CREATE EXTENSION postgis",
            "DELETE FROM spatial_ref_sys WHERE srid NOT IN (4326, 4490)",
            "VACUUM FULL spatial_ref_sys",
            database=_template("empty"),
        )
        for state, bring in PREPARE.items():
            bring(cluster.create(_template(state), template=_template("empty")))

    try:
        return postgres.shared(run_directory, prepare)
    except postgres.ClusterMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def sqlite_templates(run_directory: Path) -> Path:
    """The directory of the SQLite files that tests copy."""
    with (run_directory / "sqlite.lock").open("w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for state, bring in PREPARE.items():
            if not (run_directory / f"{state}.sqlite3").exists():
                draft = run_directory / "draft.sqlite3"
                draft.unlink(missing_ok=True)
                bring(f"sqlite:///{draft}")
                draft.rename(run_directory / f"{state}.sqlite3")
    return run_directory


MakeDatabase = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Return a factory: ``with make_database("postgresql", state="empty") as url``; states are empty, migrated, installed."""

    @contextlib.contextmanager
    def make(kind: str, *, state: str = "installed") -> Iterator[str]:
        if kind == "sqlite":
            target = tmp_path_factory.mktemp("database") / "gi.sqlite3"
            if state != "empty":
                shutil.copyfile(request.getfixturevalue("sqlite_templates") / f"{state}.sqlite3", target)
            yield f"sqlite:///{target}"
            shutil.rmtree(target.parent, ignore_errors=True)
            return
        running: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        name = postgres.fresh_name()
        try:
            yield running.create(name, template=_template(state))
        finally:
            running.drop(name)

    return make


@pytest.fixture
def database_state() -> str:
    """What is in a fresh database: ``installed`` has the default parameters of policy; a folder may ask for ``migrated`` or ``empty``."""
    return "installed"


@pytest.fixture
def database_kind() -> str:
    """``sqlite`` or ``postgresql``; the folder of the test decides."""
    return "sqlite"


@pytest.fixture
def database_url(make_database: MakeDatabase, database_kind: str, database_state: str) -> Iterator[str]:
    """The address of a fresh database."""
    with make_database(database_kind, state=database_state) as url:
        yield url


@pytest.fixture(scope="session")
def quick_passwords() -> None:
    """Hash passwords at the least cost: the real cost is most of the time of a test with six people."""
    from argon2 import PasswordHasher

    from gi_registry.accounts.service import passwords

    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._DUMMY = passwords._hasher.hash("nobody")


@pytest.fixture
def database(database_url: str, quick_passwords: None) -> Iterator[Any]:
    """A ``gi_registry.db.Database`` on a fresh database."""
    from gi_registry.db import Database

    opened = Database(database_url)
    yield opened
    opened.engine.dispose()


# ---- work ----------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_work(database: Any) -> Callable[..., AbstractContextManager[Any]]:
    """Return a factory: ``with open_work(actor=…, now=…) as work``; committed at the end of the block, rolled back when it raises."""
    from gi_registry.kernel.actor import SYSTEM
    from gi_registry.workflow import open_work as open_real_work

    def make(*, actor: Any = SYSTEM, now: datetime = NOW, writable: bool = True) -> AbstractContextManager[Any]:
        return open_real_work(database, actor=actor, now=now, writable=writable)

    return make


@pytest.fixture
def work(database: Any) -> Iterator[Any]:
    """A Work of the system on a fresh database at a fixed moment; the test commits if it wants to."""
    from gi_registry.kernel.actor import SYSTEM
    from gi_registry.workflow import Work

    with database.session() as session:
        opened = Work(session, SYSTEM, NOW)
        yield opened
        opened.rollback()


@pytest.fixture
def shared_data() -> Path:
    """The directory of real inputs beside the checkout; without it the test is skipped (and fails with ``CI=true``)."""
    for place in _beside_checkout():
        if (place / "shared" / "data").is_dir():
            return place / "shared" / "data"
    pytest.skip("The real inputs (../shared/data) are not beside this checkout.")


def _beside_checkout() -> Iterator[Path]:
    yield ROOT.parent
    with contextlib.suppress(OSError):
        done = subprocess.run(
            ["git", "rev-parse", "--path-format=absolute", "--git-common-dir"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            yield Path(done.stdout.strip()).parent.parent


# ---- the application -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every Work of the application begin at ``NOW``, so that a test of a deadline holds in any year."""
    monkeypatch.setattr("gi_registry.workflow.utc_now", lambda offset=timedelta(): NOW + offset)


@pytest.fixture
def app(database: Any, fixed_clock: None) -> Any:
    """The application on a fresh database; ``work`` of the same test sees the same one, once it is committed."""
    from gi_registry.app import create_app
    from gi_registry.config import read_settings

    settings = read_settings({}, database_url=database.url, secret_key="only-for-tests-" + "0" * 32, secure_cookies=False)  # noqa: S106
    made = create_app(settings, database)
    made.config["TESTING"] = True
    return made


@pytest.fixture
def client(app: Any) -> Any:
    """A browser without a screen."""
    return app.test_client()
