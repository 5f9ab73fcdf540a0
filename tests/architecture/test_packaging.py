"""What is installed from a wheel is what runs in a checkout."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.architecture.packages import listed_packages, packages_of_tree
from tests.conftest import ROOT

SHIPPED = ("gi_registry", "templates", "migrations", "geodata", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
LOOK = """
import pathlib, gi_registry
from gi_registry.assets import asset_dir
print(gi_registry.__file__, *map(asset_dir, ("templates", "migrations", "geodata")))
"""
PAPER = """
import datetime
from gi_registry.documents.service import Paper, typeset_paper
from gi_registry.kernel.words import say
print(typeset_paper(Paper(title=say("决定书"), number="1", issued=datetime.date(2026, 3, 10)))[:5].decode())
"""
CODE = """
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.workflow import open_work
from tests.builders.scans import make_labels
with open_work(Database(read_settings().database_url)) as work:
    print(make_labels(work).code(7))
"""
SECRET = "only-for-tests-" + "0" * 32  # the builder of labels seals with it


def test_every_package_is_listed() -> None:
    assert listed_packages() == packages_of_tree(), "write them anew with: python -m tests.accept"


def test_the_pyproject_is_three_lines() -> None:
    lines = [line for line in (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) == 3


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock", "scripts/build.lock"])
def test_locks_are_pinned_and_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert pins
    assert [line[:60] for line in pins if "==" not in line or "--hash=sha256:" not in line] == []


def test_the_test_lock_contains_the_lock() -> None:
    def pins(name: str) -> set[str]:
        return {line.split(" ")[0] for line in (ROOT / name).read_text(encoding="utf-8").splitlines() if "==" in line}

    assert pins("requirements.lock") <= pins("tests/requirements.lock")


def _call(*command: str, folder: Path, **environment: str) -> str:
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# ---- a wheel, installed elsewhere ----------------------------------------------------------------------------------------------------


INSTALLED_AT = {"gi_registry": "gi_registry"} | {name: f"gi_registry/_assets/{name}" for name in ("templates", "migrations", "geodata")}


class Elsewhere:
    """The program installed from its wheel into a folder far from the checkout, with an environment of its own."""

    def __init__(self, folder: Path, site: Path, kept: dict[str, list[Path]]) -> None:
        self.folder, self.site, self.kept = folder, site, kept
        self.environment = {
            "PYTHONPATH": str(site),
            "GI_DATABASE_URL": f"sqlite:///{folder / 'installed.sqlite3'}",
            "GI_SECRET_KEY": SECRET,
            "GI_SECURE_COOKIES": "0",
        }

    def run(self, *words: str) -> str:
        """Run ``gi-registry`` as it was installed."""
        return _call(sys.executable, str(self.site / "bin" / "gi-registry"), *words, folder=self.folder, **self.environment)

    def python(self, code: str, *, beside: Path | None = None) -> str:
        """Run Python over the installed program; ``beside`` lends it the builders of the tests."""
        path = os.pathsep.join(map(str, filter(None, (self.site, beside))))
        return _call(sys.executable, "-c", code, folder=self.folder, **{**self.environment, "PYTHONPATH": path})


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Elsewhere:
    """Build the wheel from a clean copy and install it without the checkout; its dependencies are those of this environment."""
    base = tmp_path_factory.mktemp("wheel")
    source, site, folder = base / "source", base / "site", base / "elsewhere"
    source.mkdir()
    folder.mkdir()
    for name in SHIPPED:
        whole = shutil.ignore_patterns("__pycache__")
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=whole)
        else:
            shutil.copyfile(ROOT / name, source / name)
    kept = {name: _files(source / name) for name in INSTALLED_AT}
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    _call(*pip, "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(base), folder=source)
    wheel = next(base.glob("*.whl"))
    _call(*pip, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(site), str(wheel), folder=folder)
    shutil.rmtree(source)
    installed = Elsewhere(folder, site, kept)
    installed.run("db", "upgrade")
    return installed


@pytest.mark.slow
def test_everything_comes_from_the_wheel(elsewhere: Elsewhere) -> None:
    places = elsewhere.python(LOOK).split()
    assert all(place.startswith(str(elsewhere.site)) for place in places), places


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_tree(elsewhere: Elsewhere) -> None:
    """Templates, migrations, fonts, translations, geodata: whatever is kept in the folders is installed."""
    missing = [
        f"{name}/{path}"
        for name, place in INSTALLED_AT.items()
        for path in elsewhere.kept[name]
        if not (elsewhere.site / place / path).is_file() and path.suffix not in {".po", ".pot"}
    ]
    assert missing == []


def _files(folder: Path) -> list[Path]:
    return [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]


@pytest.mark.slow
def test_the_installed_doctor_knows_its_files(elsewhere: Elsewhere) -> None:
    command = (sys.executable, str(elsewhere.site / "bin" / "gi-registry"), "doctor", "--json")
    done = subprocess.run(
        command, cwd=elsewhere.folder, env={**os.environ, **elsewhere.environment}, capture_output=True, text=True, check=False
    )
    told = json.loads(done.stdout)
    assert {item["check"] for item in told["problems"]} == {"public-url", "administrators"}


@pytest.mark.slow
def test_the_installed_program_typesets_a_paper(elsewhere: Elsewhere) -> None:
    assert elsewhere.python(PAPER).strip() == "%PDF-"


@pytest.mark.slow
def test_the_installed_server_serves_pages_in_both_languages_and_a_code(elsewhere: Elsewhere) -> None:
    code = elsewhere.python(CODE, beside=ROOT).strip()
    with _serving(elsewhere) as base:
        assert "地理标志" in _get(base, "/")
        assert "eographical indication" in _get(base, "/?lang=en")
        assert json.loads(_get(base, f"/T/{code}?format=json"))["verdict"] == "first-check"
        assert code in _get(base, f"/T/{code}").replace(" ", "")
        assert "{" in _get(base, "/static/registry.css")


@contextmanager
def _serving(elsewhere: Elsewhere) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = (sys.executable, str(elsewhere.site / "bin" / "gi-registry"), "serve", "--port", str(port))
    with subprocess.Popen(command, cwd=elsewhere.folder, env={**os.environ, **elsewhere.environment}, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/readyz")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
        assert server.wait(30) == 0


def _get(base: str, path: str) -> str:
    with urllib.request.urlopen(base + path, timeout=20) as answer:  # noqa: S310
        return str(answer.read().decode("utf-8"))


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()  # noqa: S310
        except OSError:
            assert time.monotonic() < deadline, "the installed server does not answer"
            time.sleep(0.1)
        else:
            return
