"""Every address × method × role × place against ``access.csv``, a table written by hand beside the GRANTS of the code.

A line says how requests end: ``entered`` (the person may; what they sent may still be refused for its content), ``refused`` (403),
``missing`` (404: not theirs, so not there) or ``sign-in``. ``*`` is every role or place, ``|`` joins several; the last line that
fits counts.
``own`` is a person of the user, or of an office whose region the rows are in; ``other`` one of elsewhere.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from gi_registry.app import create_app
from gi_registry.config import read_settings
from tests.architecture.addresses import SILENT
from tests.architecture.world import SCOPES, TESTED_ROLES, World

TABLE = Path(__file__).with_name("access.csv")
ENDINGS = {"entered", "refused", "missing", "sign-in"}


def rows() -> list[dict[str, str]]:
    """Return the lines of the table."""
    with TABLE.open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def doors() -> list[tuple[str, str]]:
    """Return every endpoint and method of the application."""
    app = create_app(read_settings({}, database_url="sqlite://"))
    return sorted({(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - SILENT})


def expected(lines: list[dict[str, str]], role: str, scope: str) -> str:
    """Return what the last line that fits says."""
    fitting = [line["expected"] for line in lines if _fits(line["role"], role) and _fits(line["scope"], scope)]
    return fitting[-1] if fitting else "no line"


def _fits(pattern: str, value: str) -> bool:
    return pattern == "*" or value in pattern.split("|")


def test_every_address_has_its_lines() -> None:
    assert sorted(set(doors()) - {(row["endpoint"], row["method"]) for row in rows()}) == []


@pytest.mark.slow
@pytest.mark.parametrize(("endpoint", "method"), doors(), ids=str)
def test_every_role_ends_where_the_table_says(world: World, endpoint: str, method: str) -> None:
    lines = [row for row in rows() if (row["endpoint"], row["method"]) == (endpoint, method)]
    rule = next(rule for rule in world.app.url_map.iter_rules(endpoint) if method in (rule.methods or set()))
    unknown = [name for name in rule.arguments if world.subject(endpoint, name) is None]
    assert not unknown, f"tests/architecture/world.py has nothing that stands for {unknown}"
    wrong = {
        f"{role} {scope}": f"expected {wanted}, got {got}"
        for role in TESTED_ROLES
        for scope in SCOPES
        if (got := world.request(rule, method, role, scope)) != (wanted := expected(lines, role, scope))
    }
    assert wrong == {}


def test_the_table_names_only_what_exists() -> None:
    assert {(row["endpoint"], row["method"]) for row in rows()} - set(doors()) == set()
    assert {row["expected"] for row in rows()} <= ENDINGS
    named = {role for row in rows() for role in row["role"].split("|")} - {"*"}
    assert named <= set(TESTED_ROLES)


def test_who_is_not_signed_in_enters_public_pages_only() -> None:
    """Negative control: the table itself would not admit the public to a page of a permission."""
    app = create_app(read_settings({}, database_url="sqlite://"))
    public = {name for name, view in app.view_functions.items() if getattr(view, "gi_access", "public") == "public"}
    table = rows()
    admitted = {
        endpoint
        for endpoint, method in {(row["endpoint"], row["method"]) for row in table}
        if expected([row for row in table if (row["endpoint"], row["method"]) == (endpoint, method)], "consumer", "own") == "entered"
    }
    assert admitted - public == set()
