"""The packages that setup.cfg lists, and those there are."""

from __future__ import annotations

import configparser
import re

from tests.conftest import ROOT

SETUP = ROOT / "setup.cfg"
ASSETS = ("geodata", "migrations", "migrations.versions", "templates")


def listed_packages() -> list[str]:
    """Return what setup.cfg puts into a wheel."""
    config = configparser.ConfigParser()
    config.read(SETUP, encoding="utf-8")
    return config["options"]["packages"].split()


def packages_of_tree() -> list[str]:
    """Return what a wheel must have."""
    own = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "gi_registry").rglob("__init__.py")}
    return sorted(own | {f"gi_registry._assets.{name}" for name in ASSETS})


def write_packages() -> None:
    """Write the list into setup.cfg."""
    lines = "".join(f"    {name}\n" for name in packages_of_tree())
    text = SETUP.read_text(encoding="utf-8")
    SETUP.write_text(re.sub(r"^packages =\n(?:    .*\n)+", f"packages =\n{lines}", text, count=1, flags=re.MULTILINE), encoding="utf-8")
