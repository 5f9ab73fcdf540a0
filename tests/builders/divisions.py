"""Places and days for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from gi_registry.divisions.models import Division
from gi_registry.divisions.rules import level_of, parent_of, path_under
from gi_registry.workflow import Work

NAMES = {"99": "示例省", "9999": "示例市", "999999": "示例县", "999998": "邻县", "32": "江苏省", "3205": "苏州市", "320583": "昆山市"}


def make_division(work: Work, code: str = "999999", **differs: Any) -> Division:
    """Return the division ``code``, made with its parents (the prefixes of the code) where they are missing."""
    found = work.session.get(Division, code)
    if found is not None:
        return found
    parent_code = differs.pop("parent_code", parent_of(code))
    parent = make_division(work, parent_code) if parent_code else None
    values: dict[str, Any] = {
        "code": code,
        "name": NAMES.get(code, f"示例地{code}"),
        "level": level_of(code).value,
        "parent_code": parent_code,
        "path": path_under(parent.path if parent else None, code),
        "valid_from": date(2000, 1, 1),
    }
    division = Division(**values | differs)
    work.record(division, "division:register")
    work.flush()
    return division
