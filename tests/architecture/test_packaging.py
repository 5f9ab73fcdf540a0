"""What is installed from a wheel is what runs in a checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.packages import listed_packages, packages_of_tree
from tests.conftest import ROOT

SHIPPED = ("gi_registry", "templates", "migrations", "geodata", "setup.cfg", "pyproject.toml", "README.md", "LICENSE")
SERVE = """
import gi_registry, sys
from gi_registry.app import create_app
from gi_registry.assets import asset_dir
from gi_registry.config import read_settings
from gi_registry.db import Database
from gi_registry.installation import upgrade_database
database = Database("sqlite:///installed.sqlite3")
upgrade_database(database)
client = create_app(read_settings({}, secret_key="x" * 40), database).test_client()
assert client.get("/sign-in").status_code == 200
assert client.get("/static/registry.css").status_code == 200
print(gi_registry.__file__, asset_dir("templates"), asset_dir("geodata"))
"""


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


@pytest.mark.slow
def test_a_wheel_serves_a_page_elsewhere(tmp_path: Path) -> None:
    source, site, elsewhere = tmp_path / "source", tmp_path / "site", tmp_path / "elsewhere"
    source.mkdir()
    elsewhere.mkdir()
    for name in SHIPPED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        copy(ROOT / name, source / name)
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q")
    _call(*pip, "wheel", ".", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(tmp_path), folder=source)
    wheel = next(tmp_path.glob("*.whl"))
    _call(*pip, "install", "--no-deps", "--no-index", "--no-compile", "--target", str(site), str(wheel), folder=elsewhere)
    places = _call(sys.executable, "-c", SERVE, folder=elsewhere, PYTHONPATH=str(site)).split()
    assert all(place.startswith(str(site)) for place in places), places
