"""Print lines for addresses that access.csv does not have yet: ``python -m tests.architecture.draft_access``.

They say what the code does now. Read each one against what it should do before you put it into the table.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from gi_registry.db import Database
from gi_registry.installation import upgrade_database
from tests.architecture.test_access import TABLE, doors, rows
from tests.architecture.world import PUBLIC_ROLE, SCOPES, TESTED_ROLES, World, built


def draft(world: World, endpoint: str, method: str) -> list[str]:
    """Return the lines of one address."""
    rule = next(rule for rule in world.app.url_map.iter_rules(endpoint) if method in (rule.methods or set()))
    unknown = [name for name in rule.arguments if world.subject(endpoint, name) is None]
    if unknown:
        return [f"# {endpoint},{method}: nothing stands for {', '.join(unknown)}"]
    endings = {(role, scope): world.request(rule, method, role, scope) for role in TESTED_ROLES for scope in SCOPES}
    if len(set(endings.values())) == 1:
        return [f"{endpoint},{method},*,*,{endings[PUBLIC_ROLE, 'own']}"]
    lines = [f"{endpoint},{method},*,*,refused", f"{endpoint},{method},{PUBLIC_ROLE},*,{endings[PUBLIC_ROLE, 'own']}"]
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for role in TESTED_ROLES:
        own, other = endings[role, "own"], endings[role, "other"]
        if role != PUBLIC_ROLE and (own, other) != ("refused", "refused"):
            groups[own, other].append(role)
    for (own, other), roles in groups.items():
        if own == other:
            lines.append(f"{endpoint},{method},{'|'.join(roles)},*,{own}")
        else:
            lines += [f"{endpoint},{method},{'|'.join(roles)},own,{own}", f"{endpoint},{method},{'|'.join(roles)},other,{other}"]
    return lines


def _attempt(world: World, endpoint: str, method: str) -> list[str]:
    try:
        return draft(world, endpoint, method)
    except Exception as failure:  # noqa: BLE001  # whatever is wrong with one address, the others are drafted
        text = re.sub(r"<[^>]*>|\s+", " ", str(failure))
        return [f"# {endpoint},{method}: {type(failure).__name__} {' '.join(text.split())[-240:]}"]


def main() -> None:
    """Print the lines that are missing."""
    present = {(row["endpoint"], row["method"]) for row in rows()} if TABLE.exists() else set()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'draft.sqlite3'}")
        upgrade_database(database)
        database.engine.dispose()
        with built(database.url) as world:
            for endpoint, method in doors():
                if (endpoint, method) not in present:
                    sys.stdout.write("\n".join(_attempt(world, endpoint, method)) + "\n")


if __name__ == "__main__":
    main()
