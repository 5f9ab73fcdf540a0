"""The documentation names every setting, job, check, permission, role, ground and import kind."""

from __future__ import annotations

import re
from dataclasses import fields
from functools import cache

import pytest

from gi_registry.anomalies.rules.grounds import GROUNDS
from gi_registry.config import PREFIX, Settings
from gi_registry.jobs.timetable import TIMETABLE
from gi_registry.kernel.permissions import GRANTS, ROLES
from tests.architecture.source import PACKAGE
from tests.conftest import ROOT


@cache
def _page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [PREFIX + item.name.upper() for item in fields(Settings)])
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{name}`" in _page("settings.md")


def test_no_setting_is_explained_that_does_not_exist() -> None:
    named = set(re.findall(r"^\| `(GI_\w+)`", _page("settings.md"), re.MULTILINE))
    assert named == {PREFIX + item.name.upper() for item in fields(Settings)}


@pytest.mark.parametrize("job", TIMETABLE, ids=lambda job: job.id)
def test_every_job_is_explained(job: object) -> None:
    assert f"`{job.id}`" in _page("settings.md")  # type: ignore[attr-defined]


def test_every_check_of_the_doctor_is_explained() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (PACKAGE / "doctor").glob("*.py"))
    names = set(re.findall(r'Problem\(\s*"([a-z-]+)"', source))
    assert names
    assert {name for name in names if f"`{name}`" not in _page("settings.md")} == set()


def test_every_permission_is_explained_as_granted() -> None:
    lines = {
        f"| `{name}` | " + ", ".join(f"{role} {scope.value}" for role, scope in grants.items()) + " |" for name, grants in GRANTS.items()
    }
    assert lines - set(_page("permissions.md").splitlines()) == set()


def test_every_role_is_explained() -> None:
    assert [role for role in ROLES if f"- `{role}`: " not in _page("permissions.md")] == []


@pytest.mark.parametrize("ground", GROUNDS, ids=lambda ground: ground.code)
def test_every_ground_is_explained(ground: object) -> None:
    assert f"| `{ground.code}` | {ground.name} |" in _page("grounds.md")  # type: ignore[attr-defined]


def test_the_readme_maps_every_folder() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert [
        name for name in folders if f"`{name}`" not in readme and f"gi_registry/{name}" not in readme and name not in FEATURE_PAGES
    ] == []


FEATURE_PAGES = {path.parent.name for path in PACKAGE.glob("*/__init__.py") if len(path.read_text(encoding="utf-8")) > 200}


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in (ROOT / "docs" / "adr").glob("[0-9]*.md")]
    assert sorted(set(numbers)) == sorted(numbers)


def test_links_between_pages_lead_somewhere() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_paths_named_in_the_readme_exist() -> None:
    named = re.findall(
        r"`((?:gi_registry|docs|scripts|tests|templates|migrations|geodata)/[\w./-]*)`", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    assert [path for path in named if not (ROOT / path).exists()] == []
