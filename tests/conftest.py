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
from datetime import UTC, datetime
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


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision."""
    from tests.migrations.chain import upgrade  # noqa: PLC0415 - tests without a database must not load Alembic

    upgrade(url, revision)


@pytest.fixture(scope="session")
def postgres_cluster(run_directory: Path) -> postgres.Cluster:
    """The PostgreSQL of this run, with a migrated template."""

    def prepare(cluster: postgres.Cluster) -> None:
        url = cluster.create(postgres.TEMPLATE)
        # The table of reference systems is most of an empty PostGIS; without it a copy takes half the time.
        cluster.run(
            "CREATE EXTENSION postgis",
            "DELETE FROM spatial_ref_sys WHERE srid NOT IN (4326, 4490)",
            "VACUUM FULL spatial_ref_sys",
            database=postgres.TEMPLATE,
        )
        migrate(url)

    try:
        return postgres.shared(run_directory, prepare)
    except postgres.ClusterMissing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def sqlite_template(run_directory: Path) -> Path:
    """The migrated SQLite file that tests copy."""
    template = run_directory / "template.sqlite3"
    with open(run_directory / "sqlite.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            draft = run_directory / "draft.sqlite3"
            draft.unlink(missing_ok=True)
            migrate(f"sqlite:///{draft}")
            draft.rename(template)
    return template


MakeDatabase = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> MakeDatabase:
    """Return a factory: ``with make_database("postgresql", migrated=True) as url``."""

    @contextlib.contextmanager
    def make(kind: str, *, migrated: bool = True) -> Iterator[str]:
        if kind == "sqlite":
            target = tmp_path_factory.mktemp("database") / "gi.sqlite3"
            if migrated:
                shutil.copyfile(request.getfixturevalue("sqlite_template"), target)
            yield f"sqlite:///{target}"
            shutil.rmtree(target.parent, ignore_errors=True)
            return
        running: postgres.Cluster = request.getfixturevalue("postgres_cluster")
        name = postgres.fresh_name()
        url = running.create(name, template=postgres.TEMPLATE if migrated else "template0")
        if not migrated:
            running.run("CREATE EXTENSION postgis", database=name)
        try:
            yield url
        finally:
            running.drop(name)

    return make


@pytest.fixture
def database_kind() -> str:
    """``sqlite`` or ``postgresql``; the folder of the test decides."""
    return "sqlite"


@pytest.fixture
def database_url(make_database: MakeDatabase, database_kind: str) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    with make_database(database_kind) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Any]:
    """A ``gi_registry.db.Database`` on a fresh database."""
    from gi_registry.db import Database  # noqa: PLC0415

    opened = Database(database_url)
    yield opened
    opened.engine.dispose()


# ---- work ----------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_work(database: Any) -> Callable[..., AbstractContextManager[Any]]:
    """Return a factory: ``with open_work(actor=…, now=…) as work``; committed at the end of the block, rolled back when it raises."""
    from gi_registry.kernel.actor import SYSTEM  # noqa: PLC0415
    from gi_registry.workflow import open_work as open_real_work  # noqa: PLC0415

    def make(*, actor: Any = SYSTEM, now: datetime = NOW, writable: bool = True) -> AbstractContextManager[Any]:
        return open_real_work(database, actor=actor, now=now, writable=writable)

    return make


@pytest.fixture
def work(database: Any) -> Iterator[Any]:
    """A Work of the system on a fresh database at a fixed moment; the test commits if it wants to."""
    from gi_registry.kernel.actor import SYSTEM  # noqa: PLC0415
    from gi_registry.workflow import Work  # noqa: PLC0415

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
        done = subprocess.run(["git", "rev-parse", "--path-format=absolute", "--git-common-dir"], cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            yield Path(done.stdout.strip()).parent.parent


# ---- the application -----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def app(database_url: str) -> Iterator[Any]:
    """The application on a fresh database."""
    from gi_registry.app import create_app  # noqa: PLC0415
    from gi_registry.config import read_settings  # noqa: PLC0415

    settings = read_settings({}, database_url=database_url, secret_key="only-for-tests-" + "0" * 32, secure_cookies=False)  # noqa: S106
    made = create_app(settings)
    made.config["TESTING"] = True
    yield made


@pytest.fixture
def client(app: Any) -> Any:
    """A browser without a screen."""
    return app.test_client()
