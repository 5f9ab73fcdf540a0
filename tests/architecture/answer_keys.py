"""Which keys the JSON answer of each address has, for whom: the list that ``answer_keys.txt`` keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.architecture.addresses import SILENT
from tests.architecture.world import SCOPES, TESTED_ROLES, World

KEYS = Path(__file__).with_name("answer_keys.txt")
JSON = {"Accept": "application/json"}


def keys_by_role(world: World) -> list[str]:
    """Return a line for each address and set of keys: ``endpoint role,role…: key key.key[]…``; people of elsewhere end in ``@other``."""
    lines: list[str] = []
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda rule: str(rule.endpoint)):
        if "GET" in (rule.methods or set()) - SILENT and rule.endpoint != "static":
            told: dict[str, list[str]] = {}
            for name, keys in _answers(world, rule):
                told.setdefault(" ".join(sorted(set(keys))), []).append(name)
            lines += [f"{rule.endpoint} {','.join(names)}: {keys}" for keys, names in told.items() if keys]
    return lines


def _answers(world: World, rule: Any) -> Iterator[tuple[str, list[str]]]:
    path = world.path(rule, "GET")
    for role in TESTED_ROLES:
        for scope in SCOPES:
            if scope == "own" or (role, scope) in world.people:
                answer = world.client(role, scope).get(path, headers=JSON)
                if answer.status_code == 200 and answer.is_json:
                    yield role if scope == "own" else f"{role}@other", list(_keys(answer.get_json(), ""))


def _keys(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield f"{path}{key}"
            yield from _keys(item, f"{path}{key}.")
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item, f"{path.removesuffix('.')}[].")
